"""The calendar's promises, each on dates that happened."""

from __future__ import annotations

import zoneinfo
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from agent.core.calendar import Calendar, HolidayTable, Hours, merged, zone
from agent.holidays import LAST_YEAR, chinese_holidays

CHINA = chinese_holidays()
DUTY = ((540, 690),)  # 09:00-11:30


def at(text: str, zone: str = "Asia/Shanghai") -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


def centre(**changes: object) -> Calendar:
    usual: dict[str, object] = {"holidays": "closed", "table": CHINA}
    return Calendar(**{**usual, **changes})  # type: ignore[arg-type]


def with_duty(**changes: object) -> Calendar:
    return centre(service=(*Calendar().service[:5], DUTY, ()), **changes)


@pytest.mark.parametrize(
    ("when", "hours", "open_"),
    [
        ("2026-03-04 08:29:59", "service", False),
        ("2026-03-04 08:30:00", "service", True),
        ("2026-03-04 11:29:59", "service", True),
        ("2026-03-04 11:30:00", "service", False),
        ("2026-03-04 12:30:00", "service", False),
        ("2026-03-04 16:30:00", "service", False),
        ("2026-03-04 16:30:00", "working", True),
        ("2026-03-04 17:00:00", "working", False),
        ("2026-03-07 10:00:00", "service", False),
        ("2026-03-07 03:00:00", "all", True),
    ],
)
def test_the_hours_of_the_founding_document_apply_by_default(when: str, hours: Hours, open_: bool) -> None:
    assert centre().open(hours, at(when)) is open_


def test_a_public_holiday_is_closed_and_its_make_up_saturday_is_worked_with_mondays_hours() -> None:
    calendar = with_duty()
    assert not calendar.open("service", at("2026-10-01 09:00"))
    assert not calendar.open("working", at("2026-10-01 09:00"))
    assert calendar.open("service", at("2026-10-10 14:00"))  # Saturday, made up for National Day
    assert calendar.open("working", at("2026-10-10 16:45"))
    assert not calendar.open("service", at("2026-10-10 08:00"))


def test_weekend_duty_is_off_when_the_weekend_lies_in_a_public_holiday() -> None:
    calendar = with_duty()
    assert calendar.open("service", at("2026-09-12 10:00"))
    assert not calendar.open("service", at("2026-10-03 10:00"))


def test_a_make_up_day_takes_the_first_weekday_with_hours_where_monday_has_none() -> None:
    tuesday = ((600, 660),)
    calendar = centre(service=((), tuesday, tuesday, tuesday, tuesday, DUTY, DUTY))
    assert calendar.spans("service", date(2026, 10, 10)) == tuesday


def test_a_centre_open_all_year_serves_on_holidays_while_working_time_stands_still() -> None:
    calendar = with_duty(holidays="open")
    assert calendar.open("service", at("2026-10-01 09:00"))
    assert calendar.open("service", at("2026-10-03 10:00"))
    assert not calendar.open("working", at("2026-10-01 09:00"))
    assert not calendar.open("service", at("2026-10-10 14:00"))  # by its weekly pattern a Saturday of duty
    assert calendar.open("working", at("2026-10-10 14:00"))


def test_without_holidays_only_the_weekly_pattern_counts() -> None:
    calendar = with_duty(holidays="none")
    assert calendar.open("working", at("2026-10-01 09:00"))
    assert not calendar.open("working", at("2026-10-10 14:00"))
    assert calendar.known_until() is None
    assert calendar.warnings(at("2031-01-01 00:00")) == ()


def test_an_exception_goes_before_holiday_and_weekday() -> None:
    calendar = centre(
        exceptions={
            date(2026, 10, 10): ((510, 690),),
            date(2026, 10, 11): (),
            date(2026, 10, 2): DUTY,
            date(2026, 3, 4): ((510, 600),),
            date(2026, 3, 5): (),
        }
    )
    assert not calendar.open("service", at("2026-10-10 14:00"))
    assert calendar.open("working", at("2026-10-10 14:00")), "staff works its usual hours beside the exception"
    assert calendar.open("service", at("2026-10-02 09:30"))
    assert calendar.spans("working", date(2026, 10, 2)) == DUTY
    assert not calendar.open("service", at("2026-03-04 14:00"))
    assert calendar.open("working", at("2026-03-04 14:00"))
    assert calendar.spans("working", date(2026, 3, 5)) == ()


def test_an_unknown_year_follows_the_weekly_pattern_and_says_so() -> None:
    calendar = centre()
    assert calendar.open("service", at("2027-10-01 09:00"))
    (said,) = calendar.warnings(at("2027-01-01 00:00"))
    assert "2027" in said.zh
    assert "nothing is guessed" in said.en


def test_the_end_of_the_known_years_is_said_thirty_days_ahead() -> None:
    calendar = centre()
    assert calendar.known_until() == at("2027-01-01 00:00")
    assert calendar.warnings(at("2026-12-01 23:00")) == ()
    (said,) = calendar.warnings(at("2026-12-03 00:00"))
    assert "2027" in said.zh


def test_a_year_added_by_a_file_moves_the_end_and_corrects_single_dates() -> None:
    more = HolidayTable(frozenset({2027}), frozenset({date(2027, 1, 1), date(2026, 10, 10)}), frozenset())
    calendar = centre(table=CHINA.overlaid(more))
    assert calendar.known_until() == at("2028-01-01 00:00")
    assert not calendar.open("service", at("2026-10-10 09:00"))
    assert calendar.open("service", at("2026-05-09 09:00"))


def test_a_gap_in_the_known_years_ends_what_is_known() -> None:
    calendar = centre(table=HolidayTable(frozenset({2026, 2028})))
    assert calendar.known_until() == at("2027-01-01 00:00")
    assert calendar.known_until(at("2028-06-01 00:00")) == at("2029-01-01 00:00")
    assert centre(table=HolidayTable()).known_until() == 0.0


def test_the_package_is_believed_only_as_far_as_it_was_checked() -> None:
    assert max(CHINA.years) == LAST_YEAR == 2026
    assert {2025, 2026} <= CHINA.years
    assert {day.isoformat() for day in CHINA.workdays if day.year == 2026} == {
        "2026-01-04",
        "2026-02-14",
        "2026-02-28",
        "2026-05-09",
        "2026-09-20",
        "2026-10-10",
    }
    assert date(2026, 2, 23) in CHINA.holidays
    assert date(2026, 2, 24) not in CHINA.holidays


def test_the_next_edge_skips_what_is_closed() -> None:
    calendar = centre()
    assert calendar.next_edge("service", at("2026-03-04 08:00")) == at("2026-03-04 08:30")
    assert calendar.next_edge("service", at("2026-03-04 08:30")) == at("2026-03-04 11:30")
    assert calendar.next_edge("service", at("2026-09-30 16:30")) == at("2026-10-08 08:30")
    assert calendar.next_edge("all", at("2026-03-04 08:00")) is None


def test_a_week_that_never_changes_has_no_edge() -> None:
    assert Calendar(service=(((0, 1440),),) * 7).next_edge("service", 0.0) is None
    assert Calendar(service=((),) * 7).next_edge("service", 0.0) is None
    half_days = Calendar(service=(((0, 720), (720, 1440)),) * 7)
    assert half_days.next_edge("service", 0.0) is None


def test_open_time_is_counted_across_days_holidays_and_parts_of_spans() -> None:
    calendar = centre()
    assert calendar.time_within("service", at("2026-03-04 00:00"), at("2026-03-05 00:00")) == 6 * 3600
    assert calendar.time_within("working", at("2026-03-04 11:00"), at("2026-03-04 14:00")) == 3600
    assert calendar.time_within("service", at("2026-09-30 16:00"), at("2026-10-08 09:00")) == 3600
    assert calendar.time_within("service", at("2026-03-05 00:00"), at("2026-03-04 00:00")) == 0
    assert calendar.time_within("all", 10.0, 25.5) == 15.5


def test_a_span_that_the_clock_skips_or_repeats_is_counted_as_it_happens() -> None:
    night = Calendar(timezone="Europe/Berlin", service=(((120, 180),),) * 7)
    skipped = (at("2026-03-29 00:00", "Europe/Berlin"), at("2026-03-30 00:00", "Europe/Berlin"))
    repeated = (at("2026-10-25 00:00", "Europe/Berlin"), at("2026-10-26 00:00", "Europe/Berlin"))
    assert night.time_within("service", *skipped) == 0
    assert night.time_within("service", *repeated) == 7200


def test_shanghai_needs_no_time_zone_data_and_another_unknown_zone_is_an_error() -> None:
    zoneinfo.reset_tzpath(to=())
    ZoneInfo.clear_cache()
    zone.cache_clear()
    try:
        assert Calendar().local(0.0).utcoffset() == timedelta(hours=8)
        with pytest.raises((KeyError, ValueError)):
            Calendar(timezone="Asia/Nowhere").open("service", 0.0)
    finally:
        zoneinfo.reset_tzpath()
        zone.cache_clear()


def test_spans_that_touch_or_overlap_become_one() -> None:
    assert merged(((810, 1020), (510, 690), (600, 700), (690, 720))) == ((510, 720), (810, 1020))
