"""Clauses of standards: which items come from the clause that an assessor asks for. Pure.

A clause's text names places of one source, as `GB/T 22239-2019 8.1.4.1 a,b、8.1.4.3 c`, `7.1.6.1–7.1.6.4` for all of
these, `普府办〔2012〕17号 附件1、七.3`; what stands in brackets behind a place is a remark.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from agent.core.checklist import Clause, Item
from agent.core.text import Text, clean
from agent.core.unfit import Unfit

NUMERAL = "一二三四五六七八九十"
NUMBER = rf"(?:\d+(?:\.\d+)+|[{NUMERAL}](?:\.\d+)+|第\d+条(?:\([{NUMERAL}]\))?|附录[A-Z]|附件\d+)"
LETTERS = r"[a-z](?:[,–-][a-z])*"
PLACE = re.compile(rf"(?:(?<![\w.+-])|(?=第))({NUMBER})(?:[–-]({NUMBER}))?(?:\s*({LETTERS})(?![a-z]))?")
REMARK = re.compile(rf"\((?![{NUMERAL}]\))[^()]*\)|\[[^\]]*\]")
MOST = 60  # places that a refusal names

UNKNOWN = Text("检查清单没有条款 {asked};有:{known}", "the checklist has no clause {asked}; there are: {known}")


@dataclass(frozen=True, slots=True)
class Place:
    """`number` by its parts (`8 1 4 3`); `letters` empty: all of it."""

    number: tuple[str, ...]
    letters: frozenset[str] = frozenset()

    @property
    def shown(self) -> str:
        return _shown(self.number)

    def within(self, asked: Place) -> bool:
        """On the borders of parts: 8.1.4.30 is not within 8.1.4.3."""
        if self.number[: len(asked.number)] != asked.number:
            return False
        if len(self.number) > len(asked.number) or not asked.letters or not self.letters:
            return True
        return bool(self.letters & asked.letters)


def places(text: str) -> tuple[Place, ...]:
    """Those that a clause's text names."""
    return tuple(each for found in PLACE.finditer(REMARK.sub(" ", _plain(text))) for each in _places(found))


def matches(clause: Clause, asked: str) -> bool:
    """Whether `asked` (8.1.4.3, `GB/T 22239-2019 8.1.4.3 c`, 网络安全法) names this clause, or one that it lies in."""
    wanted, source = places(asked), _source(asked)
    if not wanted and not source:
        return False
    if source and not _stands_in(source, _plain(clause.text)):
        return False
    return not wanted or any(place.within(each) for each in wanted for place in places(clause.text))


def items_of(asked: str, items: Iterable[Item]) -> list[Item]:
    """The items with such a clause. Unfit, naming those that exist, where no item has it."""
    known = list(items)
    found = [item for item in known if any(matches(clause, asked) for clause in item.clauses)]
    if not found:
        raise Unfit(UNKNOWN.format(asked=clean(asked, 60) or "''", known=", ".join(_near(asked, known))))
    return found


def _near(asked: str, items: Collection[Item]) -> Sequence[str]:
    """The places that lie beside what was asked for; where there are none, every standard's."""
    every = {place for item in items for clause in item.clauses for place in places(clause.text)}
    ordered = sorted({place.number for place in every}, key=_order)
    for length in range(4, 1, -1):
        stems = {each.number[:length] for each in places(asked) if len(each.number) >= length}
        if near := [each for each in ordered if each[:length] in stems]:
            return [_shown(each) for each in near[:MOST]]
    chapters = sorted({each[:3] for each in ordered}, key=_order)
    return [_shown(each) for each in chapters[:MOST]]


def _shown(number: Sequence[str]) -> str:
    return ".".join(number).replace(".(", "(")


def _order(number: tuple[str, ...]) -> tuple[tuple[bool, int, str], ...]:
    return tuple((not part.isdigit(), int(part) if part.isdigit() else 0, part) for part in number)


def _places(found: re.Match[str]) -> Iterator[Place]:
    first, last, letters = _parts(found[1]), found[2], frozenset(_letters(found[3] or ""))
    end = _parts(last) if last else first
    if first[-1].isdigit() and end[-1].isdigit() and first[:-1] == end[:-1]:
        for number in range(int(first[-1]), min(int(end[-1]), int(first[-1]) + MOST) + 1):
            yield Place((*first[:-1], str(number)), letters)
        return
    yield Place(tuple(first), letters)
    if last:
        yield Place(tuple(end), letters)


def _parts(number: str) -> list[str]:
    return number.replace("(", ".(").split(".")


def _letters(text: str) -> Iterator[str]:
    for part in text.split(","):
        first, last = (part[:1], part[-1:])
        yield from (chr(code) for code in range(ord(first), ord(last) + 1)) if part else ()


def _source(asked: str) -> str:
    found = PLACE.sub(" ", _plain(asked)).strip(" 、,/")
    return found if any(char.isalnum() for char in found) else ""


def _stands_in(source: str, text: str) -> bool:
    return re.search(rf"(?<![A-Za-z0-9]){re.escape(source)}(?![A-Za-z0-9])", text, re.IGNORECASE) is not None


def _plain(text: str) -> str:
    """Full-width forms and dashes as one, and no space but single ones."""
    return " ".join(unicodedata.normalize("NFKC", text).replace("—", "–").replace("~", "–").split())
