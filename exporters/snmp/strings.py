"""Values as snmp_exporter writes them: as a number, and as the text of a label."""

from __future__ import annotations

import math
import struct
from decimal import Decimal
from typing import Any

from agent.core.smi import IpAddress, OpaqueFloat
from exporters.snmp import hint as hints
from exporters.snmp import index
from exporters.snmp.octets import hexadecimal, readable

# A float64 holds integers exactly up to here, so 64-bit counters wrap here and their differences stay exact.
WRAP = 2**53
LOWEST = -(2**63)


def number(value: Any) -> float:
    """0 for what is no number. Plain int is INTEGER, which does not wrap."""
    if isinstance(value, int):
        return value if value < WRAP or type(value) is int else value % WRAP
    return float(value) if isinstance(value, float) else 0


def whole(value: Any) -> int:
    """The number without its fraction; 0 for what is none. Beyond 64 bits, and for NaN, as Go has it on amd64."""
    found = number(value)
    return int(found) if LOWEST <= found < -LOWEST else LOWEST


def text(value: Any, kind: str = "DisplayString", hint: str = "") -> str:
    """As a label: octets by their kind, or by the hint where they have none of their own; the rest by itself."""
    if isinstance(value, bytes) and not isinstance(value, IpAddress):
        return _octets(value, kind, hint)
    if isinstance(value, float):
        return _decimal(value)
    return "" if value is None else str(value)


def _octets(raw: bytes, kind: str, hint: str) -> str:
    if kind in ("", "Bits", "OctetString"):
        formed = hints.shown(hint, raw) if hint else None
        return readable(formed) if formed is not None else hexadecimal(raw)
    if kind == "DisplayString":
        return readable(raw)
    # The octets are read as an index of this kind would be.
    return index.read(tuple(raw), kind)[0]


def _decimal(value: float) -> str:
    """The shortest that is read back as the same, without an exponent."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "+Inf" if value > 0 else "-Inf"
    return format(Decimal(_short(value) if isinstance(value, OpaqueFloat) else repr(float(value))), "f").removesuffix(
        ".0"
    )


def _short(value: float) -> str:
    """Of a float of 32 bits."""
    raw = struct.pack(">f", value)
    return next(said for digits in range(1, 10) if struct.pack(">f", float(said := f"{value:.{digits}g}")) == raw)
