"""The duty roster: who should be on duty when, by the calendar, and when nobody is."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from agent.core.calendar import Calendar, HolidayTable
from agent.roster import read, samples

NATIONAL = HolidayTable(holidays=frozenset({date(2026, 10, 1), date(2026, 10, 2)}), years=frozenset({2026}))
CALENDAR = Calendar(holidays="closed", table=NATIONAL)
PEOPLE = {"wang": "王工", "li": "李工"}
HOUR = 3600.0
MONDAY = date(2026, 11, 23)


def at(day: date, hour: float) -> float:
    return CALENDAR.moment(day, int(hour * 60))


def gap(folder: Path, lines: str, start: float, end: float) -> float:
    (folder / "duty.csv").write_text("date,from,to,person\n" + lines, "utf-8")
    roster = read(folder / "duty.csv", CALENDAR, PEOPLE)
    assert (roster.failure, roster.flaws) == (None, ())
    return roster.gap(CALENDAR, start, end) / HOUR


@pytest.mark.parametrize(
    ("lines", "hours"),
    [
        ("", 8.5),
        ("2026-11-23,08:30,17:00,wang\n", 0),
        ("2026-11-23,08:30,11:30,wang\n2026-11-23,13:30,17:00,wang\n", 2),  # lunch
        ("2026-11-23,08:30,11:30,wang\n2026-11-23,11:30,17:00,李工\n", 0),
        ("2026/11/23,8:30,16:00,wang\n", 1),
        ("2026-11-22,20:00,12:00,wang\n", 5),  # over midnight
        ("2026-11-24,08:30,17:00,wang\n", 8.5),
    ],
)
def test_a_working_day_is_covered_from_opening_to_closing_and_over_lunch(
    tmp_path: Path, lines: str, hours: float
) -> None:
    assert gap(tmp_path, lines, at(MONDAY, 0), at(MONDAY, 24)) == hours


def test_a_holiday_is_covered_as_its_day_of_the_week(tmp_path: Path) -> None:
    start, end = at(date(2026, 10, 1), 0), at(date(2026, 10, 2), 24)
    assert gap(tmp_path, "2026-10-01,08:30,17:00,wang\n", start, end) == 8.5


def test_what_is_past_is_no_gap(tmp_path: Path) -> None:
    assert gap(tmp_path, "", at(MONDAY, 16), at(MONDAY, 24)) == 1


def test_the_gaps_of_a_week_and_of_two_are_told(tmp_path: Path) -> None:
    days = "".join(f"2026-11-{day},08:30,17:00,wang\n" for day in range(23, 30))
    (tmp_path / "duty.csv").write_text("日期,开始,结束,值班人\n" + days, "gb18030")
    roster = read(tmp_path / "duty.csv", CALENDAR, PEOPLE)
    found = {sample.labels[0]: sample.value / HOUR for sample in samples(roster, CALENDAR, at(MONDAY, 0))}
    assert found == {"7d": 0, "14d": 5 * 8.5}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("date,from,to,person\n24.13.2026,08:30,17:00,wang\n", "duty.csv:2: cannot read 24.13.2026"),
        ("date,from,to,person\n2026-02-30,08:30,17:00,wang\n", "cannot read 2026-02-30"),
        ("date,from,to,person\n2026-11-23,25:30,17:00,wang\n", "cannot read 25:30"),
        ("date,from,to,person\n2026-11-23,08:30,17:00,zhang\n", "no such person zhang; known: wang, li"),
        ("date,from,to,person\n2026-11-23,08:30\n", "cannot read –"),
    ],
)
def test_a_line_that_cannot_be_read_is_told_and_does_not_count(tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / "duty.csv").write_text(text, "utf-8")
    roster = read(tmp_path / "duty.csv", CALENDAR, PEOPLE)
    assert roster.entries == ()
    assert reason in roster.flaws[0].en


def test_a_roster_that_cannot_be_read_has_no_gap_to_tell(tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("day,who\n", "utf-8")
    for name, reason in (
        ("none.csv", "No such file"),
        ("other.csv", "lacks date, from, to, person"),
        (".", "directory"),
    ):
        roster = read(tmp_path / name, CALENDAR, PEOPLE)
        assert roster.failure is not None
        assert reason in roster.failure.en
        assert samples(roster, CALENDAR, 0) == ()


def test_many_bad_lines_are_counted(tmp_path: Path) -> None:
    (tmp_path / "duty.csv").write_text("date,from,to,person\n" + "x,y,z,w\n" * 50, "utf-8")
    flaws = read(tmp_path / "duty.csv", CALENDAR, PEOPLE).flaws
    assert len(flaws) == 21
    assert "30 more lines" in flaws[-1].en


def test_who_is_on_duty(tmp_path: Path) -> None:
    (tmp_path / "duty.csv").write_text("date,from,to,person\n2026-11-23,08:30,17:00,wang\n2026-11-23,11:30,13:30,li\n")
    roster = read(tmp_path / "duty.csv", CALENDAR, PEOPLE)
    assert roster.on_duty(at(MONDAY, 12)) == ("wang", "li")
    assert roster.on_duty(at(MONDAY, 18)) == ()
