"""When a job's next copy is expected, and how late it is. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import islice
from typing import Literal

from agent.core.calendar import SEARCH_DAYS, Calendar
from collectors.backup.options import WEEKDAYS, BackupOptions

DAY = 86400.0
MOST = 400  # runs that are counted out; a job that missed more is as late as can be


@dataclass(frozen=True)
class Schedule:
    """`every` and `grace` in seconds; `at` in minutes since local midnight."""

    every: float
    grace: float
    days: Literal["all", "working", "service"] | tuple[str, ...] = "all"
    at: int | None = None
    calendar: Calendar = field(default_factory=Calendar)

    @classmethod
    def of(cls, options: BackupOptions, calendar: Calendar) -> Schedule:
        return cls(options.expect_every, options.grace, options.days, options.at, calendar)

    def runs_on(self, day: date) -> bool:
        if self.days == "all":
            return True
        if self.days in ("working", "service"):
            return bool(self.calendar.spans(self.days, day))
        return WEEKDAYS[day.weekday()] in self.days

    def after(self, last: float) -> float:
        """When the copy after one of `last` is expected. Where the centre never works any more, a year later."""
        if self.at is not None:
            # From half an interval on: a run that took long, or one by hand before its time, is not two.
            return self._start_after(last + self.every / 2, self.at)
        day, within = self._placed(last)
        whole, rest = divmod(self.every, DAY)
        if rest:
            more, within = divmod(within + rest, DAY)
            whole += more
        return self._moment(self._run_day(day + timedelta(days=int(whole))), within)

    def _placed(self, last: float) -> tuple[date, float]:
        """The day that a copy counts for, and the seconds since that day began: one that was ready after midnight
        counts for the day before, where the job runs on that and not on its own."""
        local = self.calendar.local(last)
        day, within = local.date(), local.hour * 3600 + local.minute * 60 + local.second + local.microsecond / 1e6
        before = day - timedelta(days=1)
        return (before, within + DAY) if not self.runs_on(day) and self.runs_on(before) else (day, within)

    def _run_day(self, first: date) -> date:
        days = (first + timedelta(days=number) for number in range(SEARCH_DAYS))
        return next((day for day in days if self.runs_on(day)), first + timedelta(days=SEARCH_DAYS))

    def _moment(self, day: date, within: float) -> float:
        minutes, seconds = divmod(within, 60)
        return self.calendar.moment(day, int(minutes)) + seconds

    def _start_after(self, moment: float, at: int) -> float:
        day = self.calendar.local(moment).date()
        for _ in range(2):
            day = self._run_day(day)
            start = self.calendar.moment(day, at)
            if start > moment:
                return start
            day += timedelta(days=1)
        return self.calendar.moment(self._run_day(day), at)


@dataclass(frozen=True, slots=True)
class Lateness:
    """`due` is when the next copy is expected, in Unix seconds; `seconds` since it was missed for good (`grace` later),
    negative while in time; `ratio` the same in intervals as the job runs them: 1 when the next run was missed, too."""

    due: float
    seconds: float
    ratio: float


def lateness(schedule: Schedule, last: float, now: float) -> Lateness:
    due = schedule.after(last)
    seconds = now - due - schedule.grace
    if seconds <= 0:
        return Lateness(due, seconds, seconds / schedule.every)
    run, later, missed = due, schedule.after(due), 0
    while missed < MOST and now >= later + schedule.grace and later > run:
        run, later, missed = later, schedule.after(later), missed + 1
    fraction = (now - run - schedule.grace) / max(later - run, 1.0)
    return Lateness(due, seconds, missed + fraction)


def run_days(schedule: Schedule, last: date, count: int) -> list[date]:
    """The last `count` days up to `last` on which the job runs, the newest first."""
    days = (last - timedelta(days=number) for number in range(SEARCH_DAYS))
    return list(islice((day for day in days if schedule.runs_on(day)), count))
