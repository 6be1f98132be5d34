"""The VLANs of the centre: which network each thing is in."""

from __future__ import annotations

from collections.abc import Mapping

from demo.centre.node import Kind
from demo.centre.plan import Centre

MANAGEMENT, SERVERS, COUNTERS, PUBLIC = 10, 20, 30, 40
FIRST_OF_LINES = 101
TITLES: Mapping[int, str] = {MANAGEMENT: "guanli", SERVERS: "fuwuqi", COUNTERS: "chuangkou", PUBLIC: "gongzhong"}
# Of the first core switch; its own address is the way out of the management.
GATEWAYS: Mapping[int, str] = {SERVERS: "10.30.1.254", COUNTERS: "10.30.2.254", PUBLIC: "10.30.3.254"}
OF_KIND: Mapping[Kind, int] = {
    "ups": MANAGEMENT,
    "sensor": MANAGEMENT,
    "contacts": MANAGEMENT,
    "host": SERVERS,
    "names": SERVERS,
    "terminal": COUNTERS,
    "kiosk": PUBLIC,
    "printer": PUBLIC,
    "display": PUBLIC,
}


def vlans(centre: Centre) -> Mapping[int, str]:
    """All of them, by number, each with its name."""
    return {**TITLES, **{number: f"line-{name}" for name, number in of_lines(centre).items()}}


def of_lines(centre: Centre) -> Mapping[str, int]:
    """A part of a centre has those of the whole."""
    return {name: number for number, name in enumerate(centre.whole.lines, FIRST_OF_LINES)}


def vlan_of(centre: Centre, name: str) -> int | None:
    """Of the port where this is plugged in; None for a switch, whose port is a trunk."""
    node = centre.nodes.get(name)
    return OF_KIND.get(node.kind) if node else of_lines(centre)[name]
