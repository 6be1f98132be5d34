"""Calendar: when the centre serves applicants and when its staff works. Times are Unix seconds.

An hour is open when the clock on the wall says so: in a zone with summer time a span that the clock skips does not
happen, one that it repeats happens twice. Three policies for public holidays:

- closed: Chinese public holidays are closed, weekend duty included; make-up workdays (调休) are ordinary workdays.
- open: applicants are served all year by the weekly pattern as it stands; the staff's working hours still follow the
  holidays, so that a limit in working time does not run over National Day.
- none: there are no holidays; both calendars are the weekly pattern and nothing is missing in any year.

A make-up Saturday or Sunday has Monday's hours (or those of the first weekday that has any): it stands for a weekday
of the bridge, and which one differs by holiday; weekend duty hours do not apply to it.
An exception names the service hours of one date and goes before everything else. A date closed by exception is closed
for the staff too; where it has hours, the staff works its usual hours of that date and these.
In a year that the table does not know, the weekly pattern applies and `warnings` says so: nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from itertools import pairwise
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from agent.core.text import Text

CHINA = timezone(timedelta(hours=8))  # no summer time since 1991
Hours = Literal["service", "working", "all"]
During = Literal["any", "service", "working"]
Holidays = Literal["closed", "open", "none"]
Span = tuple[int, int]  # minutes since local midnight, the end not included; 1440 is the end of the day
Stretch = tuple[float, float]  # Unix seconds, the end not included
Week = tuple[tuple[Span, ...], ...]  # seven days, Monday first

DAY = 86400.0
WORKING_DAY = 6.5 * 3600.0  # seconds of working time
WARN_BEFORE = 30 * DAY
SEARCH_DAYS = 400  # a year, and a long closure
WHOLE_DAY: tuple[Span, ...] = ((0, 1440),)
# The founding document: served 8:30-11:30 and 13:30-16:30, worked until 17:00, Monday to Friday.
SERVICE: Week = (((510, 690), (810, 990)),) * 5 + ((),) * 2
WORKING: Week = (((510, 690), (810, 1020)),) * 5 + ((),) * 2


@dataclass(frozen=True)
class HolidayTable:
    """What was published: in these `years`, all `holidays` and all make-up `workdays`. Other years are unknown."""

    years: frozenset[int] = frozenset()
    holidays: frozenset[date] = field(default=frozenset(), repr=False)
    workdays: frozenset[date] = field(default=frozenset(), repr=False)

    def overlaid(self, other: HolidayTable) -> HolidayTable:
        """Both, where `other` has the last word on each date that it names."""
        return HolidayTable(
            self.years | other.years,
            (self.holidays - other.workdays) | other.holidays,
            (self.workdays - other.holidays) | other.workdays,
        )


@dataclass(frozen=True)
class Calendar:
    """Weekly hours, exceptions by date, and the policy for public holidays, in one time zone."""

    timezone: str = "Asia/Shanghai"
    service: Week = SERVICE
    working: Week = WORKING
    holidays: Holidays = "none"
    table: HolidayTable = HolidayTable()
    exceptions: Mapping[date, tuple[Span, ...]] = field(default_factory=dict)

    def open(self, hours: Hours, at: float) -> bool:
        """Whether `at` lies inside these hours."""
        if hours == "all":
            return True
        local = self.local(at)
        minute = local.hour * 60 + local.minute
        return any(start <= minute < end for start, end in self.spans(hours, local.date()))

    def during(self, during: During, at: float) -> bool:
        """Whether `at` lies inside the hours in which something is to be judged."""
        return during == "any" or self.open(during, at)

    def spans(self, hours: Hours, day: date) -> tuple[Span, ...]:
        """The open spans of one local date, in order."""
        if hours == "all":
            return WHOLE_DAY
        usual = self._usual(hours, day)
        exception = self.exceptions.get(day)
        if exception is None:
            return usual
        return exception if hours == "service" or not exception else merged(usual + exception)

    def _usual(self, hours: Hours, day: date) -> tuple[Span, ...]:
        week = self.service if hours == "service" else self.working
        if self.holidays == "closed" or (self.holidays == "open" and hours == "working"):
            if day in self.table.holidays:
                return ()
            if day in self.table.workdays:
                return next((spans for spans in week[:5] if spans), ())
        return week[day.weekday()]

    def next_edge(self, hours: Hours, at: float) -> float | None:
        """The first moment after `at` at which these hours open or close; None if there is none for over a year."""
        if hours == "all":
            return None
        state = self.open(hours, at)
        for days in range(0, SEARCH_DAYS, 8):
            for moment in self._moments(hours, at + days * DAY, at + (days + 8) * DAY):
                if self.open(hours, moment) != state:
                    return moment
        return None

    def time_within(self, hours: Hours, start: float, end: float) -> float:
        """Seconds of these hours between two moments; 0 if `end` is not after `start`."""
        return sum(last - first for first, last in self.stretches(hours, start, end))

    def stretches(self, hours: Hours, start: float, end: float) -> list[Stretch]:
        """These hours between two moments, in order; what touches is one."""
        if hours == "all" or end <= start:
            return [(start, end)] if end > start else []
        moments = [start, *self._moments(hours, start, end), end]
        return united((before, after) for before, after in pairwise(moments) if self.open(hours, before))

    def _moments(self, hours: Hours, start: float, end: float) -> list[float]:
        """The moments in (start, end] between which the state cannot change, in order."""
        found: set[float] = set()
        # A day more on either side: where clocks go back over midnight, a date comes twice.
        day, last = self.local(start).date() - timedelta(days=1), self.local(end).date() + timedelta(days=1)
        while day <= last:
            midnight, next_midnight = self.moment(day, 0), self.moment(day, 1440)
            minutes = {0, *(minute for span in self.spans(hours, day) for minute in span)}
            found.update(self.moment(day, minute) for minute in minutes)
            if next_midnight - midnight != DAY:
                found.update(self.moment(day, minute, fold=1) for minute in minutes)
                found.add(self._clock_change(midnight, next_midnight))
            day += timedelta(days=1)
        return sorted(moment for moment in found if start < moment <= end)

    def moment(self, day: date, minute: int = 0, fold: int = 0) -> float:
        """When the clock on the wall shows this minute of this date, the first (fold 0) or the second time."""
        wall = datetime(day.year, day.month, day.day, tzinfo=zone(self.timezone)) + timedelta(minutes=minute)
        return wall.replace(fold=fold).timestamp()

    def _clock_change(self, before: float, after: float) -> float:
        """The second between two moments at which the zone's offset changes."""
        low, high = int(before), int(after)
        offset = self.local(low).utcoffset()
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self.local(middle).utcoffset() == offset else (low, middle)
        return float(high)

    def local(self, at: float) -> datetime:
        return datetime.fromtimestamp(at, zone(self.timezone))

    def known_until(self, now: float | None = None) -> float | None:
        """When the first unknown year begins, from the year of `now` on (from the first known year if not given).

        0 if no year is known; None where holidays do not matter.
        """
        if self.holidays == "none":
            return None
        if not self.table.years:
            return 0.0
        year = min(self.table.years) if now is None else self.local(now).year
        while year in self.table.years:
            year += 1
        return self.moment(date(year, 1, 1), 0)

    def warnings(self, now: float) -> tuple[Text, ...]:
        """What to say at start and 30 days before the known holidays end."""
        known, year = self.known_until(now), self.local(now).year
        if known is None or known - now >= WARN_BEFORE:
            return ()
        text = UNKNOWN if year not in self.table.years else ENDS
        return (text.format(year=year, next=year + 1),)


UNKNOWN = Text(
    "{year} 年的节假日和调休安排未知:按每周时间表计算,不作猜测。请把国务院公布的日期写成文件,填入 calendar.holidays",
    "holidays and make-up workdays of {year} are unknown: the weekly pattern applies, nothing is guessed. "
    "Write the published dates into a file and name it in calendar.holidays",
)
ENDS = Text(
    "节假日安排只到 {year} 年底。请把国务院公布的 {next} 年日期写成文件,填入 calendar.holidays",
    "holidays are known only until the end of {year}. Write the dates published for {next} into a file and name it in "
    "calendar.holidays",
)


def merged(spans: tuple[Span, ...]) -> tuple[Span, ...]:
    """Spans in order, those that overlap or touch joined."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return tuple(found)


def united(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Stretches in order, those that overlap or touch joined, empty ones left out."""
    found: list[Stretch] = []
    for start, end in sorted(stretches):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        elif end > start:
            found.append((start, end))
    return found


@lru_cache(maxsize=16)
def zone(name: str) -> tzinfo:
    """The time zone; ZoneInfoNotFoundError or ValueError if there is none of that name."""
    try:
        return ZoneInfo(name)
    except ZoneInfoNotFoundError:
        if name == "Asia/Shanghai":  # a bare system without tzdata; no summer time since 1991
            return timezone(timedelta(hours=8), name)
        raise
