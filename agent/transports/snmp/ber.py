"""BER (X.690) as SNMP uses it (RFC 3417 section 8): definite lengths, tags of one byte."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from functools import partial

from agent.transports.snmp import oid
from agent.transports.snmp.errors import DecodeError
from agent.transports.snmp.values import (
    Counter32,
    Counter64,
    Gauge32,
    IpAddress,
    Missing,
    NsapAddress,
    Opaque,
    OpaqueCounter64,
    OpaqueDouble,
    OpaqueFloat,
    TimeTicks,
    Value,
)

INTEGER, OCTET_STRING, NULL, OBJECT_IDENTIFIER, SEQUENCE = 0x02, 0x04, 0x05, 0x06, 0x30
IP_ADDRESS, COUNTER32, GAUGE32, TIME_TICKS, OPAQUE, NSAP, COUNTER64 = 0x40, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46
# RFC 2578 ties Unsigned32 to Gauge32's tag, but SNMPv2 drafts gave it one of its own, which old agents still send.
UNSIGNED32 = 0x47

VarBind = tuple[bytes, Value]


def header(data: bytes, at: int, limit: int) -> tuple[int, int, int]:
    """(tag, start, end) of the element at `at`; DecodeError if it does not end by `limit`."""
    try:
        tag, length = data[at], data[at + 1]
    except IndexError:
        raise DecodeError("cut off within an element's head") from None
    start = at + 2
    if length >= 0x80:
        # Leading zeros in a long length (84 00 00 00 05) are sent by several agents and mean what they say.
        size = length & 0x7F
        if size == 0:
            raise DecodeError("an indefinite length, which SNMP forbids")
        length = int.from_bytes(data[start : start + size])
        start += size
    end = start + length
    if end > limit:
        raise DecodeError("an element longer than what holds it")
    return tag, start, end


def expect(wanted: int, data: bytes, at: int, limit: int) -> tuple[int, int]:
    """(start, end) of the element at `at`, which must have the tag `wanted`."""
    tag, start, end = header(data, at, limit)
    if tag != wanted:
        raise DecodeError(f"tag {tag:#04x} where {wanted:#04x} belongs")
    return start, end


def integer_at(data: bytes, at: int, limit: int) -> tuple[int, int]:
    """(value, end) of the INTEGER at `at`."""
    start, end = expect(INTEGER, data, at, limit)
    return _integer(data[start:end]), end


def varbinds(data: bytes, at: int, end: int) -> list[VarBind]:
    """The variable bindings between `at` and `end`: encoded names and values.

    A walk of one switch brings thousands of these, so this is the hot loop of the client, and it looks as it does for
    that: indices instead of objects or calls, one test that proves the common shape (SEQUENCE, OID and value, each of
    less than 128 bytes, fitting together exactly, the name ending with a number's last byte) and sends everything else
    to `_long_varbind`, names left encoded (their text is needed once a row, not once a value), one table look-up from
    tag to conversion, and one of its own for values of up to four bytes, where every type's conversion is a builtin.
    """
    if end > len(data):
        raise DecodeError("cut off within the variable bindings")
    found: list[VarBind] = []
    append, convert, short = found.append, CONVERT, _CONVERT_SHORT
    try:
        while at < end:
            size = data[at + 1]
            name = at + 4
            after = name + data[at + 3]
            content = after + 2
            stop = at + 2 + size
            if (
                content <= stop <= end
                and content + data[after + 1] == stop
                and size < 0x80
                and data[at] == 0x30
                and data[at + 2] == 0x06
                and data[after - 1] < 0x80
            ):
                table = short if stop - after <= 6 else convert
                append((data[name:after], table[data[after]](data[content:stop])))
                at = stop
            else:
                varbind, at = _long_varbind(data, at, end)
                append(varbind)
    except (IndexError, KeyError):
        raise DecodeError("a variable binding cut off, or of an unknown type") from None
    return found


def _long_varbind(data: bytes, at: int, limit: int) -> tuple[VarBind, int]:
    start, end = expect(SEQUENCE, data, at, limit)
    name, after = expect(OBJECT_IDENTIFIER, data, start, end)
    oid.check(data[name:after])
    tag, content, stop = header(data, after, end)
    if stop != end:
        raise DecodeError("a variable binding with more than a name and a value")
    return (data[name:after], CONVERT[tag](data[content:stop])), end


def _integer(raw: bytes) -> int:
    """Signed; over-long forms mean what they say, and so does an unsigned number put here with a leading zero."""
    value = int.from_bytes(raw, "big", signed=True)
    if len(raw) > 8 and not -(1 << 63) <= value < 1 << 64:
        raise DecodeError("an INTEGER of more than 64 bits")
    return value


def _unsigned(kind: type[int], mask: int, raw: bytes) -> int:
    # Agents leave out the leading zero of a number with its top bit set, so the bytes are read as unsigned; others
    # sign-extend to more bytes than the type has, so the rest is cut off.
    return kind(int.from_bytes(raw) & mask)


def _null(raw: bytes) -> None:
    return None


def _missing(which: Missing, raw: bytes) -> Missing:
    return which


# Numbers that RFC 2578's Opaque wraps: BER within BER, by net-snmp's private tags 9F 76 .. 9F 7B.
_WRAPPED: dict[bytes, Callable[[bytes], Value]] = {
    b"\x9f\x76": lambda raw: OpaqueCounter64(int.from_bytes(raw)),
    b"\x9f\x78": lambda raw: OpaqueFloat(struct.unpack(">f", raw)[0]),
    b"\x9f\x79": lambda raw: OpaqueDouble(struct.unpack(">d", raw)[0]),
    b"\x9f\x7a": _integer,
    b"\x9f\x7b": lambda raw: OpaqueCounter64(int.from_bytes(raw)),
}


def opaque(raw: bytes) -> Value:
    convert = _WRAPPED.get(raw[:2])
    if convert is None or len(raw) < 3 or raw[2] != len(raw) - 3 or raw[2] > 8:
        return Opaque(raw)
    try:
        return convert(raw[3:])
    except struct.error:
        return Opaque(raw)


CONVERT: dict[int, Callable[[bytes], Value]] = {
    INTEGER: _integer,
    OCTET_STRING: bytes,
    NULL: _null,
    OBJECT_IDENTIFIER: oid.text,
    IP_ADDRESS: IpAddress,
    COUNTER32: partial(_unsigned, Counter32, 0xFFFFFFFF),
    GAUGE32: partial(_unsigned, Gauge32, 0xFFFFFFFF),
    TIME_TICKS: partial(_unsigned, TimeTicks, 0xFFFFFFFF),
    OPAQUE: opaque,
    NSAP: NsapAddress,
    COUNTER64: partial(_unsigned, Counter64, 0xFFFFFFFFFFFFFFFF),
    UNSIGNED32: partial(_unsigned, Gauge32, 0xFFFFFFFF),
    **{which.value: partial(_missing, which) for which in Missing},
}

# In up to four bytes nothing is too large, so the types' own `from_bytes` (unsigned) will do, without a call of ours.
_CONVERT_SHORT: dict[int, Callable[[bytes], Value]] = {
    **CONVERT,
    COUNTER32: Counter32.from_bytes,
    GAUGE32: Gauge32.from_bytes,
    TIME_TICKS: TimeTicks.from_bytes,
    COUNTER64: Counter64.from_bytes,
    UNSIGNED32: Gauge32.from_bytes,
}


def element(tag: int, content: bytes) -> bytes:
    """One encoded element with the shortest length."""
    length = len(content)
    if length < 0x80:
        return bytes((tag, length)) + content
    size = length.to_bytes((length.bit_length() + 7) // 8)
    return bytes((tag, 0x80 | len(size))) + size + content


def integer(value: int, tag: int = INTEGER) -> bytes:
    return element(tag, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))


def questions(names: Sequence[bytes]) -> bytes:
    """A list of variable bindings that ask: encoded names, each with NULL."""
    asked = [element(SEQUENCE, element(OBJECT_IDENTIFIER, name) + b"\x05\x00") for name in names]
    return element(SEQUENCE, b"".join(asked))
