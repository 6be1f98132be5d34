"""What a server offers before anybody logs in: its identification and its first key exchange packet (RFC 4253, sections
4.2 and 7.1). Nothing is sent but our own identification; the connection ends before keys are exchanged."""

from __future__ import annotations

import asyncio
import struct
from time import perf_counter

from agent.core.reach import Unanswered
from agent.core.ssh import Offer
from agent.core.text import clean
from agent.transports.resolve import Resolver
from agent.transports.stream import Stream, stream

OURS = b"SSH-2.0-Shouwang\r\n"
MOST_BEFORE = 8 * 1024  # bytes of lines before the identification, and of it
LONGEST_PACKET = 35_000  # RFC 4253, section 6.1
MOST_PACKETS = 4  # SSH_MSG_IGNORE and SSH_MSG_DEBUG may come first
MOST_NAMES, LONGEST_NAME = 100, 64  # RFC 4251, section 6: names have at most 64 characters
KEXINIT, SILENT = 20, (2, 4)
COOKIE = 17  # with the type before it


async def offered(resolver: Resolver, address: str, port: int, timeout: float) -> Offer:
    """Unanswered: refused, timeout, unreachable, or protocol where what answers is no SSH."""
    place, end = f"{address} port {port}", perf_counter() + timeout
    try:
        async with asyncio.timeout(timeout):
            found = await resolver.find(address, timeout)
            async with stream(found, port, end=end, place=place) as opened:
                return await _greeted(opened, place)
    except TimeoutError:
        raise Unanswered("timeout", f"{place}: no SSH greeting and key exchange within {timeout:.0f} s") from None
    except (asyncio.IncompleteReadError, ConnectionError):
        raise Unanswered("protocol", f"{place}: the connection ended before the key exchange began") from None


async def _greeted(opened: Stream, place: str) -> Offer:
    banner = await _identification(opened.reader, place)
    if not banner.startswith(("SSH-2.0-", "SSH-1.99-")):
        return Offer(banner)
    opened.writer.write(OURS)
    return _lists(banner, await _kexinit(opened.reader, place), place)


async def _identification(reader: asyncio.StreamReader, place: str) -> str:
    left = MOST_BEFORE
    while left > 0:
        try:
            line = await reader.readuntil(b"\n")
        except asyncio.LimitOverrunError:
            break
        left -= len(line)
        if line.startswith(b"SSH-"):
            return clean(line, 255)
    raise Unanswered("protocol", f"{place}: what answers does not greet as SSH does")


async def _kexinit(reader: asyncio.StreamReader, place: str) -> bytes:
    for _ in range(MOST_PACKETS):
        length, padding = struct.unpack(">IB", await reader.readexactly(5))
        if not padding + 2 <= length <= LONGEST_PACKET:
            break
        payload = (await reader.readexactly(length - 1))[: length - 1 - padding]
        if payload[:1] == bytes((KEXINIT,)):
            return payload
        if payload[0] not in SILENT:
            break
    raise Unanswered("protocol", f"{place}: no key exchange after the greeting")


def _lists(banner: str, payload: bytes, place: str) -> Offer:
    """The first six of its lists: key exchange, host keys, ciphers and MACs of both directions."""
    lists, start = [], COOKIE
    for _ in range(6):
        if start + 4 > len(payload):
            raise Unanswered("protocol", f"{place}: the list of algorithms is cut off")
        (length,) = struct.unpack_from(">I", payload, start)
        names = payload[start + 4 : start + 4 + length].decode("ascii", "replace").split(",")
        lists.append(tuple(clean(name, LONGEST_NAME) for name in names[:MOST_NAMES] if name))
        start += 4 + length
    exchanges, host_keys, to_server, from_server, macs_to, macs_from = lists
    ciphers, macs = dict.fromkeys(to_server + from_server), dict.fromkeys(macs_to + macs_from)
    return Offer(banner, exchanges, host_keys, tuple(ciphers), tuple(macs))
