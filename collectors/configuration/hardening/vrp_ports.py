"""Interfaces of VRP and Comware. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from collectors.configuration.hardening.facts import Kind, Mode, Port, acl_name
from collectors.configuration.hardening.lines import ALL, Node, count, sections
from collectors.configuration.hardening.networks import of_interface

GATEWAY = re.compile(r"(?i)vlan-?if|vlan-interface|vlanif")
MANAGEMENT = re.compile(r"(?i)MEth|M-|NULL|LoopBack|Eth-Trunk|Bridge-Aggregation|Tunnel|InLoop|Virtual|Console|Aux")
TRUNK = r"port (?:trunk|hybrid)"
LIST = r"port (?:trunk (?:allow-pass|permit)|hybrid (?:tagged|untagged)) vlan +(.+)"
HYBRID = r"port hybrid vlan +(.+?) +(?:tagged|untagged)"
FILTER = r"(?:traffic-filter +inbound +acl|packet-filter)( +ipv6)? +(?:name +)?(\S+)(?: +inbound)?"
STORM = r"(?:broadcast-suppression|storm-control +(?:broadcast|unicast|multicast)|storm-constrain +broadcast)"


def ports(top: Sequence[Node]) -> Iterator[Port]:
    for match, node in sections(r"interface +(\S+(?: +\S+)?)", top):
        yield _port(match[1], node)


def _port(name: str, node: Node) -> Port:
    described = node.first(r"description +(.+)")
    return Port(
        name,
        _kind(name),
        shut=node.has("shutdown"),
        mode=_mode(node),
        description=described[1] if described else "",
        vlans=_vlans(node),
        edge=node.has(r"stp +edged-port(?: +enable)?"),
        guarded=node.has(r"stp +(?:bpdu-protection|port +bpdu-protection)"),
        calmed=node.has(STORM),
        treeless=node.has(r"undo +stp +enable|stp +disable"),
        address=node.has(r"ip +address +\S+"),
        address6=node.has(r"ipv6 +address +\S+"),
        networks=of_interface(node),
        filters=_filters(node),
        bare=not node.below,
        lines=(node.text, *_telling(node)),
    )


def _kind(name: str) -> Kind:
    if GATEWAY.match(name):
        return "gateway"
    return "port" if not MANAGEMENT.match(name) and "." not in name and "/" in name else "other"


def _mode(node: Node) -> Mode:
    if node.has(r"port +link-mode +route|undo +portswitch") or node.has(r"ip +address"):
        return "routed"
    if node.has(r"port +link-type +(?:trunk|hybrid)") or node.has(r"port +(?:trunk|hybrid)"):
        return "trunk"
    return "access" if node.has(r"port +link-type +access|port +(?:default|access) +vlan") else "unset"


def _vlans(node: Node) -> int:
    lists = [each for form in (LIST, HYBRID) for each in _lists(form, node)]
    return min(ALL, sum(map(count, lists)))


def _lists(form: str, node: Node) -> Iterator[str]:
    for match, _ in sections(form, node.below):
        yield match[1]


def _filters(node: Node) -> tuple[str, ...]:
    return tuple(acl_name(match[2], match[1]) for match, _ in sections(FILTER, node.below))


def _telling(node: Node) -> Iterator[str]:
    """The lines that say what a port is for, and whom it lets through."""
    for _, each in sections(rf"description|{TRUNK}|undo stp|stp disable|traffic-filter|packet-filter", node.below):
        yield each.text
