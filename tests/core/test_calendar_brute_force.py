"""open, next_edge and time_within agree with a reader of the wall clock who looks every minute."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.core.calendar import Calendar, HolidayTable, Hours, Week
from agent.holidays import chinese_holidays

MINUTE = 60
MONTHS = {
    "Asia/Shanghai": [("2026-01-25", "2026-03-05"), ("2026-09-15", "2026-10-15")],
    "Europe/Berlin": [("2026-03-20", "2026-04-05"), ("2026-10-18", "2026-11-02")],
    "Australia/Lord_Howe": [("2026-03-30", "2026-04-10"), ("2026-09-28", "2026-10-08")],  # a shift of 30 minutes
    "America/Santiago": [("2026-04-01", "2026-04-08"), ("2026-09-03", "2026-09-10")],  # changes at midnight
}
# Hours around the hours at which clocks change, over midnight from day to day, and with gaps.
NIGHTS: Week = (
    ((0, 90), (150, 210)),
    ((120, 180), (1380, 1440)),
    ((0, 1440),),
    (),
    ((135, 150), (150, 165)),
    ((30, 1410),),
    ((0, 15), (125, 175), (1425, 1440)),
)
EXCEPTIONS = {date(2026, 2, 17): ((600, 660),), date(2026, 3, 29): (), date(2026, 10, 25): ((100, 170),)}
CALENDARS = [
    Calendar(),
    Calendar(service=NIGHTS, working=NIGHTS[::-1], holidays="closed", table=chinese_holidays(), exceptions=EXCEPTIONS),
    Calendar(service=NIGHTS, holidays="open", table=chinese_holidays(), exceptions=EXCEPTIONS),
]


def look(calendar: Calendar, hours: Hours, at: float) -> bool:
    """The same question in the plainest words, from the documentation and not from the code."""
    wall = datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(calendar.timezone))
    day, minute = wall.date(), wall.hour * 60 + wall.minute
    week = {"service": calendar.service, "working": calendar.working}[hours]
    holiday = calendar.holidays == "closed" or (calendar.holidays == "open" and hours == "working")
    spans = list(week[day.isoweekday() - 1])
    if holiday and day in calendar.table.workdays:
        spans = list(next(day_ for day_ in week[:5] if day_))
    if holiday and day in calendar.table.holidays:
        spans = []
    if day in calendar.exceptions:
        told = list(calendar.exceptions[day])
        spans = told + spans if hours == "working" and told else told
    return any(start <= minute and minute < end for start, end in spans)


@pytest.mark.parametrize("calendar", CALENDARS, ids=["usual", "nights", "open"])
@pytest.mark.parametrize("zone", MONTHS)
@pytest.mark.parametrize("hours", ["service", "working"])
def test_every_minute_of_these_months_is_told_right(calendar: Calendar, zone: str, hours: Hours) -> None:
    calendar = Calendar(
        zone, calendar.service, calendar.working, calendar.holidays, calendar.table, calendar.exceptions
    )
    for first, last in MONTHS[zone]:
        start, end = (datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp() for day in (first, last))
        minutes = [start + MINUTE * step for step in range(int((end - start) / MINUTE))]
        seen = [look(calendar, hours, minute) for minute in minutes]
        assert calendar.time_within(hours, start, end) == MINUTE * sum(seen)
        edges = [at for at, before, now in zip(minutes[1:], seen, seen[1:], strict=False) if before != now]
        told, at = [], start
        while (edge := calendar.next_edge(hours, at)) is not None and edge <= minutes[-1]:
            told.append(edge)
            at = edge
        assert told == edges
        assert [calendar.open(hours, minute) for minute in minutes[::7]] == seen[::7]


spans = st.lists(st.integers(0, 1440), min_size=0, max_size=6, unique=True).map(
    lambda cuts: tuple(zip(sorted(cuts)[::2], sorted(cuts)[1::2], strict=False))
)
days = st.dates(date(2026, 3, 22), date(2026, 4, 4))
calendars = st.builds(
    Calendar,
    timezone=st.sampled_from(sorted(MONTHS)),
    service=st.tuples(*[spans] * 7),
    working=st.tuples(*[spans] * 7),
    holidays=st.sampled_from(["closed", "open", "none"]),
    table=st.builds(HolidayTable, st.just(frozenset({2026})), st.frozensets(days, max_size=4), st.just(frozenset())),
    exceptions=st.dictionaries(days, spans, max_size=3),
)


@settings(max_examples=60, deadline=None)
@given(calendars, st.sampled_from(["service", "working"]), st.integers(0, 12 * 1440), st.integers(0, 3 * 1440))
def test_any_calendar_counts_what_a_watcher_of_the_clock_counts(
    calendar: Calendar, hours: Hours, offset: int, length: int
) -> None:
    start = datetime(2026, 3, 23, tzinfo=UTC).timestamp() + offset * MINUTE
    seen = [look(calendar, hours, start + step * MINUTE) for step in range(length)]
    assert calendar.time_within(hours, start, start + length * MINUTE) == MINUTE * sum(seen)
    edge = calendar.next_edge(hours, start)
    first = next((step for step in range(1, length) if seen[step] != seen[0]), None)
    if first is not None:
        assert edge == start + first * MINUTE
    elif edge is not None:
        assert edge >= start + length * MINUTE


def test_the_day_of_a_make_up_workday_and_of_its_holiday_add_up() -> None:
    """Of the dates in the table, each holiday has no working time and each make-up workday a whole Monday's."""
    table = chinese_holidays()
    calendar = Calendar(holidays="closed", table=table)
    for day in sorted(table.holidays | table.workdays):
        start = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo("Asia/Shanghai"))
        hours = calendar.time_within("working", start.timestamp(), (start + timedelta(days=1)).timestamp()) / 3600
        assert hours == (0 if day in table.holidays else 6.5), day
