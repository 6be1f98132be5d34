"""What a device lacks, so that it is not asked in vain at every poll, nor forgotten when it comes late. Pure.

What a device has shown once is asked for ever: a card that lost its UPS, or a switch that is still starting, gives
nothing for a while. What it never showed is asked again at the next poll, then after a minute, two, and so on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, MutableMapping
from dataclasses import dataclass, field
from typing import Any

FIRST_WAIT = 60.0  # seconds
LONGEST_WAIT = 900.0


@dataclass
class Lacking:
    """Of one device read by one profile. Times are monotonic seconds; `uptime` is sysUpTime when it was last told."""

    profile: str
    shown: set[str] = field(default_factory=set)
    waits: dict[str, tuple[float, float]] = field(default_factory=dict)  # by OID: when to ask again, the wait after it
    uptime: int | None = None

    def wanted(self, oids: Iterable[str], now: float) -> list[str]:
        """Those that are worth asking, each once."""
        return [oid for oid in dict.fromkeys(oids) if oid in self.shown or self.waits.get(oid, (now, 0.0))[0] <= now]

    def answered(self, asked: Iterable[str], there: Collection[str], now: float) -> None:
        for oid in asked:
            if oid in there:
                self.shown.add(oid)
                self.waits.pop(oid, None)
            elif oid not in self.shown:
                wait = self.waits.get(oid, (now, 0.0))[1]
                self.waits[oid] = now + wait, min(LONGEST_WAIT, max(FIRST_WAIT, 2 * wait))

    def told(self, uptime: int | None) -> None:
        """A device that began again may have been given other software: everything is asked."""
        if uptime is not None:
            if self.uptime is not None and uptime < self.uptime:
                self.waits.clear()
            self.uptime = uptime


def lacking(memory: MutableMapping[str, Any], profile: str) -> Lacking:
    """What `memory` holds of this device; nothing is known yet of one that is read by another profile than before."""
    known = memory.get("lacking")
    if not isinstance(known, Lacking) or known.profile != profile:
        known = memory["lacking"] = Lacking(profile)
    return known
