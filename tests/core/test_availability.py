"""Availability is what somebody counts who looks every minute; unknown and maintenance are never up."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from agent.core.availability import Interval, Tally, common, entered, length, outages, tally, within, without
from agent.core.calendar import SERVICE, Calendar, HolidayTable, Hours, Stretch, Week, united
from agent.core.maintenance import Hours as Weekly
from agent.core.maintenance import Maintenance, Schedule
from agent.holidays import chinese_holidays

MINUTE = 60
HOURS: tuple[Hours, ...] = ("service", "working", "all")
DUTY: Week = (*SERVICE[:5], ((540, 690),), ((540, 690),))
EXCEPTIONS = {date(2025, 10, 10): ((510, 690),), date(2025, 10, 11): (), date(2026, 3, 29): ((60, 240),)}


def of_day(calendar: Calendar, hours: Hours, day: date) -> list[tuple[int, int]]:
    """The calendar's documentation in the plainest words."""
    week = calendar.service if hours == "service" else calendar.working
    spans = list(week[day.weekday()])
    if calendar.holidays == "closed" or (calendar.holidays == "open" and hours == "working"):
        if day in calendar.table.workdays:
            spans = list(next(each for each in week[:5] if each))
        if day in calendar.table.holidays:
            spans = []
    if day in calendar.exceptions:
        said = list(calendar.exceptions[day])
        spans = said + spans if hours == "working" and said else said
    return spans


def open_at(calendar: Calendar, hours: Hours, wall: datetime) -> bool:
    minute = wall.hour * 60 + wall.minute
    return hours == "all" or any(start <= minute < end for start, end in of_day(calendar, hours, wall.date()))


def planned_at(entry: Maintenance, at: float, wall: datetime) -> bool:
    """One look at one entry; weekly hours are those of today and those of yesterday that go over midnight."""
    if not entry.start <= at < entry.last:
        return False
    if not entry.weekly:
        return True
    minute = wall.hour * 60 + wall.minute
    return any(
        (hours.weekday == wall.weekday() and hours.start <= minute < hours.end)
        or ((hours.weekday + 1) % 7 == wall.weekday() and hours.start <= minute + 1440 < hours.end)
        for hours in entry.weekly
    )


def counted(
    calendar: Calendar, history: Sequence[Interval], entries: Sequence[Maintenance], start: int, minutes: int
) -> dict[Hours, Tally]:
    """Brute force: one look in each minute, at everything."""
    zone, seen = ZoneInfo(calendar.timezone), Counter[tuple[Hours, str]]()
    states = iter(sorted(history))
    now = next(states, None)
    for at in range(start, start + minutes * MINUTE, MINUTE):
        while now is not None and now.end <= at:
            now = next(states, None)
        wall = datetime.fromtimestamp(at, UTC).astimezone(zone)
        word = "unknown" if now is None or at < now.start else "up" if now.up else "down"
        if any(planned_at(each, at, wall) for each in entries):
            word = "maintenance"
        for hours in HOURS:
            if open_at(calendar, hours, wall):
                seen[hours, word] += MINUTE
    return {
        hours: Tally(*(float(seen[hours, word]) for word in ("up", "down", "unknown", "maintenance")))
        for hours in HOURS
    }


def worked_out(
    calendar: Calendar, history: Sequence[Interval], entries: Sequence[Maintenance], start: int, minutes: int
) -> dict[Hours, Tally]:
    end = start + minutes * MINUTE
    planned = Schedule(entries, calendar).stretches("yibao", start, end)
    seen = within(history, start, end)
    return {hours: tally(seen, calendar.stretches(hours, start, end), planned) for hours in HOURS}


def made(random_: random.Random, start: int, days: int) -> list[Interval]:
    """A line as it lives: up for hours or days, down for minutes or hours, sometimes not watched; whole minutes."""
    history: list[Interval] = []
    at, end, up = start - 90 * MINUTE, start + days * 86400, True
    while at < end:
        lasts = random_.choice((5, 40, 700, 4000) if up else (1, 7, 45, 400)) * random_.randint(1, 3) * MINUTE
        if random_.random() > 0.1:
            entered(history, Interval(at, at + lasts, up))
        at, up = at + lasts, not up
    return history


TWO_YEARS = [
    ("Asia/Shanghai", "closed"),
    ("Europe/Berlin", "open"),
    ("Australia/Lord_Howe", "closed"),  # summer time of 30 minutes
]


@pytest.mark.parametrize(("zone", "holidays"), TWO_YEARS)
def test_two_years_are_what_a_look_in_every_minute_counts(zone: str, holidays: str) -> None:
    """Lunch breaks, duty weekends, holidays, make-up workdays, exceptions, summer time, weekly work at night."""
    calendar = Calendar(zone, service=DUTY, holidays=holidays, table=chinese_holidays(), exceptions=EXCEPTIONS)  # type: ignore[arg-type]  # of a table
    start, days = int(datetime(2025, 1, 1, tzinfo=ZoneInfo(zone)).timestamp()), 730
    history = made(random.Random(zone + holidays), start, days)
    later = start + 200 * 86400
    entries = [
        Maintenance(
            "1", ("yibao",), start, None, "每周", "wang", start, (Weekly(0, 1320, 1440), Weekly(5, 1380, 1560))
        ),
        Maintenance("2", ("yibao", "other"), later, later + 30 * 3600, "割接", "wang", later),
        Maintenance("3", ("yibao",), later, None, "早上", "wang", later, (Weekly(2, 480, 660),), later + 90 * 86400),
        Maintenance("4", ("other",), start, start + 9e6, "别的专线", "wang", start),
    ]
    expected = counted(calendar, history, entries[:3], start, days * 1440)
    assert worked_out(calendar, history, entries, start, days * 1440) == expected
    assert all(min(each.up, each.down, each.unknown, each.maintenance) > 3600 for each in expected.values())


spans = st.lists(st.integers(0, 1440), max_size=6, unique=True).map(
    lambda cuts: tuple(zip(sorted(cuts)[::2], sorted(cuts)[1::2], strict=False))
)
FIRST = {"Asia/Shanghai": (2026, 2, 10), "Europe/Berlin": (2026, 3, 24), "America/Santiago": (2026, 4, 1)}
days = st.dates(date(2026, 2, 9), date(2026, 4, 9))
calendars = st.builds(
    Calendar,
    timezone=st.sampled_from(sorted(FIRST)),
    service=st.tuples(*[spans] * 7),
    working=st.tuples(*[spans] * 7),
    holidays=st.sampled_from(["closed", "open", "none"]),
    table=st.builds(HolidayTable, st.just(frozenset({2026})), st.frozensets(days, max_size=8), st.just(frozenset())),
    exceptions=st.dictionaries(days, spans, max_size=5),
)
LENGTH = 10 * 1440
looks = st.lists(st.tuples(st.integers(-100, LENGTH), st.integers(0, 2000), st.booleans()), max_size=25)
works = st.lists(st.tuples(st.integers(-100, LENGTH), st.integers(1, 3000)), max_size=4)
# Not in the hours that clocks skip or show twice (in Santiago 23:00-24:00): what is meant there is tried elsewhere.
nights = st.lists(st.tuples(st.integers(0, 6), st.integers(240, 1300), st.integers(1, 1560)), max_size=3).map(
    lambda found: tuple(Weekly(day, start, min(start + length, 1380)) for day, start, length in found)
)


@settings(max_examples=60, deadline=None)
@given(calendars, looks, works, nights)
def test_any_calendar_history_and_plan_give_what_a_look_in_every_minute_counts(
    calendar: Calendar,
    looks: list[tuple[int, int, bool]],
    works: list[tuple[int, int]],
    nights: tuple[Weekly, ...],
) -> None:
    start = int(datetime(*FIRST[calendar.timezone], tzinfo=UTC).timestamp())
    history: list[Interval] = []
    for begin, lasts, up in looks:
        entered(history, Interval(start + begin * MINUTE, start + (begin + lasts) * MINUTE, up))
    entries = [
        Maintenance(str(place), ("yibao",), start + begin * MINUTE, start + (begin + lasts) * MINUTE, "x", "x", start)
        for place, (begin, lasts) in enumerate(works)
    ]
    if nights:
        entries.append(Maintenance("w", ("yibao",), start + 777 * MINUTE, None, "x", "x", start, nights))
    found = worked_out(calendar, history, entries, start, LENGTH)
    assert found == counted(calendar, history, entries, start, LENGTH)
    wall = sum((end - begin for begin, end in calendar.stretches("service", start, start + LENGTH * MINUTE)), 0.0)
    each = found["service"]
    assert each.up + each.down + each.unknown + each.maintenance == wall


@settings(max_examples=200, deadline=None)
@given(looks)
def test_what_is_newer_has_the_last_word_on_each_minute(looks: list[tuple[int, int, bool]]) -> None:
    """As after a clock that was set back: the history stays in order and without overlap."""
    history: list[Interval] = []
    told: dict[int, bool] = {}
    for begin, lasts, up in looks:
        entered(history, Interval(begin, begin + lasts, up))
        told |= dict.fromkeys(range(begin, begin + lasts), up)
    assert history == sorted(history)
    assert all(before.end <= after.start for before, after in pairwise(history))
    assert {minute: each.up for each in history for minute in range(int(each.start), int(each.end))} == told


def test_an_interval_that_is_seen_for_longer_stays_one() -> None:
    history: list[Interval] = []
    for end in (10, 20, 30):
        entered(history, Interval(0, end, True))
    assert history == [Interval(0, 30, True)]


cuts = st.lists(st.integers(0, 60), max_size=12, unique=True).map(
    lambda found: list(zip(sorted(found)[::2], sorted(found)[1::2], strict=False))
)


@given(cuts, cuts)
@example([(0, 10)], [])
@example([(5, 10)], [(0, 5), (10, 20)])
def test_what_is_common_and_what_is_left_are_what_the_sets_say(some: list[Stretch], others: list[Stretch]) -> None:
    def points(stretches: Sequence[Stretch]) -> set[int]:
        return {point for start, end in stretches for point in range(int(start), int(end))}

    assert points(common(some, others)) == points(some) & points(others)
    assert points(without(some, others)) == points(some) - points(others)
    assert length(common(some, others)) == len(points(some) & points(others))
    assert points(united([*others, *some])) == points(some) | points(others)


def test_nothing_known_has_no_ratio() -> None:
    assert Tally(0, 0, 100, 50).ratio is None
    assert tally([], [(0.0, 60.0)], []) == Tally(0, 0, 60, 0)
    assert Tally(3, 1, 100, 50).ratio == 0.75


def test_unknown_time_within_an_outage_does_not_make_it_two() -> None:
    history = [
        Interval(0, 10, True),
        Interval(10, 20, False),
        Interval(25, 30, False),
        Interval(30, 40, True),
        Interval(50, 60, False),
    ]
    first, second = outages(history)
    assert (first.start, first.end, first.down, first.over) == (10, 30, 15, True)
    assert (second.start, second.end, second.down, second.over) == (50, 60, 10, False)


def test_weekly_hours_over_midnight_belong_to_the_day_on_which_they_begin() -> None:
    calendar = Calendar()
    monday = calendar.moment(date(2026, 11, 2))
    entry = Maintenance("1", ("a",), monday, None, "x", "x", monday, (Weekly(6, 1320, 1560),))  # Sunday 22:00 - 02:00
    sunday = calendar.moment(date(2026, 11, 8), 1320)
    assert list(entry.stretches(calendar, monday, monday + 14 * 86400)) == [
        (monday, monday + 2 * 3600),  # the Sunday before began earlier, and is cut
        (sunday, sunday + 4 * 3600),
        (sunday + 7 * 86400, monday + 14 * 86400),
    ]
    assert entry.covers(sunday + 3 * 3600, calendar)
    assert not entry.covers(sunday + 4 * 3600, calendar)
    assert not entry.covers(monday - 1, calendar)


def test_weekly_hours_in_the_hour_that_comes_twice_mean_the_first() -> None:
    calendar = Calendar("Europe/Berlin")
    midnight = calendar.moment(date(2026, 10, 25))  # at 03:00 it is 02:00 again
    entry = Maintenance("1", ("a",), midnight - 86400, None, "x", "x", 0, (Weekly(6, 120, 150),))
    assert list(entry.stretches(calendar, midnight, midnight + 90000)) == [(midnight + 7200, midnight + 9000)]


def test_a_plan_covers_what_it_names_and_nothing_after_it_was_cancelled() -> None:
    once = Maintenance("1", ("a", "b"), 1000, 2000, "x", "x", 500, cancelled=1500)
    schedule = Schedule([once], Calendar())
    assert schedule.covers("a", 1000) == once
    assert schedule.covers("a", 1499) == once
    assert schedule.covers("a", 1500) is None
    assert schedule.covers("c", 1200) is None
    assert schedule.covered(1200) == {"a", "b"}
    assert schedule.stretches("b", 0, 9999) == [(1000, 1500)]


def test_what_was_entered_afterwards_is_marked_so() -> None:
    before = Maintenance("1", ("a",), 1000, 2000, "x", "x", 1010)
    after = Maintenance("2", ("a",), 1000, 3000, "x", "x", 5000)
    assert (before.retroactive, after.retroactive) == (False, True)
    assert Schedule([before, after], Calendar()).stretches("a", 1500, 9999, retroactive=True) == [(1500, 3000)]


def test_a_day_is_as_long_as_the_zone_makes_it() -> None:
    calendar = Calendar("Europe/Berlin")
    day = date(2026, 10, 25)
    (only,) = calendar.stretches("all", calendar.moment(day), calendar.moment(day + timedelta(days=1)))
    assert length([only]) == 25 * 3600
