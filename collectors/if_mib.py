"""IF-MIB (RFC 2863): the interfaces of a device as frozen rows, whatever parts of the MIB the device has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from agent.core.model import Metric
from agent.core.reach import SnmpSession
from agent.core.text import clean
from collectors import interface_metrics as metrics

IF_ENTRY, IF_X_ENTRY = "1.3.6.1.2.1.2.2.1.", "1.3.6.1.2.1.31.1.1.1."
DESCR, TYPE, SPEED, ADMIN, OPER, LAST_CHANGE = (IF_ENTRY + column for column in ("2", "3", "5", "7", "8", "9"))
NAME, HIGH_SPEED, ALIAS, DISCONTINUITY = (IF_X_ENTRY + column for column in ("1", "15", "18", "19"))
FACTS = (DESCR, TYPE, SPEED, ADMIN, OPER, LAST_CHANGE, NAME, HIGH_SPEED, ALIAS, DISCONTINUITY)
OF_ROW = (DESCR, TYPE, ADMIN, OPER)  # of which an interface has one at least; ifXTable may have rows of its own

NAME_LIMIT, ALIAS_LIMIT = 64, 120
LOW_WRAP, HIGH_WRAP = 2**32, 2**64
SATURATED = LOW_WRAP - 1
UP, NOT_UP = 1, (2, 3, 5, 6, 7)  # ifOperStatus; 4 is unknown. ifAdminStatus has the first three.


@dataclass(frozen=True, slots=True)
class Count:
    """A counter of an interface: the metric and its labels besides `interface`, the column of 64 bits (if the MIB has
    one) and the one of 32 bits that stands in for it."""

    metric: Metric
    labels: tuple[str, ...]
    high: str | None
    low: str


def _count(metric: Metric, cast: str | None, high: str | None, low: str) -> Count:
    return Count(metric, (cast,) if cast else (), high and IF_X_ENTRY + high, low)


# In this order everywhere; the ratios of interface_rates name them by position.
COUNTS = (
    _count(metrics.RECEIVE_BYTES, None, "6", IF_ENTRY + "10"),
    _count(metrics.TRANSMIT_BYTES, None, "10", IF_ENTRY + "16"),
    _count(metrics.RECEIVE_PACKETS, "unicast", "7", IF_ENTRY + "11"),
    _count(metrics.RECEIVE_PACKETS, "multicast", "8", IF_X_ENTRY + "2"),
    _count(metrics.RECEIVE_PACKETS, "broadcast", "9", IF_X_ENTRY + "3"),
    _count(metrics.TRANSMIT_PACKETS, "unicast", "11", IF_ENTRY + "17"),
    _count(metrics.TRANSMIT_PACKETS, "multicast", "12", IF_X_ENTRY + "4"),
    _count(metrics.TRANSMIT_PACKETS, "broadcast", "13", IF_X_ENTRY + "5"),
    _count(metrics.RECEIVE_DISCARDS, None, None, IF_ENTRY + "13"),
    _count(metrics.RECEIVE_ERRORS, None, None, IF_ENTRY + "14"),
    _count(metrics.TRANSMIT_DISCARDS, None, None, IF_ENTRY + "19"),
    _count(metrics.TRANSMIT_ERRORS, None, None, IF_ENTRY + "20"),
)
HIGH = tuple(count.high for count in COUNTS if count.high)
LOW_ONLY = tuple(count.low for count in COUNTS if not count.high)
STAND_INS = tuple(count.low for count in COUNTS if count.high)

# IANAifType-MIB: those that switches, routers and firewalls have.
TYPES = {
    1: "other",
    6: "ethernetCsmacd",
    22: "propPointToPointSerial",
    23: "ppp",
    24: "softwareLoopback",
    32: "frameRelay",
    33: "rs232",
    39: "sonet",
    53: "propVirtual",
    62: "fastEther",
    71: "ieee80211",
    94: "adsl",
    97: "vdsl",
    117: "gigabitEthernet",
    131: "tunnel",
    135: "l2vlan",
    136: "l3ipvlan",
    150: "mplsTunnel",
    160: "usb",
    161: "ieee8023adLag",
    166: "mpls",
    209: "bridge",
    250: "gpon",
}


@dataclass(frozen=True, slots=True)
class Interface:
    """One row. `name` is ifName made harmless and unique, `speed` is in bytes per second. What is unknown is None.

    `counts` follow COUNTS, None where the device has no such counter; `high` says which of them have 64 bits. Both are
    empty before the counters were read.
    """

    index: str
    name: str
    descr: str
    alias: str
    type: int
    admin_up: bool | None
    up: bool | None
    speed: float | None
    counts: tuple[int | None, ...] = ()
    high: tuple[bool, ...] = ()
    discontinuity: int = 0
    last_change: int | None = None  # TimeTicks of sysUpTime when ifOperStatus last changed

    @property
    def type_name(self) -> str:
        return TYPES.get(self.type, str(self.type))

    def wrap(self, position: int) -> int:
        """The number at which a counter begins again."""
        return HIGH_WRAP if self.high[position] else LOW_WRAP


async def described(snmp: SnmpSession) -> list[Interface]:
    """Every interface, its state first of all: of a slow device the counters may not come in time."""
    rows = {index: row async for index, row in snmp.columns(FACTS, urgent=True)}
    rows = {index: row for index, row in rows.items() if not row.keys().isdisjoint(OF_ROW)}
    return [_interface(index, name, rows[index]) for index, name in zip(rows, unique_names(rows), strict=True)]


async def with_counts(snmp: SnmpSession, known: Sequence[Interface], urgent: bool = False) -> list[Interface]:
    """These interfaces and their counters. The 32-bit counters that 64-bit ones replace are asked only of a device that
    lacks some: RFC 2863 section 3.1.6 wants 64 bits for bytes above 20 Mbit/s and for packets above 650 Mbit/s."""
    rows = {index: dict(row) async for index, row in snmp.columns([*HIGH, *LOW_ONLY], urgent)} if known else {}
    counts = [rows.get(each.index, {}) for each in known]
    if any(_number(row.get(column)) is None for row in counts for column in HIGH):
        low = {index: row async for index, row in snmp.columns(STAND_INS, urgent)}
        counts = [{**row, **low.get(each.index, {})} for each, row in zip(known, counts, strict=True)]
    return [_counted(each, row) for each, row in zip(known, counts, strict=True)]


def _interface(index: str, name: str, row: Mapping[str, Any]) -> Interface:
    return Interface(
        index=index,
        name=name,
        descr=_text(row.get(DESCR), NAME_LIMIT),
        alias=_text(row.get(ALIAS), ALIAS_LIMIT),
        type=_number(row.get(TYPE)) or 0,
        admin_up=is_up(row.get(ADMIN)),
        up=is_up(row.get(OPER)),
        speed=speed(_number(row.get(SPEED)), _number(row.get(HIGH_SPEED))),
        discontinuity=_number(row.get(DISCONTINUITY)) or 0,
        last_change=_number(row.get(LAST_CHANGE)),
    )


def _counted(interface: Interface, row: Mapping[str, Any]) -> Interface:
    high = tuple(count.high is not None and _number(row.get(count.high)) is not None for count in COUNTS)
    columns = [count.high if wide else count.low for count, wide in zip(COUNTS, high, strict=True)]
    return replace(interface, counts=tuple(_number(row.get(column or "")) for column in columns), high=high)


def unique_names(rows: Mapping[str, Mapping[str, Any]]) -> Sequence[str]:
    """ifName, else ifDescr; names that several rows share (or lack) get the ifIndex, which tells them apart."""
    names = [_text(row.get(NAME), NAME_LIMIT) or _text(row.get(DESCR), NAME_LIMIT) for row in rows.values()]
    times = Counter(names)
    return [name if name and times[name] == 1 else f"{name}#{index}" for index, name in zip(rows, names, strict=True)]


def speed(low: int | None, high: int | None) -> float | None:
    """Bytes per second from ifSpeed (bit/s) and ifHighSpeed (Mbit/s, rounded).

    RFC 2863 section 3.1.10: ifSpeed stands at 4,294,967,295 where it does not suffice. Some devices cut it to 32 bits
    instead, so where both are given it is taken, as the finer one, only if it agrees with ifHighSpeed.
    """
    megabits = high or 0
    if low and low != SATURATED and (not megabits or abs(low - megabits * 1e6) <= 0.5e6):
        return low / 8
    return megabits * 1e6 / 8 if megabits else None


def is_up(status: Any) -> bool | None:
    """Of ifAdminStatus or ifOperStatus; None where the device does not say."""
    number = _number(status)
    return number == UP if number == UP or number in NOT_UP else None


def _number(value: Any) -> int | None:
    """Some agents send large counters as text."""
    if isinstance(value, bytes) and len(value) <= 20 and value.isdigit():
        return int(value)
    return int(value) if isinstance(value, int) else None


def _text(value: Any, limit: int) -> str:
    return clean(value, limit) if isinstance(value, bytes) else ""
