"""The objects of a switch for tests.snmp_agent: system group and IF-MIB of ports that a test describes and changes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.snmp_agent import Value, counter32, counter64, gauge32, object_id, ticks

IF_ENTRY, IF_X_ENTRY = "1.3.6.1.2.1.2.2.1", "1.3.6.1.2.1.31.1.1.1"
VRP = (
    "S5735-L48T4S-A\nHuawei Versatile Routing Platform Software\r\nVRP (R) software,Version 5.170 "
    "(S5735 V200R020C10SPC500)\r\nCopyright (C) 2000-2020 HUAWEI TECH Co., Ltd."
)
# Columns of ifTable and ifXTable by what they count; the first is the one of 64 bits.
COLUMNS = {
    "in_bytes": (6, IF_ENTRY, 10),
    "out_bytes": (10, IF_ENTRY, 16),
    "in_unicast": (7, IF_ENTRY, 11),
    "in_multicast": (8, IF_X_ENTRY, 2),
    "in_broadcast": (9, IF_X_ENTRY, 3),
    "out_unicast": (11, IF_ENTRY, 17),
    "out_multicast": (12, IF_X_ENTRY, 4),
    "out_broadcast": (13, IF_X_ENTRY, 5),
}
FAULTS = {"in_discards": 13, "in_errors": 14, "out_discards": 19, "out_errors": 20}


@dataclass
class Port:
    """One interface; `counts` by the names of COLUMNS and FAULTS. `wide`: the device has its 64-bit counters."""

    index: int
    name: str | bytes
    descr: str | bytes = ""
    alias: str | bytes = ""
    type: int = 6
    admin: int = 1
    oper: int = 1
    megabits: int = 1000
    wide: bool = True
    counts: dict[str, int] = field(default_factory=dict)

    def objects(self) -> dict[str, Value]:
        bits = self.megabits * 10**6
        found: dict[str, Value] = {
            f"{IF_ENTRY}.1.{self.index}": self.index,
            f"{IF_ENTRY}.2.{self.index}": self.descr or self.name,
            f"{IF_ENTRY}.3.{self.index}": self.type,
            f"{IF_ENTRY}.5.{self.index}": gauge32(min(bits, 2**32 - 1)),
            f"{IF_ENTRY}.7.{self.index}": self.admin,
            f"{IF_ENTRY}.8.{self.index}": self.oper,
            f"{IF_X_ENTRY}.1.{self.index}": self.name,
            f"{IF_X_ENTRY}.15.{self.index}": gauge32(self.megabits),
            f"{IF_X_ENTRY}.18.{self.index}": self.alias,
        }
        for name, (high, entry, low) in COLUMNS.items():
            found[f"{entry}.{low}.{self.index}"] = counter32(self.counts.get(name, 0))
            if self.wide:
                found[f"{IF_X_ENTRY}.{high}.{self.index}"] = counter64(self.counts.get(name, 0))
        for name, column in FAULTS.items():
            found[f"{IF_ENTRY}.{column}.{self.index}"] = counter32(self.counts.get(name, 0))
        return found


def switch_objects(ports: Iterable[Port], uptime: float = 86400, engine_time: bool = True) -> dict[str, Value]:
    """A Huawei switch; `engine_time`: it tells snmpEngineTime besides sysUpTime."""
    found: dict[str, Value] = {
        "1.3.6.1.2.1.1.1.0": VRP,
        "1.3.6.1.2.1.1.2.0": object_id("1.3.6.1.4.1.2011.2.23.732"),
        "1.3.6.1.2.1.1.3.0": ticks(uptime),
        "1.3.6.1.2.1.47.1.1.1.1.11.1": "2102351234P0K1000001",
        "1.3.6.1.2.1.47.1.1.1.1.13.1": "S5735-L48T4S-A",
    }
    if engine_time:
        found["1.3.6.1.6.3.10.2.1.3.0"] = int(uptime)
    for port in ports:
        found.update(port.objects())
    return found
