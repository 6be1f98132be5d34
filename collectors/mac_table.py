"""Which hardware addresses a switch has learnt at which port: Q-BRIDGE-MIB (RFC 4363), else BRIDGE-MIB (RFC 4188)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agent.core.assets import mac_text, of_one_station
from agent.core.reach import SnmpSession
from collectors.ports import Port, Ports

Q_PORT, Q_STATUS = (
    "1.3.6.1.2.1.17.7.1.2.2.1.2",
    "1.3.6.1.2.1.17.7.1.2.2.1.3",
)  # dot1qTpFdb, by filter data base, address
VLAN_FDB = "1.3.6.1.2.1.17.7.1.4.2.1.3"  # dot1qVlanFdbId, by time mark and VLAN
PORT, STATUS = "1.3.6.1.2.1.17.4.3.1.2", "1.3.6.1.2.1.17.4.3.1.3"  # dot1dTpFdb, by address
INVALID, SELF = 2, 4  # of the status; the rest was learnt, or set by people
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


async def stations(snmp: SnmpSession, ports: Ports) -> list[Station] | None:
    """What was learnt, without the switch's own addresses; None where it has no table, or an empty one."""
    seen: dict[tuple[int, str], tuple[int, Any]] = {}
    async for index, row in snmp.columns((Q_PORT, Q_STATUS)):
        numbers = _numbers(index)
        if len(numbers) == 1 + OCTETS and isinstance(row.get(Q_PORT), int):
            seen[numbers[0], _mac(numbers[1:])] = row[Q_PORT], row.get(Q_STATUS)
    vlans_of = await _vlans_of(snmp, {base for base, _ in seen})
    found = {(_vlan(base, vlans_of), mac): there for (base, mac), there in seen.items()}
    if not seen:
        async for index, row in snmp.columns((PORT, STATUS)):
            numbers = _numbers(index)
            if len(numbers) == OCTETS and isinstance(row.get(PORT), int):
                found[None, _mac(numbers)] = row[PORT], row.get(STATUS)
    if not found:
        return None
    learnt = [(*key, number) for key, (number, status) in found.items() if status not in (INVALID, SELF) and number > 0]
    return [_station(mac, vlan, number, ports) for vlan, mac, number in learnt if of_one_station(mac)]


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


def _station(mac: str, vlan: int | None, number: int, ports: Ports) -> Station:
    port = ports.of_bridge(number)
    return Station(mac, port.vlan if vlan is None and port else vlan, port, port.name if port else f"#{number}")


def _numbers(index: str) -> list[int]:
    return [int(part) for part in index.split(".")]


def _mac(numbers: list[int]) -> str:
    return mac_text(bytes(numbers)) if max(numbers) < 256 else ""
