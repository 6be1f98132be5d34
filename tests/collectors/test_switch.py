"""The switch collector with a simulated switch at the wire, whose state the tests change between polls."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from pydantic import ValidationError

from agent.core.changes import Planned, Register
from agent.core.model import Sample, Target
from agent.core.reach import Login, Poll, Reach, ReachError, Unanswered
from agent.core.registers import Registers
from agent.core.text import Said, spoken
from agent.transports.snmp import Manners, SnmpWay
from collectors import device
from collectors.switch import COLLECTOR, METRICS, SwitchOptions
from tests.collectors.polled import by_metric
from tests.simulated_switch import Port, switch_objects
from tests.snmp_agent import SnmpAgent, object_id, snmp_target, ticks

PATIENT = Manners(pauses=(0.5, 5, 5))
GIGABIT = 125_000_000  # bytes per second
UPTIME = 86400.0


@dataclass
class Watch:
    """Polls of one simulated switch by the two collectors that read it, each with its part of `memory`. Time is the
    test's own. `last_changes`: uptimes by ifIndex."""

    agent: SnmpAgent
    ports: list[Port]
    options: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    memory: dict[str, Any] = field(default_factory=dict)
    kept: dict[str, Any] = field(default_factory=dict)
    at: float = 1000.0
    uptime: float = UPTIME
    engine_time: bool = True
    last_changes: dict[int, float] = field(default_factory=dict)
    failure: ReachError | None = None
    remarked: list[Said] = field(default_factory=list)
    manners: Manners = PATIENT
    changes: Register = field(default_factory=Register)

    @property
    def remarks(self) -> list[str]:
        return [spoken(each, "en") for each in self.remarked]

    def poll(self, after: float = 30.0) -> dict[str, dict[tuple[str, ...], float]]:
        """The samples of the next poll, by metric and labels, with the switch as the test left it."""
        self.at += after
        self.uptime += after
        changed = {f"1.3.6.1.2.1.2.2.1.9.{index}": ticks(uptime) for index, uptime in self.last_changes.items()}
        self.agent.replace({**switch_objects(self.ports, self.uptime, self.engine_time), **changed})
        return self.read()

    def read(self) -> dict[str, dict[tuple[str, ...], float]]:
        samples, self.failure = asyncio.run(self._collect())
        return by_metric(samples, (*METRICS, *device.METRICS))

    async def _collect(self) -> tuple[list[Sample], ReachError | None]:
        options = SwitchOptions.model_validate({"id": "sw", "address": "127.0.0.1", **self.options})
        target = snmp_target(self.agent, options=options, timeout=30, **self.facts)
        way: Any = SnmpWay(manners=self.manners)
        nothing: Any = None
        reach = Reach(icmp=nothing, tcp=nothing, snmp=way)
        samples: list[Sample] = []
        for collector in (device.COLLECTOR, COLLECTOR):
            memory = self.memory.setdefault(collector.name, {})
            kept = self.kept.setdefault(collector.name, {})
            poll = Poll(reach, 1.7e9 + self.at, self.at, memory, kept=kept, registers=Registers(changes=self.changes))
            self.remarked = poll.remarks
            try:
                async for sample in collector.collect(target, options, poll):
                    samples.append(sample)
            except ReachError as error:
                return samples, error
        return samples, None


@pytest.fixture
def watch() -> Iterator[Watch]:
    ports = [Port(n, f"GigabitEthernet0/0/{n}", alias=f"room {n}") for n in (1, 2, 3)]
    with SnmpAgent() as agent:
        yield Watch(agent, ports)


def flow(port: Port, seconds: float, received: float, sent: float = 0.0) -> None:
    """Traffic at these shares of the port's speed."""
    speed = port.megabits * 125_000
    for name, share in (("in_bytes", received), ("out_bytes", sent)):
        port.counts[name] = port.counts.get(name, 0) + int(share * speed * seconds)


def test_a_port_is_told_with_state_speed_counters_and_description(watch: Watch) -> None:
    watch.ports[0].counts = {
        "in_bytes": 5 << 40, "out_bytes": 7, "in_unicast": 1, "in_multicast": 2, "in_broadcast": 3,
        "out_unicast": 4, "out_multicast": 5, "out_broadcast": 6, "in_discards": 8, "in_errors": 9,
        "out_discards": 10, "out_errors": 11,
    }  # fmt: skip
    found = watch.poll()
    port = "GigabitEthernet0/0/1"
    assert found["interface_up"][port,] == 1
    assert found["interface_admin_up"][port,] == 1
    assert found["interface_speed_bytes"][port,] == GIGABIT
    assert found["interface_info"][port, "room 1", "ethernetCsmacd"] == 1
    assert found["interface_receive_bytes_total"][port,] == 5 << 40
    assert found["interface_transmit_bytes_total"][port,] == 7
    receive, transmit = (found[f"interface_{way}_packets_total"] for way in ("receive", "transmit"))
    assert [receive[port, cast] for cast in ("unicast", "multicast", "broadcast")] == [1, 2, 3]
    assert [transmit[port, cast] for cast in ("unicast", "multicast", "broadcast")] == [4, 5, 6]
    assert found["interface_receive_discards_total"][port,] == 8
    assert found["interface_receive_errors_total"][port,] == 9
    assert found["interface_transmit_discards_total"][port,] == 10
    assert found["interface_transmit_errors_total"][port,] == 11
    assert watch.failure is None


def test_the_device_says_what_it_is_and_how_long_it_is_up(watch: Watch) -> None:
    found = watch.poll()
    assert list(found["device_info"]) == [("Huawei", "S5735-L48T4S-A", "V200R020C10SPC500", "2102351234P0K1000001")]
    assert found["device_uptime_seconds"][()] == UPTIME + 30
    assert found["device_restarts_unapproved"][()] == 0


def test_a_port_that_goes_down_is_down_and_has_flapped(watch: Watch) -> None:
    assert watch.poll()["interface_flaps"]["GigabitEthernet0/0/2", "10m"] == 0
    watch.ports[1].oper = 2
    found = watch.poll()
    assert found["interface_up"]["GigabitEthernet0/0/2",] == 0
    assert found["interface_admin_up"]["GigabitEthernet0/0/2",] == 1
    assert found["interface_flaps"]["GigabitEthernet0/0/2", "10m"] == 1
    assert found["interface_flaps"]["GigabitEthernet0/0/1", "10m"] == 0
    watch.ports[1].oper = 1
    assert watch.poll()["interface_flaps"]["GigabitEthernet0/0/2", "1h"] == 2
    found = watch.poll(after=700)
    assert found["interface_flaps"]["GigabitEthernet0/0/2", "10m"] == 0
    assert found["interface_flaps"]["GigabitEthernet0/0/2", "1h"] == 2
    assert watch.poll(after=3600)["interface_flaps"]["GigabitEthernet0/0/2", "1h"] == 0


OPER, ADMIN = "1.3.6.1.2.1.2.2.1.8.1", "1.3.6.1.2.1.2.2.1.7.1"
KEY_PORT = {"key_ports": {"GigabitEthernet0/0/1": "uplink"}}


def changed(watch: Watch, gone: tuple[str, ...], said: dict[str, Any]) -> dict[str, dict[tuple[str, ...], float]]:
    """The next poll of a switch that lacks some objects and says others."""
    watch.poll()
    for oid in gone:
        del watch.agent[oid]
    watch.agent.update(said)
    return watch.read()


@pytest.mark.parametrize(
    ("gone", "said"), [((OPER,), {}), ((OPER, ADMIN), {}), ((), {OPER: 4}), ((), {OPER: b"N/A"}), ((), {OPER: 99})]
)
def test_a_port_of_which_nobody_knows_whether_it_is_up_is_not_told_as_down(
    watch: Watch, gone: tuple[str, ...], said: dict[str, Any]
) -> None:
    watch.facts = KEY_PORT
    found = changed(watch, gone, said)
    assert ("GigabitEthernet0/0/1",) not in found["interface_up"]
    assert found["interface_up"]["GigabitEthernet0/0/2",] == 1
    assert found["interface_receive_bytes_total"]["GigabitEthernet0/0/1",] == 0
    assert "interface_critical_up" not in found
    assert watch.poll()["interface_flaps"]["GigabitEthernet0/0/1", "1h"] == 0, "it was up before and after"


def test_a_change_behind_an_answer_that_lacks_the_state_is_a_change(watch: Watch) -> None:
    changed(watch, (OPER,), {})
    watch.ports[0].oper = 2
    assert watch.poll()["interface_flaps"]["GigabitEthernet0/0/1", "1h"] == 1


def flapped(watch: Watch, after: float = 30.0, window: str = "1h") -> float:
    return watch.poll(after)["interface_flaps"]["GigabitEthernet0/0/1", window]


def test_a_port_that_went_and_came_back_between_two_polls_has_flapped(watch: Watch) -> None:
    watch.last_changes = {1: UPTIME - 5}
    assert flapped(watch) == 0
    for poll in range(1, 6):
        watch.last_changes = {1: watch.uptime + 20}
        assert flapped(watch, after=60) == 2 * poll
    assert flapped(watch) == 10
    assert flapped(watch, after=570, window="10m") == 0


def test_a_change_that_the_poll_saw_is_not_counted_again(watch: Watch) -> None:
    watch.last_changes = {1: 10}
    flapped(watch)
    watch.ports[0].oper, watch.last_changes = 2, {1: watch.uptime + 29.8}
    assert flapped(watch) == 1
    assert flapped(watch) == 1


def test_a_change_in_the_moment_of_the_poll_is_counted_with_the_next(watch: Watch) -> None:
    watch.last_changes = {1: 10}
    flapped(watch)
    watch.last_changes = {1: watch.uptime + 30.4}
    assert flapped(watch) == 0
    assert flapped(watch) == 2
    assert flapped(watch) == 2


@pytest.mark.parametrize("told", [lambda uptime: uptime, lambda uptime: uptime + 1e6, lambda uptime: uptime / 2])
def test_a_last_change_that_no_change_explains_is_none(watch: Watch, told: Callable[[float], float]) -> None:
    for _ in range(5):
        watch.last_changes = {1: told(watch.uptime + 30)}
        assert flapped(watch) == 0


def test_after_a_restart_a_last_change_tells_nothing_of_before(watch: Watch) -> None:
    watch.last_changes = {1: UPTIME - 5}
    flapped(watch)
    watch.uptime, watch.last_changes = 0, {1: 25}
    assert flapped(watch) == 0


def test_a_port_that_nobody_says_is_shut_is_not_shut_on_purpose(watch: Watch) -> None:
    watch.facts = KEY_PORT
    watch.ports[0].oper = 2
    found = changed(watch, (ADMIN,), {})
    assert ("GigabitEthernet0/0/1",) not in found["interface_admin_up"]
    assert found["interface_critical_up"] == {("GigabitEthernet0/0/1", "uplink"): 0}


def test_other_ways_of_being_down_are_no_changes(watch: Watch) -> None:
    watch.ports[0].oper = 2
    watch.poll()
    watch.ports[0].oper = 7
    assert watch.poll()["interface_flaps"]["GigabitEthernet0/0/1", "10m"] == 0


def test_utilization_is_the_rate_over_the_speed_of_the_last_five_minutes(watch: Watch) -> None:
    port = watch.ports[0]
    assert "interface_utilization_ratio" not in watch.poll()
    for _ in range(20):
        flow(port, 30, 0.8, 0.1)
        found = watch.poll()["interface_utilization_ratio"]
        assert found["GigabitEthernet0/0/1", "receive"] == pytest.approx(0.8, abs=0.001)
        assert found["GigabitEthernet0/0/1", "transmit"] == pytest.approx(0.1, abs=0.001)
        assert found["GigabitEthernet0/0/2", "receive"] == 0
    for _ in range(5):
        found = watch.poll()["interface_utilization_ratio"]
    assert found["GigabitEthernet0/0/1", "receive"] == pytest.approx(0.4, abs=0.001)
    for _ in range(5):
        found = watch.poll()["interface_utilization_ratio"]
    assert found["GigabitEthernet0/0/1", "receive"] == 0


def test_no_more_than_the_line_can_carry_is_told(watch: Watch) -> None:
    watch.poll()
    flow(watch.ports[0], 30, 1.3)
    assert watch.poll()["interface_utilization_ratio"]["GigabitEthernet0/0/1", "receive"] == 1.05


def test_a_32_bit_counter_that_wraps_goes_on(watch: Watch) -> None:
    port = watch.ports[0]
    port.wide, port.counts["in_bytes"] = False, 2**32 - 10**6
    first = watch.poll()
    assert first["interface_receive_bytes_total"]["GigabitEthernet0/0/1",] == 2**32 - 10**6
    for _ in range(12):
        flow(port, 30, 0.5)  # 1.9 GB a poll: every third one wraps
        found = watch.poll()
        ratio = found["interface_utilization_ratio"]["GigabitEthernet0/0/1", "receive"]
        assert ratio == pytest.approx(0.5, abs=0.001)
        assert found["interface_receive_bytes_total"]["GigabitEthernet0/0/1",] == port.counts["in_bytes"] % 2**32


def test_a_64_bit_counter_that_wraps_goes_on(watch: Watch) -> None:
    watch.ports[0].counts["in_bytes"] = 2**64 - 10**6
    watch.poll()
    flow(watch.ports[0], 30, 0.5)
    ratio = watch.poll()["interface_utilization_ratio"]["GigabitEthernet0/0/1", "receive"]
    assert ratio == pytest.approx(0.5, abs=0.001)


@pytest.mark.parametrize("wide", [True, False])
def test_a_reboot_is_counted_and_gives_no_rate_until_the_next_poll(watch: Watch, wide: bool) -> None:
    for port in watch.ports:
        port.wide, port.counts["in_bytes"] = wide, 3 * 10**9
    watch.poll()
    watch.poll()
    watch.uptime = -20.0
    for port in watch.ports:
        port.counts["in_bytes"] = 1000
    found = watch.poll()
    assert found["device_uptime_seconds"][()] == 10
    assert (found["device_restarts_unapproved"][()], found["device_restarts_approved"][()]) == (1, 0)
    assert "interface_utilization_ratio" not in found
    found = watch.poll()
    assert found["device_restarts_unapproved"][()] == 1
    assert found["interface_utilization_ratio"]["GigabitEthernet0/0/1", "receive"] == 0


@pytest.mark.parametrize(("of", "told"), [("switch", (0, 1)), ("another", (1, 0))])
def test_a_restart_by_an_approved_change_is_told_apart(watch: Watch, of: str, told: tuple[int, int]) -> None:
    watch.poll()
    now, target = 1.7e9 + watch.at, snmp_target(watch.agent).id
    targets = (target if of == "switch" else of,)
    watch.changes.adopt([Planned("CHG-0001", targets, now - 60, now + 600, "firmware", "wang", now)])
    watch.uptime = 0
    found = watch.poll()
    assert (found["device_restarts_unapproved"][()], found["device_restarts_approved"][()]) == told


def test_restarts_are_forgotten_after_a_day(watch: Watch) -> None:
    watch.poll()
    watch.uptime = 0
    assert watch.poll()["device_restarts_unapproved"][()] == 1
    for _ in range(23):
        assert watch.poll(after=3600)["device_restarts_unapproved"][()] == 1
    assert watch.poll(after=3600)["device_restarts_unapproved"][()] == 0


def test_a_restart_while_the_agent_was_away_is_seen(watch: Watch) -> None:
    watch.uptime = 100
    watch.poll()
    watch.uptime = 2000  # longer than before, but much less than the hour that passed
    watch.at += 3600
    assert watch.poll()["device_restarts_unapproved"][()] == 1


def test_the_wrap_of_sys_up_time_is_no_restart(watch: Watch) -> None:
    watch.engine_time, watch.uptime = False, 2**32 / 100 - 40
    watch.poll()
    found = watch.poll()
    assert found["device_uptime_seconds"][()] == pytest.approx(20, abs=0.02)
    assert found["device_restarts_unapproved"][()] == 0
    watch.poll(after=300)
    watch.uptime = 0
    assert watch.poll()["device_restarts_unapproved"][()] == 1


def test_a_slow_clock_and_a_lost_engine_time_are_no_restarts(watch: Watch) -> None:
    watch.poll()
    watch.uptime -= 5
    assert watch.poll()["device_restarts_unapproved"][()] == 0
    watch.engine_time = False
    assert watch.poll()["device_restarts_unapproved"][()] == 0


def test_ports_that_get_other_numbers_keep_their_series_and_give_no_absurd_rate(watch: Watch) -> None:
    for rank, port in enumerate(watch.ports):
        port.counts["in_bytes"] = rank * 10**15
    watch.poll()
    watch.poll()
    for port in watch.ports:
        port.index = 100 - port.index
    found = watch.poll()
    assert found["interface_receive_bytes_total"]["GigabitEthernet0/0/3",] == 2 * 10**15
    assert "interface_utilization_ratio" not in found
    assert set(watch.poll()["interface_utilization_ratio"].values()) == {0}


def test_names_that_change_places_give_no_absurd_rate(watch: Watch) -> None:
    watch.ports[0].counts["in_bytes"], watch.ports[1].counts["in_bytes"] = 10**15, 5
    watch.poll()
    watch.ports[0].name, watch.ports[1].name = watch.ports[1].name, watch.ports[0].name
    found = watch.poll()["interface_utilization_ratio"]
    assert set(found) == {("GigabitEthernet0/0/3", "receive"), ("GigabitEthernet0/0/3", "transmit")}


def test_a_cleared_counter_gives_no_absurd_rate(watch: Watch) -> None:
    watch.ports[0].counts["in_bytes"] = 10**15
    watch.poll()
    watch.ports[0].counts["in_bytes"] = 0
    found = watch.poll()["interface_utilization_ratio"]
    assert ("GigabitEthernet0/0/1", "receive") not in found
    assert found["GigabitEthernet0/0/2", "receive"] == 0


def test_a_jump_beyond_what_the_line_carries_is_no_traffic(watch: Watch) -> None:
    watch.poll()
    watch.ports[0].counts["in_bytes"] = 10**15
    assert ("GigabitEthernet0/0/1", "receive") not in watch.poll()["interface_utilization_ratio"]


@pytest.mark.parametrize(("megabits", "then"), [(1000, 99), (400_000, 99), (1000, 0), (400_000, 0), (1000, 10**9)])
def test_an_error_counter_that_steps_back_or_jumps_is_no_errors(watch: Watch, megabits: int, then: int) -> None:
    port = watch.ports[0]
    port.megabits = megabits
    port.counts |= {"in_errors": 100, "in_unicast": 0}
    for _ in range(3):
        port.counts["in_unicast"] += 20_000
        flow(port, 30, 0.5)
        watch.poll()
    port.counts["in_errors"] = then
    for _ in range(3):
        port.counts["in_unicast"] += 20_000
        flow(port, 30, 0.5)
        found = watch.poll()
        assert found["interface_error_ratio"]["GigabitEthernet0/0/1",] == 0
        ratio = found["interface_utilization_ratio"]["GigabitEthernet0/0/1", "receive"]
        assert ratio == pytest.approx(0.5, abs=0.001)


def test_an_error_counter_that_wraps_goes_on(watch: Watch) -> None:
    port = watch.ports[0]
    port.counts |= {"in_errors": 2**32 - 100, "in_unicast": 0}
    watch.poll()
    port.counts |= {"in_errors": 2**32 + 100, "in_unicast": 20_000}
    assert watch.poll()["interface_error_ratio"]["GigabitEthernet0/0/1",] == pytest.approx(0.01)


def test_packets_that_step_back_are_no_wrap(watch: Watch) -> None:
    port = watch.ports[0]
    port.wide, port.counts = False, {"in_broadcast": 5000, "in_unicast": 5000}
    watch.poll()
    port.counts["in_broadcast"] -= 1
    assert ("GigabitEthernet0/0/1",) not in watch.poll().get("interface_broadcast_packets_per_second", {})


def test_a_long_gap_between_polls_begins_anew(watch: Watch) -> None:
    watch.poll()
    flow(watch.ports[0], 7200, 0.5)
    assert "interface_utilization_ratio" not in watch.poll(after=7200)


def test_without_64_bits_the_counters_of_32_bits_are_told(watch: Watch) -> None:
    for port in watch.ports:
        port.wide, port.counts = False, {"in_bytes": 12345, "in_broadcast": 6}
    found = watch.poll()
    assert found["interface_receive_bytes_total"]["GigabitEthernet0/0/1",] == 12345
    assert found["interface_receive_packets_total"]["GigabitEthernet0/0/1", "broadcast"] == 6


def test_a_port_without_64_bits_among_others_is_told_with_32(watch: Watch) -> None:
    watch.ports[1].wide = False
    for port in watch.ports:
        port.counts["in_bytes"] = 5 << 32
    found = watch.poll()["interface_receive_bytes_total"]
    assert found["GigabitEthernet0/0/1",] == 5 << 32
    assert found["GigabitEthernet0/0/2",] == 0


def test_a_counter_does_not_step_down_from_64_to_32_bits(watch: Watch) -> None:
    watch.ports[0].counts["in_bytes"] = 5 << 32
    watch.poll()
    watch.ports[0].wide = False
    for _ in range(2):
        assert ("GigabitEthernet0/0/1",) not in watch.poll()["interface_receive_bytes_total"]
    watch.ports[0].wide = True
    assert watch.poll()["interface_receive_bytes_total"]["GigabitEthernet0/0/1",] == 5 << 32


def test_without_if_x_table_everything_comes_from_if_table(watch: Watch) -> None:
    watch.ports[0].counts = {"in_bytes": 12345, "in_unicast": 4}
    watch.poll()
    objects = switch_objects(watch.ports, watch.uptime + 30)
    watch.agent.replace({oid: value for oid, value in objects.items() if not oid.startswith("1.3.6.1.2.1.31")})
    found = watch.read()
    assert found["interface_up"]["GigabitEthernet0/0/1",] == 1
    assert found["interface_speed_bytes"]["GigabitEthernet0/0/1",] == GIGABIT
    assert found["interface_info"]["GigabitEthernet0/0/1", "", "ethernetCsmacd"] == 1


def test_counters_sent_as_text_are_numbers(watch: Watch) -> None:
    watch.poll()
    watch.agent["1.3.6.1.2.1.31.1.1.1.6.1"] = "123456789012"
    watch.agent["1.3.6.1.2.1.31.1.1.1.6.2"] = "many"
    watch.memory.clear()
    found = watch.read()["interface_receive_bytes_total"]
    assert found["GigabitEthernet0/0/1",] == 123456789012
    assert found["GigabitEthernet0/0/2",] == 0  # of 32 bits


def test_errors_and_discards_are_told_per_packet_once_there_are_enough(watch: Watch) -> None:
    watch.poll()
    watch.ports[0].counts = {"in_unicast": 9_000, "in_errors": 9}
    assert "interface_error_ratio" not in watch.poll()
    watch.ports[0].counts = {"in_unicast": 15_000, "out_unicast": 5_000, "in_errors": 9, "out_discards": 11}
    assert watch.poll()["interface_error_ratio"] == {("GigabitEthernet0/0/1",): pytest.approx(0.001)}


def test_broadcasts_are_told_per_second_and_as_share(watch: Watch) -> None:
    watch.poll()
    assert "interface_broadcast_ratio" not in watch.poll()
    watch.ports[0].counts = {"in_broadcast": 60_000, "in_unicast": 120_000, "in_multicast": 60_000}
    watch.poll()
    found = watch.poll()
    assert found["interface_broadcast_packets_per_second"]["GigabitEthernet0/0/1",] == 1000
    assert found["interface_broadcast_ratio"] == {("GigabitEthernet0/0/1",): 0.25}


def test_what_is_gone_vanishes_and_begins_anew_when_it_returns(watch: Watch) -> None:
    watch.poll()
    gone = watch.ports.pop()
    found = watch.poll()
    assert not [labels for series in found.values() for labels in series if "GigabitEthernet0/0/3" in labels]
    watch.ports.append(gone)
    found = watch.poll()
    assert found["interface_up"]["GigabitEthernet0/0/3",] == 1
    assert ("GigabitEthernet0/0/3", "receive") not in found["interface_utilization_ratio"]


def test_a_key_port_is_up_if_it_works_or_is_shut_on_purpose(watch: Watch) -> None:
    watch.facts = {
        "key_ports": {"GigabitEthernet0/0/1": "uplink", "gigabitethernet 0/0/2": "line", "XGE-TRUNK": "server"}
    }
    watch.ports[2].descr = "xge-Trunk"
    found = watch.poll()["interface_critical_up"]
    assert found == {
        ("GigabitEthernet0/0/1", "uplink"): 1,
        ("GigabitEthernet0/0/2", "line"): 1,
        ("GigabitEthernet0/0/3", "server"): 1,
    }
    watch.ports[0].oper = watch.ports[1].oper = 2
    watch.ports[1].admin = 2
    found = watch.poll()["interface_critical_up"]
    assert found["GigabitEthernet0/0/1", "uplink"] == 0
    assert found["GigabitEthernet0/0/2", "line"] == 1


def test_a_key_port_is_watched_even_where_its_interface_is_left_out(watch: Watch) -> None:
    watch.options = {"interfaces": {"skip": ["*"]}}
    watch.facts = {"key_ports": {"GigabitEthernet0/0/1": "uplink"}}
    found = watch.poll()
    assert "interface_up" not in found
    assert found["interface_critical_up"] == {("GigabitEthernet0/0/1", "uplink"): 1}


def test_a_port_named_twice_is_one_series(watch: Watch) -> None:
    watch.facts = {"key_ports": {"GigabitEthernet0/0/1": "line", "GIGABITETHERNET0/0/1": "line"}}
    assert watch.poll()["interface_critical_up"] == {("GigabitEthernet0/0/1", "line"): 1}


def test_a_key_port_that_the_device_does_not_have_is_a_remark_that_names_those_it_has(watch: Watch) -> None:
    watch.facts = {"key_ports": {"GigabitEthernet0/0/9": "line", "GigabitEthernet0/0/1": "uplink"}}
    found = watch.poll()
    assert found["interface_critical_up"] == {("GigabitEthernet0/0/1", "uplink"): 1}
    assert "interface_up" in found
    assert watch.failure is None
    (message,) = watch.remarks
    assert message.startswith("switch sw has no port GigabitEthernet0/0/9 (≈ GigabitEthernet0/0/1, ")
    assert message.endswith("it has GigabitEthernet0/0/1, GigabitEthernet0/0/2, GigabitEthernet0/0/3")


def test_a_key_port_that_was_there_and_is_gone_is_down(watch: Watch) -> None:
    watch.facts = {"key_ports": {"gigabitethernet0/0/3": "uplink"}}
    watch.poll()
    watch.ports.pop()
    assert watch.poll()["interface_critical_up"] == {("GigabitEthernet0/0/3", "uplink"): 0}
    assert watch.failure is None


def test_internal_interfaces_are_left_out_and_networks_gateways_are_not(watch: Watch) -> None:
    watch.ports = [
        Port(1, "InLoopBack0", type=24),
        Port(2, "NULL0", type=1),
        Port(3, "Nu0", descr="Null0", type=1),
        Port(4, "Console0/0/1", type=1),
        Port(5, "VLAN-1", descr="unrouted VLAN 1", type=135),
        Port(6, "VLAN200", type=135),
        Port(7, "lo", type=24),
        Port(8, "Vlanif100", type=53),
        Port(9, "Vl200", descr="Vlan200", type=136),
        Port(10, "Eth-Trunk1", type=53),
        Port(11, "GigabitEthernet0/0/1.100", type=135),
        Port(12, "MEth0/0/1"),
    ]
    names = {name for (name,) in watch.poll()["interface_up"]}
    assert names == {"Vlanif100", "Vl200", "Eth-Trunk1", "GigabitEthernet0/0/1.100", "MEth0/0/1"}


@pytest.mark.parametrize(
    ("choice", "left"),
    [
        ({"skip": ["*0/0/[23]"]}, {"GigabitEthernet0/0/1"}),
        ({"skip": ["gigabitethernet*"]}, set()),
        ({"only": ["*0/0/1", "lo"]}, {"GigabitEthernet0/0/1", "lo"}),
        ({"only": ["*"], "skip": ["Giga*"]}, {"lo"}),
        ({}, {"GigabitEthernet0/0/1", "GigabitEthernet0/0/2", "GigabitEthernet0/0/3"}),
    ],
)
def test_interfaces_are_chosen_by_pattern(watch: Watch, choice: dict[str, Any], left: set[str]) -> None:
    watch.ports.append(Port(9, "lo", type=24))
    watch.options = {"interfaces": choice}
    assert {name for (name,) in watch.poll().get("interface_up", {})} == left


def test_names_that_are_not_unique_are_made_so(watch: Watch) -> None:
    watch.ports = [Port(1, "eth"), Port(2, "eth"), Port(3, "", descr="eth 3"), Port(4, "")]
    names = {name for (name,) in watch.poll()["interface_up"]}
    assert names == {"eth#1", "eth#2", "eth 3", "#4"}


def test_hostile_text_is_made_harmless(watch: Watch) -> None:
    watch.agent.limit = 60_000
    watch.ports[0].name = "Gig\u202e\n\0<script>" + "A" * 4000
    watch.ports[0].alias = b"\xff\xfe\x1b[31m\r\nred" + b"B" * 4000
    watch.ports[1].alias = "专线 电信".encode("gb18030")
    found = watch.poll()
    assert found["interface_info"]["GigabitEthernet0/0/2", "专线 电信", "ethernetCsmacd"] == 1
    for name, description, _ in found["interface_info"]:
        assert len(name) <= 64
        assert len(description) <= 120
        assert (name + description).isprintable()


@pytest.mark.parametrize(
    ("low", "high", "speed"),
    [
        (1_000_000_000, 1000, 125e6),
        (4_294_967_295, 10_000, 1.25e9),  # saturated
        (1_410_065_408, 10_000, 1.25e9),  # cut to 32 bits
        (1_544_000, 2, 193_000),  # a T1 line: ifHighSpeed is rounded
        (64_000, 0, 8_000),
        (0, 1000, 125e6),
        (0, 0, None),
        (4_294_967_295, 0, None),  # above what ifSpeed can say, and nothing else says it
    ],
)
def test_speed_follows_rfc_2863(watch: Watch, low: int, high: int, speed: float | None) -> None:
    watch.poll()
    watch.agent["1.3.6.1.2.1.2.2.1.5.1"] = low
    watch.agent["1.3.6.1.2.1.31.1.1.1.15.1"] = high
    assert watch.read()["interface_speed_bytes"].get(("GigabitEthernet0/0/1",)) == speed


@pytest.mark.parametrize(
    ("description", "number", "vendor", "version"),
    [
        ("H3C Comware Software, Software Version 7.1.075, Release 7751P01", 25506, "H3C", "7.1.075 Release 7751P01"),
        ("Ruijie 10G Routing Switch(S5750) By Ruijie Networks", 4881, "Ruijie", ""),
        ("Cisco IOS Software (C2960X-UNIVERSALK9-M), Version 15.0(2a)EX5, RELEASE", 9, "Cisco", "15.0(2a)EX5"),
        ("ZTE Ethernet Switch ZXR10 5250-52TM-H, Version: V2.05.11B19", 3902, "ZTE", "V2.05.11B19"),
        ("HP J9146A E2910al-24G-PoE Switch, revision W.15.08.0012, ROM W.14.06", 11, "HP", "W.15.08.0012"),
        ("Juniper Networks, Inc. ex3400-48t, kernel JUNOS 15.1X53-D59.4, Build", 2636, "Juniper", "15.1X53-D59.4"),
        ("something", 64999, "enterprise 64999", ""),
    ],
)  # fmt: skip
def test_vendor_and_version_are_found(watch: Watch, description: str, number: int, vendor: str, version: str) -> None:
    watch.poll()
    watch.agent["1.3.6.1.2.1.1.1.0"] = description
    watch.agent["1.3.6.1.2.1.1.2.0"] = object_id(f"1.3.6.1.4.1.{number}.1")
    ((found_vendor, _, found_version, _),) = watch.read()["device_info"]
    assert (found_vendor, found_version) == (vendor, version)


def test_a_device_that_says_nothing_about_itself_has_interfaces_all_the_same(watch: Watch) -> None:
    watch.agent.replace({oid: value for port in watch.ports for oid, value in port.objects().items()})
    found = watch.read()
    assert list(found["device_info"]) == [("", "", "", "")]
    assert "device_uptime_seconds" not in found
    assert len(found["interface_up"]) == 3


def test_a_device_without_interfaces_is_told_without_any(watch: Watch) -> None:
    watch.agent.replace({"1.3.6.1.2.1.1.3.0": ticks(5)})
    restarts = {"device_restarts_unapproved", "device_restarts_approved"}
    assert set(watch.read()) == {"device_info", "device_uptime_seconds", *restarts}


def test_silence_passes_through_as_what_it_is(watch: Watch) -> None:
    watch.agent.behave = lambda asked, answer: []
    watch.manners = Manners(pauses=(0.1, 0.1))
    watch.poll()
    assert isinstance(watch.failure, Unanswered)


def test_only_switches_with_an_snmp_login_are_watched(watch: Watch) -> None:
    assert COLLECTOR.applies(snmp_target(watch.agent))
    assert not COLLECTOR.applies(snmp_target(watch.agent, kind="host"))
    for login in (None, Login("room")):
        assert not COLLECTOR.applies(Target("switch", "sw", "sw", login=login))


def test_options_have_their_defaults_and_refuse_the_unknown() -> None:
    options = SwitchOptions.model_validate({"id": "core", "address": "10.0.0.1", "config": {"backup": "1d"}})
    assert (options.tier, options.uplinks, options.config.backup) == ("other", (), 86400)
    for wrong in ({"tier": "edge"}, {"interfaces": {"skp": []}}, {"uplinks": "GE1"}, {"address": "10.0.0.1/24"}):
        with pytest.raises(ValidationError):
            SwitchOptions.model_validate({"id": "core", "address": "10.0.0.1", **wrong})
