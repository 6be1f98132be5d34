"""Problem: one thing wrong with a configuration, with its place; ConfigError carries all of them at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from agent.core.text import Language, Text, clean

Path = tuple[str | int, ...]  # keys and list positions from the top of the file


@dataclass(frozen=True, slots=True)
class Problem:
    """`line` counts from 1, 0 where the whole file is meant. `path` is spelled out, like lines[0].probes[1].icmp."""

    file: str
    line: int
    path: str
    message: Text

    def render(self, language: Language = "en") -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return ": ".join(part for part in (place, self.path, self.message[language]) if part)

    def __str__(self) -> str:
        return self.render("en")


MOST = 500  # problems told of one file; a page and a terminal must bear them


def _more(left: Sequence[Problem]) -> Problem:
    text = Text(f"还有 {len(left)} 处错误", f"and {len(left)} more errors")
    return Problem(left[0].file, left[0].line, "", text)


class ConfigError(Exception):
    """A configuration that cannot be used; `problems` in the order of their lines."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        found = sorted(dict.fromkeys(problems), key=lambda each: (each.file, each.line))
        self.problems = (*found[:MOST], *([_more(found[MOST:])] if len(found) > MOST else []))
        super().__init__(self.render("en"))

    def render(self, language: Language = "en") -> str:
        return "\n".join(problem.render(language) for problem in self.problems)


def spelled(path: Path) -> str:
    """lines[0].probes[1].icmp; a key that is not a plain word stands in quotes."""
    words: list[str] = []
    for part in path:
        if isinstance(part, int):
            words.append(f"[{part}]")
        else:
            word = part if re.fullmatch(r"[\w-]{1,60}", part) else f'"{clean(part, 60)}"'
            words.append(f".{word}" if words else word)
    return "".join(words)
