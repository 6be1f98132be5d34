"""The sockets that echoes go through: a ping socket where the kernel allows it without privilege, else a raw one."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import struct
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from random import getrandbits
from time import monotonic, perf_counter
from typing import Any, Protocol

from agent.core.reach import CannotAsk, Refusal
from agent.transports.icmp_packet import ERROR_TYPES, REPLY_TYPE, parse, quoted_key
from agent.transports.told import RECEIVE_ERRORS, ROOM, told

PROTOCOL: dict[int, int] = {socket.AF_INET: socket.IPPROTO_ICMP, socket.AF_INET6: socket.IPPROTO_ICMPV6}
# Numbers of the Linux ABI that the socket module does not name.
SO_SNDBUFFORCE, SO_RCVBUFFORCE, SO_TIMESTAMPNS, ICMP_FILTER, ICMP6_FILTER, SOL_RAW = 32, 33, 35, 1, 1, 255
# Never in fragments, and whatever the kernel remembers of the way: IP_PMTUDISC_PROBE; IPv6 needs IPV6_DONTFRAG, too.
PROBE = 3
WHOLE: dict[int, tuple[tuple[int, int, int], ...]] = {
    socket.AF_INET: ((socket.IPPROTO_IP, 10, PROBE),),
    socket.AF_INET6: ((socket.IPPROTO_IPV6, 23, PROBE), (socket.IPPROTO_IPV6, 62, 1)),
}
EXTENDED_ERROR = struct.Struct(
    "@IBBBBII"
)  # errno, origin, type, code, padding, info, data; then the offender's address
ICMP_ORIGINS = (2, 3)
TIMESPEC = struct.Struct("@ll")
HOPS = struct.Struct("@i")
# Linux ABI: the control message that sets or tells a hop limit, and the options that have it told.
HOP_LIMIT: dict[int, tuple[int, int]] = {
    socket.AF_INET: (socket.IPPROTO_IP, 2),
    socket.AF_INET6: (socket.IPPROTO_IPV6, 52),
}
TELL_HOPS: dict[int, tuple[int, int]] = {
    socket.AF_INET: (socket.IPPROTO_IP, 12),
    socket.AF_INET6: (socket.IPPROTO_IPV6, 51),
}
READS = 32  # packets read per wakeup: a flood must not keep the loop from its other work
IN_FLIGHT = 32768  # requests of one socket that may wait for their answers
DRAWS = 1000  # tries for keys that nothing waits on; with the bound above the first one nearly always is
LARGEST_READ = 256  # of what comes only headers and token are looked at; the kernel drops the rest
# One socket serves all targets, and packets that wait for a dead neighbour's link address stay charged to it for
# 3 seconds; the default buffer holds about 270 of them.
BUFFER = 4 * 1024 * 1024


Late = Callable[[str, Refusal], None]  # the address that was asked, and what is said of it after its burst has ended


class Waiting(Protocol):
    """A burst that waits for answers."""

    def answered(
        self, index: int, token: bytes, source: str, seen: float, stamp: float | None, hops: int | None
    ) -> bool:
        """Whether this answer is one of its own. `seen` by perf_counter, `stamp` the kernel's time of arrival."""
        ...

    def refused(self, index: int, said: Refusal) -> None:
        """An ICMP error said that this request cannot be delivered."""
        ...


class EchoSocket:
    """One socket and what waits for answers on it. `ignored` counts what was not for us: stray, malformed, error."""

    def __init__(
        self, family: int, ignored: Counter[str], whole: bool = False, late: Late | None = None, *, hops: bool = False
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self.family = family
        self.born = monotonic()
        self.doubtful = False  # a whole burst was lost on it
        self._ignored = ignored
        self._late = late
        self._socket, self.raw = _open(family)
        self._retired = False
        self._waiting: dict[int, tuple[Waiting, int]] = {}
        self._sequence = 0
        self._buffer = memoryview(bytearray(LARGEST_READ))
        _prepare(self._socket, family, self.raw)
        for level, option, value in WHOLE[family] if whole else ():
            self._socket.setsockopt(level, option, value)
        self._with_hops = hops
        if hops:
            self._socket.setsockopt(*TELL_HOPS[family], 1)
        self._identifier = 0 if self.raw else _identifier(self._socket, family)
        self._with_ip_header = self.raw and family == socket.AF_INET
        self._loop.add_reader(self._socket.fileno(), self._readable)

    @property
    def in_flight(self) -> int:
        return len(self._waiting)

    def reserve(self, burst: Waiting, count: int) -> list[int]:
        """Keys (identifier << 16 | sequence) for `count` requests whose answers go to `burst`; to be released."""
        if len(self._waiting) + count > IN_FLIGHT:
            raise CannotAsk(
                "missing", f"{IN_FLIGHT} ICMP echoes are in flight already; lower `count`, or raise `every`"
            )
        draw = self._new_identifier if self.raw else self._next_sequences
        for _ in range(DRAWS):
            keys = draw(count)
            if self._waiting.keys().isdisjoint(keys):
                break
        else:
            raise CannotAsk("missing", "no free ICMP identifier; lower `count`, or raise `every`")
        for index, key in enumerate(keys):
            self._waiting[key] = (burst, index)
        return keys

    def _new_identifier(self, count: int) -> list[int]:
        # A new identifier for each burst: a firewall that holds a broken state for one of them cannot hold the target.
        start = getrandbits(16) << 16
        return list(range(start, start + count))

    def _next_sequences(self, count: int) -> list[int]:
        # The kernel owns the identifier of a ping socket: it is new with each socket.
        start, self._sequence = self._sequence, (self._sequence + count) & 0xFFFF
        return [self._identifier << 16 | (start + index) & 0xFFFF for index in range(count)]

    def release(self, keys: list[int]) -> None:
        for key in keys:
            self._waiting.pop(key, None)
        if self._retired and not self._waiting:
            self.close()

    def retire(self) -> None:
        """Close as soon as nothing waits any more."""
        self._retired = True
        self.release([])

    def close(self) -> None:
        if self._socket.fileno() >= 0:
            if not self._loop.is_closed():
                self._loop.remove_reader(self._socket.fileno())
            self._socket.close()

    def send(self, packet: bytes, address: tuple[Any, ...], ancillary: list[tuple[int, int, bytes]]) -> None:
        """OSError as the kernel says it."""
        try:
            self._out(packet, address, ancillary)
        except OSError:
            # What an ICMP error said of an earlier packet is told to whoever sends next.
            if self.raw or not self._take_errors():
                raise
            self._out(packet, address, ancillary)

    def _out(self, packet: bytes, address: tuple[Any, ...], ancillary: list[tuple[int, int, bytes]]) -> None:
        if ancillary:
            self._socket.sendmsg((packet,), ancillary, 0, address)
        else:
            self._socket.sendto(packet, address)

    def _readable(self) -> None:
        for _ in range(READS):
            try:
                length, ancillary, _, source = self._socket.recvmsg_into((self._buffer,), 64)
            except BlockingIOError:
                return
            except OSError:
                if self.raw or not self._take_errors():
                    self._ignored["error"] += 1
                    return
                continue
            self._take(self._buffer[:length], source[0], ancillary)

    def _take(self, packet: memoryview, source: str, ancillary: list[tuple[int, int, bytes]]) -> None:
        seen = perf_counter()
        came = parse(self.family, packet, self._with_ip_header, source)
        if came is None:
            self._ignored["malformed"] += 1
            return
        burst, index = self._waiting.get(came.key, (None, 0))
        if came.refusal is not None:
            self._take_refusal(burst, index, came.to, came.refusal)
        elif (
            burst is None
            or came.token is None
            or not burst.answered(index, came.token, source, seen, _stamp(ancillary), self._hops(ancillary))
        ):
            self._ignored["stray"] += 1

    def _hops(self, ancillary: list[tuple[int, int, bytes]]) -> int | None:
        """The hop limit of what came, where this socket is told."""
        wanted = HOP_LIMIT[self.family]
        found = (data for level, kind, data in ancillary if (level, kind) == wanted and len(data) >= HOPS.size)
        return next((int(HOPS.unpack_from(data)[0]) for data in found), None) if self._with_hops else None

    def _take_refusal(self, burst: Waiting | None, index: int, to: str, said: Refusal) -> None:
        """A router gives up on a neighbour after 3 seconds, when the burst may be over."""
        if burst is not None:
            burst.refused(index, said)
        else:
            self._ignored["stray"] += 1
            if self._late is not None:
                self._late(to, said)

    def _take_errors(self) -> bool:
        """Whether a ping socket had any: ICMP errors about its requests wait in a queue of their own."""
        for taken in range(READS):
            try:
                quoted, ancillary, _, to = self._socket.recvmsg(LARGEST_READ, ROOM, socket.MSG_ERRQUEUE)
            except OSError:
                return taken > 0
            key = quoted_key(self.family, quoted)
            burst, index = self._waiting.get(-1 if key is None else key, (None, 0))
            said = told(self.family, ancillary)
            if said is None or key is None:
                self._ignored["stray"] += 1
            else:
                self._take_refusal(burst, index, to[0], said)
        return True


def _stamp(ancillary: list[tuple[int, int, bytes]]) -> float | None:
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == SO_TIMESTAMPNS and len(data) >= TIMESPEC.size:
            seconds, nanoseconds = TIMESPEC.unpack_from(data)
            return float(seconds) + float(nanoseconds) * 1e-9
    return None


def _open(family: int) -> tuple[socket.socket, bool]:
    """The socket and whether it is a raw one."""
    for kind in (socket.SOCK_DGRAM, socket.SOCK_RAW):
        try:
            opened = socket.socket(family, kind | socket.SOCK_NONBLOCK, PROTOCOL[family])
        except OSError as error:
            if error.errno in (errno.EACCES, errno.EPERM, errno.EPROTONOSUPPORT):
                continue
            if error.errno == errno.EAFNOSUPPORT:
                raise CannotAsk("missing", "this machine has no IPv6; probe an IPv4 address, or turn IPv6 on") from None
            raise CannotAsk("missing", f"no socket for ICMP: {error.strerror}") from None
        return opened, kind == socket.SOCK_RAW
    raise CannotAsk(
        "permission",
        f"no right to send ICMP echoes: net.ipv4.ping_group_range leaves out group {os.getegid()}, and CAP_NET_RAW is "
        "missing; allow one of them: sysctl -w net.ipv4.ping_group_range='0 2147483647' (and in /etc/sysctl.d), or "
        "AmbientCapabilities=CAP_NET_RAW in the systemd unit",
    )


def _prepare(sock: socket.socket, family: int, raw: bool) -> None:
    """Large buffers, the kernel's time of arrival, and of a raw socket's traffic only answers and errors."""
    sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    for plain, forced in ((socket.SO_SNDBUF, SO_SNDBUFFORCE), (socket.SO_RCVBUF, SO_RCVBUFFORCE)):
        sock.setsockopt(socket.SOL_SOCKET, plain, BUFFER)  # as far as net.core.[rw]mem_max allows
        with suppress(PermissionError):
            sock.setsockopt(socket.SOL_SOCKET, forced, BUFFER)
    if not raw:
        sock.setsockopt(*RECEIVE_ERRORS[family], 1)
        return
    blocked = (1 << 256) - 1
    for kind in (REPLY_TYPE[family], *ERROR_TYPES[family]):
        blocked &= ~(1 << kind)
    if family == socket.AF_INET:
        sock.setsockopt(SOL_RAW, ICMP_FILTER, struct.pack("@I", blocked & 0xFFFFFFFF))
    else:
        words = [(blocked >> (32 * place)) & 0xFFFFFFFF for place in range(8)]
        sock.setsockopt(socket.IPPROTO_ICMPV6, ICMP6_FILTER, struct.pack("@8I", *words))


def _identifier(sock: socket.socket, family: int) -> int:
    """Binds a ping socket, which gives it the identifier that all its requests carry."""
    sock.bind(("", 0))
    return int(sock.getsockname()[1])
