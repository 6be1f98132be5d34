"""Who is at the other end of a port's cable, in the layouts of several vendors."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from collectors.lldp import MOST, TABLE_CHANGED
from collectors.neighbours import COLLECTOR
from tests.collectors.polled import Polled
from tests.simulated_bridge import bridge_ports, cdp_neighbour, lldp_neighbour, lldp_port, octets
from tests.simulated_switch import Port
from tests.snmp_agent import SnmpAgent, Value, object_id, ticks

GE, OTHER = "GigabitEthernet0/0/", "GigabitEthernet0/0/48"
SYS_OBJECT_ID = "1.3.6.1.2.1.1.2.0"


def interfaces(*ports: Port) -> dict[str, Value]:
    return {oid: value for port in ports for oid, value in port.objects().items()}


@pytest.fixture
def switch() -> Iterator[Polled]:
    """ifIndex 5 to 8, bridge ports 1 to 4, as Huawei and H3C number them."""
    with SnmpAgent(interfaces(*(Port(n + 4, f"{GE}{n}", alias=f"room {n}") for n in (1, 2, 3, 4)))) as agent:
        agent.update(bridge_ports({n: n + 4 for n in (1, 2, 3, 4)}))
        agent[SYS_OBJECT_ID] = object_id("1.3.6.1.4.1.2011.2.23.732")
        yield Polled(agent, COLLECTOR)


def told(switch: Polled, after: float = 300.0) -> list[tuple[str, ...]]:
    return list(switch.poll(after).get("device_neighbour_info", {}))


def test_a_neighbour_is_told_with_its_name_and_port(switch: Polled) -> None:
    switch.agent.update(lldp_port(3, 5, f"{GE}3") | lldp_neighbour(3, name="core"))
    assert told(switch) == [(f"{GE}3", "core", OTHER)]


@pytest.mark.parametrize(
    ("local", "number"),
    [
        (lldp_port(99, 5, f"{GE}3"), 99),  # the name
        (lldp_port(99, 7, "7", f"{GE}3"), 99),  # only the description names it
        (lldp_port(99, 5, "gigabitethernet 0/0/3"), 99),
        (lldp_port(99, 1, "room 3"), 99),  # ifAlias
        (lldp_port(3, 3, octets("00:e0:fc:00:00:03")), 3),  # an address: by the bridge's number
        ({}, 3),
        ({}, 7),  # no bridge port has this number, so it is an ifIndex
    ],
    ids=["name", "description", "spelling", "alias", "bridge port", "no table", "ifIndex"],
)
def test_our_own_port_is_found_whatever_the_device_calls_it_here(
    switch: Polled, local: dict[str, Value], number: int
) -> None:
    switch.agent.update(local | lldp_neighbour(number, name="core"))
    assert told(switch) == [(f"{GE}3", "core", OTHER)]


def test_a_port_that_is_none_of_ours_keeps_the_name_it_has_here(switch: Polled) -> None:
    switch.agent.update(lldp_port(99, 5, "MEth0/0/1") | lldp_neighbour(99, name="core"))
    switch.agent.update(lldp_neighbour(98, name="edge"))
    assert set(told(switch)) == {("MEth0/0/1", "core", OTHER), ("#98", "edge", OTHER)}


@pytest.mark.parametrize(
    ("port", "description", "shown"),
    [
        ((5, b"Gi1/0/1"), "uplink to hall", "Gi1/0/1"),
        ((7, b"49"), "", "49"),
        ((3, octets("00:e0:fc:00:00:07")), "eth0", "eth0"),
        ((3, octets("00:e0:fc:00:00:07")), "", "00:e0:fc:00:00:07"),
        ((4, b"\x01\x0a\x00\x00\x07"), "", "10.0.0.7"),
        ((7, b""), "LAN", "LAN"),
    ],
)
def test_the_other_port_is_told_as_people_find_it(
    switch: Polled, port: tuple[int, bytes], description: str, shown: str
) -> None:
    switch.agent.update(lldp_neighbour(3, name="core", port=port, description=description))
    assert told(switch) == [(f"{GE}3", "core", shown)]


@pytest.mark.parametrize(
    ("chassis", "shown"),
    [
        ((4, octets("00:e0:fc:00:00:02")), "00:e0:fc:00:00:02"),
        ((5, b"\x01\x0a\x00\x00\x01"), "10.0.0.1"),
        ((5, b"\x02" + bytes(15) + b"\x01"), "::1"),
        ((7, b"SN123"), "SN123"),
        ((4, b"odd"), "odd"),
    ],
)
def test_a_neighbour_without_a_name_is_told_by_its_chassis(
    switch: Polled, chassis: tuple[int, bytes], shown: str
) -> None:
    switch.agent.update(lldp_neighbour(3, chassis=chassis))
    assert told(switch) == [(f"{GE}3", shown, OTHER)]


def test_what_neighbours_say_is_made_harmless_and_short(switch: Polled) -> None:
    switch.agent.update(lldp_neighbour(3, name="\x1b[2J\u202e" + "会" * 80, port=(5, b'x"\n\0y' + b"z" * 200)))
    ((_, name, port),) = told(switch)
    assert len(name) == len(port) == 64
    assert name.startswith("[2J会")
    assert port.startswith('x" yzz')


def test_a_flood_of_neighbours_is_cut(switch: Polled) -> None:
    for index in range(MOST + 50):
        switch.agent.update(lldp_neighbour(3, name=f"n{index}", index=index + 1))
    assert len(told(switch)) == MOST


def test_cisco_devices_tell_neighbours_by_cdp_too_and_each_counts_once(switch: Polled) -> None:
    switch.agent[SYS_OBJECT_ID] = object_id("1.3.6.1.4.1.9.1.1208")
    switch.agent.update(cdp_neighbour(7, "core.centre.lan", "GigabitEthernet0/0/48", 0x29))
    switch.agent.update(cdp_neighbour(8, "ap-1", "GigabitEthernet0", 0x26))
    switch.agent.update(lldp_neighbour(3, name="core"))
    assert told(switch) == [(f"{GE}3", "core", OTHER), (f"{GE}4", "ap-1", "GigabitEthernet0")]


def test_the_tables_are_read_every_five_minutes_and_a_poll_between_costs_one_round(switch: Polled) -> None:
    switch.agent.update(lldp_neighbour(3, name="core"))
    told(switch)
    assert switch.rounds > 1
    switch.agent.update(lldp_neighbour(3, name="edge"))
    assert told(switch, 30) == [(f"{GE}3", "core", OTHER)]
    assert switch.rounds == 1
    assert told(switch, 270) == [(f"{GE}3", "edge", OTHER)]


def test_a_device_that_tells_when_its_table_changed_is_read_soon_after(switch: Polled) -> None:
    switch.agent[TABLE_CHANGED] = ticks(100)
    assert told(switch) == []
    switch.agent.update(lldp_neighbour(3, name="core") | {TABLE_CHANGED: ticks(200)})
    assert told(switch, 30) == []
    assert told(switch, 30) == [(f"{GE}3", "core", OTHER)]


def test_a_device_without_lldp_costs_three_rounds_and_tells_nothing(switch: Polled) -> None:
    switch.agent.replace({SYS_OBJECT_ID: object_id("1.3.6.1.4.1.2011.2")})
    assert told(switch) == []
    assert switch.rounds == 3
    assert switch.failure is None
