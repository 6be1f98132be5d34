"""Interfaces of IOS and RGOS. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from collectors.configuration.hardening.facts import Kind, Mode, Port
from collectors.configuration.hardening.lines import ALL, Node, count, sections
from collectors.configuration.hardening.networks import of_interface

GATEWAY = re.compile(r"(?i)vlan")
OTHER = re.compile(r"(?i)(?:null|loopback|port-channel|aggregateport|tunnel|mgmt|bdi|virtual|appgig|.*\.\d+$)")
TELLING = r"description|switchport|ip access-group|ip traffic-filter|no spanning-tree|spanning-tree disable"


def ports(top: Sequence[Node], family: Literal["ios", "rgos"]) -> Iterator[Port]:
    """Settings that come from a template which a port sources count as its own."""
    templates = {match[1]: node.below for match, node in sections(r"template +(\S+)", top)}
    for match, node in sections(r"interface +(\S+(?: +\S+)?)", top):
        yield _port(match[1], node, _with_template(node, templates), family)


def _with_template(node: Node, templates: Mapping[str, list[Node]]) -> Node:
    source = node.first(r"source +template +(\S+)")
    return Node(node.text, [*node.below, *templates.get(source[1], [])]) if source else node


def _port(name: str, written: Node, node: Node, family: str) -> Port:
    described = node.first(r"description +(.+)")
    mode = _mode(node, family)
    return Port(
        name,
        _kind(name),
        shut=node.has("shutdown"),
        mode=mode,
        description=described[1] if described else "",
        vlans=_vlans(node) if mode in ("trunk", "dynamic") else 0,
        edge=node.has(r"spanning-tree +portfast(?: +(?:edge|trunk))*"),
        guarded=node.has(r"spanning-tree +bpduguard +enable"),
        calmed=node.has(r"storm-control +(?:broadcast|unicast|multicast)"),
        treeless=family == "rgos" and node.has(r"spanning-tree +disable"),
        address=node.has(r"ip +address +\d\S+"),
        address6=node.has(r"ipv6 +address +\S+"),
        networks=of_interface(node),
        filters=tuple(match[1] for match, _ in sections(r"ip +access-group +(\S+) +in", node.below)),
        bare=not written.below,
        lines=(written.text, *(each.text for _, each in sections(TELLING, node.below))),
    )


def _kind(name: str) -> Kind:
    if GATEWAY.match(name):
        return "gateway"
    return "port" if not OTHER.match(name) and re.search(r"\d/\d", name) else "other"


def _mode(node: Node, family: str) -> Mode:
    """A port of IOS of which only the access VLAN is said negotiates: dynamic auto is what Catalysts do by themselves.
    In RGOS it is an access port."""
    if node.has(r"no +switchport"):
        return "routed"
    if node.has(r"switchport +mode +dynamic"):
        return "dynamic"
    if node.has(r"switchport +mode +(?:trunk|hybrid|uplink)"):
        return "trunk"
    if node.has(r"switchport +mode +access"):
        return "access"
    vlan = node.has(r"switchport +access +vlan")
    return "unset" if not vlan else "dynamic" if family == "ios" else "access"


def _vlans(node: Node) -> int:
    """Without a list a trunk carries all."""
    carried = ALL
    for match, _ in sections(
        r"switchport +trunk +allowed +vlan +(?:(only|add|remove|except|all|none) *)?(\S*)", node.below
    ):
        how, ranges = match[1], match[2]
        if how in ("remove", "except"):
            carried -= count(ranges)
        elif how == "add":
            carried = min(ALL, (0 if carried == ALL else carried) + count(ranges))
        else:
            carried = ALL if how == "all" else 0 if how == "none" else count(ranges)
    return max(0, carried)
