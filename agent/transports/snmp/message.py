"""The envelope of a PDU. Here the community-based ones: v1 (RFC 1157 section 4) and v2c (RFC 1901 section 3)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from agent.transports.snmp import ber
from agent.transports.snmp.errors import DecodeError

VERSIONS = {"1": 0, "2c": 1}


class Envelope(Protocol):
    """What a version of SNMP puts around a PDU. USM will be the other one."""

    def seal(self, pdu: bytes) -> bytes:
        """The datagram that carries this PDU."""
        ...

    def open(self, datagram: bytes) -> tuple[bytes, int, int]:
        """(bytes, start, end) of the PDU within; DecodeError if the datagram is not from whom it should be."""
        ...


@dataclass(frozen=True, slots=True)
class Community:
    """`version` as on the wire: 0 is v1, 1 is v2c. A reply with another version or community is not ours."""

    version: int
    community: bytes = field(repr=False)

    def seal(self, pdu: bytes) -> bytes:
        return ber.element(
            ber.SEQUENCE, ber.integer(self.version) + ber.element(ber.OCTET_STRING, self.community) + pdu
        )

    def open(self, datagram: bytes) -> tuple[bytes, int, int]:
        # Bytes after the message are padding of some agents and carry nothing.
        at, end = ber.expect(ber.SEQUENCE, datagram, 0, len(datagram))
        version, at = ber.integer_at(datagram, at, end)
        start, at = ber.expect(ber.OCTET_STRING, datagram, at, end)
        if version != self.version or datagram[start:at] != self.community:
            raise DecodeError("another version or community")
        return datagram, at, end
