"""SNMP versions 1 and 2c on the wire, as the simulated devices speak them: small, and none of the agent's own codec, so
that a mistake there is not hidden by the same one here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from agent.core.smi import Counter32, Counter64, Gauge32, IpAddress, TimeTicks
from demo.devices.device import Value

Oid = tuple[int, ...]
GET, GET_NEXT, RESPONSE, GET_BULK = 0xA0, 0xA1, 0xA2, 0xA5
NO_ERROR, TOO_BIG, NO_SUCH_NAME = 0, 1, 2
INTEGER, OCTETS, NULL, OBJECT_ID, SEQUENCE = 0x02, 0x04, 0x05, 0x06, 0x30
TAGS = {IpAddress: 0x40, Counter32: 0x41, Gauge32: 0x42, TimeTicks: 0x43, Counter64: 0x46}
V1, V2C = 0, 1
LONGEST = 65507  # bytes of a datagram over IPv4
# Bytes by which the lengths of the outer elements grow in a long reply, two for each of three.
ENVELOPE = 6


@dataclass(frozen=True, slots=True)
class Missing:
    """Stands for a value that is not there (RFC 3416 section 3)."""

    tag: int


NO_SUCH_INSTANCE, END_OF_MIB_VIEW, UNSPECIFIED = Missing(0x81), Missing(0x82), Missing(NULL)
Item = tuple[Oid, Value | Missing]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it came; `first` and `second` are non-repeaters and max-repetitions of a GETBULK."""

    version: int
    community: bytes
    kind: int
    request_id: int
    first: int
    second: int
    oids: tuple[Oid, ...]


def numbers(dotted: str) -> Oid:
    return tuple(map(int, dotted.split(".")))


def element(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 128:
        return bytes((tag, size)) + content
    return bytes((tag, 0x82)) + size.to_bytes(2, "big") + content


def elements(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Tag and content of the elements that follow each other; the last may be cut short."""
    at = 0
    while at < len(data):
        tag, length, at = data[at], data[at + 1], at + 2
        if length & 128:
            size = length & 127
            length, at = int.from_bytes(data[at : at + size], "big"), at + size
        yield tag, data[at : at + length]
        at += length


def number_content(value: int) -> bytes:
    return value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True)


@lru_cache(50_000)  # the names of some devices' objects, which are asked for again and again
def oid_content(oid: Oid) -> bytes:
    content = bytearray([oid[0] * 40 + oid[1]])
    for number in oid[2:]:
        shifts = range((max(number.bit_length(), 1) - 1) // 7 * 7, -1, -7)
        content += bytes([number >> shift & 127 | (128 if shift else 0) for shift in shifts])
    return bytes(content)


def decoded_oid(raw: bytes) -> Oid:
    """ValueError for bytes that end within a number, or are none."""
    if not raw or raw[-1] & 128:
        raise ValueError("an OID that ends within a number")
    found, number = [raw[0] // 40, raw[0] % 40], 0
    for byte in raw[1:]:
        number = number << 7 | byte & 127
        if not byte & 128:
            found.append(number)
            number = 0
    return tuple(found)


def understood(datagram: bytes) -> Asked | None:
    """None for what is no question of version 1 or 2c."""
    try:
        return _asked(datagram)
    except (ValueError, IndexError, StopIteration):
        return None


def _asked(datagram: bytes) -> Asked | None:
    _, message = next(elements(datagram))
    (_, version), (_, community), (kind, pdu) = elements(message)
    if version not in (b"\0", b"\1") or kind not in (GET, GET_NEXT, GET_BULK):
        return None
    (_, request_id), (_, first), (_, second), (_, bindings) = elements(pdu)
    oids = tuple(decoded_oid(next(elements(pair))[1]) for _, pair in elements(bindings))
    number, one, two = (int.from_bytes(each, "big", signed=True) for each in (request_id, first, second))
    return Asked(version[0], community, kind, number, one, two, oids)


def encoded(value: Value | Missing) -> bytes:
    if isinstance(value, Missing):
        return element(value.tag, b"")
    if isinstance(value, int):
        return element(TAGS.get(type(value), INTEGER), number_content(value))
    if isinstance(value, bytes):
        return element(TAGS.get(type(value), OCTETS), value)
    return element(OBJECT_ID, oid_content(numbers(value)))


def pair(item: Item) -> bytes:
    name, value = item
    return element(SEQUENCE, element(OBJECT_ID, oid_content(name)) + encoded(value))


def reply(asked: Asked, pairs: Iterable[bytes], status: int = NO_ERROR, index: int = 0) -> bytes:
    """The message that answers a question with these encoded bindings."""
    head = b"".join(element(INTEGER, number_content(field)) for field in (asked.request_id, status, index))
    body = element(INTEGER, bytes((asked.version,))) + element(OCTETS, asked.community)
    return element(SEQUENCE, body + element(RESPONSE, head + element(SEQUENCE, b"".join(pairs))))
