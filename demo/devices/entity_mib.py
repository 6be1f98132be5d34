"""ENTITY-MIB (RFC 6933): the parts that a device is made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from demo.devices.device import Objects, Value, row

ENT_PHYSICAL_ENTRY = "1.3.6.1.2.1.47.1.1.1.1"
CHASSIS, POWER_SUPPLY, FAN, SENSOR, MODULE = 3, 6, 7, 8, 9


@dataclass(frozen=True, slots=True)
class Part:
    """`within` is the index of the part that holds it, 0 for none."""

    index: int
    kind: int
    name: str
    descr: str = ""
    within: int = 0
    version: str = ""
    serial: str = ""
    maker: str = ""
    model: str = ""


def entities(parts: Iterable[Part]) -> Objects:
    found: Objects = {}
    for part in parts:
        columns: dict[int, Value] = {
            2: (part.descr or part.name).encode(),
            4: part.within,
            5: part.kind,
            7: part.name.encode(),
            10: part.version.encode(),
            11: part.serial.encode(),
            12: part.maker.encode(),
            13: part.model.encode(),
        }
        found |= row(ENT_PHYSICAL_ENTRY, part.index, columns)
    return found
