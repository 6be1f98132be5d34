"""Availability: how long something was up, down, unknown or under planned maintenance, from its intervals of state.

What is not in an interval is unknown: it is counted apart, and is neither up nor down. Maintenance goes before state.
Times are Unix seconds; lists of intervals and stretches are in order and do not overlap. Pure functions.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from agent.core.calendar import Stretch


class Interval(NamedTuple):
    """From `start` to `end`, which is the last moment at which it was seen, the state was `up` or not."""

    start: float
    end: float
    up: bool


@dataclass(frozen=True, slots=True)
class Tally:
    """Seconds of each. `ratio` is the share of up in what is known and not maintenance; None where nothing is."""

    up: float = 0.0
    down: float = 0.0
    unknown: float = 0.0
    maintenance: float = 0.0

    @property
    def ratio(self) -> float | None:
        known = self.up + self.down
        return self.up / known if known > 0 else None

    @property
    def whole(self) -> float:
        return self.up + self.down + self.unknown + self.maintenance

    def plus(self, other: Tally) -> Tally:
        return Tally(
            self.up + other.up,
            self.down + other.down,
            self.unknown + other.unknown,
            self.maintenance + other.maintenance,
        )


@dataclass(frozen=True, slots=True)
class Outage:
    """From the first to the last moment at which it was seen down, with no up in between; `stretches` are those in
    which it was seen so, the rest is unknown. `over`: it was seen up afterwards."""

    start: float
    end: float
    stretches: tuple[Stretch, ...]
    over: bool

    @property
    def down(self) -> float:
        return length(self.stretches)


def entered(history: list[Interval], new: Interval) -> None:
    """Adds an interval, in place. What is newer has the last word: where a clock was set back, it replaces what was
    entered before for the same moments."""
    if history and new.start == history[-1].start and new.end >= history[-1].end:  # the same, seen for longer
        history[-1] = new
        return
    if not history or new.start >= history[-1].end:
        history.append(new)
        return
    parts = (part for each in history for part in _outside(each, new) if part.end > part.start)
    history[:] = sorted([*parts, new])


def within(history: Sequence[Interval], start: float, end: float) -> Sequence[Interval]:
    """The intervals that touch these moments, whole."""
    first = max(0, bisect.bisect_right(history, start, key=_start) - 1)
    return history[first : bisect.bisect_left(history, end, key=_start)]


def tally(history: Iterable[Interval], opened: Sequence[Stretch], planned: Sequence[Stretch]) -> Tally:
    """The time of `opened`, split up. `planned` is maintenance."""
    counted = without(opened, planned)
    history = list(history)
    up = length(common(counted, [(start, end) for start, end, state in history if state]))
    down = length(common(counted, [(start, end) for start, end, state in history if not state]))
    left = length(counted)
    return Tally(up, down, max(0.0, left - up - down), max(0.0, length(opened) - left))


def outages(history: Iterable[Interval]) -> list[Outage]:
    """Every outage, the oldest first. Unknown time within one does not make it two."""
    found: list[Outage] = []
    downs: list[Stretch] = []
    for start, end, up in history:
        if not up:
            downs.append((start, end))
        elif downs:
            found.append(_outage(downs, True))
            downs = []
    return [*found, _outage(downs, False)] if downs else found


def length(stretches: Iterable[Stretch]) -> float:
    return sum(end - start for start, end in stretches)


def common(some: Sequence[Stretch], others: Sequence[Stretch]) -> list[Stretch]:
    """What lies in both."""
    found: list[Stretch] = []
    place = 0
    for start, end in some:
        while place < len(others) and others[place][1] <= start:
            place += 1
        each = place
        while each < len(others) and others[each][0] < end:
            found.append((max(start, others[each][0]), min(end, others[each][1])))
            each += 1
    return found


def without(some: Sequence[Stretch], others: Sequence[Stretch]) -> list[Stretch]:
    """What lies in `some` and not in `others`."""
    if not some or not others:
        return list(some)
    edges = [some[0][0], *(edge for stretch in others for edge in stretch), some[-1][1]]
    return common(some, [(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True) if start < end])


def _outage(downs: Sequence[Stretch], over: bool) -> Outage:
    return Outage(downs[0][0], downs[-1][1], tuple(downs), over)


def _outside(old: Interval, new: Interval) -> tuple[Interval, Interval]:
    """What is left of the old interval before and after the new one; may be empty."""
    return old._replace(end=min(old.end, new.start)), old._replace(start=max(old.start, new.end))


def _start(interval: Interval) -> float:
    return interval.start
