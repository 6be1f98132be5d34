"""One question by UDP: sent, sent again while nothing comes, and what is no answer to it passed over."""

from __future__ import annotations

import asyncio
import errno
import socket
import struct
from collections.abc import Callable
from time import perf_counter, time
from typing import TypeVar

from agent.core.reach import CannotAsk, ReachError, Unanswered
from agent.transports.resolve import Found, own
from agent.transports.tcp import LACKING

T = TypeVar("T")

AGAIN = 2.0  # seconds until a question is sent again
LARGEST = 65535
STRAYS = 50  # packets that are no answer until they are looked at only every PAUSE seconds
PAUSE = 0.02
SO_TIMESTAMPNS = 35  # Linux ABI: with each packet the kernel's time of its arrival
TIMESPEC = struct.Struct("@ll")


async def exchange(
    found: Found,
    port: int,
    packet: Callable[[], bytes],
    accept: Callable[[bytes, float], T | None],
    *,
    end: float,
    place: str,
    source: str | None = None,
) -> T:
    """What `accept(message, arrival in Unix seconds)` makes of the first message that it does not refuse with None.

    The socket is connected, so that the kernel passes on only what comes from this address and port; `packet` gives
    what is sent each time. Unanswered(timeout) past `end` (by perf_counter), refused, unreachable; CannotAsk(missing).
    """
    try:
        with socket.socket(found.family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as ours:
            ours.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
            if source is not None:
                ours.bind(own(source, found).address)
            ours.connect(found.port(port))
            return await _until_accepted(ours, packet, accept, end, place)
    except OSError as error:
        raise _reason(error, place) from None


async def _until_accepted(
    ours: socket.socket,
    packet: Callable[[], bytes],
    accept: Callable[[bytes, float], T | None],
    end: float,
    place: str,
) -> T:
    began = perf_counter()
    strays = 0
    while perf_counter() < end:
        ours.send(packet())
        again = min(end, perf_counter() + AGAIN)
        while await _readable(ours, again - perf_counter()):
            answer = accept(*_received(ours))
            if answer is not None:
                return answer
            strays += 1
            await asyncio.sleep(PAUSE if strays > STRAYS else 0)
    came = f"; {strays} messages came that are no answer to it" if strays else ""
    raise Unanswered("timeout", f"{place}: no answer within {end - began:.1f} s{came}")


def _received(ours: socket.socket) -> tuple[bytes, float]:
    try:
        message, ancillary, _, _ = ours.recvmsg(LARGEST, 64)
    except BlockingIOError:  # its checksum was wrong
        return b"", time()
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == SO_TIMESTAMPNS and len(data) >= TIMESPEC.size:
            seconds, nanoseconds = TIMESPEC.unpack_from(data)
            return message, seconds + nanoseconds * 1e-9
    return message, time()


async def _readable(ours: socket.socket, timeout: float) -> bool:
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    loop.add_reader(ours.fileno(), ready.set)
    try:
        async with asyncio.timeout(timeout):
            return await ready.wait()
    except TimeoutError:
        return False
    finally:
        loop.remove_reader(ours.fileno())


def _reason(error: OSError, place: str) -> ReachError:
    if error.errno in LACKING:
        return CannotAsk("missing", f"{place}: {LACKING[error.errno]}")
    if error.errno == errno.ECONNREFUSED:
        return Unanswered("refused", f"{place}: nothing listens there (ICMP port unreachable)")
    return Unanswered("unreachable", f"{place}: {error.strerror}")
