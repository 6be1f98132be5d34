"""Whose turn it is among rows of a table that are tried at the same time in one simulated centre."""

from __future__ import annotations

from collections.abc import Iterable, Set
from typing import Protocol, TypeVar


class Claiming(Protocol):
    @property
    def claimed(self) -> Set[str]: ...


class Trial(Protocol):
    """`begun` is None before it begins."""

    @property
    def begun(self) -> float | None: ...
    @property
    def over(self) -> bool: ...
    @property
    def row(self) -> Claiming: ...


T = TypeVar("T", bound=Trial)


def going(trials: Iterable[T]) -> list[T]:
    """In their order, those that nothing before them is in the way of."""
    found: list[T] = []
    claimed: set[str] = set()
    for each in sorted(trials, key=lambda each: each.begun is None):
        if not each.over and (each.begun is not None or not each.row.claimed & claimed):
            found.append(each)
        if not each.over:
            claimed |= each.row.claimed
    return found
