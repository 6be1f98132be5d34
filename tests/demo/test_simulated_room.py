"""The simulated sensors of a room, as the collector of rooms sees them over SNMP, and object by object."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from demo.devices.room_sensor import RoomSensor, room_sensor
from tests.demo.watched import Watched, watched

SENSORS = "1.3.6.1.4.1.3854.1.2.2.1"
DEGREES, RAW, STATUS = f"{SENSORS}.16.1.3", f"{SENSORS}.16.1.14", f"{SENSORS}.16.1.4"
HUMIDITY = f"{SENSORS}.17.1.3"
CONTACT, CONTACT_ONLINE = f"{SENSORS}.18.1.3", f"{SENSORS}.18.1.4"
NO_STATUS, NORMAL, CRITICAL = 1, 2, 4
ONLINE, OFFLINE = 1, 2


@pytest.fixture
def room() -> RoomSensor:
    return room_sensor()


@pytest.fixture
def seen(room: RoomSensor) -> Iterator[Watched]:
    with watched(room) as found:
        yield found


def test_probes_and_contacts_are_called_by_their_names(seen: Watched) -> None:
    assert [each.decode() for each in seen.column(f"{SENSORS}.16.1.1").values()] == ["机柜进风", "回风", "送风"]
    assert [each.decode() for each in seen.column(f"{SENSORS}.18.1.1").values()] == [
        "漏水 Water",
        "烟感 Smoke",
        "门 Door",
    ]


def test_35_degrees_are_told_as_critical(seen: Watched, room: RoomSensor) -> None:
    assert seen.raw(f"{RAW}.0", f"{STATUS}.0") == {f"{RAW}.0": 224, f"{STATUS}.0": NORMAL}
    room.probes["inlet"].celsius = 35.04
    assert seen.raw(f"{RAW}.0", f"{DEGREES}.0", f"{STATUS}.0") == {
        f"{RAW}.0": 350,
        f"{DEGREES}.0": 35,
        f"{STATUS}.0": CRITICAL,
    }


def test_humidity_is_told_by_the_probes_that_measure_it(seen: Watched, room: RoomSensor) -> None:
    room.probes["return"].humidity = 0.71
    assert seen.column(HUMIDITY) == {"0": 46, "1": 71}


@pytest.mark.parametrize(("number", "contact"), [(0, "water"), (1, "smoke"), (2, "door")])
def test_a_contact_becomes_active_and_quiet_again(seen: Watched, room: RoomSensor, number: int, contact: str) -> None:
    for active, status in ((False, NORMAL), (True, CRITICAL), (False, NORMAL)):
        room.contacts[contact].active = active
        assert seen.column(CONTACT)[str(number)] == status


def test_what_is_unplugged_is_off_line_and_says_nothing(seen: Watched, room: RoomSensor) -> None:
    room.contacts["water"].active, room.contacts["water"].attached = True, False
    room.probes["inlet"].attached = False
    assert seen.raw(f"{CONTACT}.0", f"{CONTACT_ONLINE}.0", f"{STATUS}.0") == {
        f"{CONTACT}.0": NO_STATUS,
        f"{CONTACT_ONLINE}.0": OFFLINE,
        f"{STATUS}.0": NO_STATUS,
    }
    assert seen.column(CONTACT_ONLINE) == {"0": OFFLINE, "1": ONLINE, "2": ONLINE}


def test_the_room_is_warm_and_moist_as_its_probes_are(seen: Watched, room: RoomSensor) -> None:
    seen.options = {"place": {"机柜进风": "inlet", "回风": "return", "送风": "supply"}}
    found = seen.poll()
    assert found["device_info"].keys() == {("AKCP", "sensorProbe8 v2.0", "", "")}
    expected = {("机柜进风", "inlet"): 22.4, ("回风", "return"): 28.1, ("送风", "supply"): 16.2}
    assert found["room_temperature_celsius"] == pytest.approx(expected)
    assert found["room_humidity_ratio"] == {("机柜进风", "inlet"): 0.46, ("回风", "return"): 0.34}
    margin = found["room_condensation_margin_celsius"]["机柜进风",]
    assert margin == pytest.approx(16.2 - found["room_dew_point_celsius"]["机柜进风",])
    room.probes["inlet"].celsius, room.probes["inlet"].humidity = 35.0, 0.8
    found = seen.poll()
    assert found["room_temperature_celsius"]["机柜进风", "inlet"] == 35
    assert found["room_humidity_ratio"]["机柜进风", "inlet"] == 0.8
    assert found["room_condensation_margin_celsius"]["机柜进风",] < 0


@pytest.mark.parametrize(
    ("contact", "metric"), [("water", "room_water_leak"), ("smoke", "room_smoke"), ("door", "room_door_open")]
)
def test_water_smoke_and_an_open_door_are_seen(seen: Watched, room: RoomSensor, contact: str, metric: str) -> None:
    name = room.contacts[contact].name
    for active in (False, True, False):
        room.contacts[contact].active = active
        assert seen.poll()[metric] == {(name,): active}


def test_a_broken_sensor_is_a_fault_and_no_state(seen: Watched, room: RoomSensor) -> None:
    room.contacts["smoke"].broken = True
    found = seen.poll()
    assert "room_smoke" not in found
    assert found["room_sensor_fault"]["烟感 Smoke", "smoke", "impedance"] == 1


def test_what_is_unplugged_gives_no_sample(seen: Watched, room: RoomSensor) -> None:
    room.contacts["water"].attached = room.probes["inlet"].attached = False
    found = seen.poll()
    assert "room_water_leak" not in found
    assert {sensor for sensor, _ in found["room_temperature_celsius"]} == {"回风", "送风"}
    assert {sensor for sensor, _ in found["room_humidity_ratio"]} == {"回风"}


def test_its_uptime_begins_anew_with_a_reboot_and_it_has_no_engine(seen: Watched, room: RoomSensor) -> None:
    seen.poll()
    room.reboot()
    found = seen.poll()
    assert found["device_uptime_seconds"][()] == 30
    assert found["device_restarts_unapproved"][()] == 1
    assert seen.raw("1.3.6.1.6.3.10.2.1.2.0") == {}
