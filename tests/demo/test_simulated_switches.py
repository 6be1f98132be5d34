"""The simulated switches, as the collectors of switches and devices see them over SNMP."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from agent.core.smi import Counter32, Counter64
from demo.devices.port import Flow
from demo.devices.switch import Neighbour, Switch, access_switch, core_switch
from tests.demo.watched import Watched, unanswered, watched

GIGABIT = 125_000_000.0  # bytes per second
FIRST, SECOND = "GigabitEthernet0/0/1", "GigabitEthernet0/0/2"
UPLINK = "XGigabitEthernet0/0/1"
IN_OCTETS, HC_IN_OCTETS = "1.3.6.1.2.1.2.2.1.10.6", "1.3.6.1.2.1.31.1.1.1.6.6"


@pytest.fixture
def switch() -> Switch:
    return access_switch()


@pytest.fixture
def seen(switch: Switch) -> Iterator[Watched]:
    with watched(switch) as found:
        yield found


def test_an_access_switch_says_what_it_is(seen: Watched) -> None:
    found = seen.poll()
    vendor, model, version, _ = next(iter(found["device_info"]))
    assert (vendor, model, version) == ("Huawei", "S5735-L48T4X-A", "V200R019C10SPC500")
    assert len(found["interface_up"]) == 53  # its 52 sockets and the interface of a VLAN, without loopback and null
    assert found["interface_speed_bytes"][FIRST,] == GIGABIT
    assert found["interface_speed_bytes"][UPLINK,] == 10 * GIGABIT
    assert found["interface_info"][UPLINK, "上联核心", "ethernetCsmacd"] == 1


def test_a_core_switch_says_what_it_is() -> None:
    with watched(core_switch()) as seen:
        found = seen.poll()
    vendor, _, version, _ = next(iter(found["device_info"]))
    assert (vendor, version) == ("H3C", "7.1.070 Release 6555P03")
    assert found["interface_speed_bytes"]["Ten-GigabitEthernet1/0/24",] == 10 * GIGABIT
    assert found["interface_speed_bytes"]["Bridge-Aggregation1",] == 20 * GIGABIT


def test_a_port_goes_down_and_comes_up_again(seen: Watched, switch: Switch) -> None:
    assert seen.poll()["interface_up"][FIRST,] == 1
    switch.ports[FIRST].linked = False
    found = seen.poll()
    assert (found["interface_up"][FIRST,], found["interface_admin_up"][FIRST,]) == (0, 1)
    switch.ports[FIRST].linked = True
    found = seen.poll()
    assert found["interface_up"][FIRST,] == 1
    assert found["interface_flaps"][FIRST, "10m"] == 2
    assert found["interface_flaps"][SECOND, "10m"] == 0
    changed = seen.raw("1.3.6.1.2.1.2.2.1.9.6", "1.3.6.1.2.1.1.3.0")
    assert len(set(changed.values())) == 1  # ifLastChange: at the end of the last 30 seconds, which is now


def test_a_port_that_is_shut_is_down_on_purpose(seen: Watched, switch: Switch) -> None:
    switch.ports[FIRST].shut = True
    found = seen.poll()
    assert (found["interface_up"][FIRST,], found["interface_admin_up"][FIRST,]) == (0, 0)


def test_counters_move_with_time_at_the_rate_of_the_traffic(seen: Watched, switch: Switch) -> None:
    port = switch.ports[FIRST]
    port.receive, port.transmit = Flow(0.3 * GIGABIT, frame=1000), Flow(1_000_000, frame=500)
    before, after = seen.poll(), seen.poll(60)
    grown = {
        name: after[name][labels] - before[name][labels]
        for name, labels in {
            "interface_receive_bytes_total": (FIRST,),
            "interface_transmit_bytes_total": (FIRST,),
            "interface_receive_packets_total": (FIRST, "unicast"),
        }.items()
    }
    assert grown["interface_receive_bytes_total"] == 0.3 * GIGABIT * 60
    assert grown["interface_transmit_bytes_total"] == 60_000_000
    assert grown["interface_receive_packets_total"] == pytest.approx(0.3 * GIGABIT * 60 / 1000 * 0.99, abs=1)
    assert after["interface_utilization_ratio"][FIRST, "receive"] == pytest.approx(0.3)
    assert after["interface_utilization_ratio"][SECOND, "receive"] == 0


def test_a_line_carries_no_more_than_its_speed(seen: Watched, switch: Switch) -> None:
    switch.ports[FIRST].receive = Flow(5 * GIGABIT)
    seen.poll()
    assert seen.poll()["interface_utilization_ratio"][FIRST, "receive"] == pytest.approx(1)


def test_a_port_that_is_down_carries_nothing(seen: Watched, switch: Switch) -> None:
    switch.ports[FIRST].receive = Flow(1_000_000)
    before = seen.poll()
    switch.ports[FIRST].linked = False
    assert seen.poll()["interface_receive_bytes_total"] == before["interface_receive_bytes_total"]


def test_errors_and_a_storm_of_broadcasts_are_seen(seen: Watched, switch: Switch) -> None:
    switch.ports[FIRST].receive = Flow(0.1 * GIGABIT, errors=0.02, discards=0.01)
    switch.ports[SECOND].receive = Flow(0.6 * GIGABIT, frame=64, broadcast=0.95, multicast=0.0)
    seen.poll()
    found = seen.poll(60)
    assert found["interface_error_ratio"][FIRST,] == pytest.approx(0.03, rel=1e-3)
    assert found["interface_receive_errors_total"][FIRST,] > 0
    assert found["interface_broadcast_ratio"][SECOND,] == pytest.approx(0.95, rel=1e-3)
    assert found["interface_broadcast_packets_per_second"][SECOND,] == pytest.approx(
        0.6 * GIGABIT / 64 * 0.95, rel=1e-3
    )


@pytest.mark.parametrize(
    ("alias", "shown"),
    [
        ('x"} 1\ninterface_up{interface="y', None),
        ("市局".encode("gbk"), "市局"),
        (b"\x00\x1b[31mred\xff", None),
        ("办" * 500, None),
    ],
)
def test_a_hostile_alias_arrives_harmless(seen: Watched, switch: Switch, alias: str | bytes, shown: str | None) -> None:
    switch.ports[FIRST].alias = alias
    said = next(labels[1] for labels in seen.poll()["interface_info"] if labels[0] == FIRST)
    assert said.isprintable()
    assert len(said) <= 120
    assert shown is None or said == shown


def test_two_ports_of_one_name_stay_apart(seen: Watched, switch: Switch) -> None:
    switch.ports[SECOND].name = FIRST
    names = {labels[0] for labels in seen.poll()["interface_up"]}
    assert {f"{FIRST}#6", f"{FIRST}#7"} <= names


def test_a_reboot_takes_its_time_and_sets_everything_back(seen: Watched, switch: Switch) -> None:
    switch.ports[FIRST].receive = Flow(1_000_000)
    seen.poll()
    before, boots = seen.poll(), switch.boots
    switch.reboot(takes=40)
    assert unanswered(seen)
    seen.passes(39)
    assert unanswered(seen)
    found = seen.poll(after=21)
    assert found["device_uptime_seconds"][()] == 20
    assert found["device_restarts_unapproved"][()] == 1
    assert (
        found["interface_receive_bytes_total"][FIRST,] == 20_000_000 < before["interface_receive_bytes_total"][FIRST,]
    )
    assert "interface_utilization_ratio" not in found
    assert seen.raw("1.3.6.1.6.3.10.2.1.2.0") == {"1.3.6.1.6.3.10.2.1.2.0": boots + 1}


def test_a_switch_that_is_off_answers_nobody_until_it_is_on(seen: Watched, switch: Switch) -> None:
    seen.poll()
    switch.switch_off()
    seen.passes(3600)
    assert unanswered(seen)
    switch.switch_on(takes=60)
    assert unanswered(seen)
    assert seen.poll(after=90)["device_uptime_seconds"][()] == 30


@pytest.mark.parametrize("bits", [32, 64])
def test_a_counter_wraps_at_its_width_without_an_absurd_rate(seen: Watched, switch: Switch, bits: int) -> None:
    if bits == 32:
        switch.narrow()
    port = switch.ports[FIRST]
    port.counts["in_octets"], port.receive = 2**bits - 10**6, Flow(0.2 * GIGABIT)
    seen.poll(after=0)
    assert next(iter(seen.raw(HC_IN_OCTETS if bits == 64 else IN_OCTETS).values())) == 2**bits - 10**6
    found = seen.poll(after=20)
    assert found["interface_receive_bytes_total"][FIRST,] == 0.2 * GIGABIT * 20 - 10**6
    assert found["interface_utilization_ratio"][FIRST, "receive"] == pytest.approx(0.2)


def test_an_agent_without_64_bits_tells_32(seen: Watched, switch: Switch) -> None:
    types = {oid: type(value) for oid, value in seen.raw(IN_OCTETS, HC_IN_OCTETS).items()}
    assert types == {IN_OCTETS: Counter32, HC_IN_OCTETS: Counter64}
    switch.narrow()
    switch.ports[FIRST].counts["in_octets"] = 5 * 2**32 + 7
    assert seen.raw(IN_OCTETS, HC_IN_OCTETS) == {IN_OCTETS: 7}
    assert seen.poll()["interface_receive_bytes_total"][FIRST,] == 7


def test_renumbered_ports_keep_their_names_and_give_no_absurd_rate(seen: Watched, switch: Switch) -> None:
    for number, port in enumerate(switch.ports.values()):
        port.receive = Flow(number * 100_000)
        port.counts["in_octets"] = number * 10**12
    seen.poll()
    before = seen.poll()
    index = switch.ports[FIRST].index
    switch.renumber()
    found = seen.poll()
    assert switch.ports[FIRST].index != index
    assert set(found["interface_up"]) == set(before["interface_up"])
    assert (
        found["interface_receive_bytes_total"][FIRST,] == before["interface_receive_bytes_total"][FIRST,] + 30 * 300_000
    )
    assert max(found.get("interface_utilization_ratio", {"": 0}).values()) <= 1.05
    again = seen.poll()["interface_utilization_ratio"][FIRST, "receive"]
    assert again == pytest.approx(300_000 / GIGABIT)


@pytest.mark.parametrize("make", [access_switch, core_switch])
def test_health_is_seen_in_the_vendors_own_words(make: Callable[[], Switch]) -> None:
    switch = make()
    with watched(switch) as seen:
        found = seen.poll()
        assert set(found["device_fan_up"].values()) == set(found["device_power_supply_up"].values()) == {1}
        state = switch.health
        state.cpu, state.memory, state.temperature, state.limit = 0.93, 0.78, 71.0, 65.0
        state.fans[1] = state.supplies[0] = False
        found = seen.poll()
    assert list(found["device_cpu_usage_ratio"].values()) == [0.93]
    assert list(found["device_memory_usage_ratio"].values()) == [0.78]
    assert list(found["device_temperature_celsius"].values()) == [71]
    assert list(found["device_temperature_margin_celsius"].values()) == [-6]
    assert list(found["device_fan_up"].values()) == [1, 0]
    assert list(found["device_power_supply_up"].values()) == [0, 1]


@pytest.mark.parametrize("make", [access_switch, core_switch])
def test_an_empty_bay_is_no_broken_power_supply(make: Callable[[], Switch]) -> None:
    switch = make()
    switch.health.supplies[1] = switch.health.fans[0] = None
    with watched(switch) as seen:
        found = seen.poll()
    assert list(found["device_power_supply_up"].values()) == [1]
    assert list(found["device_fan_up"].values()) == [1]


def test_the_spanning_tree_counts_its_changes(seen: Watched, switch: Switch) -> None:
    changes, since = "1.3.6.1.2.1.17.2.4.0", "1.3.6.1.2.1.17.2.3.0"
    before = seen.raw(changes)[changes]
    switch.change_topology()
    seen.passes(5)
    assert seen.raw(changes, since) == {changes: before + 1, since: 500}


def test_stations_are_learnt_at_the_port_where_they_are_plugged_in(seen: Watched, switch: Switch) -> None:
    station = bytes.fromhex("02abcdef0102")
    switch.stations[FIRST], switch.ports[FIRST].vlan = [station], 10
    bridge_ports = seen.column("1.3.6.1.2.1.17.1.4.1.2")
    learnt = seen.column("1.3.6.1.2.1.17.7.1.2.2.1.2")
    assert {index: bridge_ports[str(port)] for index, port in learnt.items()} == {
        ".".join(map(str, (10, *station))): switch.ports[FIRST].index
    }
    switch.ports[FIRST].linked = False
    assert seen.column("1.3.6.1.2.1.17.7.1.2.2.1.2") == {}


def test_a_neighbour_is_heard_while_the_link_is_up(seen: Watched, switch: Switch) -> None:
    names = "1.0.8802.1.1.2.1.4.1.1.9"
    switch.neighbours[UPLINK] = Neighbour("core-1", "Ten-GigabitEthernet1/0/1")
    assert list(seen.column(names).values()) == [b"core-1"]
    switch.ports[UPLINK].linked = False
    assert seen.column(names) == {}
