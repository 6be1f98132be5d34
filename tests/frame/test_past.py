"""A past that is told becomes the rows and records that it would have left, judged by the playbooks themselves."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from agent import maintenance
from agent.cli.past import write_down
from agent.core import states
from agent.core.availability import Interval
from agent.core.incident import Incident
from agent.core.ledger import records
from agent.core.past import Deed, Past, Turn, Work
from agent.core.store import Store
from tests.frame.centre import Centre

# A Wednesday: served from 8:30 to 11:30 and from 13:30 to 16:30.
DAY = datetime(2026, 3, 11, tzinfo=ZoneInfo("Asia/Shanghai")).timestamp()
HOUR, MINUTE = 3600.0, 60.0
LINE = (
    "lines: [{id: yibao, name: 医保专线, business: medical_insurance, every: 5s,"
    ' probes: [{layer: application, tcp: "127.0.0.1:9"}]}]'
)


def up(at: float, value: float, target: str = "yibao") -> list[Turn]:
    return [Turn(at, "line", target, "line_standby", 0), Turn(at, "line", target, "line_up", value)]


def cut(start: float, end: float) -> tuple[Turn, ...]:
    return (*up(DAY, 1), *up(start, 0), *up(end, 1))


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    centre = Centre(tmp_path)
    centre.write(LINE)
    return centre


def written(centre: Centre, **what: Any) -> Store:
    write_down(centre.config, lambda site, now: Past(DAY, DAY + 20 * HOUR, **what))
    store = Store.peek(centre.state)
    assert store.verify() is None
    return store


def only(store: Store) -> Incident:
    (found,) = store.incidents()
    return found


def test_an_outage_in_service_hours_is_an_incident_as_its_playbook_says(centre: Centre) -> None:
    found = only(written(centre, turns=cut(DAY + 10 * HOUR, DAY + 10.5 * HOUR)))
    assert (found.playbook, found.class_, found.target) == ("IR-04", "P2", "yibao")
    assert (found.opened, found.closed) == (DAY + 10 * HOUR + 90, DAY + 10.5 * HOUR + 60)
    assert found.id.startswith("20260311-100130-")


def test_one_that_lasts_into_service_hours_becomes_graver_when_they_begin(centre: Centre) -> None:
    store = written(centre, turns=cut(DAY + 7 * HOUR, DAY + 9 * HOUR))
    changes = store.timeline(only(store).id)
    assert [(each.kind, each.incident.class_, each.at) for each in changes] == [
        ("opened", "P3", DAY + 7 * HOUR + 90),
        ("class", "P2", DAY + 8.5 * HOUR + 90),
        ("closed", "P2", DAY + 9 * HOUR + 60),
    ]


def test_one_that_is_over_at_once_is_no_incident_and_yet_an_outage(centre: Centre) -> None:
    store = written(centre, turns=cut(DAY + 10 * HOUR, DAY + 10 * HOUR + 80))
    assert store.incidents() == []
    assert store.ask(states.history, {})["line", "yibao"] == [
        Interval(DAY, DAY + 10 * HOUR, True),
        Interval(DAY + 10 * HOUR, DAY + 10 * HOUR + 80, False),
        Interval(DAY + 10 * HOUR + 80, DAY + 20 * HOUR, True),
    ]


def test_what_people_did_stands_in_the_timeline_of_that_incident_only(centre: Centre) -> None:
    start, end = DAY + 10 * HOUR, DAY + 11 * HOUR

    def deed(at: float, note: str, owns: bool = False, since: float = start) -> Deed:
        return Deed(at, "line", "yibao", since, "wang", note, owns)

    store = written(
        centre,
        turns=cut(start, end),
        deeds=(
            deed(start + 60, "before it was an incident"),
            deed(start + 300, "taken over", owns=True),
            deed(end + 600, "a fibre was cut"),
            deed(end + 900, "of a later outage", since=end + 800),
        ),
    )
    incident = only(store)
    changes = store.timeline(incident.id)
    assert [each.kind for each in changes] == ["opened", "acknowledged", "closed", "note"]
    assert [each.note for each in changes if each.who == "wang"] == ["taken over", "a fibre was cut"]
    assert (incident.acknowledged_by, incident.acknowledged_at) == ("wang", start + 300)


def test_the_ledger_stands_in_the_order_of_time(centre: Centre) -> None:
    work = Work(DAY + 10.2 * HOUR, ("yibao",), DAY + 17 * HOUR, DAY + 18 * HOUR, "a new modem", "wang")
    store = written(centre, turns=cut(DAY + 10 * HOUR, DAY + 10.5 * HOUR), works=(work,))
    found = store.ask(lambda connection: list(records(connection)), [])
    assert [each.kind for each in found] == ["incident.opened", "maintenance.added", "incident.closed"]
    assert [each.at for each in found] == sorted(each.at for each in found)
    (entry,) = maintenance.recall(store)
    assert (entry.start, entry.end, entry.retroactive) == (work.start, work.end, False)


def test_what_agent_yaml_or_the_metrics_do_not_have_is_refused(centre: Centre) -> None:
    with pytest.raises(ValueError, match=r"line shebao, which .*agent\.yaml does not name"):
        written(centre, turns=tuple(up(DAY, 1, "shebao")))
    with pytest.raises(ValueError, match="line_ip, which is no metric"):
        written(centre, turns=(Turn(DAY, "line", "yibao", "line_ip", 1),))


def test_the_agent_that_starts_then_goes_on_from_there(centre: Centre) -> None:
    identity = only(written(centre, turns=cut(DAY + 10 * HOUR, DAY + 10.5 * HOUR))).id
    with centre.agent():
        assert identity in centre.get("/")
        assert json.loads(centre.get("/api/v1/incidents"))["incidents"] == []
        whole = centre.value('line_availability_ratio{kind="line",target="yibao",window="year",hours="all"}')
        assert whole == pytest.approx(1 - 0.5 / 20)
