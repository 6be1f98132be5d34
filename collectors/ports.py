"""The ports of a switch under all their numbers: ifIndex, the number that the bridge gives them, the aggregated link
that they belong to, and the name that people use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from agent.core.reach import SnmpSession
from agent.core.text import clean
from collectors.if_mib import (
    ADMIN,
    ALIAS,
    DESCR,
    LAST_CHANGE,
    NAME,
    NAME_LIMIT,
    OF_ROW,
    OPER,
    TYPE,
    is_up,
    unique_names,
)
from collectors.interface_choice import plain

BASE_PORT_IF_INDEX = "1.3.6.1.2.1.17.1.4.1.2"  # BRIDGE-MIB, by bridge port
PVID = "1.3.6.1.2.1.17.7.1.4.5.1.1"  # Q-BRIDGE-MIB, by bridge port: the VLAN of what comes untagged
ATTACHED_AGGREGATE = "1.2.840.10006.300.43.1.2.1.1.13"  # IEEE8023-LAG-MIB, by ifIndex of the member
COLUMNS = (DESCR, TYPE, ADMIN, OPER, LAST_CHANGE, NAME, ALIAS, BASE_PORT_IF_INDEX, PVID, ATTACHED_AGGREGATE)


@dataclass(frozen=True, slots=True)
class Port:
    """One interface. `name` is the label `interface` everywhere; `bridged`: frames are switched here; `vlan` is its
    PVID and `aggregate` the ifIndex of its aggregated link. None: the device does not say."""

    index: int
    name: str
    descr: str
    alias: str
    type: int
    admin_up: bool | None
    up: bool | None
    last_change: int
    bridged: bool = False
    vlan: int | None = None
    aggregate: int | None = None


@dataclass(frozen=True)
class Ports:
    """`by_index`: by ifIndex. `bridge`: ifIndex by bridge port."""

    by_index: Mapping[int, Port]
    bridge: Mapping[int, int]

    def of_bridge(self, number: int) -> Port | None:
        """The port that a bridge table names. Some devices write the ifIndex there."""
        return self.by_index.get(self.bridge.get(number, number))

    def called(self, *texts: str) -> Port | None:
        """The port that one of these texts names: ifName or ifDescr, else ifAlias, where only one has it."""
        wanted = {plain(text) for text in texts if text}
        for names in (lambda port: (port.name, port.descr), lambda port: (port.alias,)):
            found = [port for port in self.by_index.values() if wanted & {plain(each) for each in names(port) if each}]
            if len(found) == 1:
                return found[0]
        return None

    def with_aggregates(self, ports: Iterable[Port]) -> set[int]:
        """ifIndexes of these ports and of the aggregated links that they belong to: a MAC table names the latter."""
        found = list(ports)
        return {port.index for port in found} | {port.aggregate for port in found if port.aggregate}


async def read_ports(snmp: SnmpSession) -> Ports:
    rows: dict[str, dict[str, Any]] = {}
    bridge: dict[int, int] = {}
    vlans: dict[int, int] = {}
    async for index, row in snmp.columns(COLUMNS):
        # Two tables with two kinds of numbers in one walk: what a column says decides which number this is.
        if not index.isdigit():
            continue
        if not row.keys().isdisjoint(OF_ROW):
            rows[index] = dict(row)
        if isinstance(if_index := row.get(BASE_PORT_IF_INDEX), int):
            bridge[int(index)] = if_index
        if isinstance(vlan := row.get(PVID), int):
            vlans[int(index)] = vlan
    vlan_of = {if_index: vlans[number] for number, if_index in bridge.items() if number in vlans}
    named = zip(rows.items(), unique_names(rows), strict=True)
    bridged = set(bridge.values())
    found = {int(index): _port(int(index), name, row, bridged, vlan_of) for (index, row), name in named}
    return Ports(found, bridge)


def _port(index: int, name: str, row: Mapping[str, Any], bridged: set[int], vlan_of: Mapping[int, int]) -> Port:
    aggregate = row.get(ATTACHED_AGGREGATE)
    return Port(
        index=index,
        name=name,
        descr=_text(row.get(DESCR)),
        alias=_text(row.get(ALIAS)),
        type=_number(row.get(TYPE)),
        admin_up=is_up(row.get(ADMIN)),
        up=is_up(row.get(OPER)),
        last_change=_number(row.get(LAST_CHANGE)),
        bridged=index in bridged,
        vlan=vlan_of.get(index),
        aggregate=aggregate if isinstance(aggregate, int) and aggregate not in (0, index) else None,
    )


def _number(value: Any) -> int:
    return int(value) if isinstance(value, int) else 0


def _text(value: Any) -> str:
    return clean(value, NAME_LIMIT) if isinstance(value, bytes) else ""
