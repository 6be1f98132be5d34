"""Items that are judged by what the centre itself has on record, tickets and incidents, as days pass: RSP-04, RSP-05.

They turn with the registers that the agent keeps, in the test's own time, for their limits are working days."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from agent import ticketing, tickets
from agent.attesting import Desk
from agent.core.calendar import Calendar
from agent.core.checklist import Finding, Result, Verdict
from agent.core.incident import Incident
from agent.core.model import Reading, Sample
from agent.core.store import Store
from agent.core.text import Text
from agent.tables import load_site
from playbooks.metrics import in_time
from playbooks.metrics import samples as of_incidents
from tests.checks.items import AFTERNOON, ITEMS
from tests.checks.scene import Watchers
from tests.core.made import incident

DAY = 86_400.0
CALENDAR = Calendar()
CENTRE = """\
center: {id: test, name: 测试中心, district: 普陀区}
people: [{id: wang, name: 王工, role: network_administrator}]
hosts: [{id: a, address: 10.0.0.1}, {id: b, address: 10.0.0.2}, {id: c, address: 10.0.0.3}]
"""
FULL = Verdict(Result.FAIL, "a", Text("已用 93%", "93% used"), Text("≤80%", "≤80%"))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path / "var")
    yield opened
    opened.close()


def judged(item: str, samples: Iterable[Sample], now: float) -> Finding:
    watchers = Watchers(ITEMS[item])
    watchers.snapshot.put(Reading(None, "center", now, 0.0, tuple(samples)))
    return watchers.found(now)


def test_tickets_that_nobody_closes_fail_their_item_until_what_they_are_about_passes(
    store: Store, tmp_path: Path
) -> None:
    (tmp_path / "agent.yaml").write_text(CENTRE, encoding="utf-8")
    desk = Desk(load_site(tmp_path / "agent.yaml"), ITEMS, tmp_path, lambda item, target: False)
    found = [
        Finding("HOST-04", "host_management", "host", replace(FULL, subject=host), AFTERNOON)
        for host in ("a", "b", "c")
    ]

    def finding(now: float) -> Finding:
        return judged("RSP-05", ticketing.samples(tickets.REGISTER.entries(store), now), now)

    assert finding(AFTERNOON).verdict.result == "pass"
    tickets.daily(store, desk, found[:1], 3, AFTERNOON)
    assert finding(AFTERNOON).verdict.result == "pass", "it has two working days"
    assert finding(AFTERNOON + 10 * DAY).verdict.result == "warn"
    tickets.daily(store, desk, found, 3, AFTERNOON)
    failed = finding(AFTERNOON + 10 * DAY)
    assert failed.verdict.result == "fail"
    assert {each["metric"]: each["value"] for each in failed.evidence}["checklist_overdue"] == 3
    well = [replace(each, verdict=replace(each.verdict, result=Result.PASS)) for each in found]
    tickets.settle(store, well, AFTERNOON + 11 * DAY)
    assert finding(AFTERNOON + 11 * DAY).verdict.result == "pass"


def test_incidents_that_were_owned_too_late_fail_their_item_until_they_are_thirty_days_old() -> None:
    def opened(number: int, minutes: float) -> Incident:
        at = AFTERNOON + number * 60
        owned = at + minutes * 60
        return incident(f"line-{number}", opened=at, class_="P2", acknowledged_by="wang", acknowledged_at=owned)

    def finding(incidents: list[Incident]) -> Finding:
        now = AFTERNOON + 7200
        return judged("RSP-04", [*of_incidents(incidents, CALENDAR, now), *in_time(incidents, CALENDAR, now)], now)

    soon = [opened(number, 2) for number in range(20)]
    assert finding([]).verdict.result == "pass", "nothing had to be owned"
    assert finding(soon).verdict.result == "pass"
    late = finding([*soon, *(opened(number, 45) for number in range(20, 24))])
    assert late.verdict.result == "fail"
    assert {each["metric"]: each["value"] for each in late.evidence}["incident_acknowledged_in_time_ratio"] == 20 / 24
    assert finding(soon).verdict.result == "pass"
