"""Which hardware addresses a switch has learnt at which port: Q-BRIDGE-MIB (RFC 4363), else BRIDGE-MIB (RFC 4188), and
HUAWEI-L2MAM-MIB."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from agent.core.assets import mac_text, of_one_station
from agent.core.reach import SnmpSession
from collectors.ports import BASE_PORT_IF_INDEX, Port, Ports

# dot1qTpFdbTable, by filter data base and address
Q_PORT, Q_STATUS = "1.3.6.1.2.1.17.7.1.2.2.1.2", "1.3.6.1.2.1.17.7.1.2.2.1.3"
VLAN_FDB = "1.3.6.1.2.1.17.7.1.4.2.1.3"  # dot1qVlanFdbId, by time mark and VLAN
PORT, STATUS = "1.3.6.1.2.1.17.4.3.1.2", "1.3.6.1.2.1.17.4.3.1.3"  # dot1dTpFdb, by address
# hwDynFdbPort, by address, VLAN and name of the VSI: the ifIndex, 0 for none
HUAWEI, HUAWEI_PORT = "1.3.6.1.4.1.2011.", "1.3.6.1.4.1.2011.5.25.42.2.1.3.1.4"
INVALID, LEARNED, SELF = 2, 3, 4  # of the status; the rest was learnt, or set by people
OCTETS = 6
MOST_ASKED = 40


@dataclass(frozen=True, slots=True)
class Station:
    """One address at one port. `vlan` is None where the device tells none; `port` where it names one it does not have,
    whose number then stands in `interface`."""

    mac: str
    vlan: int | None
    port: Port | None
    interface: str


class Entry(NamedTuple):
    """A row of a table: where the switch has learnt an address. `number` is the bridge's number of the port."""

    vlan: int | None
    mac: str
    number: int
    status: Any


async def by_vlan(snmp: SnmpSession) -> list[Entry]:
    """Q-BRIDGE-MIB: a table for all VLANs."""
    seen: dict[tuple[int, str], tuple[int, Any]] = {}
    async for index, row in snmp.columns((Q_PORT, Q_STATUS)):
        numbers = _numbers(index)
        if len(numbers) == 1 + OCTETS and isinstance(row.get(Q_PORT), int):
            seen[numbers[0], _mac(numbers[1:])] = row[Q_PORT], row.get(Q_STATUS)
    vlans_of = await _vlans_of(snmp, {base for base, _ in seen})
    return [Entry(_vlan(base, vlans_of), mac, *there) for (base, mac), there in seen.items()]


async def of_bridge(snmp: SnmpSession, vlan: int | None = None) -> tuple[list[Entry], Mapping[int, int]]:
    """BRIDGE-MIB: a table that knows no VLANs, and the ifIndex of each of its ports."""
    entries: list[Entry] = []
    bridge: dict[int, int] = {}
    async for index, row in snmp.columns((PORT, STATUS, BASE_PORT_IF_INDEX)):
        numbers = _numbers(index)
        if len(numbers) == OCTETS and isinstance(row.get(PORT), int):
            entries.append(Entry(vlan, _mac(numbers), row[PORT], row.get(STATUS)))
        if len(numbers) == 1 and isinstance(row.get(BASE_PORT_IF_INDEX), int):
            bridge[numbers[0]] = row[BASE_PORT_IF_INDEX]
    return entries, bridge


async def of_huawei(snmp: SnmpSession) -> list[Entry]:
    """Huawei's own table: of switches that have no Q-BRIDGE-MIB, and whose BRIDGE-MIB tells no VLANs. `number` is the
    ifIndex."""
    entries: list[Entry] = []
    async for index, row in snmp.columns((HUAWEI_PORT,)):
        numbers = _numbers(index)
        if len(numbers) > OCTETS and isinstance(row[HUAWEI_PORT], int):
            entries.append(Entry(numbers[OCTETS] or None, _mac(numbers[:OCTETS]), row[HUAWEI_PORT], LEARNED))
    return entries


def stations(entries: Iterable[Entry], ports: Ports) -> list[Station]:
    """Those that are devices at a port: without the switch's own addresses, and those of groups."""
    learnt = (each for each in entries if each.status not in (INVALID, SELF) and each.number > 0)
    return [_station(each, ports) for each in learnt if of_one_station(each.mac)]


async def _vlans_of(snmp: SnmpSession, bases: set[int]) -> Mapping[int, set[int]]:
    """The VLANs of each filter data base. Most devices number these as the VLANs, which one question confirms; only of
    the others the table is read, beyond whose end long maps of ports lie."""
    same = {f"{VLAN_FDB}.0.{base}": base for base in sorted(bases)[:MOST_ASKED]}
    told = await snmp.get(list(same)) if same else {}
    found: dict[int, set[int]] = {}
    if any(told.get(name) != base for name, base in same.items()):
        async for index, row in snmp.columns((VLAN_FDB,)):
            numbers = _numbers(index)
            if len(numbers) == 2 and isinstance(row[VLAN_FDB], int):
                found.setdefault(row[VLAN_FDB], set()).add(numbers[1])
    return found


def _vlan(base: int, vlans_of: Mapping[int, set[int]]) -> int | None:
    """None where VLANs share the data base."""
    vlans = vlans_of.get(base, {base})
    return next(iter(vlans)) if len(vlans) == 1 else None


def _station(entry: Entry, ports: Ports) -> Station:
    port = ports.of_bridge(entry.number)
    vlan = port.vlan if entry.vlan is None and port else entry.vlan
    return Station(entry.mac, vlan, port, port.name if port else f"#{entry.number}")


def _numbers(index: str) -> list[int]:
    return [int(part) for part in index.split(".")]


def _mac(numbers: list[int]) -> str:
    return mac_text(bytes(numbers)) if max(numbers) < 256 else ""
