"""What sensors of each maker say of water, smoke, doors and cooling, at the wire; OIDs are below the maker's number."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from agent.core.reach import Poll, Reach
from agent.transports.snmp import SnmpWay
from collectors.machine_room import MachineRoomOptions
from collectors.room import COLLECTOR
from tests.collectors.polled import PATIENT
from tests.snmp_agent import SnmpAgent, Value, object_id, snmp_target

Said = dict[str, Value]
WATER, SMOKE, DOOR, CONTACT = "room_water_leak", "room_smoke", "room_door_open", "room_contact_active"
RUNS, ALARM = "room_cooling_up", "room_cooling_alarm"
APC, AKCP, NTI, RARITAN = "318.1.1", "3854", "3699.1.1", "13742.6"
CMC = "2606.7.4.2.2.1"


def told(maker: int | str, said: Said) -> tuple[dict[tuple[str, str], float], dict[tuple[str, str], str]]:
    """By metric and sensor what the room collector tells; and its faults, by what the sensor measures and its name."""
    return asyncio.run(_told(maker, {f"1.3.6.1.4.1.{oid}": value for oid, value in said.items()}))


async def _told(maker: int | str, said: Said) -> Any:
    nothing: Any = None
    known: Said = {"1.3.6.1.2.1.1.2.0": object_id(f"1.3.6.1.4.1.{maker}")}
    with SnmpAgent({**said, **known}) as agent:
        options = MachineRoomOptions.model_validate({"id": "room", "address": agent.host})
        target = snmp_target(agent, kind="machine_room", options=options, timeout=30)
        poll = Poll(Reach(nothing, nothing, SnmpWay(manners=PATIENT)), 1.7e9, 1000.0, {})
        samples = [sample async for sample in COLLECTOR.collect(target, options, poll)]
    found = {
        (each.metric.name, each.labels[0]): each.value
        for each in samples
        if each.metric.name in (WATER, SMOKE, DOOR, CONTACT, RUNS, ALARM)
    }
    broken = {
        (each.labels[1], each.labels[0]): each.labels[2]
        for each in samples
        if each.metric.name == "room_sensor_fault" and each.value
    }
    return found, broken


CASES: dict[str, tuple[int | str, Said, dict[tuple[str, str], float]]] = {
    "AKCP, a rope for water by its type": (
        3854,
        {
            f"{AKCP}.1.2.2.1.18.1.1.2": "underfloor",
            f"{AKCP}.1.2.2.1.18.1.3.2": 4,
            f"{AKCP}.1.2.2.1.18.1.4.2": 1,
            f"{AKCP}.1.2.2.1.18.1.9.2": 4,
        },
        {(WATER, "underfloor"): 1},
    ),
    "AKCP sensorProbe+": (
        3854,
        {
            f"{AKCP}.3.5.4.1.2.0.0.0.1.0": "Rack door",
            f"{AKCP}.3.5.4.1.6.0.0.0.1.0": 6,
            f"{AKCP}.3.5.4.1.8.0.0.0.1.0": 1,
            f"{AKCP}.3.5.9.1.2.0.0.0.2.0": "rope",
            f"{AKCP}.3.5.9.1.6.0.0.0.2.0": 2,
            f"{AKCP}.3.5.14.1.2.0.0.0.3.0": "ceiling",
            f"{AKCP}.3.5.14.1.6.0.0.0.3.0": 4,
        },
        {(DOOR, "Rack door"): 1, (WATER, "rope"): 0, (SMOKE, "ceiling"): 1},
    ),
    "APC universal inputs, and the same contacts once more by the older table": (
        318,
        {
            f"{APC}.25.2.2.1.3.1.1": "Water",
            f"{APC}.25.2.2.1.5.1.1": 2,
            f"{APC}.25.2.2.1.6.1.1": 3,
            f"{APC}.25.2.2.1.3.2.1": "Door",
            f"{APC}.25.2.2.1.5.2.1": 1,
            f"{APC}.25.2.2.1.6.2.1": 1,
            f"{APC}.25.2.2.1.3.3.1": "Smoke",
            f"{APC}.25.2.2.1.5.3.1": 3,
            f"{APC}.10.2.3.4.1.2.1": "Water",
            f"{APC}.10.2.3.4.1.3.1": 2,
        },
        {(WATER, "Water"): 1, (DOOR, "Door"): 0},
    ),
    "APC integrated environment monitor": (
        318,
        {
            f"{APC}.10.2.3.4.1.2.1": "Smoke",
            f"{APC}.10.2.3.4.1.3.1": 1,
            f"{APC}.10.2.3.4.1.2.2": "Unknown",
            f"{APC}.10.2.3.4.1.3.2": 1,
        },
        {(SMOKE, "Smoke"): 0},
    ),
    "APC environment manager, against what is normal": (
        318,
        {
            f"{APC}.10.3.14.1.1.2.1": "Leak",
            f"{APC}.10.3.14.1.1.3.1": 2,
            f"{APC}.10.3.14.1.1.4.1": 2,
            f"{APC}.10.3.14.1.1.2.2": "Smoke",
            f"{APC}.10.3.14.1.1.3.2": 2,
            f"{APC}.10.3.14.1.1.4.2": 1,
        },
        {(WATER, "Leak"): 0, (SMOKE, "Smoke"): 1},
    ),
    "APC rack PDU's discrete sensors by their type": (
        318,
        {
            f"{APC}.26.10.4.2.1.3.1": "front",
            f"{APC}.26.10.4.2.1.5.1": 2,
            f"{APC}.26.10.4.2.1.8.1": 2,
            f"{APC}.26.10.4.2.1.3.2": "spot",
            f"{APC}.26.10.4.2.1.5.2": 7,
            f"{APC}.26.10.4.2.1.8.2": 1,
            f"{APC}.26.10.4.2.1.3.3": "none",
            f"{APC}.26.10.4.2.1.5.3": 1,
            f"{APC}.26.10.4.2.1.8.3": 1,
        },
        {(DOOR, "front"): 1, (WATER, "spot"): 0},
    ),
    "APC InRow's leak sensor": (318, {f"{APC}.13.3.2.2.2.27.0": 2}, {(WATER, "leak"): 1}),
    "NetBotz": (
        5528,
        {
            "5528.100.4.2.2.1.2.1": 0,
            "5528.100.4.2.2.1.4.1": "Front",
            "5528.100.4.2.1.1.2.2": 1,
            "5528.100.4.2.1.1.4.2": "Dry 1",
        },
        {(DOOR, "Front"): 1, (CONTACT, "Dry 1"): 1},
    ),
    "NetBotz 750": (
        52674,
        {"52674.500.4.2.12.1.2.1": 1, "52674.500.4.2.12.1.4.1": "ceiling"},
        {(SMOKE, "ceiling"): 1},
    ),
    "AVTECH Room Alert 12E": (
        20916,
        {"20916.1.10.1.5.1.0": 1, "20916.1.10.1.5.2.0": "Flood"},
        {(CONTACT, "Flood"): 1},
    ),
    "HWg Poseidon, with and without an alarm set up": (
        21796,
        {
            "21796.3.3.1.1.2.1": 1,
            "21796.3.3.1.1.3.1": "Smoke",
            "21796.3.3.1.1.4.1": 1,
            "21796.3.3.1.1.5.1": 0,
            "21796.3.3.1.1.2.2": 1,
            "21796.3.3.1.1.3.2": "Leak",
            "21796.3.3.1.1.4.2": 0,
            "21796.3.3.1.1.5.2": 0,
        },
        {(SMOKE, "Smoke"): 0, (CONTACT, "Leak"): 1},
    ),
    "HWg STE2": (21796, {"21796.4.9.1.1.3.1": "漏水", "21796.4.9.1.1.4.1": 1}, {(WATER, "漏水"): 1}),
    "HWg WLD": (21796, {"21796.4.5.4.1.2.1": "north", "21796.4.5.4.1.6.1": 1}, {(WATER, "north"): 1}),
    "Raritan": (
        "13742.6",
        {
            f"{RARITAN}.3.6.3.1.2.1.1": 17,
            f"{RARITAN}.3.6.3.1.4.1.1": "rope",
            f"{RARITAN}.5.5.3.1.3.1.1": 11,
            f"{RARITAN}.3.6.3.1.2.1.2": 43,
            f"{RARITAN}.3.6.3.1.4.1.2": "front",
            f"{RARITAN}.5.5.3.1.3.1.2": 0,
            f"{RARITAN}.3.6.3.1.2.1.3": 18,
            f"{RARITAN}.3.6.3.1.4.1.3": "ceiling",
            f"{RARITAN}.5.5.3.1.3.1.3": 4,
            f"{RARITAN}.3.6.3.1.2.1.4": 49,
            f"{RARITAN}.3.6.3.1.4.1.4": "front lock",
            f"{RARITAN}.5.5.3.1.3.1.4": 1,
        },
        {(WATER, "rope"): 1, (DOOR, "front"): 1, (SMOKE, "ceiling"): 0},
    ),
    "Rittal CMC III": (
        "2606.7",
        {
            f"{CMC}.3.1.15": "Access.Status",
            f"{CMC}.10.1.15": "Open",
            f"{CMC}.11.1.15": 12,
            f"{CMC}.3.1.21": "Input 1.Status",
            f"{CMC}.10.1.21": "OK",
            f"{CMC}.11.1.21": 4,
            f"{CMC}.3.2.9": "Leakage.Status",
            f"{CMC}.10.2.9": "Alarm",
            f"{CMC}.11.2.9": 5,
            f"{CMC}.3.2.3": "Smoke.DescName",
            f"{CMC}.11.2.3": 5,
        },
        {(DOOR, "1 Access"): 1, (CONTACT, "1 Input 1"): 0, (WATER, "2 Leakage"): 1},
    ),
    "NTI ENVIROMUX 5D": (
        3699,
        {
            f"{NTI}.10.1.6.1.1.3.1": "Smoke",
            f"{NTI}.10.1.6.1.1.8.1": 4,
            f"{NTI}.10.1.5.1.1.2.1": 9,
            f"{NTI}.10.1.5.1.1.3.1": "rope",
            f"{NTI}.10.1.5.1.1.10.1": 1,
        },
        {(SMOKE, "Smoke"): 1, (WATER, "rope"): 0},
    ),
    "NTI micro": (3699, {f"{NTI}.12.1.3.1.1.2.1": "Door", f"{NTI}.12.1.3.1.1.3.1": 1}, {(CONTACT, "Door"): 0}),
    "ServersCheck": (
        17095,
        {"17095.3.1.0": "Temperature", "17095.3.2.0": "27.53", "17095.3.9.0": "below", "17095.3.10.0": "WET"},
        {(WATER, "below"): 1},
    ),
    "Asentria": (
        3052,
        {"3052.14.1.1.1.1.4.200.2.1": "Front Door", "3052.14.1.1.1.1.7.200.2.1": "Closed"},
        {(CONTACT, "Front Door"): 1},
    ),
    "Gude": (28507, {"28507.66.1.6.1.1.4.1": 1, "28507.66.1.6.1.1.32.1": "i006"}, {(CONTACT, "i006"): 1}),
    "Geist": (
        21239,
        {"21239.5.2.11.1.3.1": "leak", "21239.5.2.11.1.5.1": 1, "21239.5.2.11.1.7.1": 4},
        {(CONTACT, "leak"): 1},
    ),
    "CyberPower": (
        3808,
        {"3808.1.1.4.4.2.1.2.1": "Door Alarm", "3808.1.1.4.4.2.1.3.1": 2},
        {(DOOR, "Door Alarm"): 1},
    ),
    "Stulz": (
        29462,
        {"29462.10.2.1.4.1.1.1.1013.1.2.1": 0, "29462.10.2.1.4.2.1.1.8.1.2.1": 1},
        {(RUNS, "unit 1.2.1"): 0, (ALARM, "unit 1.2.1"): 1},
    ),
    "Liebert": (
        476,
        {"476.1.42.3.4.3.1.0": 1, "476.1.42.3.4.3.8.0": 2},
        {(RUNS, "unit"): 1, (ALARM, "unit"): 0},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_contacts_are_told_as_the_makers_mib_means_them(case: str) -> None:
    maker, said, expected = CASES[case]
    assert told(maker, said)[0] == expected


BROKEN: dict[str, tuple[int | str, Said, dict[tuple[str, str], str]]] = {
    "AKCP": (
        3854,
        {f"{AKCP}.1.2.2.1.18.1.1.2": "漏水", f"{AKCP}.1.2.2.1.18.1.3.2": 7, f"{AKCP}.1.2.2.1.18.1.4.2": 1},
        {("water", "漏水"): "impedance"},
    ),
    "NetBotz": (
        5528,
        {
            "5528.100.4.1.1.1.2.1": 0,
            "5528.100.4.1.1.1.3.1": 6,
            "5528.100.4.1.1.1.4.1": "rack",
            "5528.100.4.2.2.1.2.1": 1,
            "5528.100.4.2.2.1.3.1": 6,
            "5528.100.4.2.2.1.4.1": "front",
        },
        {("temperature", "rack"): "open", ("door", "front"): "open"},
    ),
    "APC": (
        318,
        {f"{APC}.25.1.2.1.3.1.1": "rack", f"{APC}.25.1.2.1.6.1.1": 21, f"{APC}.25.1.2.1.10.1.1": 3},
        {("temperature", "rack"): "open"},
    ),
    "HWg WLD": (21796, {"21796.4.5.4.1.2.1": "north", "21796.4.5.4.1.6.1": 2}, {("water", "north"): "open"}),
    "Rittal CMC III": (
        "2606.7",
        {f"{CMC}.3.2.9": "Leakage.Status", f"{CMC}.11.2.9": 24},
        {("water", "2 Leakage"): "open"},
    ),
    "NTI": (
        3699,
        {f"{NTI}.10.1.6.1.1.3.1": "Smoke", f"{NTI}.10.1.6.1.1.8.1": 6},
        {("smoke", "Smoke"): "open"},
    ),
    "nothing is plugged in": (
        3699,
        {f"{NTI}.10.1.6.1.1.3.1": "Smoke", f"{NTI}.10.1.6.1.1.8.1": 0},
        {},
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_the_device_calls_broken_is_a_fault_and_tells_nothing_else(case: str) -> None:
    maker, said, expected = BROKEN[case]
    assert told(maker, said) == ({}, expected)
