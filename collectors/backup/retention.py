"""Copies that are missing from those that are to be kept: by day, week and month. Pure."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

from collectors.backup.options import Retention
from collectors.backup.schedule import DAY, Schedule, run_days


def missing(made: Collection[date], retention: Retention, schedule: Schedule, began: date, today: date) -> int:
    """`made`: days of the copies that there are. What lies before `began`, the first copy that was ever seen, cannot be
    missing, but in the week and month of that copy one was there; nor can what the job makes more rarely: a weekly job
    has no daily copies."""
    short = 0
    if schedule.every <= DAY:
        short += _of_days(made, retention.daily, schedule, began, today)
    if schedule.every <= 7 * DAY:
        short += _of_weeks(made, retention.weekly, schedule, began, today)
    if schedule.every <= 28 * DAY:
        short += _of_months(made, retention.monthly, began, today)
    return short


def _of_days(made: Collection[date], count: int, schedule: Schedule, began: date, today: date) -> int:
    """Of today only if today's copy is there already: until then it is not missing, at most late."""
    last = today if today in made else today - timedelta(days=1)
    wanted = [day for day in run_days(schedule, last, count) if day >= began]
    # Counted, not matched day by day: a run that ends after midnight leaves a copy of the next day.
    found = {day for day in made if wanted and day >= wanted[-1]}
    return max(0, len(wanted) - len(found))


def _of_weeks(made: Collection[date], count: int, schedule: Schedule, began: date, today: date) -> int:
    """Whole weeks, from Monday, before this one. One in which the job did not run at all is not asked for."""
    monday = today - timedelta(days=today.weekday())
    weeks = [monday - timedelta(weeks=number + 1) for number in range(count)]
    return sum(
        any(schedule.runs_on(week + timedelta(days=number)) for number in range(7))
        and not any(week <= day < week + timedelta(days=7) for day in made)
        for week in weeks
        if week + timedelta(days=6) >= began
    )


def _of_months(made: Collection[date], count: int, began: date, today: date) -> int:
    """Whole months before this one."""
    there = {(day.year, day.month) for day in made}
    wanted = [month for month in _months(today)[:count] if month >= began.replace(day=1)]
    return sum((month.year, month.month) not in there for month in wanted)


def _months(today: date) -> list[date]:
    """The first days of the months before this one, the latest first."""
    number = today.year * 12 + today.month - 1
    return [date(each // 12, each % 12 + 1, 1) for each in range(number - 1, max(11, number - 121), -1)]
