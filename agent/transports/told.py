"""Who said what of a packet that was not delivered: this machine by an error at once, or a router by an ICMP error,
which the kernel keeps in a queue of the socket (IP_RECVERR)."""

from __future__ import annotations

import errno
import socket
import struct

from agent.core.reach import Refusal, Why
from agent.transports.icmp_packet import ERROR_TYPES, refusal

# Level and option, by address family. Numbers of the Linux ABI that the socket module does not name.
RECEIVE_ERRORS: dict[int, tuple[int, int]] = {
    socket.AF_INET: (socket.IPPROTO_IP, 11),
    socket.AF_INET6: (socket.IPPROTO_IPV6, 25),
}
EXTENDED_ERROR = struct.Struct(
    "@IBBBBII"
)  # errno, origin, type, code, padding, info, data; then the offender's address
ICMP_ORIGINS = (2, 3)
# What this machine says of a packet that it does not let out.
OWN: dict[int, Why] = {
    errno.ENETUNREACH: "no_route",
    errno.EHOSTUNREACH: "no_route",
    errno.EINVAL: "no_route",  # a blackhole route
    errno.EACCES: "prohibited",
    errno.EPERM: "prohibited",
    errno.EMSGSIZE: "too_big",
}
ROOM = 512  # bytes of control messages


def told(family: int, ancillary: list[tuple[int, int, bytes]]) -> Refusal | None:
    """What an ICMP error of the queue says, and who; None for what the kernel says by itself to whoever sends."""
    for level, kind, data in ancillary:
        if (level, kind) == RECEIVE_ERRORS[family] and len(data) >= EXTENDED_ERROR.size:
            _, origin, type_, code, _, info, _ = EXTENDED_ERROR.unpack_from(data)
            offender = data[EXTENDED_ERROR.size :]
            start, length = (4, 4) if family == socket.AF_INET else (8, 16)
            # Others are advice: of a redirect the packet went on all the same.
            if origin in ICMP_ORIGINS and type_ in ERROR_TYPES[family] and len(offender) >= start + length:
                by = socket.inet_ntop(family, offender[start : start + length])
                return refusal(family, type_, code, info, by)
    return None


def first_told(opened: socket.socket) -> Refusal | None:
    """The first error in the queue of a socket that does not block; None if it is empty."""
    try:
        _, ancillary, _, _ = opened.recvmsg(1, ROOM, socket.MSG_ERRQUEUE)
    except OSError:
        return None
    return told(opened.family, ancillary)


def said_here(error: OSError) -> Refusal | None:
    """What this machine says of a packet that it did not let out; None where the error is of another kind."""
    why = OWN.get(error.errno or 0)
    return None if why is None else Refusal("", why)
