"""What the registers of numbered entries have in common: the next number, and which entries are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

T = TypeVar("T")


def following(prefix: str, before: Iterable[str]) -> int:
    """The number of the next entry. `before`: the ids of those that there are, like RMD-0001."""
    return max((int(each.removeprefix(f"{prefix}-")) for each in before), default=0) + 1


def kept(entries: Sequence[T], needed: Callable[[T], bool], most: int) -> list[T]:
    """Those that are needed, and of the others the latest `most`; all in their order, the oldest first."""
    others = [place for place, each in enumerate(entries) if not needed(each)]
    spare = set(others[:-most])
    return [each for place, each in enumerate(entries) if place not in spare]
