"""Limits of remediation tickets: in working days by the calendar, in days, never beyond sixty."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from agent.core.calendar import Calendar
from agent.core.checklist import Severity
from agent.core.tickets import Ticket, body_of, due, read
from agent.holidays import chinese_holidays

CHINA = Calendar(holidays="closed", table=chinese_holidays())


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Shanghai")).timestamp()


@pytest.mark.parametrize(
    ("severity", "opened", "limit"),
    [
        ("high", "2026-11-23 10:00", "2026-11-25 17:00"),  # Monday: Tuesday, Wednesday
        ("critical", "2026-11-23 10:00", "2026-11-25 17:00"),
        ("high", "2026-11-27 16:59", "2026-12-01 17:00"),  # over a weekend
        ("high", "2026-11-28 12:00", "2026-12-01 17:00"),  # opened on a Saturday
        ("high", "2026-02-13 10:00", "2026-02-24 17:00"),  # a made-up Saturday, then Spring Festival
        ("high", "2026-02-20 10:00", "2026-02-25 17:00"),  # in the middle of it
        ("medium", "2026-02-13 10:00", "2026-03-05 17:00"),  # the 14th and the 28th are made-up Saturdays
        ("medium", "2026-09-30 10:00", "2026-10-20 17:00"),  # National Day, the 10th of October made up
        ("low", "2026-01-31 10:00", "2026-03-03 00:00"),
    ],
)
def test_limits_count_working_days_of_the_year_as_it_was_published(severity: Severity, opened: str, limit: str) -> None:
    assert datetime.fromtimestamp(
        due(CHINA, severity, at(opened)), ZoneInfo("Asia/Shanghai")
    ) == datetime.fromisoformat(limit).replace(tzinfo=ZoneInfo("Asia/Shanghai"))


def test_a_centre_that_is_closed_for_months_has_sixty_days() -> None:
    closed = Calendar(exceptions={date.fromordinal(date(2026, 3, 1).toordinal() + day): () for day in range(120)})
    assert due(closed, "medium", at("2026-03-02 10:00")) == at("2026-05-01 10:00")


def test_a_ticket_is_read_as_it_was_written_also_by_an_earlier_version() -> None:
    ticket = Ticket("RMD-0001", "NET-14", "switch", "core", "high", 1.0, "wang", 2.0, "wang", evidence=({"a": 1},))
    assert read({**body_of(ticket), "of_a_later_version": 1}) == ticket
    assert [ticket.state(2.0), ticket.state(2.1)] == ["open", "overdue"]
