"""What every device has: the system group, an uptime, a count of its starts, and whether it answers at all."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from agent.core.smi import TimeTicks

# As agent.core.smi says: OCTET STRING is bytes, OBJECT IDENTIFIER is dotted text.
Value = int | bytes | str
Objects = dict[str, Value]

DAY = 86400.0
SYSTEM = "1.3.6.1.2.1.1"
SNMP_ENGINE = "1.3.6.1.6.3.10.2.1"


def row(entry: str, index: int | str, columns: Mapping[int, Value]) -> Objects:
    """The objects of one row of a table, by column number."""
    return dict(zip(_names(entry, index, tuple(columns)), columns.values(), strict=True))


@lru_cache(100_000)
def _names(entry: str, index: int | str, columns: tuple[int, ...]) -> tuple[str, ...]:
    """Remembered, because a device tells the same rows at every question."""
    return tuple(f"{entry}.{column}.{index}" for column in columns)


def text(value: str | bytes) -> bytes:
    """Bytes go out as they are: a device's texts are not always UTF-8."""
    return value if isinstance(value, bytes) else value.encode()


def ticks(seconds: float) -> TimeTicks:
    return TimeTicks(int(seconds * 100) % 2**32)


@dataclass(kw_only=True)
class Device:
    """`name` is sysName and the id in agent.yaml, `title` what people call it. `uptime` in seconds; `boots` is
    snmpEngineBoots; `tells_engine` says whether it has SNMP-FRAMEWORK-MIB, which
    many agents for v1 and v2c lack. While `silent_for` (seconds) is above 0 it answers nobody."""

    name: str
    title: str
    descr: str | bytes
    object_id: str
    location: str = "机房"
    uptime: float = 40 * DAY
    boots: int = 7
    tells_engine: bool = True
    silent_for: float = 0.0

    @property
    def answers(self) -> bool:
        return self.silent_for <= 0

    def advance(self, seconds: float) -> None:
        """Time passes. What is silent does not count it as uptime."""
        silent = min(self.silent_for, seconds)
        self.silent_for -= silent
        if self.answers and seconds > silent:
            self.uptime += seconds - silent
            self._run(seconds - silent)

    def reboot(self, takes: float = 0.0) -> None:
        """It starts anew, and is silent for as long as that takes."""
        self.boots += 1
        self.uptime, self.silent_for = 0.0, takes
        self._start()

    def switch_off(self) -> None:
        self.silent_for = math.inf

    def switch_on(self, takes: float = 0.0) -> None:
        if not self.answers:
            self.reboot(takes)

    def objects(self) -> Objects:
        return system(self)

    def _run(self, seconds: float) -> None:
        """What goes on in a device that runs."""

    def _start(self) -> None:
        """What a start sets back."""


def system(device: Device) -> Objects:
    """SNMPv2-MIB's system group, and SNMP-FRAMEWORK-MIB's engine where the device tells it."""
    found: Objects = {
        f"{SYSTEM}.1.0": text(device.descr),
        f"{SYSTEM}.2.0": device.object_id,
        f"{SYSTEM}.3.0": ticks(device.uptime),
        f"{SYSTEM}.4.0": b"",
        f"{SYSTEM}.5.0": text(device.name),
        f"{SYSTEM}.6.0": text(device.location),
    }
    if device.tells_engine:
        found[f"{SNMP_ENGINE}.1.0"] = engine_id(device)
        found[f"{SNMP_ENGINE}.2.0"] = device.boots
        found[f"{SNMP_ENGINE}.3.0"] = int(device.uptime)
    return found


def engine_id(device: Device) -> bytes:
    """RFC 3411's format 4, text, under the enterprise number reserved for examples (RFC 5612)."""
    return bytes.fromhex("80007ed904") + device.name.encode()[:27]
