"""The envelope of a PDU. Here the community-based ones: v1 (RFC 1157 section 4) and v2c (RFC 1901 section 3)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from agent.transports.snmp import ber
from agent.transports.snmp.errors import DecodeError

VERSIONS = {"1": 0, "2c": 1}


class Reported(Exception):
    """The device says, instead of an answer, why it does not answer (version 3). `said` is the rest of a sentence that
    begins with the device; `again`: sealed anew, with what was learnt from this, the question may be answered."""

    def __init__(self, request_id: int, kind: str, said: str, again: bool) -> None:
        super().__init__(said)
        self.request_id = request_id
        self.kind = kind
        self.said = said
        self.again = again


class Envelope(Protocol):
    """What a version of SNMP puts around a PDU. usm.procedure.Usm is the one of version 3."""

    @property
    def boots(self) -> int | None:
        """snmpEngineBoots of the device, where signed messages tell it."""
        ...

    def seal(self, request_id: int, pdu: bytes) -> bytes:
        """A datagram that carries this PDU, or asks for what must be known before."""
        ...

    def open(self, datagram: bytes) -> tuple[bytes, int, int]:
        """(bytes, start, end) of the PDU within; DecodeError if the datagram is not from whom it should be."""
        ...

    def silence(self) -> tuple[str, str]:
        """The kind of failure that it is when no answer came at all, and what may be wrong, as a question."""
        ...


@dataclass(frozen=True, slots=True)
class Community:
    """`version` as on the wire: 0 is v1, 1 is v2c. A reply with another version or community is not ours."""

    version: int
    community: bytes = field(repr=False)

    @property
    def boots(self) -> None:
        return None

    def seal(self, request_id: int, pdu: bytes) -> bytes:
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

    def silence(self) -> tuple[str, str]:
        return "timeout", "address, ACL or community wrong?"
