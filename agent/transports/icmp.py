"""ICMP echo (ping): bursts to any number of targets over shared sockets, one per address family.

Targets that did not answer the last time share a second one. Packets to a neighbour that is gone stay charged to their
socket while the kernel looks for it, so that many of them leave no room to send: then only the silent wait.
"""

from __future__ import annotations

import asyncio
import errno
import socket
import struct
from collections import Counter
from dataclasses import replace
from random import getrandbits  # tells answers from strangers; no secret, and a system call is saved
from time import monotonic, perf_counter, time

from agent.core.reach import Burst, Refusal
from agent.transports.icmp_packet import LARGEST, TOKEN, request
from agent.transports.icmp_socket import HOP_LIMIT, EchoSocket
from agent.transports.resolve import Found, Resolver, literal, own
from agent.transports.told import said_here

PADDING = bytes(index & 0xFF for index in range(LARGEST))
IP_PKTINFO = 8  # Linux ABI; the socket module of Python 3.11 does not name it
RETRY = 0.05  # seconds until the next try where a buffer of this machine was full: that says nothing about the line
FULL = (errno.EAGAIN, errno.ENOBUFS, errno.ENOMEM)
RENEW = 60.0  # seconds after which a socket that lost a whole burst makes room for one with a new identifier
LATE = 60.0  # seconds for which what came after the end of a burst is told with the next
SILENT = 10_000  # addresses remembered as silent at most

Ancillary = list[tuple[int, int, bytes]]


class Pinger:
    """The agent's Icmp. `ignored` counts packets that were not answers to it: stray, malformed, error."""

    def __init__(self, resolver: Resolver | None = None, renew: float = RENEW) -> None:
        self._resolver = resolver or Resolver()
        self._renew = renew
        self._sockets: dict[tuple[int, bool, bool, bool], EchoSocket] = {}
        self._retired: list[EchoSocket] = []
        self._silent: set[str] = set()
        self._late: dict[str, tuple[float, Refusal]] = {}
        self.ignored: Counter[str] = Counter()

    async def burst(  # noqa: PLR0913 - as agent.core.reach.Icmp has it
        self,
        address: str,
        *,
        count: int,
        interval: float,
        timeout: float,
        size: int = 56,
        source: str | None = None,
        whole: bool = False,
        hops: int | None = None,
    ) -> Burst:
        """Send `count` echoes of `size` bytes, `interval` seconds apart, wait `timeout` after the last; `whole`: they
        must not be cut into fragments; `hops`: their hop limit, and that of the answers is told.

        What this machine cannot deliver (no route, a local firewall) is lost, and counted as unreachable.
        CannotAsk: no right to send (permission), no such name (resolve), `source` is not ours (missing).
        """
        if not (TOKEN <= size <= LARGEST and count >= 1):
            raise ValueError(f"an echo takes {TOKEN} to {LARGEST} bytes and a burst at least one packet")
        found = literal(address) or await self._resolver.find(address, timeout)
        ancillary = [] if source is None else _from(source, found)
        if hops is not None:
            ancillary = [*ancillary, (*HOP_LIMIT[found.family], struct.pack("@i", hops))]
        way = self._socket(found.family, address in self._silent, whole, hops is not None)
        run = _Run(way, found, (count, interval, timeout), size, ancillary)
        try:
            burst = await run.result()
        finally:
            run.end()
        if burst.refusal is None and (said := self._said_late(found.address[0])) is not None:
            burst = replace(burst, refusal=said)
        self._remember(address, way, burst)
        return burst

    @property
    def in_flight(self) -> int:
        """Requests that wait for an answer."""
        return sum(each.in_flight for each in (*self._sockets.values(), *self._retired))

    def close(self) -> None:
        """Close the sockets; bursts under way end as lost."""
        for each in (*self._sockets.values(), *self._retired):
            each.close()
        self._sockets.clear()
        self._retired.clear()

    def _socket(self, family: int, silent: bool, whole: bool, hops: bool) -> EchoSocket:
        known = self._sockets.get((family, silent, whole, hops))
        if known is not None and not (known.doubtful and not known.raw and monotonic() - known.born > self._renew):
            return known
        fresh = self._sockets[family, silent, whole, hops] = EchoSocket(
            family, self.ignored, whole, self._came_late, hops=hops
        )
        if known is not None:
            known.retire()
            self._retired = [each for each in (*self._retired, known) if each.in_flight]
        return fresh

    def _came_late(self, address: str, said: Refusal) -> None:
        if len(self._late) < SILENT:
            self._late[address] = monotonic(), said

    def _said_late(self, address: str) -> Refusal | None:
        """What was said of the burst before to this address, after that had ended; once."""
        at, said = self._late.pop(address, (0.0, None))
        return said if monotonic() - at <= LATE else None

    def _remember(self, address: str, way: EchoSocket, burst: Burst) -> None:
        if burst.received:
            self._silent.discard(address)
        else:
            way.doubtful = True
            if len(self._silent) < SILENT:
                self._silent.add(address)


class _Run:
    """One burst under way. It lives on timers and on what the socket hands it, not on a task of its own."""

    __slots__ = (
        "_ancillary",
        "_count",
        "_done",
        "_duplicates",
        "_highest",
        "_hops",
        "_interval",
        "_keys",
        "_loop",
        "_open",
        "_payload",
        "_refusal",
        "_reordered",
        "_round_trips",
        "_sent",
        "_timeout",
        "_timer",
        "_to",
        "_token",
        "_unreachable",
        "_way",
    )

    def __init__(
        self, way: EchoSocket, found: Found, pace: tuple[int, float, float], size: int, ancillary: Ancillary
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._way = way
        self._to = found
        self._count, self._interval, self._timeout = pace
        self._token = getrandbits(8 * TOKEN).to_bytes(TOKEN, "big")
        self._payload = self._token + PADDING[: size - TOKEN]
        self._ancillary = ancillary
        self._sent: list[tuple[float, float]] = []  # perf_counter and Unix seconds of each request
        self._round_trips: list[float | None] = [None] * self._count
        self._unreachable: set[int] = set()
        self._refusal: Refusal | None = None
        self._hops: int | None = None
        self._open = self._count  # neither answered nor refused yet
        self._highest = -1
        self._duplicates = self._reordered = 0
        self._timer: asyncio.TimerHandle | None = None
        self._done: asyncio.Future[None] = self._loop.create_future()
        self._keys = way.reserve(self, self._count)

    async def result(self) -> Burst:
        self._send(self._loop.time() + self._timeout)
        await self._done
        return Burst(
            tuple(self._round_trips),
            self._duplicates,
            self._reordered,
            len(self._unreachable),
            self._refusal,
            self._hops,
        )

    def end(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._way.release(self._keys)

    def _send(self, until: float) -> None:
        """Send the next request; `until` is how long it may wait for room in this machine's buffers."""
        index = len(self._sent)
        packet = request(self._to.family, self._keys[index], self._payload)
        self._sent.append((perf_counter(), time()))
        try:
            self._way.send(packet, self._to.address, self._ancillary)
        except OSError as error:
            if error.errno in FULL and self._loop.time() < until:
                self._sent.pop()
                self._timer = self._loop.call_later(RETRY, self._send, until)
                return
            self.refused(index, said_here(error) or Refusal("", "other"))
        if index + 1 < self._count:
            following = self._loop.time() + self._interval + self._timeout
            self._timer = self._loop.call_later(self._interval, self._send, following)
        elif not self._done.done():
            self._timer = self._loop.call_later(self._timeout, self._finish)

    def _finish(self) -> None:
        if not self._done.done():
            self._done.set_result(None)

    def _settled(self) -> None:
        self._open -= 1
        if self._open == 0 and len(self._sent) == self._count:
            self._finish()

    def answered(
        self, index: int, token: bytes, source: str, seen: float, stamp: float | None, hops: int | None
    ) -> bool:
        if token != self._token or source != self._to.address[0] or index >= len(self._sent):
            return False
        if self._round_trips[index] is not None:
            self._duplicates += 1
            return True
        sent, sent_at = self._sent[index]
        took = seen - sent
        # The kernel's stamp leaves out how long the answer lay in the buffer while the loop was busy. It is on the
        # clock that can be stepped: believed only where it says less than what passed here.
        if stamp is not None and 0 <= stamp - sent_at < took:
            took = stamp - sent_at
        self._round_trips[index] = took
        self._hops = hops
        self._reordered += index < self._highest
        self._highest = max(self._highest, index)
        if index in self._unreachable:
            self._unreachable.discard(index)
        else:
            self._settled()
        return True

    def refused(self, index: int, said: Refusal) -> None:
        self._refusal = said
        if index < len(self._sent) and index not in self._unreachable and self._round_trips[index] is None:
            self._unreachable.add(index)
            self._settled()


def _from(source: str, to: Found) -> Ancillary:
    """The control message that sets the source address. IPv6 ping sockets heed it since Linux 5.18."""
    packed = socket.inet_pton(to.family, own(source, to).address[0])
    if to.family == socket.AF_INET:
        return [(socket.IPPROTO_IP, IP_PKTINFO, struct.pack("@i4s4s", 0, packed, b"\0" * 4))]
    return [(socket.IPPROTO_IPV6, socket.IPV6_PKTINFO, packed + struct.pack("@i", 0))]
