"""The BER codec: both ways, against pyasn1, lenient where devices are sloppy, unmoved by hostile bytes."""

from __future__ import annotations

import contextlib
import struct
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyasn1.codec.ber import decoder, encoder
from pysnmp.proto import api

from agent.transports.snmp import ber, oid, pdu
from agent.transports.snmp.errors import DecodeError
from agent.transports.snmp.message import Community
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
)
from tests import snmp_agent as wire

NAME = "1.3.6.1.2.1.1.1.0"
V2 = Community(1, b"public")
v2c: Any = api.PROTOCOL_MODULES[api.SNMP_VERSION_2C]

sub_identifiers = st.one_of(st.integers(0, 127), st.integers(128, 16383), st.integers(0, 2**32 - 1))
dotted = st.builds(
    lambda first, second, rest: ".".join(map(str, (first, second, *rest))),
    st.integers(0, 1),
    st.integers(0, 39),
    st.lists(sub_identifiers, max_size=30),
) | st.builds(lambda second, rest: ".".join(map(str, (2, second, *rest))), st.integers(0, 2**31), st.just((1, 2)))


def decoded(tag: int, content: bytes) -> Any:
    """One value as it comes out of a list of variable bindings, by the fast way or the long one."""
    data = wire.tlv(0x30, wire.tlv(0x06, oid.encoded(NAME)) + wire.tlv(tag, content))
    ((name, value),) = ber.varbinds(data, 0, len(data))
    assert oid.text(name) == NAME
    return value


def response(pairs: list[tuple[str, Any]], request_id: int = 7) -> bytes:
    """A response as pysnmp encodes it."""
    answer = v2c.GetResponsePDU()
    v2c.apiPDU.set_defaults(answer)
    v2c.apiPDU.set_request_id(answer, request_id)
    v2c.apiPDU.set_varbinds(answer, pairs)
    message = v2c.Message()
    v2c.apiMessage.set_defaults(message)
    v2c.apiMessage.set_community(message, "public")
    v2c.apiMessage.set_pdu(message, answer)
    return bytes(encoder.encode(message))


@settings(deadline=None)
@given(dotted)
def test_every_oid_comes_back_as_it_went_and_pyasn1_encodes_it_alike(name: str) -> None:
    raw = oid.encoded(name)
    assert oid.text(raw) == name
    assert encoder.encode(v2c.ObjectIdentifier(name))[-len(raw) :] == raw


@settings(deadline=None)
@given(st.lists(sub_identifiers, min_size=1, max_size=6), st.lists(sub_identifiers, min_size=1, max_size=6))
def test_names_compare_in_the_order_of_a_walk_whatever_their_bytes(one: list[int], other: list[int]) -> None:
    raw = [oid.encoded(".".join(map(str, (1, 3, *each)))) for each in (one, other)]
    assert (oid.parts(raw[0]) < oid.parts(raw[1])) == (one < other)


@pytest.mark.parametrize("text", ["", "1", "1.40", "3.1", "1.3.-1", "1.3.x", ".1.3.6", "1.3.4294967296", "1." * 130])
def test_a_text_that_is_no_oid_is_refused_with_what_is_expected(text: str) -> None:
    with pytest.raises(ValueError, match="not an OID"):
        oid.encoded(text)


@settings(deadline=None)
@given(st.integers(-(2**63), 2**63 - 1))
def test_every_integer_comes_back_as_it_went_and_pyasn1_encodes_it_alike(number: int) -> None:
    raw = ber.integer(number)
    assert ber.integer_at(raw, 0, len(raw)) == (number, len(raw))
    assert encoder.encode(v2c.Integer(number)) == raw if abs(number) < 2**31 else True


@settings(deadline=None)
@given(st.integers(0, 2**64 - 1), st.integers(0, 2**32 - 1), st.binary(max_size=300), dotted)
def test_values_encoded_by_pysnmp_are_decoded_with_their_types(large: int, small: int, text: bytes, name: str) -> None:
    asked: list[tuple[Any, Any]] = [
        (v2c.Counter64(large), Counter64(large)),
        (v2c.Counter32(small), Counter32(small)),
        (v2c.Gauge32(small), Gauge32(small)),
        (v2c.TimeTicks(small), TimeTicks(small)),
        (v2c.Integer(small >> 1), small >> 1),
        (v2c.OctetString(text), text),
        (v2c.IpAddress(bytes(text[:4].ljust(4, b"\0"))), IpAddress(text[:4].ljust(4, b"\0"))),
        (v2c.ObjectIdentifier(name), name),
    ]
    data = response([(f"{NAME}.{n}", theirs) for n, (theirs, _) in enumerate(asked)])
    answer = pdu.response(*V2.open(data))
    assert answer.request_id == 7
    for (_, ours), (_, value) in zip(asked, answer.varbinds, strict=True):
        assert value == ours
        assert type(value) is type(ours)


@settings(deadline=None)
@given(st.lists(dotted, min_size=1, max_size=5), st.integers(0, 2**31 - 1), st.binary(max_size=40))
def test_our_questions_are_decoded_by_pysnmp(names: list[str], request_id: int, community: bytes) -> None:
    question = pdu.request(pdu.GET_BULK, request_id, [oid.encoded(name) for name in names], 0, 25)
    message, rest = decoder.decode(Community(1, community).seal(request_id, question), asn1Spec=v2c.Message())
    assert not rest
    assert bytes(v2c.apiMessage.get_community(message)) == community
    theirs = v2c.apiMessage.get_pdu(message)
    assert theirs.isSameTypeWith(v2c.GetBulkRequestPDU())
    assert int(v2c.apiBulkPDU.get_request_id(theirs)) == request_id
    assert int(v2c.apiBulkPDU.get_max_repetitions(theirs)) == 25
    assert [str(name) for name, _ in v2c.apiBulkPDU.get_varbinds(theirs)] == names


@pytest.mark.parametrize(
    ("tag", "content", "meant"),
    [
        (ber.COUNTER32, bytes.fromhex("FFFFFFFB"), Counter32(4294967291)),  # no leading zero
        (ber.COUNTER32, b"\xc8", Counter32(200)),  # no leading zero, one byte
        (ber.COUNTER32, bytes.fromhex("00FFFFFFFB"), Counter32(4294967291)),
        (ber.COUNTER32, bytes.fromhex("000000000000000005"), Counter32(5)),  # over-long
        (ber.COUNTER32, bytes.fromhex("FFFFFFFFFFFFFFFB"), Counter32(4294967291)),  # sign-extended to 64 bits
        (ber.COUNTER64, bytes.fromhex("FFFFFFFFFFFFFFFB"), Counter64(2**64 - 5)),  # no leading zero
        (ber.COUNTER64, bytes.fromhex("00FFFFFFFFFFFFFFFB"), Counter64(2**64 - 5)),
        (ber.COUNTER64, b"", Counter64(0)),  # nothing at all for 0
        (ber.INTEGER, bytes.fromhex("80000000"), -(2**31)),
        (ber.INTEGER, bytes.fromhex("FFFFFFFFFFFFFFFFFFFF"), -1),  # over-long
        (ber.INTEGER, bytes.fromhex("00000000000000000005"), 5),  # over-long
        (ber.INTEGER, bytes.fromhex("00FFFFFFFF"), 4294967295),  # an unsigned number in an INTEGER
        (ber.UNSIGNED32, b"\x05", Gauge32(5)),
        (ber.OPAQUE, bytes.fromhex("9F7804") + struct.pack(">f", 0.25), OpaqueFloat(0.25)),
        (ber.OPAQUE, bytes.fromhex("9F7908") + struct.pack(">d", 1e300), OpaqueDouble(1e300)),
        (ber.OPAQUE, bytes.fromhex("9F760105"), OpaqueCounter64(5)),
        (ber.OPAQUE, bytes.fromhex("9F7A01FB"), -5),
        (ber.OPAQUE, bytes.fromhex("9F7802FFFF"), Opaque(bytes.fromhex("9F7802FFFF"))),  # a float of two bytes
        (ber.OPAQUE, b"", Opaque(b"")),
        (ber.NSAP, b"\x01", NsapAddress(b"\x01")),
        (ber.NULL, b"", None),
        (ber.OBJECT_IDENTIFIER, b"", "0.0"),
        (0x80, b"", Missing.NO_SUCH_OBJECT),
        (0x81, b"", Missing.NO_SUCH_INSTANCE),
        (0x82, b"", Missing.END_OF_MIB_VIEW),
    ],
)
def test_what_devices_send_decodes_to_the_value_meant_and_keeps_its_type(tag: int, content: bytes, meant: Any) -> None:
    value = decoded(tag, content)
    assert value == meant
    assert type(value) is type(meant)


@pytest.mark.parametrize("inner", [b"\x05\0\0\x80\x3f", b"\x03\0\0\x80\x3f", b"\x0c" + bytes(12), b"\x00", b""])
@pytest.mark.parametrize("kind", [b"\x9f\x78", b"\x9f\x79", b"\x9f\x7a", b"\x9f\x76"])
def test_what_an_opaque_wraps_with_another_length_is_left_as_it_is(kind: bytes, inner: bytes) -> None:
    value = decoded(0x44, kind + inner)
    assert isinstance(value, Opaque) or (kind, inner) in ((b"\x9f\x7a", b"\0"), (b"\x9f\x76", b"\0"))


def test_an_address_shows_itself_as_people_write_it() -> None:
    assert str(decoded(ber.IP_ADDRESS, bytes([10, 0, 0, 1]))) == "10.0.0.1"
    assert str(decoded(ber.IP_ADDRESS, b"\1\2")) == "01:02"


def test_long_texts_and_long_forms_of_length_are_understood() -> None:
    assert decoded(ber.OCTET_STRING, b"x" * 60000) == b"x" * 60000
    name = wire.tlv(0x06, oid.encoded(NAME))
    padded = b"\x30\x84\x00\x00\x00" + bytes([len(name) + 5]) + name + b"\x04\x83\x00\x00\x00"
    assert [value for _, value in ber.varbinds(padded, 0, len(padded))] == [b""]


def test_bytes_after_a_message_are_padding() -> None:
    assert pdu.response(*V2.open(response([(NAME, v2c.Integer(5))]) + b"\0\0\0")).varbinds[0][1] == 5


HOSTILE = {
    "empty": b"",
    "one byte": b"\x30",
    "a length of 2^63": b"\x30\x88\x7f\xff\xff\xff\xff\xff\xff\xff\x02\x01\x01",
    "a length of 127 bytes": b"\x30\xff" + b"\xff" * 127,
    "an indefinite length": b"\x30\x80\x02\x01\x01\x00\x00",
    "15,000 nested sequences": b"\x30\x80" * 15000,
    "15,000 nested sequences with lengths": b"\x30\x82\xff\xff" * 15000,
    "an integer of 60,000 bytes": wire.tlv(0x30, wire.tlv(0x02, b"\x7f" * 60000)),
    "an OID that does not end": wire.tlv(0x30, wire.tlv(0x06, b"\x2b\xff") + wire.tlv(0x05, b"")),
    "an OID of 1,000 bytes": wire.tlv(0x30, wire.tlv(0x06, b"\x2b" * 1000) + wire.tlv(0x05, b"")),
    "an unknown type": wire.tlv(0x30, wire.tlv(0x06, b"\x2b") + wire.tlv(0x5F, b"")),
    "a name without a value": wire.tlv(0x30, wire.tlv(0x06, b"\x2b")),
    "a name with two values": wire.tlv(0x30, wire.tlv(0x06, b"\x2b") + wire.tlv(0x05, b"") * 2),
    "an INTEGER of 9 bytes": wire.tlv(0x30, wire.tlv(0x06, b"\x2b") + wire.tlv(0x02, b"\x7f" * 9)),
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_bytes_raise_a_decode_error_and_nothing_else(data: bytes) -> None:
    with pytest.raises(DecodeError):
        pdu.response(*V2.open(data))
    if data:
        with pytest.raises(DecodeError):
            ber.varbinds(data, 0, len(data))


GOOD = response(
    [
        (NAME, v2c.OctetString("x" * 200)),
        (f"{NAME}.300.70000", v2c.Counter64(2**63)),
        (f"{NAME}.1", v2c.ObjectIdentifier("1.3.6.1.4.1.2011.2.23")),
        (f"{NAME}.2", v2c.IpAddress("10.0.0.1")),
    ]
)


def test_a_message_cut_off_anywhere_is_refused() -> None:
    for length in range(len(GOOD)):
        with pytest.raises(DecodeError):
            pdu.response(*V2.open(GOOD[:length]))


@settings(deadline=None, max_examples=1000)
@given(st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), min_size=1, max_size=16))
def test_a_mutated_message_is_decoded_or_refused_and_nothing_else(changes: list[tuple[int, int]]) -> None:
    data = bytearray(GOOD)
    for at, byte in changes:
        data[at] = byte
    try:
        answer = pdu.response(*V2.open(bytes(data)))
    except DecodeError:
        return
    for name, _ in answer.varbinds:
        assert oid.text(name)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_random_bytes_are_decoded_or_refused_and_nothing_else(data: bytes) -> None:
    for attempt in (data, wire.tlv(0x30, b"\x02\x01\x01\x04\x06public" + data)):
        with contextlib.suppress(DecodeError):
            pdu.response(*V2.open(attempt))
    with contextlib.suppress(DecodeError):
        ber.varbinds(data, 0, len(data))


def test_a_community_is_not_in_the_text_of_its_envelope() -> None:
    assert "public" not in repr(V2)


def test_a_reply_with_another_community_or_version_is_not_ours() -> None:
    for other in (Community(1, b"private"), Community(0, b"public")):
        with pytest.raises(DecodeError, match="another version or community"):
            other.open(GOOD)


def test_the_caches_of_names_stay_bounded() -> None:
    for number in range(oid.CACHED + 1000):
        oid.text(oid.encoded(f"1.3.6.1.4.1.2011.{number}"))
    assert len(oid.known) <= oid.CACHED
