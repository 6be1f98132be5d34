"""Under which network addresses registered devices and strangers answer, by a device's tables of ARP and neighbours."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address

import pytest

from agent.core.assets import Asset, Assets
from agent.core.reach import Unanswered
from agent.transports.snmp import Manners
from collectors.arp import COLLECTOR
from collectors.asset_places import MOST_UNKNOWN
from collectors.network_options import TABLES_EVERY
from tests.collectors.polled import Polled
from tests.simulated_bridge import octets
from tests.snmp_agent import SnmpAgent, Value, ticks

PC, ROGUE = "00:e0:fc:00:01:01", "00:e0:fc:00:01:03"
LISTED = Assets({PC: Asset("pc", macs=(PC,))})
KNOWN, UNKNOWN = "device_asset_address_info", "device_unknown_station_address_info"


def media(interface: int, address: str, mac: str) -> dict[str, Value]:
    """ipNetToMediaTable."""
    return {f"1.3.6.1.2.1.4.22.1.2.{interface}.{address}": octets(mac)}


def physical(interface: int, address: str, mac: str) -> dict[str, Value]:
    """ipNetToPhysicalTable."""
    packed = ip_address(address).packed
    index = ".".join(map(str, (interface, 1 if len(packed) == 4 else 2, len(packed), *packed)))
    return {f"1.3.6.1.2.1.4.35.1.4.{index}": octets(mac)}


@pytest.fixture
def core() -> Iterator[Polled]:
    with SnmpAgent({"1.3.6.1.2.1.1.3.0": ticks(1000)}) as agent:
        yield Polled(agent, COLLECTOR, assets=LISTED)


def test_registered_devices_and_strangers_are_told_with_their_addresses(core: Polled) -> None:
    core.agent.update(physical(7, "10.0.0.5", PC) | physical(7, "fd00::5", PC) | physical(7, "10.0.0.66", ROGUE))
    found = core.poll()
    assert set(found[KNOWN]) == {("pc", "10.0.0.5"), ("pc", "fd00::5")}
    assert set(found[UNKNOWN]) == {(ROGUE, "10.0.0.66")}


def test_the_table_of_older_devices_does_too(core: Polled) -> None:
    core.agent.update(media(7, "10.0.0.5", PC) | media(7, "10.0.0.66", ROGUE))
    found = core.poll()
    assert set(found[KNOWN]) == {("pc", "10.0.0.5")}
    assert set(found[UNKNOWN]) == {(ROGUE, "10.0.0.66")}


def test_guests_are_nobodys_business(core: Polled) -> None:
    core.options = {"networks": {"guests": [30]}}
    core.agent.update(media(7, "10.0.0.5", PC) | media(8, "10.0.30.66", ROGUE))
    core.agent.update({"1.3.6.1.2.1.31.1.1.1.1.7": b"Vlanif10", "1.3.6.1.2.1.31.1.1.1.1.8": b"Vlan-interface30"})
    found = core.poll()
    assert set(found[KNOWN]) == {("pc", "10.0.0.5")}
    assert UNKNOWN not in found


def test_what_is_no_row_of_these_tables_is_not_read(core: Polled) -> None:
    column = "1.3.6.1.2.1.4.35.1.4"
    wrong: dict[str, Value] = {
        f"{column}.7": octets(ROGUE),
        f"{column}.7.1": octets(ROGUE),
        f"{column}.7.1.4.10.0.0": octets(ROGUE),
        f"{column}.7.1.16.10.0.0.1": octets(ROGUE),
        f"{column}.7.1.4.10.0.0.999": octets(ROGUE),
        f"{column}.7.16.4.10.0.0.9": octets(ROGUE),
        f"{column}.7.1.4.10.0.0.8": b"",
        f"{column}.7.1.4.10.0.0.9": 5,
    }
    core.agent.update(wrong | physical(7, "10.0.0.5", PC) | physical(7, "10.0.0.255", "ff:ff:ff:ff:ff:ff"))
    found = core.poll()
    assert set(found[KNOWN]) == {("pc", "10.0.0.5")}
    assert UNKNOWN not in found


def test_strangers_are_told_up_to_a_bound(core: Polled) -> None:
    for number in range(MOST_UNKNOWN + 20):
        core.agent.update(
            media(7, f"10.0.{number >> 8}.{number & 255}", f"00:e0:fc:09:{number >> 8:02x}:{number & 255:02x}")
        )
    assert len(core.poll()[UNKNOWN]) == MOST_UNKNOWN


@pytest.mark.parametrize("assets", [None, Assets(failure="assets.csv: no such file")])
def test_without_a_list_nobody_is_told(core: Polled, assets: Assets | None) -> None:
    core.assets = assets
    core.agent.update(media(7, "10.0.0.5", PC))
    assert core.poll() == {}


def test_the_table_is_read_seldom_and_a_device_that_has_gone_is_seen_at_once(core: Polled) -> None:
    core.agent.update(media(7, "10.0.0.5", PC))
    core.poll()
    assert core.rounds > 1
    assert set(core.poll()[KNOWN]) == {("pc", "10.0.0.5")}
    assert core.rounds == 1
    core.agent.update(media(7, "10.0.0.6", PC))
    assert len(core.poll(TABLES_EVERY)[KNOWN]) == 2
    core.agent.behave = lambda asked, answer: []
    core.manners = Manners(pauses=(0.1,))
    assert core.poll() == {}
    assert isinstance(core.failure, Unanswered)


def test_how_often_the_table_is_read_is_what_agent_yaml_says(core: Polled) -> None:
    core.options = {"tables": "1m"}
    core.agent.update(media(7, "10.0.0.5", PC))
    core.poll()
    core.agent.update(media(7, "10.0.0.6", PC))
    assert len(core.poll(59)[KNOWN]) == 1
    assert len(core.poll(1)[KNOWN]) == 2
