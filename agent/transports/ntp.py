"""SNTP (RFC 4330, RFC 5905 section 14) on a socket of our own: ntplib, the library there is, blocks, believes any
packet that comes, and reckons with the wall clock only."""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass, field
from secrets import token_bytes
from time import perf_counter, time

from agent.core.ntp import PORT, UNSYNCHRONIZED, KissOfDeath, Time
from agent.core.text import clean
from agent.transports.datagram import exchange
from agent.transports.resolve import Resolver, literal

# Leap, version and mode; stratum; poll; precision; root delay; root dispersion; reference; then the times: reference,
# origin, receive, transmit.
PACKET = struct.Struct("!BBbb II 4s 8s 8s 8s 8s")
CLIENT, SERVER, VERSION = 3, 4, 4
EPOCH = 2_208_988_800  # seconds from 1900, where NTP counts from, to 1970
ERA = 2**32  # seconds; it turns over in 2036
SLACK = 0.05  # seconds by which a server's account of its own time may not fit the question's
STEPPED = 0.5  # seconds that the wall clock may differ from the steady one while a question is on its way
# RFC 5905 section 7.4; the others of its codes mean that there is no time to be had yet.
KISSES = {
    "DENY": "this machine may not ask; let the server's administrator allow it",
    "RSTR": "this machine may not ask; let the server's administrator allow it",
    "RATE": "it is asked too often; raise `every`, or find out who else asks from this address",
}


class NtpWay:
    """Implements agent.core.ntp.Ntp."""

    def __init__(self, resolver: Resolver | None = None) -> None:
        self._resolver = resolver or Resolver()

    async def ask(self, server: str, *, timeout: float, port: int = PORT, source: str | None = None) -> Time:
        end = perf_counter() + timeout
        found = literal(server) or await self._resolver.find(server, timeout)
        asking = _Asking(str(found.address[0]), f"time server {server} port {port}")
        return await exchange(
            found, port, asking.packet, asking.accept, end=end, place=asking.place, source=source
        )  # fmt: skip


@dataclass
class _Asking:
    """One question, each time it is sent under another token where a client's time may stand: the server sends it back,
    nobody else knows it, and it tells nothing of this machine."""

    server: str
    place: str
    sent: dict[bytes, tuple[float, float]] = field(default_factory=dict)  # wall and steady time by token

    def packet(self) -> bytes:
        token = token_bytes(8)
        self.sent[token] = (time(), perf_counter())
        nothing = bytes(8)
        return PACKET.pack(VERSION << 3 | CLIENT, 0, 0, 0, 0, 0, bytes(4), nothing, nothing, nothing, token)

    def accept(self, came: bytes, arrived: float) -> Time | None:
        """None for what is no answer to one of ours, for one while which this machine's clock was moved, and for one
        that a server had for longer than it was on its way."""
        if len(came) < PACKET.size:
            return None
        head, stratum, _, _, delay, dispersion, reference, _, origin, *times = PACKET.unpack_from(came)
        if origin not in self.sent or head & 7 != SERVER:
            return None
        if stratum == 0 and any(reference):
            raise self._kissed(reference)  # its times do not count, and may be none
        began, steady = self.sent[origin]
        if not all(map(any, times)) or abs(arrived - began - (perf_counter() - steady)) > STEPPED:
            return None
        received, transmitted = (_unix(each, arrived) for each in times)
        if not -SLACK <= transmitted - received <= arrived - began + SLACK:
            return None
        return Time(
            server=self.server,
            offset=((received - began) + (transmitted - arrived)) / 2,
            delay=max(0.0, (arrived - began) - (transmitted - received)),
            stratum=stratum or UNSYNCHRONIZED,  # a server without a source sends 0, and no code
            leap=head >> 6,
            reference=_reference(stratum, reference),
            root_delay=delay / 2**16,
            root_dispersion=dispersion / 2**16,
            version=head >> 3 & 7,
        )

    def _kissed(self, code: bytes) -> KissOfDeath:
        said = clean(code.rstrip(b"\0"), 4)
        meaning = KISSES.get(said, "it has no time to tell yet; wait, or look at its own sources")
        return KissOfDeath(said, f"{self.place} sends a kiss-of-death, {said}: {meaning}")


def _unix(stamp: bytes, near: float) -> float:
    """Seconds since 1970 in the era whose time is nearest to `near`."""
    seconds, fraction = struct.unpack("!II", stamp)
    since: int = seconds - EPOCH
    return float(since + ERA * round((near - since) / ERA)) + float(fraction) / ERA


def _reference(stratum: int, reference: bytes) -> str:
    """Of stratum 1 a name like GPS, else the address of the server's own source (of IPv6 four bytes of a hash)."""
    return clean(reference.rstrip(b"\0"), 4) if stratum == 1 else socket.inet_ntoa(reference)
