"""Who is plugged into a switch: devices of the list of assets, devices that it does not know, ports with more than one
device, ports that nobody uses and that are open all the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from agent.core.assets import NETWORKS, Assets
from agent.core.model import Collector, Metric, Sample, Target
from agent.core.reach import Poll, SnmpSession
from agent.core.text import Text
from collectors.asset_places import PLACE, places
from collectors.attachment import Attachment, attachment
from collectors.cisco_vlans import of_each, vlans
from collectors.device import by_snmp
from collectors.device_identity import SYS_OBJECT_ID
from collectors.device_uptime import UPTIME_OIDS, restarted, uptime
from collectors.interface_choice import InterfaceOptions
from collectors.lldp import CISCO, neighbours
from collectors.mac_table import HUAWEI, Station, by_vlan, of_bridge, of_huawei, stations
from collectors.network_options import TABLES_EVERY, NetworkOptions
from collectors.ports import Ports, read_ports
from collectors.unused_ports import follow, sockets, unused

UNKNOWN = Metric(
    "device_unknown_stations",
    "gauge",
    "addresses",
    ("network",),
    "MAC addresses learnt that are not in the asset list; network management, business, public",
)
UNKNOWN_INFO = Metric(
    "device_unknown_station_info",
    "gauge",
    "1",
    ("mac", "interface", "vlan"),
    "Where an unknown device is plugged in; at most 50 of a switch",
)
CROWDED = Metric(
    "device_crowded_ports",
    "gauge",
    "ports",
    (),
    "Access ports with more than one MAC that are neither telephone nor access point",
)
UNUSED = Metric(
    "device_unused_open_ports",
    "gauge",
    "ports",
    ("area",),
    "Ports never seen up in 30 days of the agent's own observation (which a restart ends) yet not shut; area public, "
    "other",
)
ROOT_PORT = "1.3.6.1.2.1.17.2.7.0"  # dot1dStpRootPort: the bridge port that leads to the root, 0 at the root itself
MOST_SHOWN = 50
# Routers that stand in for each other share an address beside their own (RFC 5798).
VIRTUAL_ROUTER = ("00:00:5e:00:01:", "00:00:5e:00:02:")


@dataclass(frozen=True)
class Seen:
    """One look at the tables. `learnt` is None where the switch has no table of addresses; `remark` says why this one
    is not whole."""

    ports: Ports
    learnt: tuple[Station, ...] | None
    attached: Attachment
    remark: Text | None = None


async def collect(target: Target, options: Any, poll: Poll) -> AsyncIterator[Sample]:
    """Remarks on a list of assets that cannot be read: then nobody can be unknown."""
    memory = poll.memory
    async with poll.reach.snmp.session(target) as snmp:
        facts = await snmp.get((*UPTIME_OIDS, SYS_OBJECT_ID, ROOT_PORT))
        due = poll.monotonic - memory.get("read", float("-inf")) >= getattr(options, "tables", TABLES_EVERY)
        if due:
            memory["seen"] = await _look(snmp, target, facts, poll)
            memory["read"] = poll.monotonic
    seen: Seen = memory["seen"]
    if seen.remark:
        poll.remarks.append(seen.remark)
    if due:
        _watch_ports(seen.ports, facts, poll)
    networks: NetworkOptions = getattr(options, "networks", NetworkOptions())
    after = getattr(options, "interfaces", InterfaceOptions()).unused_after
    for sample in _of_unused(seen.ports, networks, after, poll):
        yield sample
    for sample in _of_learnt(seen, networks, poll):
        # A table that is not whole can show somebody, not that there is nobody.
        if sample.value or not seen.remark:
            yield sample


def _of_learnt(seen: Seen, networks: NetworkOptions, poll: Poll) -> Iterator[Sample]:
    if seen.learnt is not None:
        yield Sample(CROWDED, crowded(seen.learnt, seen.attached, networks))
    if poll.assets is not None and poll.assets.failure:
        poll.remarks.append(poll.assets.failure)
    elif poll.assets is not None and seen.learnt is not None:
        if poll.assets.stale:
            poll.remarks.append(poll.assets.stale)
        yield from _of_unknown(strangers(seen.learnt, seen.attached, networks, poll.assets))
        yield from places(seen.learnt, seen.attached, poll.assets)


async def _look(snmp: SnmpSession, target: Target, facts: Mapping[str, Any], poll: Poll) -> Seen:
    ports = await read_ports(snmp)
    object_id = str(facts.get(SYS_OBJECT_ID, ""))
    learnt, remark = await _learnt(snmp, target, ports, poll, object_id)
    if learnt is None:
        return Seen(ports, None, Attachment((), (), ()), remark)
    told = await neighbours(snmp, ports, cisco=object_id.startswith(CISCO))
    root_port = facts.get(ROOT_PORT)
    attached = attachment(ports, learnt, told, target.key_ports, root_port if isinstance(root_port, int) else None)
    return Seen(ports, tuple(learnt), attached, remark)


async def _learnt(
    snmp: SnmpSession, target: Target, ports: Ports, poll: Poll, object_id: str
) -> tuple[list[Station] | None, Text | None]:
    """None where the switch has no table, or an empty one."""
    entries, remark = await by_vlan(snmp), None
    if not entries and object_id.startswith(HUAWEI) and (own := await of_huawei(snmp)):
        return stations(own, Ports(ports.by_index, {})), remark
    if not entries and object_id.startswith(CISCO) and (numbers := await vlans(snmp)):
        found, remark = await of_each(numbers, poll.reach.snmp, target, ports)
        if found:
            return found, remark
    entries = entries or (await of_bridge(snmp))[0]
    return (stations(entries, ports) if entries else None), remark


def crowded(learnt: Iterable[Station], attached: Attachment, networks: NetworkOptions) -> int:
    """Ports with several devices where one is expected."""
    at: dict[str, set[str]] = {}
    for each in learnt:
        index = each.port.index if each.port else None
        guest = networks.by_vlan.get(each.vlan or 0) == "guests"
        if index not in attached.beyond and index not in attached.extensions and not guest:
            at.setdefault(each.interface, set()).update({each.mac} if not each.mac.startswith(VIRTUAL_ROUTER) else ())
    return sum(len(macs) > 1 for macs in at.values())


@dataclass(frozen=True, slots=True)
class Stranger:
    mac: str
    interface: str
    vlan: str
    network: str


def strangers(
    learnt: Iterable[Station], attached: Attachment, networks: NetworkOptions, assets: Assets
) -> list[Stranger]:
    """Devices that the list does not have, where they are plugged in, each once. What claims to be a bridge is one
    device: those behind it are its own switch's, if it is known."""
    network_of = _networks(learnt, networks, assets)
    found: dict[str, Stranger] = {}
    for each in learnt:
        index = each.port.index if each.port else None
        network = network_of.get(each.vlan or 0, "business")
        if each.mac not in assets.by_mac and index not in attached.beyond and network != "guests":
            stranger = Stranger(each.mac, each.interface, str(each.vlan or ""), network)
            found.setdefault(each.mac, stranger)
    for bridge in attached.bridges:
        if bridge.mac and bridge.mac not in assets.by_mac:
            found.setdefault(bridge.mac, Stranger(bridge.mac, bridge.interface, "", "business"))
    return [found[mac] for mac in sorted(found)]


def _networks(learnt: Iterable[Station], networks: NetworkOptions, assets: Assets) -> dict[int, str]:
    """The network of each VLAN: as agent.yaml says, else that of most registered devices in it."""
    votes: dict[int, Counter[str]] = {}
    for each in learnt:
        asset = assets.by_mac.get(each.mac)
        if each.vlan is not None and asset is not None and asset.network:
            votes.setdefault(each.vlan, Counter())[asset.network] += 1
    return {vlan: counted.most_common(1)[0][0] for vlan, counted in votes.items()} | networks.by_vlan


def _of_unknown(found: list[Stranger]) -> Iterator[Sample]:
    for network in NETWORKS:
        yield Sample(UNKNOWN, sum(each.network == network for each in found), (network,))
    for each in found[:MOST_SHOWN]:
        yield Sample(UNKNOWN_INFO, 1, (each.mac, each.interface, each.vlan))


def _watch_ports(ports: Ports, facts: Mapping[str, Any], poll: Poll) -> None:
    up = uptime(facts, poll.monotonic)
    again = restarted(poll.memory.get("uptime"), up)
    poll.memory["uptime"] = up or poll.memory.get("uptime")
    poll.memory["watch"] = follow(poll.memory.get("watch"), sockets(ports.by_index.values()), poll.monotonic, again)


def _of_unused(ports: Ports, networks: NetworkOptions, after: float, poll: Poll) -> Iterator[Sample]:
    """A port is in the public area if what is plugged in there comes into a public network."""
    found = unused(poll.memory["watch"], sockets(ports.by_index.values()), poll.monotonic, after)
    if found is None:
        return
    public = Counter(networks.by_vlan.get(port.vlan or 0) in ("public", "guests") for port in found)
    yield Sample(UNUSED, public[True], ("public",))
    yield Sample(UNUSED, public[False], ("other",))


COLLECTOR = Collector("stations", ("switch",), (UNKNOWN, UNKNOWN_INFO, CROWDED, UNUSED, PLACE), collect, by_snmp)
