"""Who says to be at the other end of a port's cable: LLDP-MIB (IEEE 802.1AB), on Cisco devices CISCO-CDP-MIB too."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agent.core.assets import mac_text
from agent.core.reach import SnmpSession
from agent.core.text import clean
from collectors.ports import Port, Ports

REMOTE = "1.0.8802.1.1.2.1.4.1.1."  # lldpRemTable, by time mark, local port number, index
CHASSIS_KIND, CHASSIS, PORT_KIND, PORT, PORT_DESCR, SYS_NAME, CAPABILITIES = (
    REMOTE + column for column in ("4", "5", "6", "7", "8", "9", "12")
)
LOCAL = "1.0.8802.1.1.2.1.3.7.1."  # lldpLocPortTable, by local port number
LOCAL_KIND, LOCAL_ID, LOCAL_DESCR = (LOCAL + column for column in ("2", "3", "4"))
# When the table of neighbours last changed (TimeStamp).
TABLE_CHANGED = "1.0.8802.1.1.2.1.2.1.0"
# LldpChassisIdSubtype and LldpPortIdSubtype number the same kinds differently.
CHASSIS_MAC, CHASSIS_ADDRESS = 4, 5
PORT_MAC, PORT_ADDRESS = 3, 4
# LldpSystemCapabilitiesMap is BITS: bit 0 is the first of the first octet.
BRIDGE, ACCESS_POINT, ROUTER, TELEPHONE = 0x20, 0x10, 0x08, 0x04

CDP = "1.3.6.1.4.1.9.9.23.1.2.1.1."  # cdpCacheTable, by ifIndex and index
CDP_DEVICE, CDP_PORT, CDP_CAPABILITIES = (CDP + column for column in ("6", "7", "9"))
CDP_ROUTER, CDP_TRANSPARENT_BRIDGE, CDP_SWITCH, CDP_TELEPHONE = 0x01, 0x02, 0x08, 0x80
CISCO = "1.3.6.1.4.1.9."

MOST = 200  # neighbours of one device: a port has one, seldom two
LIMIT = 64


@dataclass(frozen=True, slots=True)
class Neighbour:
    """What is at the other end, as it says itself: nothing of it is proven.

    `interface` is our port's name, `index` its ifIndex where it is known; `mac` identifies its chassis where that is a
    hardware address. `forwards`: it is a bridge or router, and neither telephone nor access point.
    """

    interface: str
    index: int | None
    name: str
    port: str
    mac: str = ""
    forwards: bool = False
    extension: bool = False  # a telephone or an access point, behind which others may sit


async def neighbours(snmp: SnmpSession, ports: Ports, *, cisco: bool) -> list[Neighbour]:
    """At most MOST, each once, in the order of the device's tables."""
    found = await _by_lldp(snmp, ports) + (await _by_cdp(snmp, ports) if cisco else [])
    known: dict[tuple[str, str, str], Neighbour] = {}
    for each in found:
        # LLDP tells a name, CDP the same one with its domain.
        known.setdefault((each.interface, each.name.partition(".")[0].casefold(), each.port.casefold()), each)
    return list(known.values())[:MOST]


async def _by_lldp(snmp: SnmpSession, ports: Ports) -> list[Neighbour]:
    asked = (CHASSIS_KIND, CHASSIS, PORT_KIND, PORT, PORT_DESCR, SYS_NAME, CAPABILITIES)
    local: dict[str, Mapping[str, Any]] = {}
    remote: list[tuple[str, Mapping[str, Any]]] = []
    async for index, row in snmp.columns((*asked, LOCAL_KIND, LOCAL_ID, LOCAL_DESCR)):
        _, _, rest = index.partition(".")
        if not rest:
            local[index] = row
        elif len(remote) < MOST:
            remote.append((rest.partition(".")[0], row))
    return [_neighbour(number, local.get(number, {}), row, ports) for number, row in remote]


def _neighbour(number: str, local: Mapping[str, Any], row: Mapping[str, Any], ports: Ports) -> Neighbour:
    own = _own_port(number, local, ports)
    chassis = _identity(row.get(CHASSIS), row.get(CHASSIS_KIND), CHASSIS_MAC, CHASSIS_ADDRESS)
    said = row.get(CAPABILITIES)
    able = said[0] if isinstance(said, bytes) and said else 0
    extension = bool(able & (ACCESS_POINT | TELEPHONE))
    return Neighbour(
        interface=own.name if own else _text(local.get(LOCAL_ID)) or f"#{number}",
        index=own.index if own else None,
        name=_text(row.get(SYS_NAME)) or chassis,
        port=_other_port(row),
        mac=chassis if row.get(CHASSIS_KIND) == CHASSIS_MAC else "",
        forwards=bool(able & (BRIDGE | ROUTER)) and not extension,
        extension=extension,
    )


def _own_port(number: str, local: Mapping[str, Any], ports: Ports) -> Port | None:
    """By the name or description that the device gives the port here. Where neither is an interface's, by its number,
    which is the bridge's (IEEE 802.1AB, LldpPortNumber), else an ifIndex."""
    named = "" if local.get(LOCAL_KIND) in (PORT_MAC, PORT_ADDRESS) else _text(local.get(LOCAL_ID))
    found = ports.called(named) or ports.called(_text(local.get(LOCAL_DESCR)))
    return found or (ports.of_bridge(int(number)) if number.isdigit() else None)


def _other_port(row: Mapping[str, Any]) -> str:
    """What people find on the other device: its name for the port, rather than an address that stands for it."""
    described = _text(row.get(PORT_DESCR))
    identity = _identity(row.get(PORT), row.get(PORT_KIND), PORT_MAC, PORT_ADDRESS)
    return described or identity if row.get(PORT_KIND) in (PORT_MAC, PORT_ADDRESS) else identity or described


def _identity(raw: Any, kind: Any, mac: int, address: int) -> str:
    if not isinstance(raw, bytes):
        return ""
    if kind == mac:
        return mac_text(raw) or _text(raw)
    if kind == address and raw[:1] in (b"\1", b"\2") and len(raw) in (5, 17):  # IANA AddressFamilyNumbers: ipV4, ipV6
        return str(ipaddress.ip_address(raw[1:]))
    return _text(raw)


async def _by_cdp(snmp: SnmpSession, ports: Ports) -> list[Neighbour]:
    found: list[Neighbour] = []
    async for index, row in snmp.columns((CDP_DEVICE, CDP_PORT, CDP_CAPABILITIES)):
        number = index.partition(".")[0]
        own = ports.by_index.get(int(number)) if number.isdigit() else None
        said = row.get(CDP_CAPABILITIES)
        able = said[-1] if isinstance(said, bytes) and said else 0
        # Cisco's access points call themselves transparent bridges, some routers too; none a switch.
        extension = bool(able & CDP_TELEPHONE) or able & (CDP_TRANSPARENT_BRIDGE | CDP_SWITCH) == CDP_TRANSPARENT_BRIDGE
        found.append(
            Neighbour(
                interface=own.name if own else f"#{number}",
                index=own.index if own else None,
                name=_text(row.get(CDP_DEVICE)),
                port=_text(row.get(CDP_PORT)),
                forwards=bool(able & (CDP_ROUTER | CDP_SWITCH)) and not extension,
                extension=extension,
            )
        )
    return found


def _text(value: Any) -> str:
    return clean(value.rstrip(b"\0"), LIMIT) if isinstance(value, bytes) else ""
