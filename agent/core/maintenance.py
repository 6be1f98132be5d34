"""Maintenance: planned work on targets, announced beforehand or entered afterwards. Times are Unix seconds.

Once: from `start` to `end`. Weekly: the hours of certain weekdays, by the clock on the wall, between `start` and `end`
(None: until it is cancelled); they know no holidays. Hours that go over midnight belong to the day on which they begin;
in a zone with summer time, what the clock shows twice means the first time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import timedelta
from math import inf
from typing import Any, NamedTuple

from agent.core.calendar import Calendar, Stretch, united

RETROACTIVE_AFTER = 300.0  # seconds: one who begins now and then writes it down is not late


class Hours(NamedTuple):
    """Minutes since midnight of a weekday (Monday is 0); an end beyond 1440 lies on the next day."""

    weekday: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Maintenance:
    """`cancelled` is from when on it covers nothing any more: what it had covered by then stays covered, but for one
    that was withdrawn after it was over. `entered` says when it was written down, `by` and `reason` who and why."""

    id: str
    targets: tuple[str, ...]
    start: float
    end: float | None
    reason: str
    by: str
    entered: float
    weekly: tuple[Hours, ...] = ()
    cancelled: float | None = None
    cancelled_by: str = ""
    cancelled_reason: str = ""

    @property
    def last(self) -> float:
        """When it ends at the latest; infinite for one that goes on until it is cancelled."""
        return min(inf if self.end is None else self.end, inf if self.cancelled is None else self.cancelled)

    @property
    def retroactive(self) -> bool:
        """Whether it was written down after it had begun."""
        return self.start < self.entered - RETROACTIVE_AFTER

    def covers(self, at: float, calendar: Calendar) -> bool:
        return any(start <= at < end for start, end in self._windows(calendar, at, at))

    def stretches(self, calendar: Calendar, start: float, end: float) -> Iterator[Stretch]:
        """What it covers between two moments."""
        for first, last in self._windows(calendar, start, end):
            if max(first, start) < min(last, end):
                yield max(first, start), min(last, end)

    def _windows(self, calendar: Calendar, start: float, end: float) -> Iterator[Stretch]:
        """All that touch these moments, and some that do not."""
        if not self.weekly:
            yield self.start, self.last
            return
        start, end = max(start, self.start), min(end, self.last)
        # Two days more on either side: over midnight, and where clocks are set back over it.
        day, last = (calendar.local(at).date() + timedelta(days=days) for at, days in ((start, -2), (end, 2)))
        while start <= end and day <= last:
            for hours in self.weekly:
                if hours.weekday == day.weekday():
                    first, until = calendar.moment(day, hours.start), calendar.moment(day, hours.end)
                    yield max(first, self.start), min(until, self.last)
            day += timedelta(days=1)


class Schedule:
    """Everything that is planned, as one calendar sees it."""

    def __init__(self, entries: Iterable[Maintenance], calendar: Calendar) -> None:
        self.entries = tuple(entries)
        self._calendar = calendar
        self._by_target: dict[str, list[Maintenance]] = {}
        for each in self.entries:
            for target in each.targets:
                self._by_target.setdefault(target, []).append(each)

    def covers(self, target: str, at: float) -> Maintenance | None:
        """The maintenance under which this target is, if any."""
        return next((each for each in self._by_target.get(target, ()) if each.covers(at, self._calendar)), None)

    def covered(self, at: float) -> frozenset[str]:
        """The ids of all targets that are under maintenance."""
        return frozenset(target for target in self._by_target if self.covers(target, at))

    def stretches(self, target: str, start: float, end: float, retroactive: bool = False) -> list[Stretch]:
        """When this target is under maintenance between two moments, or only what was entered afterwards of that."""
        found = (each for each in self._by_target.get(target, ()) if each.retroactive or not retroactive)
        return united(stretch for each in found for stretch in each.stretches(self._calendar, start, end))


def body_of(entry: Maintenance) -> dict[str, Any]:
    """As it stands in the ledger and on disk."""
    return asdict(entry)


def read(body: Mapping[str, Any]) -> Maintenance:
    """What `body_of` made, of this version or a later one. KeyError or TypeError if it is none."""
    names = {each.name for each in fields(Maintenance)}
    known = {name: value for name, value in body.items() if name in names}
    weekly = tuple(Hours(*each) for each in known.get("weekly", ()))
    return Maintenance(**(known | {"targets": tuple(known["targets"]), "weekly": weekly}))
