"""What befalls the packets of an address on their way."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Fate(Enum):
    ANSWERED = "answered"
    SILENT = "silent"  # swallowed, as where a cable is cut
    UNREACHABLE = "unreachable"  # the last router says that it cannot reach the host
    PROHIBITED = "prohibited"  # a filter says that it lets nobody through


@dataclass(frozen=True, slots=True)
class Way:
    """`delay`: seconds there and back; `loss`: share of the packets, each way together. `hops`: the routers on the way,
    nearest first, as addresses. `closed`: ports at which nobody listens just now; `swallowed`: ports whose packets are
    dropped, as a firewall does."""

    fate: Fate = Fate.ANSWERED
    delay: float = 0.0
    loss: float = 0.0
    hops: tuple[str, ...] = ()
    closed: frozenset[int] = frozenset()
    swallowed: frozenset[int] = frozenset()
