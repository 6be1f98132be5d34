"""What a variable binding holds: a value of agent.core.smi, or the word that there is none (RFC 3416 section 3)."""

from __future__ import annotations

from enum import Enum
from typing import TypeAlias

from agent.core.smi import (
    Counter32,
    Counter64,
    Gauge32,
    IpAddress,
    NsapAddress,
    Opaque,
    OpaqueCounter64,
    OpaqueDouble,
    OpaqueFloat,
    TimeTicks,
)

__all__ = [
    "Counter32",
    "Counter64",
    "Gauge32",
    "IpAddress",
    "Missing",
    "NsapAddress",
    "Opaque",
    "OpaqueCounter64",
    "OpaqueDouble",
    "OpaqueFloat",
    "TimeTicks",
    "Value",
]


class Missing(Enum):
    """An answer that says that there is no value."""

    NO_SUCH_OBJECT = 0x80
    NO_SUCH_INSTANCE = 0x81
    END_OF_MIB_VIEW = 0x82


Value: TypeAlias = int | float | bytes | str | Missing | None
