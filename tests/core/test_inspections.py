"""Sheets by the calendar: when one is due, which days miss one, and who may speak for a post."""

from __future__ import annotations

from datetime import date, timedelta
from typing import get_args

import pytest

from agent.core.calendar import Calendar
from agent.core.inspections import Inspection, due_by, missed, next_number, signed
from agent.core.posts import ROLES, Post, in_words, post_of
from agent.core.site import Person, Role

TUESDAY = date(2026, 11, 24)
CALENDAR = Calendar()


def sheet(day: date) -> Inspection:
    return Inspection(f"{day}-1", day.isoformat(), "wang", 0.0, False)


def test_a_sheet_is_due_half_an_hour_after_service_begins() -> None:
    due = due_by(TUESDAY, CALENDAR)
    assert due
    assert f"{CALENDAR.local(due):%H:%M}" == "09:00"
    assert due_by(TUESDAY + timedelta(days=4), CALENDAR) is None  # Saturday


def test_only_service_days_before_today_and_since_the_first_sheet_are_missed() -> None:
    assert missed([], TUESDAY, CALENDAR) is None
    assert missed([sheet(TUESDAY)], TUESDAY, CALENDAR) == 0
    assert missed([sheet(TUESDAY - timedelta(days=1))], TUESDAY, CALENDAR) == 0
    friday = TUESDAY - timedelta(days=4)
    assert missed([sheet(friday)], TUESDAY, CALENDAR) == 1  # Monday; the weekend asks for none
    assert missed([sheet(TUESDAY - timedelta(days=300))], TUESDAY, CALENDAR) == 5
    assert missed([sheet(friday), sheet(TUESDAY - timedelta(days=1))], TUESDAY, CALENDAR) == 0


def test_sheets_of_a_day_are_counted() -> None:
    assert next_number([], TUESDAY) == "2026-11-24-1"
    assert next_number([sheet(TUESDAY), sheet(TUESDAY - timedelta(days=1))], TUESDAY) == "2026-11-24-2"
    assert signed([sheet(TUESDAY)], TUESDAY)
    assert not signed([sheet(TUESDAY)], TUESDAY + timedelta(days=1))


WANG = Person("wang", "王", "network_administrator", substitutes=("li",))
LI = Person("li", "李", "other")
SUN = Person("sun", "孙", "business_supervisor", covers=("counters",))
GONE = Person("gone", "张", "director", until=TUESDAY - timedelta(days=1))
PEOPLE = (WANG, LI, SUN, GONE)


@pytest.mark.parametrize(
    ("person", "roles", "covers", "post"),
    [
        (WANG, ("network_administrator",), (), Post("network_administrator")),
        (LI, ("network_administrator",), (), Post("network_administrator", "wang")),
        (LI, ("director",), (), None),
        (SUN, ("business_supervisor",), (), Post("business_supervisor")),
        (SUN, ("business_supervisor",), ("counters",), Post("business_supervisor")),
        (SUN, ("business_supervisor",), ("medical_insurance",), None),
        (GONE, ("director",), (), None),
    ],
)
def test_who_speaks_for_a_role(
    person: Person, roles: tuple[str, ...], covers: tuple[str, ...], post: Post | None
) -> None:
    assert post_of(person, PEOPLE, roles, covers, TUESDAY) == post


def test_the_last_day_in_a_post_is_one_in_it() -> None:
    assert post_of(GONE, PEOPLE, ("director",), (), TUESDAY - timedelta(days=1)) == Post("director")


def test_every_role_has_its_words() -> None:
    assert set(ROLES) == set(get_args(Role))
    said = in_words(("business_supervisor", "director"), ("counters",))
    assert (said.zh, said.en) == (
        "业务主管(分管窗口)或主任",
        "business supervisor (covers counters) or director",
    )
