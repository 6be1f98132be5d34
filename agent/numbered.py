"""The registers of numbered entries: the next number, and what of a register the store remembers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Generic, TypeVar

from agent.core.store import Store
from agent.core.write import Write, of_fact

T = TypeVar("T")


def following(prefix: str, before: Iterable[str]) -> int:
    """The number of the next entry. `before`: the ids of those that there are, like RMD-0001."""
    return max((int(each.removeprefix(f"{prefix}-")) for each in before), default=0) + 1


@dataclass(frozen=True)
class Remembered(Generic[T]):
    """A register as the store remembers it under `key`, the oldest entry first, beside the ledger, which keeps all.

    `needed` gives the ids (`id_of`) of the entries that are never dropped, at a moment in Unix seconds; of the others
    the latest `most` stay. `read` makes an entry of its body, `body` that of it.
    """

    key: str
    read: Callable[[Mapping[str, Any]], T]
    body: Callable[[T], Mapping[str, Any]]
    most: int
    needed: Callable[[Sequence[T], float], Collection[str]] = lambda entries, now: ()
    id_of: Callable[[T], str] = attrgetter("id")

    def entries(self, store: Store) -> list[T]:
        """Every entry, the oldest first. Refused or Damaged for one who peeks."""
        return [self.read(body) for body in store.recall(self.key) or []]

    def whole(self, entries: Iterable[T]) -> Write:
        return of_fact(self.key, [self.body(each) for each in entries])

    def latest(self, entries: Sequence[T], now: float) -> Write:
        """Without those that have had their time."""
        needed = self.needed(entries, now)
        others = [place for place, each in enumerate(entries) if self.id_of(each) not in needed]
        spare = set(others[: -self.most])
        return self.whole(each for place, each in enumerate(entries) if place not in spare)
