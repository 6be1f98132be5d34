"""Who is plugged into a switch: unknown devices, crowded ports, and ports open for nobody."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError

from agent.core.assets import Asset, Assets
from agent.core.reach import SnmpLogin, Unanswered
from agent.transports.snmp import Manners
from collectors.cisco_vlans import login_of
from collectors.network_options import NetworkOptions
from collectors.stations import COLLECTOR, MOST_SHOWN
from tests.collectors.polled import Found, Polled
from tests.simulated_bridge import (
    ACCESS_POINT,
    BRIDGE,
    ROUTER,
    STATION,
    TELEPHONE,
    bridge_ports,
    cdp_neighbour,
    data_base_of,
    huawei_learnt,
    learnt,
    lldp_neighbour,
    lldp_port,
    member_of,
    octets,
    q_learnt,
    spanning_tree,
)
from tests.simulated_switch import Port
from tests.snmp_agent import SnmpAgent, Value, object_id, ticks, understand

GE = "GigabitEthernet0/0/"
PC, PRINTER, ROGUE, OTHER = (f"00:e0:fc:00:01:0{n}" for n in (1, 2, 3, 4))
UNKNOWN, INFO = "device_unknown_stations", "device_unknown_station_info"
PLACE = "device_asset_info"
CROWDED, UNUSED = "device_crowded_ports", "device_unused_open_ports"
DAY = 86400.0
SYS_UP_TIME = "1.3.6.1.2.1.1.3.0"
LISTED = Assets({PC: Asset("pc", network="business"), PRINTER: Asset("printer", network="business")})


def numbered(number: int, **facts: Any) -> Port:
    """ifIndex is 10 more than the number on the front, which is the bridge's."""
    return Port(number + 10, f"{GE}{number}", **facts)


def objects(*ports: Port) -> dict[str, Value]:
    return {oid: value for port in ports for oid, value in port.objects().items()}


@pytest.fixture
def switch() -> Iterator[Polled]:
    """Eight ports in VLAN 1, of which people use the first two."""
    with SnmpAgent(objects(*(numbered(n, oper=1 if n < 3 else 2) for n in range(1, 9)))) as agent:
        agent.update(bridge_ports({n: n + 10 for n in range(1, 9)}, vlan=1))
        agent.update({SYS_UP_TIME: ticks(DAY), "1.3.6.1.2.1.1.2.0": object_id("1.3.6.1.4.1.2011.2.23.732")})
        agent.update(q_learnt(1, 1, PC) | q_learnt(1, 2, PRINTER))
        yield Polled(agent, COLLECTOR, assets=LISTED)


def unknown(found: Found) -> dict[str, float]:
    """Those of which there are any."""
    assert set(found[UNKNOWN]) == {("management",), ("business",), ("public",)}
    return {network: count for (network,), count in found[UNKNOWN].items() if count}


def test_a_switch_with_nobody_but_registered_devices_has_no_unknown_ones(switch: Polled) -> None:
    found = switch.poll()
    assert unknown(found) == {}
    assert found[CROWDED] == {(): 0}
    assert INFO not in found


def test_a_registered_device_is_told_at_the_port_where_it_is_plugged_in(switch: Polled) -> None:
    assert set(switch.poll()[PLACE]) == {("pc", f"{GE}1", "1", "port"), ("printer", f"{GE}2", "1", "port")}


def test_a_registered_device_behind_an_uplink_is_told_as_behind_it(switch: Polled) -> None:
    switch.facts = {"key_ports": {f"{GE}2": "uplink"}}
    assert set(switch.poll()[PLACE]) == {("pc", f"{GE}1", "1", "port"), ("printer", f"{GE}2", "1", "uplink")}


def test_a_device_with_two_addresses_is_where_it_is_plugged_in(switch: Polled) -> None:
    both = Asset("pc", macs=(PC, OTHER))
    switch.assets, switch.facts = Assets({PC: both, OTHER: both}), {"key_ports": {f"{GE}1": "uplink"}}
    switch.agent.update(q_learnt(1, 3, OTHER))
    assert set(switch.poll()[PLACE]) == {("pc", f"{GE}3", "1", "port")}


def test_an_unknown_device_is_told_with_its_port_and_vlan(switch: Polled) -> None:
    switch.agent.update(q_learnt(1, 3, ROGUE))
    found = switch.poll()
    assert unknown(found) == {"business": 1}
    assert list(found[INFO]) == [(ROGUE, f"{GE}3", "1")]


def test_a_table_without_vlans_does_too(switch: Polled) -> None:
    switch.agent.replace(objects(numbered(3)) | bridge_ports({3: 13}) | learnt(3, ROGUE) | learnt(3, PC))
    found = switch.poll()
    assert list(found[INFO]) == [(ROGUE, f"{GE}3", "")]
    assert found[CROWDED] == {(): 1}


HUAWEI_ONLY: dict[str, Value] = {
    "1.3.6.1.2.1.1.2.0": object_id("1.3.6.1.4.1.2011.2.224.279"),
    **objects(numbered(3), numbered(4)),
    **bridge_ports({13: 14}, vlan=1),  # the numbers of the bridge are other ports' ifIndex
}


def test_huaweis_own_table_does_too_and_tells_the_vlan_that_bridge_mib_does_not(switch: Polled) -> None:
    own = huawei_learnt(600, 13, ROGUE) | huawei_learnt(0, 14, OTHER, vsi="lan-2") | huawei_learnt(600, 0, PRINTER)
    switch.agent.replace(HUAWEI_ONLY | own | learnt(3, ROGUE))
    found = switch.poll()
    assert set(found[INFO]) == {(ROGUE, f"{GE}3", "600"), (OTHER, f"{GE}4", "1")}


def test_what_is_no_row_of_huaweis_table_is_not_read(switch: Polled) -> None:
    column = "1.3.6.1.4.1.2011.5.25.42.2.1.3.1.4"
    wrong: dict[str, Value] = {
        f"{column}.1.2.3": 13,
        f"{column}.0.224.252.0.1.999.1.1.48": 13,
        f"{column}.0.224.252.0.1.4.1.1.48": b"GE",
    }
    switch.agent.replace(HUAWEI_ONLY | huawei_learnt(1, 13, ROGUE) | wrong)
    assert set(switch.poll()[INFO]) == {(ROGUE, f"{GE}3", "1")}


def test_a_table_that_names_ports_by_if_index_does_too(switch: Polled) -> None:
    switch.agent.replace(objects(numbered(3)) | q_learnt(5, 13, ROGUE))
    assert list(switch.poll()[INFO]) == [(ROGUE, f"{GE}3", "5")]


def test_a_port_that_nobody_describes_is_told_by_its_number(switch: Polled) -> None:
    switch.agent.update(q_learnt(1, 77, ROGUE))
    assert list(switch.poll()[INFO]) == [(ROGUE, "#77", "1")]


def test_filter_data_bases_with_numbers_of_their_own_are_told_by_their_vlan(switch: Polled) -> None:
    switch.agent.update(q_learnt(7, 3, ROGUE) | data_base_of(20, 7))
    assert list(switch.poll()[INFO]) == [(ROGUE, f"{GE}3", "20")]


def test_vlans_that_share_a_data_base_leave_only_the_ports_own_vlan(switch: Polled) -> None:
    switch.agent.update(q_learnt(7, 3, ROGUE) | data_base_of(20, 7) | data_base_of(30, 7))
    assert list(switch.poll()[INFO]) == [(ROGUE, f"{GE}3", "1")]


@pytest.mark.parametrize(
    "nobody",
    [
        q_learnt(1, 3, ROGUE, status=4),  # the switch's own
        q_learnt(1, 3, ROGUE, status=2),
        q_learnt(1, 0, ROGUE),  # not known at which port
        q_learnt(1, 3, "01:00:5e:00:00:01"),
        q_learnt(1, 3, "00:00:00:00:00:00"),
        {"1.3.6.1.2.1.17.7.1.2.2.1.2.1.0.224.252.0.1.999": 3},
        {"1.3.6.1.2.1.17.7.1.2.2.1.2.1.2.3": 3},
        {"1.3.6.1.2.1.17.7.1.2.2.1.2.1.0.224.252.0.1.3": b"three"},
    ],
    ids=["self", "invalid", "port 0", "multicast", "zero", "no octet", "short", "no number"],
)
def test_what_is_no_device_at_a_port_is_not_counted(switch: Polled, nobody: dict[str, Value]) -> None:
    switch.agent.update(nobody)
    found = switch.poll()
    assert unknown(found) == {}
    assert switch.failure is None


def test_without_a_list_of_assets_nobody_is_unknown_and_crowds_are_told(switch: Polled) -> None:
    switch.assets = None
    switch.agent.update(q_learnt(1, 1, ROGUE))
    found = switch.poll()
    assert UNKNOWN not in found
    assert found[CROWDED] == {(): 1}
    assert switch.failure is None


def test_a_list_that_cannot_be_read_is_remarked_on_and_nobody_is_unknown(switch: Polled) -> None:
    switch.assets = Assets(failure="assets.csv: no such file")
    found = switch.poll()
    assert UNKNOWN not in found
    assert found[CROWDED] == {(): 0}
    assert switch.failure is None
    assert switch.remarks == ["assets.csv: no such file"]


def test_an_earlier_list_than_the_file_has_is_compared_with_and_remarked_on(switch: Polled) -> None:
    before = switch.poll()
    switch.assets = replace(LISTED, stale="assets.csv: half saved")
    assert switch.poll() == before
    assert switch.remarks == ["assets.csv: half saved"]


def test_the_list_counts_as_it_is_now_although_the_tables_are_older(switch: Polled) -> None:
    switch.agent.update(q_learnt(1, 3, ROGUE))
    assert unknown(switch.poll()) == {"business": 1}
    switch.assets = Assets({**LISTED.by_mac, ROGUE: Asset("new")})
    assert unknown(switch.poll()) == {}


def test_the_tables_are_read_every_five_minutes_and_a_poll_between_costs_one_round(switch: Polled) -> None:
    switch.poll()
    assert switch.rounds > 1
    switch.agent.update(q_learnt(1, 3, ROGUE))
    assert unknown(switch.poll(30)) == {}
    assert switch.rounds == 1
    assert unknown(switch.poll(270)) == {"business": 1}


def test_a_device_that_falls_silent_between_two_readings_is_told_as_that(switch: Polled) -> None:
    switch.poll()
    switch.agent.behave = lambda asked, answer: []
    switch.manners = Manners(pauses=(0.1,))
    assert switch.poll(30) == {}
    assert isinstance(switch.failure, Unanswered)


def test_a_device_without_a_bridge_costs_few_rounds_and_tells_nothing(switch: Polled) -> None:
    switch.agent.replace({SYS_UP_TIME: ticks(5)})
    assert switch.poll() == {}
    assert switch.rounds == 4
    assert switch.failure is None


class ByVlan(SnmpAgent):
    """A Cisco switch, which tells the addresses of each VLAN to a community or context of its own."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.vlans: dict[str, SnmpAgent] = {}

    def replies(self, datagram: bytes, sender: tuple[str, int]) -> Iterable[bytes]:
        asked = understand(datagram, sender)
        name, _, vlan = asked.community.decode().partition("@") if asked else ("", "", "")
        if asked and vlan in self.vlans and name == self.community:
            return self.vlans[vlan].spoilt(asked)
        return super().replies(datagram, sender)


@pytest.fixture
def cisco() -> Iterator[Polled]:
    own = objects(numbered(1), numbered(2), numbered(3)) | learnt(1, PC) | bridge_ports({1: 11})
    tables = {
        "1": learnt(1, PC) | bridge_ports({1: 11}),
        "10": learnt(3, ROGUE) | bridge_ports({3: 12}),
        "20": {},
    }
    with ByVlan(own) as agent, ExitStack() as stack:
        agent["1.3.6.1.2.1.1.2.0"] = object_id("1.3.6.1.4.1.9.1.1208")
        agent.update({f"1.3.6.1.4.1.9.9.46.1.3.1.1.2.1.{vlan}": 1 for vlan in (1, 10, 20, 1002)})
        agent["1.3.6.1.4.1.9.9.46.1.3.1.1.2.1.30"] = 2
        agent.vlans = {vlan: stack.enter_context(SnmpAgent(table)) for vlan, table in tables.items()}
        yield Polled(agent, COLLECTOR, assets=LISTED)


def test_ciscos_tables_of_each_vlan_are_read_with_its_own_numbers_of_ports(cisco: Polled) -> None:
    found = cisco.poll()
    assert list(found[INFO]) == [(ROGUE, f"{GE}2", "10")]
    assert cisco.remarks == []


def test_a_vlan_that_cisco_does_not_let_be_read_is_remarked_on_and_only_who_is_there_counts(cisco: Polled) -> None:
    assert isinstance(cisco.agent, ByVlan)
    del cisco.agent.vlans["20"]
    found = cisco.poll()
    assert list(found[INFO]) == [(ROGUE, f"{GE}2", "10")]
    (remark,) = cisco.remarks
    assert remark.startswith("sw: addresses in VLAN 20 cannot be read: no answer from")
    assert "public" not in remark
    found = cisco.poll(30)
    assert cisco.remarks == [remark]
    # Nobody knows whether somebody is in VLAN 20.
    assert found[UNKNOWN] == {("business",): 1}
    assert CROWDED not in found


def test_without_any_vlan_of_its_own_ciscos_first_is_looked_at_and_nobody_is_called_absent(cisco: Polled) -> None:
    assert isinstance(cisco.agent, ByVlan)
    cisco.agent.vlans.clear()
    assert cisco.poll() == {PLACE: {("pc", f"{GE}1", "", "port"): 1}}
    assert len(cisco.remarks) == 1
    cisco.assets = Assets()
    assert list(cisco.poll(30)[INFO]) == [(PC, f"{GE}1", "")]


def test_version_3_asks_for_each_vlan_in_a_context_of_its_own() -> None:
    login = login_of(SnmpLogin("3", user="shouwang"), 10)
    assert (login.community, login.context) == (None, "vlan-10")


# Networks


def test_networks_are_those_that_agent_yaml_names(switch: Polled) -> None:
    switch.options = {"networks": {"management": 99, "public": ["30-39", 50]}}
    macs = [f"00:e0:fc:00:02:{n:02x}" for n in range(6)]
    for mac, vlan in zip(macs, (99, 30, 39, 50, 40, 1), strict=True):
        switch.agent.update(q_learnt(vlan, 3 + macs.index(mac), mac))
    assert unknown(switch.poll()) == {"management": 1, "public": 3, "business": 2}


def test_a_vlan_that_is_named_nowhere_is_the_network_of_most_registered_devices_in_it(switch: Polled) -> None:
    admins = [f"00:e0:fc:00:03:{n:02x}" for n in range(3)]
    networks = ("management", "management", "business")
    listed = {mac: Asset(network=network) for mac, network in zip(admins, networks, strict=True)}
    switch.assets = Assets(listed)
    switch.agent.replace(objects(*(numbered(n) for n in range(1, 9))))
    for port, mac in enumerate((*admins, ROGUE), 1):
        switch.agent.update(q_learnt(7, port + 10, mac))
    switch.agent.update(q_learnt(8, 18, OTHER))
    assert unknown(switch.poll()) == {"management": 1, "business": 1}


def test_guests_are_expected_to_be_unknown_and_many(switch: Polled) -> None:
    switch.options = {"networks": {"guests": [60]}}
    switch.agent.update(q_learnt(60, 3, ROGUE) | q_learnt(60, 3, OTHER))
    found = switch.poll()
    assert unknown(found) == {}
    assert found[CROWDED] == {(): 0}


@pytest.mark.parametrize("wrong", [0, 4095, "10-5", "a", True, "1,2", {"x": 1}, [None], -1, "1-2-3"])
def test_what_is_no_vlan_is_refused(wrong: object) -> None:
    with pytest.raises(ValidationError, match=r"VLAN|dict"):
        NetworkOptions.model_validate({"public": wrong})


def test_a_vlan_named_twice_belongs_to_the_stricter_network() -> None:
    options = NetworkOptions.model_validate({"guests": "1-9", "public": "2-8", "management": 5})
    assert [options.by_vlan[vlan] for vlan in (1, 2, 5)] == ["guests", "public", "management"]


# Ports


def test_a_port_with_more_than_one_device_is_crowded_whether_they_are_known_or_not(switch: Polled) -> None:
    switch.agent.update(q_learnt(1, 1, PRINTER) | q_learnt(1, 3, ROGUE) | q_learnt(2, 3, OTHER))
    found = switch.poll()
    assert found[CROWDED] == {(): 2}
    assert unknown(found) == {"business": 2}


def test_one_device_in_two_vlans_is_no_crowd_and_one_unknown_device(switch: Polled) -> None:
    switch.agent.update(q_learnt(1, 3, ROGUE) | q_learnt(2, 3, ROGUE))
    found = switch.poll()
    assert found[CROWDED] == {(): 0}
    assert unknown(found) == {"business": 1}


def test_the_address_that_routers_share_is_no_second_device(switch: Polled) -> None:
    switch.agent.update(q_learnt(1, 1, "00:00:5e:00:01:05"))
    assert switch.poll()[CROWDED] == {(): 0}


@pytest.mark.parametrize("able", [TELEPHONE, TELEPHONE | BRIDGE, ACCESS_POINT, ACCESS_POINT | BRIDGE | ROUTER])
def test_telephones_and_access_points_may_have_others_behind_them_who_are_looked_at(switch: Polled, able: int) -> None:
    switch.agent.update(q_learnt(1, 3, ROGUE) | q_learnt(1, 3, PC))
    switch.agent.update(lldp_port(3, 5, f"{GE}3") | lldp_neighbour(3, name="phone", able=able))
    found = switch.poll()
    assert found[CROWDED] == {(): 0}
    assert unknown(found) == {"business": 1}


@pytest.mark.parametrize("able", [BRIDGE, ROUTER, BRIDGE | ROUTER])
def test_behind_another_switch_nobody_is_judged_but_the_switch_itself_must_be_known(switch: Polled, able: int) -> None:
    switch.agent.update(q_learnt(1, 3, ROGUE) | q_learnt(1, 3, OTHER))
    core = "00:e0:fc:00:00:02"
    switch.agent.update(lldp_neighbour(3, name="core", chassis=(4, octets(core)), able=able))
    found = switch.poll()
    assert found[CROWDED] == {(): 0}
    assert list(found[INFO]) == [(core, f"{GE}3", "")]
    switch.assets = Assets({**LISTED.by_mac, core: Asset("core")})
    assert unknown(switch.poll()) == {}


def test_a_station_that_speaks_lldp_is_judged_as_any(switch: Polled) -> None:
    switch.agent.update(q_learnt(1, 3, ROGUE) | lldp_neighbour(3, name="laptop", able=STATION))
    assert unknown(switch.poll()) == {"business": 1}


@pytest.mark.parametrize("declared", ["uplink", "line"])
def test_behind_uplinks_and_lines_nobody_is_judged(switch: Polled, declared: str) -> None:
    switch.facts = {"key_ports": {"gigabitethernet 0/0/3": declared}}
    switch.agent.update(q_learnt(1, 3, ROGUE) | q_learnt(1, 3, OTHER) | lldp_neighbour(3, name="core"))
    found = switch.poll()
    assert found[CROWDED] == {(): 0}
    assert unknown(found) == {}


def test_the_port_towards_the_root_of_the_tree_is_an_uplink(switch: Polled) -> None:
    switch.agent.update(q_learnt(1, 3, ROGUE) | q_learnt(1, 3, OTHER) | spanning_tree(0, root_port=3))
    found = switch.poll()
    assert found[CROWDED] == {(): 0}
    assert unknown(found) == {}


def test_a_port_with_devices_in_three_vlans_is_a_trunk(switch: Polled) -> None:
    switch.agent.update(q_learnt(1, 3, ROGUE) | q_learnt(2, 3, OTHER))
    assert switch.poll()[CROWDED] == {(): 1}
    switch.agent.update(q_learnt(3, 3, "00:e0:fc:00:01:05"))
    found = switch.poll(300)
    assert found[CROWDED] == {(): 0}
    assert unknown(found) == {}


def test_an_aggregated_link_is_what_its_members_neighbours_make_it(switch: Polled) -> None:
    trunk = Port(50, "Eth-Trunk1", type=161)
    switch.agent.update(trunk.objects() | bridge_ports({20: 50}) | member_of(13, 50) | member_of(14, 50))
    switch.agent.update(q_learnt(1, 20, ROGUE) | q_learnt(1, 20, OTHER))
    assert switch.poll()[CROWDED] == {(): 1}
    core = "00:e0:fc:00:00:02"
    switch.agent.update(lldp_neighbour(3, name="core", chassis=(4, octets(core))))
    switch.assets = Assets({**LISTED.by_mac, core: Asset("core")})
    found = switch.poll(300)
    assert found[CROWDED] == {(): 0}
    assert unknown(found) == {}
    switch.facts = {"key_ports": {"Eth-Trunk1": "uplink"}}
    switch.assets = LISTED
    assert unknown(switch.poll(300)) == {}


def test_cisco_access_points_and_switches_are_told_apart(switch: Polled) -> None:
    switch.agent["1.3.6.1.2.1.1.2.0"] = object_id("1.3.6.1.4.1.9.1.1208")
    for port, able in ((3, 0x26), (4, 0x29), (5, 0x90)):
        switch.agent.update(cdp_neighbour(port + 10, f"n{port}", "Gi0", able))
        for n in (1, 2):
            switch.agent.update(q_learnt(1, port, f"00:e0:fc:00:0{port}:0{n}"))
    found = switch.poll()
    assert found[CROWDED] == {(): 0}
    assert {interface for _, interface, _ in found[INFO]} == {f"{GE}3", f"{GE}5"}


def test_of_a_flood_of_unknown_devices_all_are_counted_and_some_are_named(switch: Polled) -> None:
    for n in range(3 * MOST_SHOWN):
        switch.agent.update(q_learnt(1, 3, f"00:e0:fc:01:00:{n:02x}"))
    found = switch.poll()
    assert unknown(found) == {"business": 3 * MOST_SHOWN}
    assert len(found[INFO]) == MOST_SHOWN


# Ports for nobody


def month(switch: Polled, days: int = 31, every: float = DAY) -> Found:
    found: Found = {}
    for _ in range(days):
        switch.agent[SYS_UP_TIME] = ticks(DAY + switch.at + every)
        found = switch.poll(every)
    return found


def open_ports(found: Found) -> tuple[float, float]:
    return found[UNUSED]["public",], found[UNUSED]["other",]


def test_ports_unused_for_a_month_are_counted_and_nothing_is_said_before(switch: Polled) -> None:
    assert UNUSED not in month(switch, 30)
    assert open_ports(switch.poll(DAY)) == (0, 6)


def test_a_shut_port_is_not_open_and_one_in_a_public_vlan_is_public(switch: Polled) -> None:
    switch.options = {"networks": {"public": 9}}
    switch.agent.update(objects(numbered(4, admin=2, oper=2)))
    switch.agent["1.3.6.1.2.1.17.7.1.4.5.1.1.5"] = 9
    assert open_ports(month(switch)) == (1, 4)


def test_a_port_that_was_up_is_in_use_for_a_month_from_then(switch: Polled) -> None:
    month(switch, 20)
    switch.agent.update(objects(numbered(4)))
    switch.poll(DAY)
    switch.agent.update(objects(numbered(4, oper=2)))
    assert open_ports(month(switch, 11)) == (0, 5)
    assert open_ports(month(switch, 20)) == (0, 6)


def test_a_port_that_was_up_between_two_looks_is_in_use(switch: Polled) -> None:
    month(switch, 20)
    switch.agent["1.3.6.1.2.1.2.2.1.9.14"] = ticks(1000)
    assert open_ports(month(switch, 11)) == (0, 5)


def test_a_restart_of_the_device_tells_nothing_about_its_ports(switch: Polled) -> None:
    switch.agent.update({f"1.3.6.1.2.1.2.2.1.9.{n}": ticks(500) for n in range(11, 19)})
    month(switch, 20)
    switch.agent.update({f"1.3.6.1.2.1.2.2.1.9.{n}": ticks(3) for n in range(11, 19)})
    switch.agent[SYS_UP_TIME] = ticks(60)
    switch.poll(DAY)
    assert open_ports(month(switch, 10)) == (0, 6)


def test_only_sockets_count(switch: Polled) -> None:
    virtual = (
        Port(60, "Vlanif1", type=53, oper=2),
        Port(61, "Eth-Trunk1", type=161, oper=2),
        Port(62, "MEth0/0/1", oper=2),
    )
    switch.agent.update(objects(*virtual))
    assert open_ports(month(switch)) == (0, 6)


def test_how_often_the_tables_are_read_is_what_agent_yaml_says(switch: Polled) -> None:
    switch.options = {"tables": "1m"}
    switch.poll()
    switch.agent.update(q_learnt(1, 2, ROGUE))
    assert unknown(switch.poll(59)) == {}
    assert unknown(switch.poll(1)) == {"business": 1}
