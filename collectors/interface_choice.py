"""Which interfaces of a device are reported, and which of them are key ports. Pure."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

from pydantic import Field

from agent.core.text import Text
from agent.options import Duration, Options
from collectors.if_mib import Interface
from collectors.interface_baseline import PortBaseline

# What only exists inside the device: no cable, no address of anybody. Left out unless `only` names it.
# - loopback and null interfaces, consoles, register tunnels, a firewall's internal data ports;
# - "VLAN-1" and "unrouted VLAN 1": how some switches count a VLAN in layer 2.
# Kept, although virtual: aggregated links (Eth-Trunk, Bridge-Aggregation, Port-channel), sub-interfaces, and a VLAN's
# routed interface (Vlanif, Vlan-interface, SVI): it is the gateway of a whole network, which its fall cuts off.
SOFTWARE_LOOPBACK, L2_VLAN = 24, 135
INTERNAL = re.compile(
    r"(in)?loopback ?\d*|null ?\d*|nu\d+|voip-null\d+|console ?[\d/]+|register-tunnel\d+|control plane.*"
    r"|internal-(data|control)\d.*|unrouted vlan.*|vlan-\d+",
    re.IGNORECASE,
)
CLOSEST, EXAMPLES = 3, 6
UNKNOWN_PORTS = Text(
    "{device} 没有端口 {ports}:请按设备自己的叫法(ifName 或 ifDescr)写;它有 {listed}",
    "{device} has no port {ports}: write it as the device names it (ifName or ifDescr); it has {listed}",
)


class InterfaceOptions(Options):
    """Patterns like `GigabitEthernet0/0/*` of ifName or ifDescr; upper and lower case are the same.

    `only` selects, and selects internal ones too; `skip` leaves out. Without either, internal ones are left out.
    """

    skip: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    baseline: dict[str, PortBaseline] = Field(
        default_factory=dict, max_length=256, description="how key ports are to work, by the name of the port"
    )
    unused_after: Duration = Field(30 * 86400.0, description="an open port that nobody used for so long is unused")


def chosen(interfaces: Iterable[Interface], options: InterfaceOptions) -> list[Interface]:
    return [each for each in interfaces if _chosen(each, options)]


def _chosen(interface: Interface, options: InterfaceOptions) -> bool:
    if _matches(interface, options.skip):
        return False
    return _matches(interface, options.only) if options.only else not internal(interface)


def internal(interface: Interface) -> bool:
    if interface.type == SOFTWARE_LOOPBACK:
        return True
    if interface.type == L2_VLAN and re.match(r"vlan", interface.name, re.IGNORECASE):
        return True
    return any(INTERNAL.fullmatch(name) for name in (interface.name, interface.descr))


def _matches(interface: Interface, patterns: Iterable[str]) -> bool:
    names = (plain(interface.name), plain(interface.descr))
    return any(fnmatchcase(name, plain(pattern)) for pattern in patterns for name in names)


def plain(name: str) -> str:
    """Names as people mix them up: `GigabitEthernet 0/1` and `gigabitethernet0/1` are one port."""
    return name.replace(" ", "").casefold()


def key_ports(interfaces: Sequence[Interface], wanted: Iterable[str]) -> dict[str, Interface]:
    """The wanted ports that the device has, by the name they are wanted by: ifName, else ifDescr."""
    by_name: dict[str, Interface] = {}
    for each in interfaces:
        by_name.setdefault(plain(each.descr), each)
    by_name.update({plain(each.name): each for each in interfaces})
    return {name: by_name[plain(name)] for name in wanted if plain(name) in by_name}


def unknown_ports(device: str, missing: Iterable[str], interfaces: Sequence[Interface]) -> Text:
    """Says which ports the device does not have, and which it has."""
    names = [each.name for each in interfaces if not internal(each)]
    hints = []
    for port in missing:
        close = difflib.get_close_matches(plain(port), map(plain, names), CLOSEST, 0.6)
        hints.append(port + (f" (≈ {', '.join(n for n in names if plain(n) in close)})" if close else ""))
    listed = ", ".join(names[:EXAMPLES]) + (f", … ({len(names)})" if len(names) > EXAMPLES else "")
    return UNKNOWN_PORTS.format(device=device, ports="; ".join(hints), listed=listed)
