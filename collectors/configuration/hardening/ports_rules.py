"""Rules on loops, unused ports, VLANs and filters between them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network

from collectors.configuration.hardening.access import administrators
from collectors.configuration.hardening.facts import Device, Port
from collectors.configuration.hardening.found import Found

# A spare port or socket, not a spare line or what is reserved for something: that is in use.
SPARE = re.compile(
    r"(?i)^(?:spare|reserved?|free|idle)(?: +(?:port|socket|outlet|jack|point|desk))?\s*(?:[,;:(/-].*)?$"
    r"|\b(?:unused|vacant|not +(?:used|in +use|patched))\b"
    r"|^(?:备用|预留|空闲)(?:端?口|插座|点位?|信息点|面板)?\s*(?:[,，;；:：(（].*)?$|闲置|未用|未使用"
)
# What descriptions of links between devices have in common.
UPLINK = re.compile(
    r"(?i)\b(?:to|up|uplink|link|trunk|core|agg\w*|dist\w*|edge|switch|router|firewall|stack|peer|irf|sw\d*)\b|core[-_\d]|\bsw-"
    r"|上联|上行|级联|互联|核心|汇聚|接入|交换|路由|防火墙|堆叠"
)
MANAGEMENT = re.compile(r"(?i)\b(?:mgmt|manage\w*|oob|out-of-band)\b|管理|带外")
WHOLE = 1000  # VLANs: whoever carries so many has not chosen them


def no_tree(device: Device) -> Iterator[Found]:
    """Of what switches: a router needs none."""
    switches = any(each.mode in ("access", "trunk", "dynamic") for each in device.ports)
    if switches and device.firewall is None and not device.tree.on:
        yield Found(", ".join(device.tree.off[:1]), device.tree.off)


def tree_off_for_vlans(device: Device) -> Iterator[Found]:
    if device.tree.without:
        yield Found(device.tree.without[0], device.tree.without)


def treeless_ports(device: Device) -> Iterator[Found]:
    for port in _used(device) if device.tree.on else ():
        if port.treeless:
            yield Found(port.name, port.lines)


def unguarded_edges(device: Device) -> Iterator[Found]:
    for port in _used(device) if device.tree.on and not device.tree.guarded else ():
        if port.edge and not port.guarded:
            yield Found(port.name, port.lines[:1])


def uncalmed_ports(device: Device) -> Iterator[Found]:
    for port in _used(device) if device.firewall is None else ():
        if port.mode in ("access", "dynamic") and not port.calmed:
            yield Found(port.name, port.lines[:1])


def unused_ports(device: Device) -> Iterator[Found]:
    for port in _used(device):
        if port.bare or SPARE.search(port.description):
            yield Found(port.name, port.lines)


def whole_uplinks(device: Device) -> Iterator[Found]:
    for port in _whole(device):
        if _between_devices(port):
            yield Found(port.name, port.lines)


def whole_access(device: Device) -> Iterator[Found]:
    for port in _whole(device):
        if not _between_devices(port):
            yield Found(port.name, port.lines)


def negotiating_ports(device: Device) -> Iterator[Found]:
    for port in _used(device):
        if port.mode == "dynamic":
            yield Found(port.name, port.lines)


def unfiltered_gateways(device: Device) -> Iterator[Found]:
    """Of a device that filters at others of its gateways. That of the management, from where administrators come, needs
    none where a list guards every login: what the others may reach of it is said by their filters."""
    gateways = _gateways(device)
    desks = administrators(device)
    if any(each.filters for each in gateways):
        for each in gateways:
            if not each.filters and not (desks and _of_management(each, desks, device)):
                yield Found(each.name, each.lines)


def _of_management(port: Port, desks: Sequence[IPv4Network], device: Device) -> bool:
    """By its description, by being where SSH alone listens, or by having all administrators in its network: more than
    single hosts, which may stand anywhere."""
    if MANAGEMENT.search(port.description) or port.name in device.ssh.sources:
        return True
    inside = all(any(desk.subnet_of(network) for network in port.networks) for desk in desks)
    return inside and any(desk.prefixlen < desk.max_prefixlen for desk in desks)


def undefined_filters(device: Device) -> Iterator[Found]:
    """One without rules filters nothing either."""
    known = {each.name for each in device.acls if not each.empty}
    for each in _gateways(device):
        for name in each.filters:
            if name not in known:
                yield Found(f"{each.name} {name}", each.lines)


def open_filters(device: Device) -> Iterator[Found]:
    acls = {each.name: each for each in device.acls if each.any_traffic}
    for each in _gateways(device):
        for name in each.filters:
            if name in acls:
                yield Found(f"{each.name} {name}", (*each.lines, *acls[name].lines))


def _used(device: Device) -> Sequence[Port]:
    return [each for each in device.ports if each.kind == "port" and not each.shut]


def _gateways(device: Device) -> Sequence[Port]:
    return [each for each in device.ports if each.kind == "gateway" and not each.shut and each.address]


def _whole(device: Device) -> Iterator[Port]:
    return (each for each in _used(device) if each.mode == "trunk" and each.vlans >= WHOLE)


def _between_devices(port: Port) -> bool:
    """A port without a word is taken for one; whatever has an edge port or another description is none."""
    return not port.edge and (not port.description or UPLINK.search(port.description) is not None)
