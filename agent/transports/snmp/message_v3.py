"""Messages of version 3 (RFC 3412 section 6), with the parameters of the user-based model (RFC 3414 section 2.4)."""

from __future__ import annotations

from typing import NamedTuple

from agent.transports.snmp import ber
from agent.transports.snmp.errors import DecodeError

VERSION = 3
USER_BASED = 3  # msgSecurityModel
AUTHENTICATED, ENCRYPTED, REPORTABLE = 1, 2, 4  # msgFlags
LARGEST = 65507  # bytes that one UDP datagram over IPv4 carries
HIGHEST = 2**31 - 1  # of msgID, boots and time


class Parameters(NamedTuple):
    """UsmSecurityParameters. `digest` and `salt` are msgAuthenticationParameters and msgPrivacyParameters."""

    engine_id: bytes = b""
    boots: int = 0
    time: int = 0
    user: bytes = b""
    digest: bytes = b""
    salt: bytes = b""


class Message(NamedTuple):
    """A message as it came. Positions within `datagram`: of the digest, and of msgData, which is the rest."""

    message_id: int
    flags: int
    parameters: Parameters
    datagram: bytes
    digest_at: int
    data_at: int


def encoded(message_id: int, flags: int, parameters: Parameters, data: bytes) -> tuple[bytes, int]:
    """The message around msgData, and where in it the digest is."""
    engine_id, boots, time, user, digest, salt = parameters
    salted = ber.element(ber.OCTET_STRING, salt)
    security = ber.element(
        ber.SEQUENCE,
        ber.element(ber.OCTET_STRING, engine_id)
        + ber.integer(boots)
        + ber.integer(time)
        + ber.element(ber.OCTET_STRING, user)
        + ber.element(ber.OCTET_STRING, digest)
        + salted,
    )
    header = (
        ber.integer(message_id)
        + ber.integer(LARGEST)
        + ber.element(ber.OCTET_STRING, bytes((flags,)))
        + ber.integer(USER_BASED)
    )
    body = ber.integer(VERSION) + ber.element(ber.SEQUENCE, header) + ber.element(ber.OCTET_STRING, security) + data
    message = ber.element(ber.SEQUENCE, body)
    return message, len(message) - len(data) - len(salted) - len(digest)


def decoded(datagram: bytes) -> Message:
    """DecodeError for what is no message of version 3 with user-based security."""
    at, end = ber.expect(ber.SEQUENCE, datagram, 0, len(datagram))
    datagram = datagram[:end]  # what follows is padding of some agents, and not signed
    version, at = ber.integer_at(datagram, at, end)
    if version != VERSION:
        raise DecodeError("another version")
    head, head_end = ber.expect(ber.SEQUENCE, datagram, at, end)
    message_id, flags = _header(datagram, head, head_end)
    at, data_at = ber.expect(ber.OCTET_STRING, datagram, head_end, end)
    parameters, digest_at = _parameters(datagram, at, data_at)
    return Message(message_id, flags, parameters, datagram, digest_at, data_at)


def _header(data: bytes, at: int, limit: int) -> tuple[int, int]:
    message_id, at = _counted(data, at, limit)
    _, at = ber.integer_at(data, at, limit)  # msgMaxSize: what the device could take, of no use to an answer
    flags, at = _octets(data, at, limit)
    model, _ = ber.integer_at(data, at, limit)
    if len(flags) != 1 or model != USER_BASED:
        raise DecodeError("flags of another size, or another security model")
    if flags[0] & ENCRYPTED and not flags[0] & AUTHENTICATED:
        raise DecodeError("encrypted and not signed, which RFC 3412 section 7.2 forbids")
    return message_id, flags[0]


def _parameters(data: bytes, at: int, limit: int) -> tuple[Parameters, int]:
    at, limit = ber.expect(ber.SEQUENCE, data, at, limit)
    engine_id, at = _octets(data, at, limit)
    boots, at = _counted(data, at, limit)
    time, at = _counted(data, at, limit)
    user, at = _octets(data, at, limit)
    digest, at = _octets(data, at, limit)
    digest_at = at - len(digest)
    salt, _ = _octets(data, at, limit)
    return Parameters(engine_id, boots, time, user, digest, salt), digest_at


def _octets(data: bytes, at: int, limit: int) -> tuple[bytes, int]:
    start, end = ber.expect(ber.OCTET_STRING, data, at, limit)
    return data[start:end], end


def _counted(data: bytes, at: int, limit: int) -> tuple[int, int]:
    number, end = ber.integer_at(data, at, limit)
    if not 0 <= number <= HIGHEST:
        raise DecodeError(f"a message id, boots or time of {number}")
    return number, end


def scoped(context_engine: bytes, context: bytes, pdu: bytes) -> bytes:
    """ScopedPDU."""
    return ber.element(
        ber.SEQUENCE,
        ber.element(ber.OCTET_STRING, context_engine) + ber.element(ber.OCTET_STRING, context) + pdu,
    )


def unscoped(data: bytes, at: int) -> tuple[tuple[bytes, bytes], int, int]:
    """(context engine, context), start and end of the PDU in the ScopedPDU at `at`."""
    at, end = ber.expect(ber.SEQUENCE, data, at, len(data))
    context_engine, at = _octets(data, at, end)
    context, at = _octets(data, at, end)
    return (context_engine, context), at, end


def unwrapped(data: bytes, at: int) -> bytes:
    """encryptedPDU."""
    return _octets(data, at, len(data))[0]
