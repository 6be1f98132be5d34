"""Roster: who is on duty from when to when, and when nobody is who should be. Pure; times are Unix seconds.

Somebody must be on duty from the first opening of a day to its last closing, lunch included, by the calendar's service
and working hours; on a public holiday that closes the centre, in the hours that its day of the week usually has (the
founding document, annex 1 and annex 2 section 4, asks for duty at lunch and on holidays and gives no hours for them).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from agent.core.availability import length, without
from agent.core.calendar import Calendar, Span, Stretch, united
from agent.core.text import Text


@dataclass(frozen=True, slots=True)
class Duty:
    """One entry: `person` is an id of `people`."""

    start: float
    end: float
    person: str


@dataclass(frozen=True)
class Roster:
    """`failure`: why nothing could be read; `flaws`: lines that were not understood and do not count."""

    entries: tuple[Duty, ...] = ()
    failure: Text | None = None
    flaws: tuple[Text, ...] = ()

    def on_duty(self, at: float) -> tuple[str, ...]:
        """Who is on duty, each once, in the order of the roster."""
        return tuple(dict.fromkeys(each.person for each in self.entries if each.start <= at < each.end))

    def gaps(self, calendar: Calendar, start: float, end: float) -> list[Stretch]:
        """When nobody is on duty who should be, in order."""
        manned = united((each.start, each.end) for each in self.entries)
        return without(list(_needed(calendar, start, end)), manned)

    def gap(self, calendar: Calendar, start: float, end: float) -> float:
        """Seconds of these."""
        return length(self.gaps(calendar, start, end))


def _needed(calendar: Calendar, start: float, end: float) -> Iterator[Stretch]:
    day, last = calendar.local(start).date(), calendar.local(end).date()
    while day <= last:
        if spans := _spans(calendar, day):
            first = max(start, calendar.moment(day, min(opens for opens, _ in spans)))
            until = min(end, calendar.moment(day, max(closes for _, closes in spans)))
            if until > first:
                yield first, until
        day += timedelta(days=1)


def _spans(calendar: Calendar, day: date) -> tuple[Span, ...]:
    usual = (*calendar.service[day.weekday()], *calendar.working[day.weekday()])
    if day in calendar.exceptions:
        return calendar.exceptions[day]
    if day in calendar.table.holidays:
        return usual
    return (*calendar.spans("service", day), *calendar.spans("working", day))
