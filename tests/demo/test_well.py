"""Where nothing befalls the simulated centre, the agent has nothing to say of it."""

import json

import pytest

from demo.centre.plan import centre as whole
from tests.demo.centres import Centre

pytestmark = pytest.mark.long


def test_everything_is_read(centre: Centre) -> None:
    centre.until("shouwang_target_up", 1)
    targets = {each["id"]: each for each in json.loads(centre.get("/api/v1/targets"))["targets"]}
    watched = whole().of("core", "access", "ups", "sensor", "contacts", "host")
    assert {node.id for node in watched} | whole().lines.keys() <= targets.keys()
    assert {name: each["state"] for name, each in targets.items() if each["state"] != "ok"} == {}


def test_there_is_neither_incident_nor_alert(centre: Centre) -> None:
    assert json.loads(centre.get("/api/v1/incidents"))["incidents"] == []
    assert centre.alerts() == []


def test_a_healed_centre_is_well_again(centre: Centre) -> None:
    centre.fault("leak")
    centre.until("room_water_leak", 1)
    centre.heal("leak")
    centre.until("room_water_leak", 0)
