"""Printers, a sensor of Teracom, and models and serial numbers at a vendor's own place in ENTITY-MIB."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from agent.core.reach import Poll, Reach
from agent.transports.snmp import SnmpWay
from collectors import device, room
from collectors.machine_room import MachineRoomOptions
from collectors.printer_state import COLLECTOR, ERRORS, STATUS
from tests.collectors.polled import PATIENT, Polled
from tests.snmp_agent import SnmpAgent, object_id, snmp_target

MODEL, SERIAL = "1.3.6.1.2.1.47.1.1.1.1.13.", "1.3.6.1.2.1.47.1.1.1.1.11."
SYS_DESCR, SYS_OBJECT_ID = "1.3.6.1.2.1.1.1.0", "1.3.6.1.2.1.1.2.0"
STATES = ("ok", "low_paper", "no_paper", "jammed", "offline")


@pytest.fixture
def printer() -> Iterator[Polled]:
    with SnmpAgent() as agent:
        yield Polled(agent, COLLECTOR)


@pytest.mark.parametrize(
    ("status", "errors", "state"),
    [
        (3, b"\x00", "ok"),
        (4, b"", "ok"),
        (5, b"\x00\x00", "ok"),
        (3, b"\x20", "ok"),  # low toner
        (3, b"\x80", "low_paper"),
        (1, b"\x40", "no_paper"),
        (1, b"\x42\x04", "no_paper"),  # and so offline, its tray empty
        (1, b"\xc0\x00", "no_paper"),
        (1, b"\x04", "jammed"),
        (1, b"\x46", "jammed"),
        (1, b"\x02", "offline"),
        (1, b"\x08", None),  # a door is open
        (1, b"\x00", None),
        (2, b"\x00", None),
    ],
)
def test_a_printer_is_in_the_state_that_stops_it(
    printer: Polled, status: int, errors: bytes, state: str | None
) -> None:
    printer.agent.update({STATUS + ".1": status, ERRORS + ".1": errors})
    assert printer.poll()["device_state"] == {("printer", each): float(each == state) for each in STATES}


def test_a_printer_that_tells_no_errors_is_ok_while_it_works(printer: Polled) -> None:
    printer.agent[STATUS + ".1"] = 4
    assert printer.poll()["device_state"]["printer", "ok"] == 1


def test_several_printers_of_a_host_are_told_apart(printer: Polled) -> None:
    printer.agent.update({STATUS + ".7": 3, ERRORS + ".7": b"\0", STATUS + ".9": 1, ERRORS + ".9": b"\x40"})
    found = printer.poll()["device_state"]
    assert [key for key, value in found.items() if value] == [("printer", "ok"), ("printer #2", "no_paper")]


def test_what_is_no_printer_gives_nothing_and_is_asked_once_a_quarter_of_an_hour(printer: Polled) -> None:
    printer.agent[SYS_DESCR] = "UPS"
    assert printer.poll() == {}
    assert printer.rounds == 1
    assert printer.poll(600) == {}
    assert printer.rounds == 0
    printer.agent[STATUS + ".1"] = 3
    assert printer.poll(300)["device_state"]["printer", "ok"] == 1
    assert printer.poll()["device_state"]["printer", "ok"] == 1


@pytest.mark.parametrize(
    ("objects", "model", "serial"),
    [
        ({MODEL + "1": "", SERIAL + "1": "", MODEL + "2": "S5560X", SERIAL + "2": "C2"}, "S5560X", "C2"),
        ({MODEL + "1": "S3100", SERIAL + "1": "C1", MODEL + "2": "board", SERIAL + "2": "B"}, "S3100", "C1"),
    ],
)
def test_an_h3c_is_named_by_its_chassis_behind_a_stack_or_without_one(
    objects: dict[str, str], model: str, serial: str
) -> None:
    assert identity("1.3.6.1.4.1.25506.1.1", "H3C Comware", objects)[1::2] == (model, serial)


@pytest.mark.parametrize("index", ["16777216", "67108867", "67108873", "1"])
def test_a_huaweis_serial_number_is_found_where_the_frame_or_the_box_has_it(index: str) -> None:
    assert identity("1.3.6.1.4.1.2011.2.23.1", "S5735-L48T4S-A", {SERIAL + index: "H1"})[3] == "H1"


def identity(object_id_: str, descr: str, objects: dict[str, str]) -> tuple[str, ...]:
    """Labels of device_info: vendor, model, version, serial."""
    known = {SYS_OBJECT_ID: object_id(object_id_), SYS_DESCR: descr}
    with SnmpAgent({**objects, **known}) as agent:
        (found,) = Polled(agent, device.COLLECTOR).poll()["device_info"]
    return found


@pytest.mark.parametrize(
    ("status", "state"), [(2, "ok"), (3, "warning"), (5, "warning"), (4, "critical"), (6, "critical")]
)
def test_a_sensor_is_in_the_state_that_the_devices_own_limits_say(status: int, state: str) -> None:
    sensors = "1.3.6.1.4.1.3854.1.2.2.1.16.1"
    probe: dict[str, int | str] = {f"{sensors}.1.0": "rack", f"{sensors}.4.0": status, f"{sensors}.5.0": 1}
    gone: dict[str, int | str] = {f"{sensors}.1.1": "none", f"{sensors}.4.1": 1, f"{sensors}.5.1": 2}
    with SnmpAgent({**probe, **gone, SYS_OBJECT_ID: object_id("1.3.6.1.4.1.3854.1")}) as agent:
        found = Polled(agent, device.COLLECTOR).poll()["device_state"]
    assert found == {("temperature rack", each): float(each == state) for each in ("ok", "warning", "critical")}


async def air(objects: dict[str, int | str]) -> dict[str, dict[str, float]]:
    """What the room collector gives, by metric and sensor; OIDs are below Teracom's number."""
    nothing: Any = None
    known = {"1.3.6.1.4.1.38783." + oid: value for oid, value in objects.items()}
    found: dict[str, dict[str, float]] = {}
    with SnmpAgent({**known, SYS_OBJECT_ID: object_id("1.3.6.1.4.1.38783")}) as agent:
        options = MachineRoomOptions.model_validate({"id": "air", "address": agent.host})
        target = snmp_target(agent, kind="machine_room", options=options, timeout=30)
        poll = Poll(Reach(nothing, nothing, SnmpWay(manners=PATIENT)), 1.7e9, 1000.0, {})
        async for sample in room.COLLECTOR.collect(target, options, poll):
            found.setdefault(sample.metric.name, {})[sample.labels[0]] = sample.value
    return found


def test_a_teracom_tells_the_air_in_tenths() -> None:
    found = asyncio.run(air({"3.9.0": 235, "3.10.0": -45, "3.11.0": 412}))
    assert found["room_temperature_celsius"] == {"sensor 1": pytest.approx(23.5), "sensor 2": pytest.approx(-4.5)}
    assert found["room_humidity_ratio"] == {"sensor 1": pytest.approx(0.412)}


def test_a_teracoms_contacts_are_open_or_closed_and_what_that_means_the_site_knows() -> None:
    names: dict[str, int | str] = {"3.2.2.3.1.0": "Door A", "3.2.2.3.2.0": "机房门", "3.2.2.3.3.0": "Leak"}
    assert asyncio.run(air({**names, "3.3.3.1.0": 1, "3.3.3.2.0": 0, "3.3.3.3.0": 1})) == {
        "room_contact_active": {"Door A": 0, "机房门": 1, "Leak": 0},
    }
