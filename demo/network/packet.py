"""IPv4 packets: whom they are from and to, the same with other addresses, and what a router or host answers to them.

RFC 791 (IPv4), 792 (ICMP), 768 (UDP), 9293 (TCP), 1624 (a checksum brought up to date).
"""

from __future__ import annotations

import struct
from typing import NamedTuple

ICMP, TCP, UDP = 1, 6, 17
ECHO_REPLY, UNREACHABLE, ECHO, TIME_EXCEEDED = 0, 3, 8, 11
HOST_UNREACHABLE, PORT_UNREACHABLE, PROHIBITED = 1, 3, 13  # codes of UNREACHABLE (RFC 792, RFC 1812 section 5.2.7.1)
FIN, SYN, RST, ACK = 1, 2, 4, 16
HEADER = 20  # bytes, without options
TTL = 64
QUOTED = 8  # bytes of its payload that an ICMP error quotes
CHECKSUM_AT = {TCP: 16, UDP: 6}


class Ends(NamedTuple):
    """Addresses as four bytes; ports are 0 where the protocol has none."""

    source: bytes
    source_port: int
    destination: bytes
    destination_port: int


class Packet(NamedTuple):
    """A packet with its header read. `start`: where what it carries begins."""

    raw: bytes
    protocol: int
    ttl: int
    start: int
    ends: Ends

    @property
    def echo(self) -> bool:
        """It is an ICMP echo request."""
        return self.protocol == ICMP and self.raw[self.start] == ECHO

    @property
    def failure(self) -> bool:
        """It is an ICMP error, or a reset: nothing is answered to it (RFC 1122 section 3.2.2)."""
        if self.protocol == ICMP:
            return not self.echo
        return self.protocol == TCP and bool(self.raw[self.start + 13] & RST)


def read(raw: bytes) -> Packet | None:
    """None for what is no whole, unfragmented IPv4 packet of TCP, UDP or ICMP."""
    if len(raw) < HEADER + QUOTED or raw[0] >> 4 != 4 or struct.unpack_from("!H", raw, 6)[0] & 0x3FFF:
        return None
    start, protocol = (raw[0] & 15) * 4, raw[9]
    if protocol not in (ICMP, TCP, UDP) or len(raw) < start + (HEADER if protocol == TCP else QUOTED):
        return None
    ports = (0, 0) if protocol == ICMP else struct.unpack_from("!HH", raw, start)
    return Packet(raw, protocol, raw[8], start, Ends(raw[12:16], ports[0], raw[16:20], ports[1]))


def readdressed(packet: Packet, ends: Ends) -> bytes:
    """The same TCP segment or UDP datagram between other ends, its checksums brought up to date (RFC 1624)."""
    raw, start = bytearray(packet.raw), packet.start
    before, after = _words(packet.ends), _words(ends)
    raw[12:20] = ends.source + ends.destination
    struct.pack_into("!HH", raw, start, ends.source_port, ends.destination_port)
    _update(raw, 10, before[:4], after[:4])
    at = start + CHECKSUM_AT[packet.protocol]
    if packet.protocol == TCP or raw[at] or raw[at + 1]:  # 0: this datagram has none
        _update(raw, at, before, after)
    return bytes(raw)


def echo_reply(packet: Packet) -> bytes:
    """What the host that was pinged answers."""
    carried = packet.raw[packet.start :]
    return _between(packet, ICMP, _icmp(ECHO_REPLY, 0, carried[4:8], carried[8:]))


def unreachable(packet: Packet, code: int, by: bytes | None = None) -> bytes:
    """ICMP destination unreachable; `by` is the router that says so, else the host itself."""
    return _error(packet, UNREACHABLE, code, by)


def time_exceeded(packet: Packet, by: bytes) -> bytes:
    """What the router says at which the packet's time to live ended."""
    return _error(packet, TIME_EXCEEDED, 0, by)


def reset(packet: Packet) -> bytes:
    """What a host answers to a segment for a port where nobody listens (RFC 9293 section 3.5.2)."""
    number, acknowledged = struct.unpack_from("!II", packet.raw, packet.start + 4)
    flags, offset = packet.raw[packet.start + 13], (packet.raw[packet.start + 12] >> 4) * 4
    carried = len(packet.raw) - packet.start - offset + bool(flags & SYN) + bool(flags & FIN)
    ends = packet.ends
    own, theirs, mine = (acknowledged, 0, RST) if flags & ACK else (0, (number + carried) % 2**32, RST | ACK)
    head = struct.pack(
        "!HHIIBBHHH", ends.destination_port, ends.source_port, own, theirs, (HEADER // 4) << 4, mine, 0, 0, 0
    )
    pseudo = ends.destination + ends.source + struct.pack("!BBH", 0, TCP, len(head))
    return _between(packet, TCP, head[:16] + checksum(pseudo + head) + head[18:])


def checksum(octets: bytes) -> bytes:
    """The Internet checksum (RFC 1071)."""
    even = octets + b"\0" * (len(octets) % 2)
    total = sum(struct.unpack(f"!{len(even) // 2}H", even))
    return struct.pack("!H", ~_folded(total) & 0xFFFF)


def _folded(total: int) -> int:
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total


def _words(ends: Ends) -> tuple[int, ...]:
    return (*struct.unpack("!4H", ends.source + ends.destination), ends.source_port, ends.destination_port)


def _update(raw: bytearray, at: int, before: tuple[int, ...], after: tuple[int, ...]) -> None:
    """Equation 3 of RFC 1624: HC' = ~(~HC + ~m + m')."""
    (old,) = struct.unpack_from("!H", raw, at)
    total = (~old & 0xFFFF) + sum(~each & 0xFFFF for each in before) + sum(after)
    struct.pack_into("!H", raw, at, ~_folded(total) & 0xFFFF)


def _icmp(kind: int, code: int, rest: bytes, carried: bytes) -> bytes:
    head = bytes((kind, code))
    return head + checksum(head + b"\0\0" + rest + carried) + rest + carried


def _error(packet: Packet, kind: int, code: int, by: bytes | None) -> bytes:
    quoted = packet.raw[: packet.start + QUOTED]
    return _between(packet, ICMP, _icmp(kind, code, b"\0" * 4, quoted), by)


def _between(packet: Packet, protocol: int, carried: bytes, by: bytes | None = None) -> bytes:
    """An IPv4 packet back to the sender."""
    ends = packet.ends
    head = struct.pack("!BBHHHBBH", 0x45, 0, HEADER + len(carried), 0, 0, TTL, protocol, 0)
    head += (by or ends.destination) + ends.source
    return head[:10] + checksum(head) + head[12:] + carried
