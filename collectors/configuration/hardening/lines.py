"""The lines of a configuration as a tree: by their indents, without banners, which are free text. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from agent.core.configurations import MASK

# `banner login ^C`, `header login %`, `header login information "…`: up to where their mark stands again.
BANNER = re.compile(
    r"\s*(?:banner|header) +(?:(?:motd|login|exec|incoming|shell|legal|prompt-timeout|slip-ppp|config-save)\b *)?"
    r"(?:information +)?(?P<mark>\^C|\S)(?P<rest>.*)"
)
FILE = re.compile(r"\s*(?:banner|header) .*\bfile\b")
LONGEST_BANNER = 60  # lines; one whose end is missing does not hide the rest
RULES = ("#", "!")
ALL = 4094  # VLANs that a trunk can carry


@dataclass(slots=True)
class Node:
    """A line, without its indent, and those below it."""

    text: str
    below: list[Node] = field(default_factory=list)

    def match(self, pattern: str) -> re.Match[str] | None:
        return matched(pattern, self.text)

    def first(self, pattern: str) -> re.Match[str] | None:
        """Of the lines right below this one."""
        return first(pattern, self.below)

    def has(self, pattern: str) -> bool:
        return self.first(pattern) is not None

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple(each.text for each in walk([self]))


def matched(pattern: str, text: str) -> re.Match[str] | None:
    """The line from its beginning to the end of a word."""
    return re.match(rf"(?:{pattern})(?!\S)", text, re.IGNORECASE)


def walk(nodes: Iterable[Node]) -> Iterator[Node]:
    for each in nodes:
        yield each
        yield from walk(each.below)


def found(pattern: str, nodes: Iterable[Node]) -> Iterator[re.Match[str]]:
    for each in nodes:
        if (match := each.match(pattern)) is not None:
            yield match


def first(pattern: str, nodes: Iterable[Node]) -> re.Match[str] | None:
    return next(found(pattern, nodes), None)


def named(pattern: str, nodes: Iterable[Node]) -> tuple[str, ...]:
    """The first group of each line that matches."""
    return tuple(match[1] for match in found(pattern, nodes))


def quoted(pattern: str, nodes: Iterable[Node]) -> tuple[str, ...]:
    """The lines that match, whole."""
    return tuple(match.string for match in found(pattern, nodes))


def sections(pattern: str, nodes: Iterable[Node]) -> Iterator[tuple[re.Match[str], Node]]:
    for each in nodes:
        if (match := each.match(pattern)) is not None:
            yield match, each


def tree(text: str) -> list[Node]:
    """The top lines. What follows a dividing line begins a section anew, at whatever indent it stands."""
    top: list[Node] = []
    open_: list[tuple[int, Node]] = []
    for line in _without_banners(text.split("\n")):
        bare = line.strip()
        # Within a section, VRP 8 and IOS indent what only divides it.
        if line.rstrip() in RULES:
            open_ = []
        if not bare or bare in RULES:
            continue
        indent, node = len(line) - len(line.lstrip()), Node(bare)
        while open_ and open_[-1][0] >= indent:
            open_.pop()
        (open_[-1][1].below if open_ else top).append(node)
        open_.append((indent, node))
    return top


def _without_banners(lines: Iterable[str]) -> Iterator[str]:
    rest = iter(lines)
    for line in rest:
        banner = None if FILE.match(line) else BANNER.fullmatch(line)
        if banner is None:
            yield line
            continue
        # A mask may have taken the mark with it.
        if banner["mark"] in banner["rest"] or MASK in banner["rest"]:
            continue
        held: list[str] = []
        for inside in rest:
            held.append(inside)
            if banner["mark"] in inside:
                held = []
                break
            if len(held) >= LONGEST_BANNER:
                break
        yield from held


def number(match: re.Match[str] | None, otherwise: int = 0) -> int:
    """Its first group."""
    return int(match[1]) if match is not None else otherwise


def seconds(match: re.Match[str] | None) -> float | None:
    """Its groups are minutes and, where they are said, seconds: `5 30`."""
    return None if match is None else 60.0 * int(match[1]) + int(match[2] or 0)


def count(ranges: str) -> int:
    """How many VLANs: `110 120 200 to 210`, `110,120,200-210`, `all`."""
    if ranges.strip().lower() == "all":
        return ALL
    pairs = re.findall(r"(\d+)(?:(?: +to +|-)(\d+))?", ranges)
    return sum(max(0, int(last or first) - int(first) + 1) for first, last in pairs)
