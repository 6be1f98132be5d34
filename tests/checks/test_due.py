"""What is due on a day: by the calendar, over weekends and holidays, and for whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import pytest

from agent.core.attestations import Attestation, Register
from agent.core.calendar import Calendar, HolidayTable
from agent.core.checklist import Cadence
from agent.core.waivers import Waiver
from checks.book import items_of, load
from checks.due import Due, Standing, day_of, due, entries, period

NATIONAL = frozenset(date(2026, 10, day) for day in range(1, 8))
CALENDAR = Calendar(holidays="closed", table=HolidayTable(frozenset({2026}), NATIONAL))
ITEMS = items_of(load())
WEDNESDAY, FRIDAY, EVE = date(2026, 11, 25), date(2026, 11, 27), date(2026, 9, 30)
NOON = 720


@dataclass(frozen=True)
class Ticket:
    id: str
    due: float
    closed: float | None = None
    item: str = "NET-19"
    subject: str = "core"
    owner: str = "wang"


def found(day: date, *attested: Attestation, **more: Sequence[object]) -> dict[str, list[Due]]:
    """By kind, of a centre whose sheet of the day is signed."""
    standing = replace(Standing(ITEMS, (), Register(attested), 2, True), **more)  # type: ignore[arg-type]
    told: dict[str, list[Due]] = {}
    for each in due(standing, CALENDAR, day, CALENDAR.moment(day, NOON)):
        told.setdefault(each.kind, []).append(each)
    return told


def attested(item: str, at: date, until: date) -> Attestation:
    moments = CALENDAR.moment(at, NOON), CALENDAR.moment(until, NOON)
    return Attestation("ATT-0001", item, "zhou", "full_time_deputy_director", *moments)


def abouts(told: dict[str, list[Due]], kind: str) -> set[str]:
    return {each.about for each in told.get(kind, [])}


def test_what_ends_before_the_doors_open_again_is_due_on_the_last_service_day_before() -> None:
    saturday = attested("POL-01", date(2026, 11, 2), date(2026, 11, 28))
    assert "POL-01" in abouts(found(FRIDAY, saturday), "attestation")
    assert "POL-01" not in abouts(found(WEDNESDAY, saturday), "attestation")
    holiday = attested("POL-01", date(2026, 9, 2), date(2026, 10, 6))
    assert "POL-01" in abouts(found(EVE, holiday), "attestation")
    assert "POL-01" not in abouts(found(date(2026, 9, 29), holiday), "attestation")


def test_what_was_never_attested_is_due_and_advice_is_not() -> None:
    told = found(WEDNESDAY)
    (never,) = [each for each in told["attestation"] if each.about == "POL-01"]
    assert (never.until, "never" in never.title.en) == (None, True)
    assert never.by
    advice = {each.id for each in ITEMS if each.level == 3}
    assert not advice & abouts(told, "attestation")


def test_a_review_is_due_on_the_last_service_day_of_its_period_unless_it_was_done_in_it() -> None:
    """POL-02 is reviewed each quarter: before the holiday at the end of the third, whatever its attestation holds."""
    old = attested("POL-02", date(2026, 6, 30), date(2027, 12, 1))
    (review,) = found(EVE, old)["review"]
    assert (review.about, review.until) == ("POL-02", CALENDAR.moment(date(2026, 10, 1)))
    assert "POL-02" not in abouts(found(EVE, old), "attestation")
    assert "review" not in found(date(2026, 9, 29), old)
    assert "review" not in found(EVE, attested("POL-02", date(2026, 7, 1), date(2027, 12, 1)))


def test_what_is_due_by_its_end_is_told_once() -> None:
    weekly = attested("RSP-02", date(2026, 11, 20), date(2026, 11, 27))
    told = found(FRIDAY, weekly)
    assert "RSP-02" in abouts(told, "attestation")
    assert "RSP-02" not in abouts(told, "review")


@pytest.mark.parametrize(
    ("cadence", "first", "after"),
    [
        ("day", WEDNESDAY, date(2026, 11, 26)),
        ("week", date(2026, 11, 23), date(2026, 11, 30)),
        ("month", date(2026, 11, 1), date(2026, 12, 1)),
        ("quarter", date(2026, 10, 1), date(2027, 1, 1)),
        ("half_year", date(2026, 7, 1), date(2027, 1, 1)),
        ("year", date(2026, 1, 1), date(2027, 1, 1)),
    ],
)
def test_periods_are_those_of_the_calendar(cadence: Cadence, first: date, after: date) -> None:
    assert period(WEDNESDAY, cadence) == (first, after)


def test_a_closed_day_gives_the_next_service_day() -> None:
    assert day_of(CALENDAR, date(2026, 11, 28)) == date(2026, 11, 30)
    assert day_of(CALENDAR, date(2026, 10, 1)) == date(2026, 10, 8)
    assert day_of(replace(CALENDAR, service=((),) * 7), FRIDAY) is None


def test_the_sheet_is_due_until_it_is_signed() -> None:
    assert not found(WEDNESDAY).get("sheet")
    (sheet,) = found(WEDNESDAY, signed=False)["sheet"]  # type: ignore[arg-type]
    assert sheet.until == CALENDAR.moment(WEDNESDAY, 16 * 60 + 30)


def test_tickets_and_waivers_that_end_are_due_and_those_that_are_over_with_are_not() -> None:
    tomorrow, later = CALENDAR.moment(WEDNESDAY, 20 * 60), CALENDAR.moment(FRIDAY, NOON)
    tickets = (Ticket("T1", tomorrow), Ticket("T2", later), Ticket("T3", tomorrow, closed=1.0))
    waiver = Waiver("W1", "NET-11", "wang", 0.0, tomorrow, "等备件", "每日看", approved=1.0, approved_by="zhou")
    waivers = (waiver, replace(waiver, id="W2", until=later), replace(waiver, id="W3", ended=2.0))
    told = found(WEDNESDAY, tickets=tickets, waivers=waivers)
    assert [each.entry for each in told["ticket"]] == ["T1"]
    assert [each.entry for each in told["waiver"]] == ["W1"]
    said = entries(told["ticket"])[0]
    assert (said["item"], said["target"], said["by"]) == ("NET-19", "core", ["wang"])
