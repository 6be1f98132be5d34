"""The switch collector with a real snmpd: what it tells is what the kernel counts."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from agent.core.reach import Poll, Reach
from agent.transports.snmp import Manners, SnmpWay
from collectors import device
from collectors.switch import COLLECTOR, SwitchOptions
from tests.snmp_agent import snmp_target
from tests.snmpd import Snmpd, snmpd

PATIENT = Manners(pauses=(2, 5, 5))
FRAMES, FRAME_SIZE = 3000, 1014
FLOOD = """
import socket, sys
link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
link.bind((sys.argv[1], 0))
frame = b"\\xff" * 6 + b"\\2" * 6 + b"\\x88\\xb5" + b"x" * 1000
for _ in range(int(sys.argv[2])):
    link.send(frame)
"""
COUNTERS = {
    "interface_receive_bytes_total": ("rx", "bytes"),
    "interface_transmit_bytes_total": ("tx", "bytes"),
    "interface_receive_errors_total": ("rx", "errors"),
    "interface_transmit_errors_total": ("tx", "errors"),
}
Found = dict[str, dict[tuple[str, ...], float]]


@pytest.fixture(scope="module")
def peer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snmpd]:
    with snmpd(tmp_path_factory.mktemp("snmpd"), pairs=4) as running:
        yield running


def read(peer: Snmpd, memory: dict[str, Any], ports: Sequence[str] = (), **chosen: Any) -> Found:
    """One poll; `ports` are key ports."""

    async def run() -> Found:
        options = SwitchOptions.model_validate({"id": "sw", "address": peer.host, **chosen})
        target = snmp_target(peer, timeout=60, key_ports=dict.fromkeys(ports, "uplink"))
        way: Any = SnmpWay(manners=PATIENT)
        nothing: Any = None
        found: Found = {}
        for collector in (device.COLLECTOR, COLLECTOR):
            own = memory.setdefault(collector.name, {})
            poll = Poll(Reach(nothing, nothing, way), time.time(), time.monotonic(), own)
            async for metric, value, labels in collector.collect(target, options, poll):
                found.setdefault(metric.name, {})[labels] = value
        return found

    return asyncio.run(run())


def kernel(peer: Snmpd) -> dict[str, Any]:
    """Statistics of the kernel by interface (the names of pairs come as p0a, not p0a@p0b)."""
    return {link["ifname"]: link for link in json.loads(peer.inside("ip", "-j", "-s", "link"))}


def settled(peer: Snmpd, memory: dict[str, Any]) -> tuple[Found, dict[str, Any]]:
    """Both readings of the same moment: snmpd keeps its table for some seconds, so nothing may move meanwhile."""
    end = time.monotonic() + 40
    while True:
        before, found, after = kernel(peer), read(peer, memory), kernel(peer)
        still = all(before[name]["stats64"] == after[name]["stats64"] for name in before)
        told = found["interface_receive_bytes_total"]
        if still and all(told[name,] == after[name]["stats64"]["rx"]["bytes"] for name in after if name != "lo"):
            return found, after
        assert time.monotonic() < end, f"snmpd does not come to what the kernel says: {told}"
        time.sleep(0.5)


def flood(peer: Snmpd, interface: str, frames: int = FRAMES) -> None:
    """Broadcasts out of one end of a pair."""
    peer.inside(sys.executable, "-c", FLOOD, interface, str(frames))


def test_counters_states_and_names_are_those_of_the_kernel(peer: Snmpd) -> None:
    flood(peer, "p0a")
    found, links = settled(peer, {})
    names = set(links) - {"lo"}
    assert {name for (name,) in found["interface_up"]} == names
    assert found["interface_receive_bytes_total"]["p0b",] >= FRAMES * FRAME_SIZE
    for metric, (way, what) in COUNTERS.items():
        told = {name: value for (name,), value in found[metric].items()}
        assert told == {name: links[name]["stats64"][way][what] for name in names}, metric
    packets = found["interface_receive_packets_total"]
    for name in names:
        told = sum(packets[name, cast] for cast in ("unicast", "multicast", "broadcast"))
        assert told == links[name]["stats64"]["rx"]["packets"]
        assert found["interface_speed_bytes"][name,] == 10_000 * 125_000  # veth says 10 Gbit/s
        assert found["interface_info"][name, "", "ethernetCsmacd"] == 1


def test_the_rate_is_that_of_the_kernel(peer: Snmpd) -> None:
    memory: dict[str, Any] = {}
    _, before = settled(peer, memory)
    began = memory["switch"]["interfaces"]["p1b"].points[-1][0]
    flood(peer, "p1a", frames=20_000)
    time.sleep(max(0.0, began + 11 - time.monotonic()))
    found, after = settled(peer, memory)
    seconds = memory["switch"]["interfaces"]["p1b"].points[-1][0] - began
    grown = after["p1b"]["stats64"]["rx"]["bytes"] - before["p1b"]["stats64"]["rx"]["bytes"]
    ratio = found["interface_utilization_ratio"]["p1b", "receive"]
    assert grown >= 20_000 * FRAME_SIZE
    assert ratio * 10_000 * 125_000 * seconds == pytest.approx(grown, rel=0.02)


def test_a_port_that_is_shut_and_one_that_lost_its_partner_are_told_apart(peer: Snmpd) -> None:
    memory: dict[str, Any] = {}
    ports = ["p2a", "p2b", "p3a"]
    read(peer, memory, ports)
    peer.inside("ip", "link", "set", "p2a", "down")
    end = time.monotonic() + 40
    while (found := read(peer, memory, ports))["interface_up"]["p2b",] and time.monotonic() < end:
        time.sleep(0.5)
    assert found["interface_admin_up"]["p2a",] == 0
    assert found["interface_admin_up"]["p2b",] == 1
    assert found["interface_critical_up"] == {("p2a", "uplink"): 1, ("p2b", "uplink"): 0, ("p3a", "uplink"): 1}
    assert found["interface_flaps"]["p2b", "10m"] == 1
    assert found["interface_flaps"]["p3a", "10m"] == 0


def test_the_agent_says_what_it_is_and_how_long_it_is_up(peer: Snmpd) -> None:
    memory: dict[str, Any] = {}
    first = read(peer, memory)["device_uptime_seconds"][()]
    time.sleep(1.2)
    found = read(peer, memory)
    assert [labels[0] for labels in found["device_info"]] == ["Linux"]
    assert first < found["device_uptime_seconds"][()] < first + 60
    assert found["device_restarts_unapproved"][()] == 0


def test_loopback_is_told_where_it_is_asked_for(tmp_path: Path) -> None:
    """Without a namespace, so wherever snmpd is."""
    with snmpd(tmp_path) as peer:
        found = read(peer, {}, interfaces={"only": ["lo"]})
    assert found["interface_up"] == {("lo",): 1}
    assert found["interface_info"] == {("lo", "", "softwareLoopback"): 1}
