"""A switch that answers slowly, or stops in the middle: what was read is told, and no rate is made of the rest."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from agent.core.model import Reading, Target
from agent.core.reach import Reach
from agent.core.snapshot import Snapshot
from agent.runner import Runner
from agent.transports.snmp import SnmpWay
from collectors import COLLECTORS, switch
from collectors.switch import SwitchOptions
from demo.devices.codec import Oid, numbers
from tests.collectors.polled import Polled
from tests.simulated_switch import IF_ENTRY, IF_X_ENTRY, Port, switch_objects
from tests.snmp_agent import Asked, SnmpAgent, snmp_target

IN_BYTES, OPER = numbers(f"{IF_X_ENTRY}.6"), numbers(f"{IF_ENTRY}.8")
PORT, GIGABIT = "GigabitEthernet0/0/1", 125_000_000
OF_STATE = {"interface_up", "interface_admin_up", "interface_info", "interface_speed_bytes", "interface_flaps"}
BY_SNMP = ("device", "switch", "bridge", "stations", "arp", "neighbours", "clock", "community")


def ports(count: int) -> list[Port]:
    return [Port(number, f"GigabitEthernet0/0/{number}") for number in range(1, count + 1)]


class Silent:
    """A device that leaves questions about some columns unanswered."""

    def __init__(self) -> None:
        self.columns: tuple[Oid, ...] = ()

    def __call__(self, asked: Asked, answer: bytes) -> Iterable[bytes]:
        named = {oid[: len(column)] for oid in asked.oids for column in self.columns}
        return () if named & set(self.columns) else (answer,)


class Watched(Polled):
    """`gone` seconds of traffic through the port with a share of its speed, then a poll. `counted`: the device gives
    its counters this time. `restarted`: it began anew in between, with its counters at 0."""

    uptime = 86400.0

    def after(self, gone: float, share: float, counted: bool = True, restarted: bool = False) -> dict[str, Any]:
        port = self.port = Port(1, PORT, oper=self.oper, counts=dict(self.port.counts))
        self.uptime = 5.0 if restarted else self.uptime + gone
        before = 0 if restarted else port.counts.get("in_bytes", 0)
        port.counts["in_bytes"] = before + int(share * GIGABIT * gone)
        self.silent.columns = () if counted else (IN_BYTES,)
        self.agent.replace(switch_objects([port], self.uptime))
        found = self.poll(gone)
        assert (self.failure is None) is counted
        return found

    port = Port(1, PORT)
    oper = 1
    silent = Silent()


@pytest.fixture
def watched() -> Iterator[Watched]:
    silent = Silent()
    with SnmpAgent(behave=silent) as agent:
        watched = Watched(agent, switch.COLLECTOR, timeout=0.4)
        watched.silent = silent
        yield watched


def test_states_are_told_where_the_counters_do_not_come(watched: Watched) -> None:
    watched.after(30, 0.5)
    watched.oper = 2
    found = watched.after(30, 0.5, counted=False)
    assert set(found) == OF_STATE
    assert found["interface_up"] == {(PORT,): 0}
    assert found["interface_flaps"][PORT, "10m"] == 1
    assert watched.failure is not None
    assert watched.failure.kind == "timeout"


def test_the_next_rate_is_over_the_whole_time_since_the_counters_came(watched: Watched) -> None:
    watched.after(30, 0.5)
    for _ in range(2):
        watched.after(30, 0.5, counted=False)
    assert watched.after(30, 0.5)["interface_utilization_ratio"][PORT, "receive"] == pytest.approx(0.5)


def test_counters_that_come_for_the_first_time_begin_then(watched: Watched) -> None:
    watched.after(30, 0.9, counted=False)
    assert "interface_utilization_ratio" not in watched.after(30, 0.9)
    assert watched.after(30, 0.3)["interface_utilization_ratio"][PORT, "receive"] == pytest.approx(0.3)


def test_a_restart_that_was_seen_without_counters_makes_no_absurd_rate(watched: Watched) -> None:
    watched.after(30, 0.5)
    watched.after(30, 0.5, counted=False, restarted=True)
    assert "interface_utilization_ratio" not in watched.after(30, 0.5)
    assert watched.after(30, 0.2)["interface_utilization_ratio"][PORT, "receive"] == pytest.approx(0.2)


@contextmanager
def slow(count: int, seconds: float) -> Iterator[SnmpAgent]:
    """A switch that answers one question after the other."""

    def behave(asked: Asked, answer: bytes) -> Iterable[bytes]:
        time.sleep(seconds)
        return (answer,)

    with SnmpAgent(switch_objects(ports(count)), behave=behave) as agent:
        yield agent


async def polled(targets: Sequence[Target], rounds: int = 1) -> list[Reading]:
    """What all collectors read of them at the same time, round after round."""
    way: Any = SnmpWay()
    nothing: Any = None
    runner = Runner(Reach(nothing, nothing, way), Snapshot())
    pairs = [(COLLECTORS[name], target) for target in targets for name in BY_SNMP]
    return [reading for _ in range(rounds) for reading in await asyncio.gather(*[runner.run(*pair) for pair in pairs])]


def target_of(agent: SnmpAgent, timeout: float, name: str = "slow") -> Target:
    options = SwitchOptions.model_validate({"id": name, "address": agent.host})
    return snmp_target(agent, id=name, options=options, timeout=timeout)


def test_of_a_switch_too_slow_for_all_questions_the_states_are_read_each_time_and_the_counters_each_second() -> None:
    """As 0.3 s an answer are to 10 s, with 48 ports and 1,472 bytes in one answer."""
    with slow(48, 0.09) as agent:
        readings = asyncio.run(polled([target_of(agent, 3.0)], rounds=2))
    assert max(reading.duration for reading in readings) < 4
    of_ports = [reading.by_metric for reading in readings if reading.collector == "switch"]
    for found in of_ports:
        assert [sample.value for sample in found["interface_up"]] == [1] * 48
    assert 48 in [len(found.get("interface_receive_bytes_total", ())) for found in of_ports]


@contextmanager
def nobody() -> Iterator[Any]:
    """A device that takes questions and never answers."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        yield SimpleNamespace(host="127.0.0.1", port=silent.getsockname()[1], community="public")


def test_silent_switches_are_given_up_in_their_time_and_hold_up_no_other() -> None:
    with ExitStack() as stack:
        silent = [target_of(stack.enter_context(nobody()), 3.0, f"silent-{number}") for number in range(10)]
        quick = target_of(stack.enter_context(SnmpAgent(switch_objects(ports(4)))), 3.0, "quick")
        readings = asyncio.run(polled([*silent, quick]))
    of_quick = [reading for reading in readings if reading.target.id == "quick"]
    given_up = [reading for reading in readings if reading.target.id != "quick"]
    assert [reading.failure for reading in of_quick] == [None] * len(BY_SNMP)
    assert max(reading.duration for reading in of_quick) < min(reading.duration for reading in given_up)
    for reading in given_up:
        assert reading.failure is not None
        assert reading.failure.kind == "timeout"
        assert "no answer from 127.0.0.1" in reading.failure.message
        assert reading.duration < 4
