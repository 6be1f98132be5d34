"""Promises of incidents: what firing triggers and people make of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.core.incident import Condition, Incident, Trigger
from agent.core.subject import Subject
from playbooks import incidents
from playbooks.incidents import follow
from playbooks.metrics import in_time, late, samples
from playbooks.pairs import Firing
from tests.playbooks.made import Hours

KEY = ("IR-04", "line", "yibao")
P2 = Trigger("IR-04.1", "IR-04", Condition("line_up", equals=0), "P2")
P3 = Trigger("IR-04.2", "IR-04", Condition("line_up", equals=0), "P3")


def fires(*triggers: Trigger, value: float | None = 0.0, **labels: str) -> list[Firing]:
    return [Firing(trigger, Subject(trigger.id, tuple(labels.items())), value) for trigger in triggers]


def opened(*triggers: Trigger) -> Incident:
    (change,) = follow({}, {KEY: fires(*triggers)}, 100.0)
    return change.incident


def test_the_first_trigger_opens_one_incident_of_its_class():
    (change,) = follow({}, {KEY: fires(P3)}, 100.0)
    assert (change.kind, change.at, change.who) == ("opened", 100.0, "shouwang")
    incident = change.incident
    assert (incident.playbook, incident.kind, incident.target) == KEY
    assert (incident.class_, incident.opened, incident.revision, incident.value) == ("P3", 100.0, 1, 0.0)
    assert incident.subjects == ("IR-04.2",)


def test_a_graver_trigger_raises_the_class_and_says_what_it_was():
    (change,) = follow({KEY: opened(P3)}, {KEY: fires(P2, P3)}, 200.0)
    assert (change.kind, change.was, change.incident.class_, change.incident.revision) == ("class", "P3", "P2", 2)
    assert change.incident.subjects == ("IR-04.1", "IR-04.2")


def test_the_class_never_falls_while_it_is_open():
    (change,) = follow({KEY: opened(P2, P3)}, {KEY: fires(P3)}, 200.0)
    assert (change.kind, change.incident.class_) == ("subjects", "P2")


def test_the_same_triggers_change_nothing():
    assert follow({KEY: opened(P2, P3)}, {KEY: fires(P3, P2, value=1.0)}, 200.0) == ()


def test_it_closes_when_nothing_fires_and_keeps_what_held_it_open():
    (change,) = follow({KEY: opened(P2)}, {KEY: []}, 300.0)
    assert (change.kind, change.incident.closed, change.incident.subjects) == ("closed", 300.0, ("IR-04.1",))


def test_nothing_that_fires_nothing_that_is_open_is_no_change():
    assert follow({}, {KEY: []}, 300.0) == ()


def test_what_people_opened_only_people_close():
    assert follow({KEY: replace(opened(P2), subjects=())}, {KEY: []}, 300.0) == ()


def test_an_unknown_value_keeps_the_last_known():
    (change,) = follow({KEY: opened(P3)}, {KEY: fires(P2, P3, value=None)}, 200.0)
    assert change.incident.value == 0.0


def test_who_acknowledges_owns_it():
    change = incidents.acknowledge(opened(P2), "wang", 160.0)
    assert (change.kind, change.who, change.incident.revision) == ("acknowledged", "wang", 2)
    assert (change.incident.acknowledged_by, change.incident.acknowledged_at) == ("wang", 160.0)
    with pytest.raises(ValueError, match="owned by wang"):
        incidents.acknowledge(change.incident, "li", 170.0)


def test_a_closed_incident_takes_notes_and_nothing_else():
    closed = incidents.close(opened(P2), "wang", 200.0, "误报").incident
    assert incidents.add_note(closed, "li", 300.0, "见照片").incident.closed == 200.0
    for change in (incidents.close, incidents.acknowledge):
        with pytest.raises(ValueError, match="closed already"):
            change(closed, "wang", 300.0)


def test_open_incidents_are_series_with_their_identity():
    mine = incidents.acknowledge(opened(P2), "wang", 160.0).incident
    other = replace(opened(P3), target="minzheng")
    found = {(each.metric.name, *each.labels): each.value for each in samples([mine, other], Hours(), 200.0)}
    assert found == {
        ("incident_open", "IR-04", "yibao", "P2"): 1,
        ("incident_acknowledged", "IR-04", "yibao", "P2"): 1,
        ("incident_open", "IR-04", "minzheng", "P3"): 1,
        ("incident_acknowledged", "IR-04", "minzheng", "P3"): 0,
        ("incident_unowned",): 0,
    }


@pytest.mark.parametrize(
    ("class_", "hours", "limit"),
    [
        ("P1", Hours(service=[(0, 1000)]), 300),
        ("P1", Hours(), 900),
        ("P2", Hours(service=[(0, 1000)]), 600),
        ("P2", Hours(), 1800),
        ("P3", Hours(working=[(1000, 90_000)]), 900 + 1800),
        ("P4", Hours(working=[(1000, 90_000)]), 900 + 23_400),
    ],
)
def test_nobody_owning_it_counts_after_the_limit_of_its_class(class_, hours, limit):
    incident = replace(opened(P2), class_=class_)
    assert not late(incident, hours, 100.0 + limit)
    assert late(incident, hours, 101.0 + limit)
    assert [each.value for each in samples([incident], hours, 101.0 + limit)] == [1, 0, 1]


@pytest.mark.parametrize(
    ("acknowledged", "closed", "ratio"),
    [(90.0, None, 1), (1900.0, 5000.0, 0), (None, None, 0), (None, 200.0, None), (None, 5000.0, 0)],
)
def test_an_incident_counts_once_it_was_acknowledged_or_its_limit_passed(
    acknowledged: float | None, closed: float | None, ratio: float | None
) -> None:
    incident = replace(opened(P2), acknowledged_by="wang", acknowledged_at=acknowledged, closed=closed)
    found = [sample.value for sample in in_time([replace(incident, class_="P2", opened=0.0)], Hours(), 10_000.0)]
    assert found == ([] if ratio is None else [ratio])
