"""Echo requests as bytes, and what comes back as facts. Pure: no socket, no clock. RFC 792, RFC 4443."""

from __future__ import annotations

import socket
import struct
from typing import NamedTuple

from agent.core.reach import Refusal

HEADER = struct.Struct("!BBHHH")  # type, code, checksum, identifier, sequence
REPLY = struct.Struct("!BBHHH8s")  # the same and the token that begins the payload
TOKEN = 8  # bytes
LARGEST = 65507  # bytes: what an IPv4 packet has room for behind its own header and the echo's

REQUEST_TYPE: dict[int, int] = {socket.AF_INET: 8, socket.AF_INET6: 128}
REPLY_TYPE: dict[int, int] = {socket.AF_INET: 0, socket.AF_INET6: 129}
# Destination unreachable, (in IPv6) packet too big, time exceeded, parameter problem. Source quench (4) says nothing
# about a packet's fate.
ERROR_TYPES: dict[int, tuple[int, ...]] = {socket.AF_INET: (3, 11, 12), socket.AF_INET6: (1, 2, 3, 4)}
UNREACHABLE: dict[int, int] = {socket.AF_INET: 3, socket.AF_INET6: 1}
EXPIRED: dict[int, int] = {socket.AF_INET: 11, socket.AF_INET6: 3}
TOO_BIG: dict[int, tuple[int, int]] = {socket.AF_INET: (3, 4), socket.AF_INET6: (2, 0)}  # type and code
# Codes of an unreachable destination: RFC 792, RFC 1122 section 3.2.2.1, RFC 1812 section 5.2.7.1; RFC 4443 (3.1).
NO_ROUTE: dict[int, tuple[int, ...]] = {socket.AF_INET: (0, 5, 6, 11), socket.AF_INET6: (0,)}
NO_HOST: dict[int, tuple[int, ...]] = {socket.AF_INET: (1, 7, 8, 12), socket.AF_INET6: (3,)}
PROHIBITED: dict[int, tuple[int, ...]] = {socket.AF_INET: (9, 10, 13), socket.AF_INET6: (1, 5, 6)}


class Came(NamedTuple):
    """A reply (with its token), or an error about a request of ours to the address `to`. `key` is identifier and
    sequence."""

    key: int
    token: bytes | None
    refusal: Refusal | None = None
    to: str = ""


def request(family: int, key: int, payload: bytes) -> bytes:
    """An echo request; the kernel fills in the checksum of ICMPv6, and of ping sockets."""
    kind = REQUEST_TYPE[family]
    packet = HEADER.pack(kind, 0, 0, key >> 16, key & 0xFFFF) + payload
    if family == socket.AF_INET6:
        return packet
    return HEADER.pack(kind, 0, checksum(packet), key >> 16, key & 0xFFFF) + payload


def checksum(packet: bytes) -> int:
    """RFC 1071: adding with the carry brought round is counting modulo 65535, which one division does."""
    if len(packet) % 2:
        packet += b"\0"
    return -int.from_bytes(packet, "big") % 0xFFFF


def parse(family: int, packet: memoryview, with_ip_header: bool, by: str = "") -> Came | None:
    """What came, from the address `by`; None for anything that is too short, malformed or of another type."""
    start = 0
    if with_ip_header:
        start = _ip_header(packet)
    if start < 0 or len(packet) < start + REPLY.size:
        return None
    kind, code, _, identifier, sequence, token = REPLY.unpack_from(packet, start)
    if kind == REPLY_TYPE[family]:
        return Came(identifier << 16 | sequence, token) if code == 0 else None
    if kind in ERROR_TYPES[family]:
        found = _error(family, packet[start + HEADER.size :])
        said = refusal(family, kind, code, identifier << 16 | sequence, by)
        return None if found is None else Came(found[0], None, said, found[1])
    return None


def refusal(family: int, kind: int, code: int, info: int, by: str) -> Refusal:
    """What an ICMP error says; `info` is what follows its checksum, where a router tells the MTU (RFC 1191)."""
    if (kind, code) == TOO_BIG[family]:
        return Refusal(by, "too_big", info & 0xFFFF if family == socket.AF_INET else info)
    if kind == EXPIRED[family]:
        return Refusal(by, "expired")
    if kind == UNREACHABLE[family]:
        if code in NO_ROUTE[family]:
            return Refusal(by, "no_route")
        if code in NO_HOST[family]:
            return Refusal(by, "no_host")
        if code in PROHIBITED[family]:
            return Refusal(by, "prohibited")
    return Refusal(by, "other")


def quoted_key(family: int, quoted: bytes | memoryview) -> int | None:
    """The key of the echo request that these bytes begin with; None if they are none."""
    if len(quoted) < HEADER.size:
        return None
    kind, _, _, identifier, sequence = HEADER.unpack_from(quoted)
    return identifier << 16 | sequence if kind == REQUEST_TYPE[family] else None


def _ip_header(packet: memoryview) -> int:
    """Length of the IPv4 header, or -1 if this is none."""
    if len(packet) < 20 or packet[0] >> 4 != 4:
        return -1
    length = (packet[0] & 0x0F) * 4
    return length if length >= 20 else -1


def _error(family: int, quoted: memoryview) -> tuple[int, str] | None:
    """Key and address of the request that an ICMP error quotes: IP header and 8 bytes or more, so without the token."""
    if family == socket.AF_INET:
        start = _ip_header(quoted)
        protocol = quoted[9] if start > 0 else -1
        wanted = socket.IPPROTO_ICMP
    else:
        start = 40 if len(quoted) >= 40 and quoted[0] >> 4 == 6 else -1
        protocol = quoted[6] if start > 0 else -1
        wanted = socket.IPPROTO_ICMPV6
    if start < 0 or protocol != wanted or (key := quoted_key(family, quoted[start:])) is None:
        return None
    address = quoted[16:20] if family == socket.AF_INET else quoted[24:40]
    return key, socket.inet_ntop(family, address)
