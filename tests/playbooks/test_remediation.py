"""Promises of IR-26: what fails in the checklist, and a ticket past its limit, open an incident of the centre."""

from __future__ import annotations

from agent import ticketing
from agent.core.model import Metric, Reading, Sample
from checks.metrics import RESULT
from playbooks.book import load
from playbooks.watch import Watch
from tests.playbooks.made import Hours
from tests.playbooks.test_watch import Kept

NOON = 1_800_000_000.0


def told(watch: Watch, part: str, at: float, *samples: Sample) -> list[tuple[str, str, str]]:
    watch.observe(Reading(None, part, at, 0.0, samples))
    watch.tick(at)
    return [(each.playbook, each.target, each.class_) for each in watch.open]


def watching() -> Watch:
    return Watch(load(["IR-26"]), Hours(), (), Kept(), center="changshou")


def judged(item: str, result: str) -> tuple[Sample, ...]:
    about = {"kind": "switch", "target": "core", "area": "network_platform", "item": item}
    return tuple(RESULT.sample(state == result, result=state, **about) for state in RESULT.states)


def only(metric: Metric, value: float) -> Sample:
    return metric.sample(value)


def test_an_overdue_ticket_is_an_incident_until_none_is_overdue() -> None:
    watch = watching()
    assert told(watch, "tickets", NOON, only(ticketing.OVERDUE, 0)) == []
    assert told(watch, "tickets", NOON + 60, only(ticketing.OVERDUE, 2)) == [("IR-26", "changshou", "P4")]
    told(watch, "tickets", NOON + 120, only(ticketing.OVERDUE, 0))
    assert told(watch, "tickets", NOON + 240, only(ticketing.OVERDUE, 0)) == []


def test_a_failed_item_without_a_playbook_of_its_own_is_an_incident_and_others_are_not() -> None:
    watch = watching()
    assert told(watch, "checklist", NOON, *judged("NET-14", "warn"), *judged("NET-01", "fail")) == []
    assert told(watch, "checklist", NOON + 60, *judged("NET-14", "fail")) == [("IR-26", "changshou", "P4")]
    told(watch, "checklist", NOON + 120, *judged("NET-14", "pass"))
    assert told(watch, "checklist", NOON + 180, *judged("NET-14", "pass")), "one round is not enough"
    assert told(watch, "checklist", NOON + 240, *judged("NET-14", "pass")) == []
