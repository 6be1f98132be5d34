"""The time that a server tells (SNTP: RFC 4330, RFC 5905 section 14). Asking: agent/transports/ntp.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from agent.core.reach import Unanswered

PORT = 123
ALARM = 3  # leap indicator: the server's own clock is not synchronised
UNSYNCHRONIZED = 16  # stratum
FARTHEST = 1.5  # seconds that a server may be off by its own account, as ntpd has it


@dataclass(frozen=True, slots=True)
class Time:
    """One answer of a time server.

    `offset`: seconds that its clock is ahead of this machine's; `delay`: round trip in seconds without the server's own
    time, so the offset is right within half of it plus `root_dispersion` plus half of `root_delay` (seconds).
    `stratum` 1 is a server with a clock of its own. `leap` 0 none, 1 and 2 a second added or left out at midnight,
    3 not synchronised. `reference`: GPS and the like, or an address (by IPv6 a hash of it).
    """

    server: str
    offset: float
    delay: float
    stratum: int
    leap: int
    reference: str
    root_delay: float
    root_dispersion: float
    version: int = 4

    @property
    def distance(self) -> float:
        """Seconds by which the offset can be wrong (RFC 5905 appendix A.5.5.2)."""
        return self.delay / 2 + self.root_delay / 2 + self.root_dispersion

    @property
    def synchronized(self) -> bool:
        """Whether the server says that its own time is to be trusted."""
        account = self.root_delay / 2 + self.root_dispersion
        return self.leap != ALARM and 0 < self.stratum < UNSYNCHRONIZED and account <= FARTHEST


class KissOfDeath(Unanswered):
    """The server does not tell the time, and says why by a code (RFC 5905 section 7.4)."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__("refused", message)
        self.code = code


class Ntp(Protocol):
    async def ask(self, server: str, *, timeout: float, port: int = PORT, source: str | None = None) -> Time:
        """One question, sent again while it is not answered. Unanswered: refused (KissOfDeath too), timeout,
        unreachable. CannotAsk: no such name (resolve), `source` not ours (missing)."""
        ...
