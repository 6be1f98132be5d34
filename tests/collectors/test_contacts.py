"""Contacts and sensors over Modbus TCP, against a real server whose contacts the test flips."""

from __future__ import annotations

import asyncio
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from agent.config import not_yet_watched
from agent.core.model import Reading, Target
from agent.core.snapshot import Snapshot
from agent.reaching import reaching
from agent.runner import Runner
from agent.tables import load_site
from collectors import COLLECTORS
from collectors.contact_options import CONTACTS
from collectors.contacts import COLLECTOR
from collectors.machine_room import MachineRoomOptions
from collectors.modbus_options import AIR
from tests.collectors.ways import value, values
from tests.modbus_device import ModbusDevice
from tests.peers import free_port

WATER = {"name": "leak", "address": 3, "measures": "water"}


@dataclass
class Room:
    """A device and what agent.yaml says about it."""

    device: ModbusDevice
    points: list[dict[str, Any]] = field(default_factory=lambda: [dict(WATER)])
    more: dict[str, Any] = field(default_factory=dict)
    timeout: float = 5.0
    port: int = 0

    def target(self, unit: int = 1) -> Target:
        modbus = {"unit": unit, "port": self.port or self.device.port, "points": self.points}
        options = MachineRoomOptions.model_validate(
            {"id": "io", "address": self.device.host, "modbus": modbus, **self.more}
        )
        return Target("machine_room", "io", "io", options, address=options.address, timeout=self.timeout)

    def polls(self, times: int = 1, change: Any = lambda turn: None) -> list[Reading]:
        async def main() -> list[Reading]:
            readings = []
            async with reaching() as reach:
                runner = Runner(reach, Snapshot())
                for turn in range(times):
                    await asyncio.to_thread(change, turn)
                    readings.append(await runner.run(COLLECTOR, self.target()))
            return readings

        return asyncio.run(main())

    def poll(self) -> Reading:
        (reading,) = self.polls()
        return reading


@pytest.fixture
def room() -> Iterator[Room]:
    with ModbusDevice() as device:
        yield Room(device)


def test_contacts_are_told_by_what_they_measure(room: Room) -> None:
    room.points = [
        {"name": "leak", "address": 0, "measures": "water"},
        {"name": "fire", "address": 1, "measures": "smoke", "inverted": True},
        {"name": "door", "table": "coil", "address": 2, "measures": "door"},
        {"name": "window", "table": "holding", "address": 5, "bit": 9, "measures": "door"},
    ]
    room.device.set("discrete", 0, 1, 1)
    room.device.set("coil", 2, 1)
    room.device.set("holding", 5, 1 << 9)
    reading = room.poll()
    assert reading.up
    assert value(reading, "room_water_leak") == 1
    assert values(reading, "room_smoke") == {("fire",): 0}
    assert values(reading, "room_door_open") == {("door",): 1, ("window",): 1}
    assert set(values(reading, "room_door_open_unexpected")) == {("door",), ("window",)}


def test_a_contact_on_a_register_is_read_only_as_0_or_1(room: Room) -> None:
    room.points = [{"name": "fire", "table": "input", "address": 4, "measures": "smoke"}]
    for raw, told in ((0, 0), (1, 1), (2, None), (65535, None)):
        room.device.set("input", 4, raw)
        assert value(room.poll(), "room_smoke") == told


def registers(kind: str, number: float, low_first: bool = False) -> list[int]:
    words = list(struct.unpack(">2H", struct.pack(f">{kind}", number)))
    return words[::-1] if low_first else words


@pytest.mark.parametrize(
    ("options", "raw", "celsius"),
    [
        ({"type": "int16", "scale": 0.1}, [235], 23.5),
        ({"type": "int16", "scale": 0.1}, [65536 - 55], -5.5),
        ({"type": "uint16", "scale": 0.1, "offset": -40}, [635], 23.5),
        ({"type": "int32", "scale": 0.01}, registers("i", -550), -5.5),
        ({"type": "int32", "scale": 0.01, "words": "low_first"}, registers("i", -550, True), -5.5),
        ({"type": "uint32", "scale": 0.001}, registers("I", 23500), 23.5),
        ({"type": "float32"}, registers("f", 23.5), 23.5),
        ({"type": "float32", "words": "low_first"}, registers("f", 23.5, True), 23.5),
        ({"type": "int16", "scale": 0.1}, [32767], None),  # a sensor that is broken or absent
        ({"type": "int16", "scale": 0.1}, [32768], None),
        ({"type": "float32"}, registers("f", float("nan")), None),
        ({"type": "float32"}, registers("f", float("inf")), None),
    ],
)
def test_numbers_of_every_type_become_degrees(
    room: Room, options: dict[str, Any], raw: list[int], celsius: float | None
) -> None:
    room.points = [{"name": "t", "table": "input", "address": 10, "measures": "temperature", **options}]
    room.device.set("input", 10, *raw)
    found = value(room.poll(), "room_temperature_celsius")
    assert found == (None if celsius is None else pytest.approx(celsius))


def test_air_is_told_with_place_dew_point_and_margin(room: Room) -> None:
    tenth = {"table": "holding", "type": "int16", "scale": 0.1}
    room.points = [
        {"name": "t", "sensor": "rack", "address": 0, "measures": "temperature", **tenth},
        {"name": "h", "sensor": "rack", "address": 1, "measures": "humidity", **tenth},
        {"name": "pipe", "address": 2, "measures": "temperature", "place": "surface", **tenth},
    ]
    room.more = {"place": {"rack": "inlet"}}
    room.device.set("holding", 0, 250, 500, 120)
    reading = room.poll()
    assert values(reading, "room_temperature_celsius") == {("rack", "inlet"): 25, ("pipe", "surface"): 12}
    assert values(reading, "room_humidity_ratio") == {("rack", "inlet"): 0.5}
    assert values(reading, "room_dew_point_celsius") == {("rack",): pytest.approx(13.9, abs=0.1)}
    assert values(reading, "room_condensation_margin_celsius") == {("rack",): pytest.approx(-1.9, abs=0.1)}
    assert values(reading, "room_sensor_constant_seconds").keys() == {
        ("rack", "temperature"),
        ("rack", "humidity"),
        ("pipe", "temperature"),
    }


def test_cooling_units_are_told_one_by_one_and_counted(room: Room) -> None:
    number = {"table": "input", "measures": "temperature"}
    room.points = [
        {"name": "ac-1", "address": 0, "measures": "cooling"},
        {"name": "ac-2", "address": 1, "measures": "cooling"},
        {"name": "high pressure", "sensor": "ac-1", "address": 2, "measures": "cooling_alarm"},
        {"name": "fan", "sensor": "ac-1", "address": 3, "measures": "cooling_alarm"},
        {"name": "back", "sensor": "ac-1", "address": 0, "place": "return", **number},
        {"name": "out", "sensor": "ac-1", "address": 1, "place": "supply", **number},
    ]
    room.device.set("discrete", 0, 1, 0, 0, 1)
    room.device.set("input", 0, 24, 15)
    reading = room.poll()
    assert values(reading, "room_cooling_up") == {("ac-1",): 1, ("ac-2",): 0}
    assert value(reading, "room_cooling_running") == 1
    assert values(reading, "room_cooling_alarm") == {("ac-1",): 1}
    assert values(reading, "room_cooling_temperature_difference_celsius") == {("ac-1",): 9}


def test_no_unit_is_said_to_run_while_another_is_not_read(room: Room) -> None:
    room.points = [
        {"name": "ac-1", "address": 0, "measures": "cooling"},
        {"name": "ac-2", "address": 900, "measures": "cooling"},
    ]
    reading = room.poll()
    assert values(reading, "room_cooling_up") == {("ac-1",): 0}
    assert value(reading, "room_cooling_running") is None


LOOP = {
    "name": "fire",
    "table": "input",
    "address": 7,
    "measures": "smoke",
    "levels": {"normal": [300, 500], "active": [600, 800], "open": [1000, 1023], "short": [0, 50]},
}


@pytest.mark.parametrize(
    ("raw", "smoke", "fault"),
    [
        (400, 0, None),
        (500, 0, None),
        (600, 1, None),
        (1023, None, "open"),
        (0, None, "short"),
        (550, None, "impedance"),
        (65535, None, "impedance"),
    ],
)
def test_a_supervised_loop_tells_its_faults_and_is_never_quiet_with_one(
    room: Room, raw: int, smoke: int | None, fault: str | None
) -> None:
    room.points = [LOOP]
    room.device.set("input", 7, raw)
    reading = room.poll()
    assert reading.up
    assert value(reading, "room_smoke") == smoke
    assert values(reading, "room_sensor_fault") == {
        ("fire", "smoke", each): float(each == fault) for each in ("open", "short", "impedance")
    }


@pytest.mark.parametrize(
    ("leak", "broken", "water", "fault"), [(0, 0, 0, 0), (1, 0, 1, 0), (0, 1, None, 1), (1, 1, 1, 1)]
)
def test_a_second_contact_says_that_the_cable_is_broken(
    room: Room, leak: int, broken: int, water: int | None, fault: int
) -> None:
    room.points = [{**WATER, "fault": {"address": 9}}]
    room.device.set("discrete", 3, leak)
    room.device.set("discrete", 9, broken)
    reading = room.poll()
    assert value(reading, "room_water_leak") == water
    assert values(reading, "room_sensor_fault") == {("leak", "water", "open"): fault}


def test_without_its_second_contact_nothing_is_said_of_the_cable(room: Room) -> None:
    room.points = [{**WATER, "fault": {"address": 900}}]
    reading = room.poll()
    assert value(reading, "room_water_leak") == 0
    assert "room_sensor_fault" not in reading.by_metric
    assert reading.failure is not None


def test_a_contact_without_debounce_flips_with_the_reading(room: Room) -> None:
    readings = room.polls(3, lambda turn: room.device.set("discrete", 3, turn % 2))
    assert [value(each, "room_water_leak") for each in readings] == [0, 1, 0]


def test_an_alarm_that_holds_for_a_short_debounce_is_told_in_the_same_poll(room: Room) -> None:
    room.points = [{**WATER, "debounce": "100ms"}]
    readings = room.polls(2, lambda turn: room.device.set("discrete", 3, turn))
    assert [value(each, "room_water_leak") for each in readings] == [0, 1]
    assert len(room.device.asked) == 3


def test_a_bounce_is_no_alarm(room: Room) -> None:
    room.points = [{**WATER, "debounce": "100ms"}]
    looks = iter([0, 1, 0, 0])

    def bounce(table: str, address: int, count: int) -> None:
        room.device.registers[0] = next(looks) << 3

    room.device.behave = bounce
    readings = room.polls(3)
    assert [value(each, "room_water_leak") for each in readings] == [0, 0, 0]


def test_a_long_debounce_waits_for_later_polls(room: Room) -> None:
    room.points = [{**WATER, "debounce": "1h"}]
    with pytest.raises(ValidationError):
        room.target()
    room.points = [{**WATER, "debounce": "10m"}]
    readings = room.polls(3, lambda turn: room.device.set("discrete", 3, int(turn > 0)))
    assert [value(each, "room_water_leak") for each in readings] == [0, 0, 0]


def test_the_first_reading_is_taken_as_it_is(room: Room) -> None:
    room.points = [{**WATER, "debounce": "10m"}]
    room.device.set("discrete", 3, 1)
    assert value(room.poll(), "room_water_leak") == 1


def test_points_that_touch_are_asked_together_and_never_over_a_gap(room: Room) -> None:
    room.points = [
        {"name": "a", "address": 0, "measures": "water"},
        {"name": "b", "address": 1, "measures": "water"},
        {"name": "c", "address": 3, "measures": "water"},
        {"name": "t", "table": "input", "address": 0, "measures": "temperature", "type": "float32"},
        {"name": "u", "table": "input", "address": 2, "measures": "temperature"},
    ]
    room.poll()
    assert room.device.asked == [("discrete", 0, 2), ("discrete", 3, 1), ("input", 0, 3)]
    assert room.device.opened == 1


def test_one_wrong_address_costs_only_its_own_point(room: Room) -> None:
    room.points = [{"name": f"w{each}", "address": each, "measures": "water"} for each in (110, 111, 112)]
    first, second = room.polls(2)
    for reading in (first, second):
        assert values(reading, "room_water_leak").keys() == {("w110",), ("w111",)}
        assert reading.failure is not None
        assert reading.failure.kind == "missing"
        assert "discrete 112 with exception 2" in reading.failure.message
    # Once refused as a whole, the block is asked in pieces from then on.
    assert [each for each in room.device.asked if each[2] == 3] == [("discrete", 110, 3)]


def test_an_exception_of_the_unit_keeps_what_was_read_before(room: Room) -> None:
    room.points = [dict(WATER), {"name": "t", "table": "input", "address": 0, "measures": "temperature"}]
    room.device.behave = lambda table, address, count: 11 if table == "input" else None
    reading = room.poll()
    assert value(reading, "room_water_leak") == 0
    assert reading.failure is not None
    assert reading.failure.kind == "timeout"


def test_silence_in_the_middle_keeps_what_was_read_before(room: Room) -> None:
    room.timeout = 1.0
    room.points = [dict(WATER), {"name": "t", "table": "input", "address": 0, "measures": "temperature"}]
    room.device.behave = lambda table, address, count: "silence" if table == "input" else None
    reading = room.poll()
    assert value(reading, "room_water_leak") == 0
    assert reading.failure is not None
    assert "gave no answer to a read of input 0" in reading.failure.message


def test_nothing_is_kept_from_before_a_device_went_away(room: Room) -> None:
    room.port = room.device.port

    def change(turn: int) -> None:
        if turn == 1:
            room.device.stop()
        if turn == 2:
            room.device.start()

    readings = room.polls(3, change)
    assert [each.up for each in readings] == [True, False, True]
    assert not readings[1].by_metric.get("room_water_leak")
    assert value(readings[2], "room_water_leak") == 0


def test_a_refused_connection_is_a_failure_that_says_what_to_do(room: Room) -> None:
    room.port = free_port()
    failure = room.poll().failure
    assert failure is not None
    assert failure.kind == "refused"
    assert "refuses Modbus TCP" in failure.message


def test_only_devices_with_modbus_points_are_watched(room: Room) -> None:
    assert COLLECTOR.applies(room.target())
    options = MachineRoomOptions.model_validate({"id": "ups", "address": "10.0.0.1"})
    assert not COLLECTOR.applies(Target("machine_room", "ups", "ups", options))


@pytest.mark.parametrize(
    ("point", "word"),
    [
        ({"measures": "temperature"}, "needs table: input or holding"),
        ({"measures": "temperature", "table": "input", "inverted": True}, "does not take inverted"),
        ({"measures": "water", "place": "room"}, "does not take place"),
        ({"measures": "water", "bit": 3}, "bit belongs to registers"),
        ({"measures": "water", "fault": {"address": 1, "bit": 3}}, "bit belongs to registers"),
        ({"measures": "water", "table": "input", "type": "uint32"}, "a contact is one register"),
        ({"measures": "water", "levels": LOOP["levels"]}, "levels needs table"),
        ({"measures": "water", "table": "input", "levels": {"normal": [0, 5], "active": [5, 9]}}, "overlap"),
        ({"measures": "water", "table": "input", "levels": {"normal": [5, 0], "active": [6, 9]}}, "from low to high"),
        ({"measures": "temperature", "table": "input", "type": "int32", "address": 65535}, "ends beyond"),
        ({"measures": "radon"}, "Input should be"),
    ],
)
def test_what_cannot_be_meant_is_refused(room: Room, point: dict[str, Any], word: str) -> None:
    room.points = [{"name": "x", "address": 1, **point}]
    with pytest.raises(ValidationError, match=word):
        room.target()


@pytest.mark.parametrize("second", [{"name": "leak"}, {"name": "other", "sensor": "leak"}])
def test_two_points_of_one_series_are_refused(room: Room, second: dict[str, Any]) -> None:
    room.points = [dict(WATER), {"address": 4, "measures": "water", **second}]
    with pytest.raises(ValidationError):
        room.target()


def test_the_examples_of_the_page_are_valid_and_wholly_used(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "contacts.md").read_text(encoding="utf-8")
    by_snmp, by_modbus = re.findall(r"^```yaml agent.yaml\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "community").write_text("public", encoding="utf-8")

    def target(example: str) -> Target:
        (tmp_path / "agent.yaml").write_text(example, encoding="utf-8")
        site = load_site(tmp_path / "agent.yaml")
        assert not_yet_watched(site, COLLECTORS) == []
        (found,) = site.targets
        return found

    assert COLLECTOR.applies(target(by_modbus))
    assert {point.measures for point in target(by_modbus).options.modbus.points} == {*CONTACTS, *AIR}
    said = target(by_snmp).options.contacts
    assert {name: each.measures for name, each in said.items()} == {
        "DI1": "water",
        "Input 2": "door",
        "Input 3": "cooling_alarm",
        "spare": "other",
    }
