"""What a port of a switch is for: where devices are plugged in, or where another network begins. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from collectors.lldp import Neighbour
from collectors.mac_table import Station
from collectors.ports import Ports

# A telephone's port has two VLANs, its own and that of the computer behind it; more than two are a trunk.
VLANS_OF_A_TRUNK = 3


@dataclass(frozen=True)
class Attachment:
    """`beyond`: ifIndexes of ports behind which a network lies that is not this switch's to judge. `extensions`: those
    of telephones and access points, behind which others may sit. `bridges`: who claims to be a bridge or router at a
    port that nobody declared an uplink."""

    beyond: Collection[int]
    extensions: Collection[int]
    bridges: tuple[Neighbour, ...]


def attachment(
    ports: Ports,
    stations: Iterable[Station],
    neighbours: Iterable[Neighbour],
    key_ports: Collection[str],
    root_port: int | None,
) -> Attachment:
    """`key_ports`: uplinks and the ports of lines, by name; `root_port`: dot1dStpRootPort, which leads to a bridge."""
    declared = ports.with_aggregates(port for name in key_ports if (port := ports.called(name)))
    extended = _at(ports, (each for each in neighbours if each.extension))
    bridges = [each for each in neighbours if each.forwards]
    to_root = ports.of_bridge(root_port) if root_port else None
    beyond = declared | _at(ports, bridges) | ports.with_aggregates([to_root] if to_root else [])
    beyond |= {index for index, vlans in _vlans(stations).items() if len(vlans) >= VLANS_OF_A_TRUNK} - extended
    undeclared = tuple(each for each in bridges if not _at(ports, [each]) & declared)
    return Attachment(beyond, extended - beyond, undeclared)


def _at(ports: Ports, neighbours: Iterable[Neighbour]) -> set[int]:
    found = (ports.by_index.get(each.index) for each in neighbours if each.index is not None)
    return ports.with_aggregates(port for port in found if port)


def _vlans(stations: Iterable[Station]) -> Mapping[int, set[int]]:
    found: dict[int, set[int]] = {}
    for each in stations:
        if each.port is not None and each.vlan is not None:
            found.setdefault(each.port.index, set()).add(each.vlan)
    return found
