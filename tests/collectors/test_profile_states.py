"""What devices say of their fans, supplies, modules and members in states, over real SNMP: one row for one family."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pytest

from collectors import device
from collectors.host import parts
from tests.collectors.polled import Found, Polled
from tests.snmp_agent import SnmpAgent, Value, object_id

ENTERPRISE, ENTITY = "1.3.6.1.4.1.", "1.3.6.1.2.1.47.1.1.1.1."
FANS, SUPPLIES, STATE = "device_fan_up", "device_power_supply_up", "device_state"


class Case(NamedTuple):
    """`told`: by the rest of the OID below the enterprises, or whole. `works`: value by label, of fans or supplies; of
    states the one that holds."""

    family: str
    object_id: str
    told: dict[str, Value]
    metric: str
    works: dict[str, object]


def column(oid: str, *values: Value, first: int = 1) -> dict[str, Value]:
    return {f"{oid}.{index}": value for index, value in enumerate(values, first)}


FRU, ENVMON = "9.9.117.1.1.2.1.2", "9.9.13.1."
CASES = [
    Case(
        "Cisco without ENVMON",
        "9.1.2973",
        {
            **column(FRU, 2, 8, 1, 3, 2),
            **column(ENTITY + "5", 6, 6, 6, 6, 9),
            **column(ENTITY + "7", "PSU 0", "PSU 1", "bay 2", "PSU 3", "card"),
        },
        SUPPLIES,
        {"PSU 0": 1, "PSU 1": 0},
    ),
    Case(
        "Cisco with both, told once and by a name without its state",
        "9.1.1745",
        {
            **column(FRU, 2, 8, first=1015),
            **column(ENTITY + "5", 6, 6, first=1015),
            **column(ENTITY + "7", "Switch 1 - Power Supply A", "Switch 1 - Power Supply B", first=1015),
            **column(
                ENVMON + "5.1.2", "Switch 1 - Power Supply A, Normal", "Switch 1 - Power Supply B, Critical", first=1015
            ),
            **column(ENVMON + "5.1.3", 1, 3, first=1015),
        },
        SUPPLIES,
        {"Switch 1 - Power Supply A": 1, "Switch 1 - Power Supply B": 0},
    ),
    Case(
        "Cisco stack, ENVMON",
        "9.1.1208",
        column(ENVMON + "5.1.2", "Sw1, PS1 Normal, RPS NotExist", "Sw2, PS1 Not Functioning, RPS NotExist")
        | column(ENVMON + "5.1.3", 1, 6),
        SUPPLIES,
        {"Sw1, PS1": 1, "Sw2, PS1": 0},
    ),
    Case(
        "Cisco fan trays",
        "9.12.3.1.3.1467",
        column("9.9.117.1.4.1.1.1", 2, 3, 4, 1) | column(ENTITY + "7", "Fan 1", "Fan 2", "Fan 3", "Fan 4"),
        FANS,
        {"Fan 1": 1, "Fan 2": 0, "Fan 3": 0},
    ),
    Case(
        "Cisco modules",
        "9.1.875",
        column("9.9.117.1.2.1.1.2", 2, 7, 4, 13) | column(ENTITY + "7", "Linecard 1", "Linecard 2", "Linecard 3", "4"),
        STATE,
        {"Linecard 1": "ok", "Linecard 2": "critical", "Linecard 3": "warning"},
    ),
    Case(
        "Cisco stack",
        "9.1.1208",
        column("9.9.500.1.2.1.1.6", 4, 6, 9, 11) | column(ENTITY + "7", "1", "2", "3", "4"),
        STATE,
        {"stack member 1": "ok", "stack member 2": "critical", "stack member 4": "critical"},
    ),
    Case(
        "D-Link fans",
        "171.10.113.3.1",
        column("171.12.11.1.7.1.3.1", 1, 2, 0, 3, 6),
        FANS,
        {"fan 1.1": 1, "fan 1.2": 0, "fan 1.5": 1},
    ),
    Case(
        "D-Link supplies",
        "171.10.113.3.1",
        column("171.12.11.1.6.1.3.1", 3, 0, 4, 1),
        SUPPLIES,
        {"power supply 1.1": 1, "power supply 1.3": 0, "power supply 1.4": 0},
    ),
    Case(
        "D-Link DGS fans",
        "171.10.137.1.1",
        column("171.14.5.1.1.2.1.4.1", 1, 2),
        FANS,
        {"fan 1.1": 1, "fan 1.2": 0},
    ),
    Case(
        "D-Link DGS supplies",
        "171.10.137.1.1",
        column("171.14.5.1.1.3.1.6.1", 1, 2, 3),
        SUPPLIES,
        {"power supply 1.1": 1, "power supply 1.2": 0},
    ),
    Case(
        "Cisco small business",
        "9.6.1.1010.48.1",
        column("9.6.1.101.83.1.2.1.3", 1, 5, 6, 7),
        SUPPLIES,
        {"power supply 1": 1, "power supply 3": 0},
    ),
    Case("Cisco SB fans", "9.6.1.80", column("9.6.1.101.83.1.1.1.3", 1, 3, 5), FANS, {"fan 1": 1, "fan 2": 0}),
    Case(
        "FS S3900",
        "52642.2.1.45.103",
        column("52642.2.1.45.1.1.6.1.3.1", 2, 1, 3),
        SUPPLIES,
        {"power supply 1.1": 1, "power supply 1.3": 0},
    ),
    Case("Edgecore", "259.10.1.43.103", column("259.10.1.43.1.1.9.1.3.1", 1, 2), FANS, {"fan 1.1": 1, "fan 1.2": 0}),
    Case(
        "FiberHome",
        "3807.1.582815",
        column("3807.1.8012.1.2.1.1.3", 1, 0, 2)
        | column("3807.1.8012.1.2.1.1.13", "Power-1/1", "Power-1/2", "Power-1/3"),
        SUPPLIES,
        {"Power-1/1": 0, "Power-1/2": 1, "Power-1/3": 0},
    ),
    Case("Raisecom", "8886.18.4.10", column("8886.1.1.5.2.2.1.3", 1, 2), FANS, {"fan 1": 1, "fan 2": 0}),
    Case(
        "Fortinet",
        "12356.101.1.5004",
        column("12356.101.4.3.2.1.2", "FAN1", "FAN2", "FAN_TMP_3", "PS1 Status")
        | column("12356.101.4.3.2.1.4", 0, 1, 1, 0),
        FANS,
        {"FAN1": 1, "FAN2": 0},
    ),
    Case(
        "Fortinet supplies and alarms",
        "12356.101.1.5004",
        column("12356.101.4.3.2.1.2", "PS1 Status", "PS2 Status", "DDR") | column("12356.101.4.3.2.1.4", 0, 1, 0),
        SUPPLIES,
        {"PS1 Status": 1, "PS2 Status": 0},
    ),
    Case(
        "Comware before 2008",
        "2011.10.1.91",
        column("2011.10.2.6.1.1.1.1.19", 2, 41, 4)
        | column(ENTITY + "5", 7, 7, 7)
        | column(ENTITY + "7", "FAN 1", "FAN 2", "FAN 3"),
        FANS,
        {"FAN 1": 1, "FAN 2": 0},
    ),
    Case(
        "ArubaOS-CX",
        "47196.4.1.1.1.50",
        column("47196.4.1.1.3.11.5.1.1.5.1.1", "ok", "fault", "empty")
        | column("47196.4.1.1.3.11.5.1.1.4.1.1", "1/1/1", "1/1/2", "1/1/3"),
        FANS,
        {"1/1/1": 1, "1/1/2": 0},
    ),
    Case(
        "ArubaOS-CX supplies",
        "47196.4.1.1.1.254",
        column("47196.4.1.1.3.11.2.1.1.11.1", 1, 3, 2, 12)
        | column("47196.4.1.1.3.11.2.1.1.4.1", "ok", "fault_input", "fault_absent", "empty")
        | column("47196.4.1.1.3.11.2.1.1.3.1", "1/1", "1/2", "1/3", "1/4"),
        SUPPLIES,
        {"1/1": 1, "1/2": 0},
    ),
    Case(
        "ArubaOS-CX before 10.10",
        "47196.4.1.1.1.50",
        column("47196.4.1.1.3.11.2.1.1.4.1", "ok", "fault_input", "fault_absent", "warning")
        | column("47196.4.1.1.3.11.2.1.1.3.1", "1/1", "1/2", "1/3", "1/4"),
        SUPPLIES,
        {"1/1": 1, "1/2": 0, "1/4": 0},
    ),
    Case(
        "Synology disks",
        "6574.1",
        column("6574.2.1.1.5", 1, 5, 3, first=0) | column("6574.2.1.1.2", "Disk 1", "Disk 2", "Disk 3", first=0),
        STATE,
        {"Disk 1": "ok", "Disk 2": "critical", "Disk 3": "warning"},
    ),
    Case(
        "Synology volumes",
        "6574.1",
        column("6574.3.1.1.3", 1, 11, 2, 13, 21, first=0)
        | column("6574.3.1.1.2", "V1", "V2", "V3", "V4", "V5", first=0),
        STATE,
        {"V1": "ok", "V2": "critical", "V3": "warning", "V4": "ok"},
    ),
    Case(
        "QNAP",
        "24681.1.2",
        column("24681.1.2.11.1.4", 0, -9, -5)
        | column("24681.1.2.11.1.2", "HDD1", "HDD2", "HDD3")
        | column("24681.1.2.17.1.6", "Ready", "In degraded mode")
        | column("24681.1.2.17.1.2", "Vol 1", "Vol 2"),
        STATE,
        {"HDD1": "ok", "HDD2": "critical", "Vol 1": "ok", "Vol 2": "critical"},
    ),
    Case(
        "FreeNAS",
        "50536.1",
        column("50536.1.1.1.1.7", 0, 1)
        | column("50536.1.1.1.1.3", 4096, 131072)
        | column("50536.1.1.1.1.2", "boot", "tank"),
        STATE,
        {"pool boot": "ok", "pool tank": "critical"},
    ),
    Case(
        "TrueNAS SCALE",
        "50536.1",
        column("50536.1.1.1.1.3", "ONLINE", "DEGRADED") | column("50536.1.1.1.1.2", "boot", "tank"),
        STATE,
        {"pool boot": "ok", "pool tank": "critical"},
    ),
    Case(
        "APC transfer switch",
        "318.1.3.11",
        {
            "318.1.1.8.5.1.3.0": 1,
            "318.1.1.8.5.1.4.0": 2,
            "318.1.1.8.5.1.12.0": 2,
            "318.1.1.8.5.1.13.0": 1,
            "318.1.1.8.5.1.14.0": 2,
        },
        STATE,
        {"redundancy": "critical", "current": "ok", "source A": "ok", "source B": "critical", "phases": "warning"},
    ),
    Case(
        "APC rPDU2",
        "318.1.3.4.6",
        column("318.1.1.26.6.3.1.4", 2, 3, 4, 5),
        STATE,
        {"load phase 1": "ok", "load phase 2": "warning", "load phase 3": "critical"},
    ),
    Case(
        "APC rPDU",
        "318.1.3.4.5",
        column("318.1.1.12.2.3.1.1.3", 1, 4) | column("318.1.1.12.2.3.1.1.5", 0, 1),
        STATE,
        {"load 1 bank 0": "ok", "load 2 bank 1": "critical"},
    ),
    Case(
        "Dell PDU",
        "674.10903.200",
        column("674.10903.200.2.200.120.2.1.3", 2, 3),
        STATE,
        {"load phase 1": "ok", "load phase 2": "warning"},
    ),
    Case(
        "Sentry4",
        "1718.4",
        column("1718.4.1.3.3.1.2", 0, 12, 5) | column("1718.4.1.3.2.1.3", "A", "B", "C"),
        STATE,
        {"A": "ok", "B": "critical"},
    ),
    Case(
        "Junos",
        "2636.1.1.1.2.31",
        {"2636.3.4.2.3.1.0": 2, "2636.3.4.2.2.1.0": 3},
        STATE,
        {"red alarm": "ok", "yellow alarm": "warning"},
    ),
    Case(
        "DCN fans, one of three bays empty",
        "6339.1.1.2.40",
        {**column("6339.100.1.12.1.2", 1, 1, 0), **column("6339.100.1.12.1.3", 0, 1, 1)},
        FANS,
        {"fan 1": 1, "fan 2": 0},
    ),
    Case(
        "DCN chassis",
        "6339.1.1.2.40",
        {**column("6339.100.1.7.1.2", 1, 1, 0, 1), **column("6339.100.1.7.1.5", 0, 1, 1, 2)},
        SUPPLIES,
        {"power supply 1": 1, "power supply 2": 0},
    ),
    Case(
        "DCN switch with two bays",
        "6339.1.1.2.40",
        {**column("6339.100.1.23.1.2", 1, 0), **column("6339.100.1.23.1.3", 0, 0)},
        SUPPLIES,
        {"power supply 1": 0},
    ),
    Case("BDCOM by table", "3320.1.240.0", column("3320.9.187.4.1.2", 1, 2, 3), FANS, {"fan 1": 1, "fan 2": 0}),
    Case(
        "BDCOM by single objects",
        "3320.1.240.0",
        {"3320.9.187.3.1.0": 1, "3320.9.187.3.2.0": 2, "3320.9.187.3.3.0": 3},
        FANS,
        {"fan 1": 1, "fan 2": 0},
    ),
    Case(
        "BDCOM supplies",
        "3320.1.240.0",
        {**column("3320.9.251.4.1.2", 7, 0, 7), **column("3320.9.251.4.1.4", 1, 2, 2)},
        SUPPLIES,
        {"power supply 1": 1, "power supply 3": 0},
    ),
    Case("FS by BDCOM", "52642.1.408.0", column("52642.9.187.4.1.2", 1, 2, first=0), FANS, {"fan 0": 1, "fan 1": 0}),
    Case(
        "FS S5800 fans",
        "27975.99.5803",
        column("27975.37.1.1.1.1.4.1.1", 1, 2, 3, 4),
        FANS,
        {"fan 1.1.1": 1, "fan 1.1.2": 0},
    ),
    Case(
        "FS S5800 supplies",
        "27975.99.5803",
        column("27975.37.1.2.1.7", 1, 2, 3),
        SUPPLIES,
        {"power supply 1": 1, "power supply 2": 0},
    ),
    Case(
        "ZTE fans",
        "3902.3.100.6002.1",
        {"3902.3.6002.2.3.1.7.0.0.1.1": 1, "3902.3.6002.2.3.1.7.0.0.1.2": 0},
        FANS,
        {"fan 0.0.1.1": 1, "fan 0.0.1.2": 0},
    ),
    Case(
        "ZTE supplies",
        "3902.3.100.6002.1",
        {**column("3902.3.6002.2.6.2.1.4.0.0.1", 1, 1, 2), **column("3902.3.6002.2.6.2.1.5.0.0.1", 1, 2, 2)},
        SUPPLIES,
        {"power supply 0.0.1.1": 1, "power supply 0.0.1.2": 0},
    ),
]


@pytest.fixture
def host() -> Iterator[Polled]:
    with SnmpAgent() as agent:
        yield Polled(agent, parts.COLLECTOR)


@pytest.fixture
def polled() -> Iterator[Polled]:
    with SnmpAgent() as agent:
        yield Polled(agent, device.COLLECTOR)


def told(polled: Polled, case: Case) -> Found:
    objects = {oid if oid.startswith("1.3.") else ENTERPRISE + oid: value for oid, value in case.told.items()}
    polled.agent.replace({**objects, "1.3.6.1.2.1.1.2.0": object_id(ENTERPRISE + case.object_id)})
    return polled.poll()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.family)
def test_what_a_device_says_of_its_parts_is_told_and_what_is_not_there_is_not(polled: Polled, case: Case) -> None:
    found = told(polled, case)[case.metric]
    if case.metric == STATE:
        assert {labels[0]: labels[1] for labels, value in found.items() if value} == case.works
        assert {labels[0] for labels in found} == set(case.works)
    else:
        assert {label: value for (label,), value in found.items()} == case.works


def test_of_a_nas_that_is_watched_as_a_host_the_parts_are_told_and_nothing_that_the_host_tells(host: Polled) -> None:
    disks = next(case for case in CASES if case.family == "Synology disks")
    told(host, disks)
    host.agent.update({f"{ENTERPRISE}2021.11.11.0": 90, f"{ENTERPRISE}6574.1.2.0": 41})
    found = host.poll(900)
    assert found["device_state"]["Disk 2", "critical"] == 1
    assert found["device_temperature_celsius"] == {("system",): 41}
    assert set(found) == {"device_state", "device_temperature_celsius"}


def test_a_host_that_no_profile_fits_is_asked_what_it_is_once_in_a_quarter_of_an_hour(host: Polled) -> None:
    host.agent["1.3.6.1.2.1.1.2.0"] = object_id(ENTERPRISE + "99999.1")
    assert host.poll() == {}
    assert host.rounds == 1
    assert [host.poll(300) for _ in range(2)] == [{}, {}]
    assert host.rounds == 0
    host.poll(300)
    assert host.rounds == 1
