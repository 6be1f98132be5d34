"""The collector host_snmp over real SNMP, with small hosts of our own making."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from agent.core.model import Target
from agent.core.reach import Poll, Reach
from agent.transports.snmp import Manners, SnmpWay
from collectors import switch
from collectors.host import snmp
from collectors.host.options import HostOptions
from tests.collectors.polled import Found, by_metric
from tests.snmp_agent import SnmpAgent, Value, object_id, snmp_target, ticks

STORAGE, LOAD, UCD = "1.3.6.1.2.1.25.2.3.1", "1.3.6.1.2.1.25.3.3.1.2", "1.3.6.1.4.1.2021"
RAM, DISK, VIRTUAL = (f"1.3.6.1.2.1.25.2.1.{kind}" for kind in (2, 4, 3))
NOW = 1.7e9


def storage(index: int, kind: str, name: str, unit: int, size: int, used: int) -> dict[str, Value]:
    columns: tuple[Value, ...] = (object_id(kind), name, unit, size, used)
    return {f"{STORAGE}.{column}.{index}": each for column, each in zip((2, 3, 4, 5, 6), columns, strict=True)}


LINUX: dict[str, Value] = {
    "1.3.6.1.2.1.1.1.0": "Linux files 6.1.0-18-amd64 #1 SMP x86_64",
    "1.3.6.1.2.1.25.1.1.0": ticks(7200),
    "1.3.6.1.2.1.25.1.5.0": 3,
    f"{LOAD}.196608": 30,
    f"{LOAD}.196609": 50,
    f"{UCD}.4.3.0": 1000,
    f"{UCD}.4.4.0": 750,
    f"{UCD}.4.5.0": 8000,
    f"{UCD}.4.6.0": 1000,
    f"{UCD}.4.14.0": 500,
    f"{UCD}.4.15.0": 2500,
    f"{UCD}.10.1.3.1": "0.85",
    f"{UCD}.9.1.2.1": "/",
    f"{UCD}.9.1.10.1": 12,
    **storage(1, RAM, "Physical memory", 1024, 8000, 7000),
    **storage(31, DISK, "/", 4096, 1000, 640),
    **storage(32, DISK, "/srv/data", 4096, -1000, 2**31 - 5),
    **storage(33, DISK, "/run/lock", 4096, 100, 1),
    **storage(34, DISK, "/empty", 4096, 0, 0),
}
WINDOWS: dict[str, Value] = {
    "1.3.6.1.2.1.1.1.0": "Hardware: AMD64 Family 6 AT/AT COMPATIBLE - Software: Windows Version 6.3 (Build 17763)",
    f"{LOAD}.1": 8,
    **storage(1, DISK, "C:\\ Label:System  Serial Number 1234abcd", 4096, 2000, 500),
    **storage(2, VIRTUAL, "Virtual Memory", 65536, 300, 100),
    **storage(3, RAM, "Physical Memory", 65536, 200, 150),
}


@pytest.fixture
def agent() -> Iterator[SnmpAgent]:
    with SnmpAgent() as agent:
        yield agent


def a_host(agent: SnmpAgent, **options: Any) -> Target:
    said = {"id": "files", "address": agent.host, "by": "snmp", "credentials": "room", **options}
    return snmp_target(agent, kind="host", options=HostOptions.model_validate(said), timeout=30)


def read(agent: SnmpAgent, objects: dict[str, Value]) -> Found:
    agent.replace(objects)
    return asyncio.run(_read(a_host(agent)))


async def _read(target: Target) -> Found:
    nothing: Any = None
    reach = Reach(nothing, nothing, SnmpWay(manners=Manners(pauses=(5, 5, 5))))
    poll = Poll(reach, NOW, 1.0, {})
    samples = [sample async for sample in snmp.COLLECTOR.collect(target, target.options, poll)]
    return by_metric(samples, snmp.COLLECTOR.metrics)


def test_a_linux_host_tells_what_it_is_and_how_it_is(agent: SnmpAgent) -> None:
    found = read(agent, LINUX)
    assert list(found["host_info"]) == [("Linux", "6.1.0-18-amd64", "server")]
    assert found["host_cpu_usage_ratio"][()] == pytest.approx(0.4)
    assert found["host_load1"][()] == pytest.approx(0.85)
    assert found["host_swap_usage_ratio"][()] == pytest.approx(0.25)
    assert found["host_login_sessions"] == {(): 3}
    assert found["host_boot_timestamp_seconds"][()] == NOW - 7200
    assert found["host_filesystem_inodes_usage_ratio"] == {("/",): pytest.approx(0.12)}


def test_caches_are_no_memory_in_use(agent: SnmpAgent) -> None:
    assert read(agent, LINUX)["host_memory_usage_ratio"][()] == pytest.approx(0.5)
    newer: dict[str, Value] = {**LINUX, f"{UCD}.4.27.0": 6000}
    assert read(agent, newer)["host_memory_usage_ratio"][()] == pytest.approx(0.25)


def test_file_systems_are_those_that_can_fill_also_beyond_what_32_bits_count(agent: SnmpAgent) -> None:
    found = read(agent, LINUX)["host_filesystem_usage_ratio"]
    assert set(found) == {("/",), ("/srv/data",)}
    assert found["/",] == pytest.approx(0.64)


def test_a_windows_host_is_read_by_host_resources_alone(agent: SnmpAgent) -> None:
    found = read(agent, WINDOWS)
    assert list(found["host_info"]) == [("Windows", "6.3", "server")]
    assert found["host_cpu_usage_ratio"][()] == pytest.approx(0.08)
    assert found["host_memory_usage_ratio"][()] == pytest.approx(0.75)
    assert found["host_filesystem_usage_ratio"] == {("C:\\",): pytest.approx(0.25)}
    assert "host_swap_usage_ratio" not in found


def test_a_host_that_says_nothing_gives_nothing_but_that_it_is_there(agent: SnmpAgent) -> None:
    assert read(agent, {"1.3.6.1.2.1.1.3.0": ticks(5)}) == {"host_info": {("", "", "server"): 1}}


def test_only_hosts_that_are_to_be_read_by_snmp_are(agent: SnmpAgent) -> None:
    for collector in (snmp.COLLECTOR, switch.COLLECTOR):
        assert collector.applies(a_host(agent))
        assert not collector.applies(a_host(agent, by=None))
