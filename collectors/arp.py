"""Which hardware address answers for which network address, as a switch or router has learnt by ARP and neighbour
discovery: IP-MIB (RFC 4293)."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Collection
from ipaddress import ip_address
from typing import Any

from agent.core.assets import mac_text, of_one_station
from agent.core.model import Collector, Sample, Target
from agent.core.reach import Poll, SnmpSession
from collectors.asset_places import ADDRESS, UNKNOWN_ADDRESS, addresses
from collectors.device import by_snmp
from collectors.device_uptime import SYS_UP_TIME
from collectors.if_mib import DESCR, NAME
from collectors.network_options import TABLES_EVERY, NetworkOptions

PHYSICAL = (
    "1.3.6.1.2.1.4.35.1.4"  # ipNetToPhysicalPhysAddress, by ifIndex, InetAddressType, InetAddress with its length
)
MEDIA = "1.3.6.1.2.1.4.22.1.2"  # ipNetToMediaPhysAddress, by ifIndex and IPv4 address: what older devices have
IPV4, IPV6 = 1, 2  # InetAddressType
OCTETS = {IPV4: 4, IPV6: 16}
VLAN = re.compile(r"vlan\D*(\d{1,4})\Z", re.IGNORECASE)  # Vlanif30, Vlan-interface30, Vlan30


async def collect(target: Target, options: Any, poll: Poll) -> AsyncIterator[Sample]:
    """Yields nothing where there is no list to compare with. Networks of guests are left out."""
    memory = poll.memory
    async with poll.reach.snmp.session(target) as snmp:
        if poll.monotonic - memory.get("read", float("-inf")) >= getattr(options, "tables", TABLES_EVERY):
            networks: NetworkOptions = getattr(options, "networks", NetworkOptions())
            memory["table"], memory["read"] = await _table(snmp, networks), poll.monotonic
        else:
            await snmp.get((SYS_UP_TIME,))
    if poll.assets is not None and not poll.assets.failure:
        for sample in addresses(memory["table"], poll.assets):
            yield sample


async def _table(snmp: SnmpSession, networks: NetworkOptions) -> dict[str, str]:
    """Hardware addresses by network address."""
    rows: list[tuple[int, str, str]] = []
    async for index, row in snmp.columns((PHYSICAL,)):
        rows += _row(_physical(index), row[PHYSICAL])
    if not rows:
        async for index, row in snmp.columns((MEDIA,)):
            rows += _row(_media(index), row[MEDIA])
    guests = await _of_guests(snmp, {interface for interface, _, _ in rows}, networks)
    return {address: mac for interface, address, mac in rows if interface not in guests}


def _row(place: tuple[int, str] | None, raw: Any) -> list[tuple[int, str, str]]:
    mac = mac_text(raw) if isinstance(raw, bytes) else ""
    return [(*place, mac)] if place is not None and of_one_station(mac) else []


def _physical(index: str) -> tuple[int, str] | None:
    interface, *parts = map(int, index.split("."))
    octets = parts[2:]
    fits = parts[:2] in ([IPV4, OCTETS[IPV4]], [IPV6, OCTETS[IPV6]]) and len(octets) == parts[1]
    return (interface, _address(octets)) if fits and max(octets) < 256 else None


def _media(index: str) -> tuple[int, str] | None:
    interface, *octets = map(int, index.split("."))
    return (interface, _address(octets)) if len(octets) == OCTETS[IPV4] and max(octets) < 256 else None


def _address(octets: list[int]) -> str:
    return str(ip_address(bytes(octets)))


async def _of_guests(snmp: SnmpSession, interfaces: Collection[int], networks: NetworkOptions) -> set[int]:
    """Those of these interfaces that belong to a VLAN of guests, by the number in their name."""
    if "guests" not in networks.by_vlan.values():
        return set()
    names = [f"{column}.{each}" for each in sorted(interfaces) for column in (NAME, DESCR)]
    told = await snmp.get(names) if names else {}
    found = set()
    for oid, name in told.items():
        number = VLAN.search(name.decode("ascii", "replace")) if isinstance(name, bytes) else None
        if number and networks.by_vlan.get(int(number[1])) == "guests":
            found.add(int(oid.rpartition(".")[2]))
    return found


COLLECTOR = Collector("arp", ("switch",), (ADDRESS, UNKNOWN_ADDRESS), collect, by_snmp)
