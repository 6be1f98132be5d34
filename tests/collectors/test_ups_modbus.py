"""A UPS over Modbus TCP, against a real server whose mains the test cuts."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from agent.core.model import Reading, Target
from agent.core.snapshot import Snapshot
from agent.reaching import reaching
from agent.runner import Runner
from collectors import contacts
from collectors.machine_room import MachineRoomOptions
from collectors.ups_modbus import COLLECTOR
from tests.collectors.ways import value, values
from tests.modbus_device import ModbusDevice

POINTS: list[dict[str, Any]] = [
    {"name": "mains", "address": 0, "measures": "mains"},
    {"name": "in", "sensor": "L1", "table": "input", "address": 10, "measures": "voltage", "at": "input", "scale": 0.1},
    {"name": "out", "sensor": "L1", "table": "input", "address": 11, "measures": "voltage", "scale": 0.1},
    {"name": "battery", "table": "input", "address": 12, "measures": "voltage", "at": "battery", "scale": 0.1},
    {"name": "L1", "table": "input", "address": 13, "measures": "current", "scale": 0.1},
    {"name": "charge", "table": "input", "address": 14, "measures": "current", "at": "battery", "type": "int16"},
    {"name": "load L1", "table": "input", "address": 15, "measures": "load"},
    {"name": "load L2", "table": "input", "address": 16, "measures": "load"},
]


@pytest.fixture
def device() -> Iterator[ModbusDevice]:
    with ModbusDevice() as found:
        found.set("discrete", 0, 1)
        found.set("input", 10, 2304, 2201, 2734, 75, 65533, 20, 45)
        yield found


def target(device: ModbusDevice, points: list[dict[str, Any]], kind: str = "ups") -> Target:
    modbus = {"port": device.port, "points": points}
    options = MachineRoomOptions.model_validate({"id": "u", "address": device.host, "kind": kind, "modbus": modbus})
    return Target("machine_room", "u", "u", options, address=options.address, timeout=5.0)


def polls(device: ModbusDevice, points: list[dict[str, Any]], *changes: Any) -> list[Reading]:
    """A reading, and another after each change, a minute later by the wall clock each."""
    now = [1.7e9]

    async def main() -> list[Reading]:
        async with reaching() as reach:
            runner = Runner(reach, Snapshot(), clock=lambda: now[0])
            readings = [await runner.run(COLLECTOR, target(device, points))]
            for change in changes:
                await asyncio.to_thread(change)
                now[0] += 60
                readings.append(await runner.run(COLLECTOR, target(device, points)))
            return readings

    return asyncio.run(main())


def test_every_point_gives_its_metric_in_base_units(device: ModbusDevice) -> None:
    (reading,) = polls(device, POINTS)
    assert reading.up
    assert value(reading, "ups_on_battery") == 0
    assert value(reading, "ups_on_battery_seconds") == 0
    assert values(reading, "ups_input_volts") == {("L1",): pytest.approx(230.4)}
    assert values(reading, "ups_output_volts") == {("L1",): pytest.approx(220.1)}
    assert value(reading, "ups_battery_volts") == pytest.approx(273.4)
    assert values(reading, "ups_output_amperes") == {("L1",): pytest.approx(7.5)}
    assert values(reading, "device_current_amperes") == {("charge",): -3}
    assert values(reading, "ups_phase_load_ratio") == {("load L1",): pytest.approx(0.2), ("load L2",): 0.45}
    assert value(reading, "ups_load_ratio") == pytest.approx(0.45)


def test_without_mains_the_load_is_on_battery_and_its_time_is_counted(device: ModbusDevice) -> None:
    def cut() -> None:
        device.set("discrete", 0, 0)

    def back() -> None:
        device.set("discrete", 0, 1)

    readings = polls(device, POINTS[:1], cut, lambda: None, back)
    assert [value(each, "ups_on_battery") for each in readings] == [0, 1, 1, 0]
    assert [value(each, "ups_on_battery_seconds") for each in readings] == [0, 0, 60, 0]


def test_what_no_ups_measures_gives_no_sample(device: ModbusDevice) -> None:
    device.set("input", 10, 65535, 65535, 65535, 75, 0, 900)
    (reading,) = polls(device, POINTS)
    assert not {"ups_input_volts", "ups_output_volts", "ups_battery_volts"} & set(reading.by_metric)
    assert "ups_load_ratio" not in reading.by_metric


def test_a_unit_that_does_not_answer_is_a_failure_and_no_power_failure(device: ModbusDevice) -> None:
    device.stop()
    (reading,) = polls(device, POINTS)
    assert not reading.up
    assert "ups_on_battery" not in reading.by_metric
    device.start()


def test_only_a_ups_has_such_points_and_its_contacts_are_read_beside_them(device: ModbusDevice) -> None:
    assert COLLECTOR.applies(target(device, POINTS))
    assert not contacts.COLLECTOR.applies(target(device, POINTS))
    both = [*POINTS, {"name": "leak", "address": 3, "measures": "water"}]
    assert contacts.COLLECTOR.applies(target(device, both))
    assert not COLLECTOR.applies(target(device, POINTS, kind="contacts"))
    assert [point.watched for point in target(device, POINTS, "contacts").options.modbus.points] == [False] * 8
    assert all(point.watched for point in target(device, POINTS).options.modbus.points)


def test_a_ups_that_is_read_by_snmp_tells_nothing_twice(device: ModbusDevice) -> None:
    said = {"id": "u", "address": device.host, "kind": "ups", "credentials": "room", "modbus": {"points": POINTS}}
    options = MachineRoomOptions.model_validate(said)
    assert not COLLECTOR.applies(Target("machine_room", "u", "u", options, address=options.address))
