"""What an echo is as bytes, and that nothing that comes from outside breaks its reading."""

from __future__ import annotations

import socket
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.reach import Refusal
from agent.transports.icmp_packet import Came, checksum, parse, request
from tests.transports.wire import Echo

FAMILIES = [socket.AF_INET, socket.AF_INET6]
KEY = 0x1234_0007
TOKEN = b"8 octets"


def reply(kind: int, payload: bytes = TOKEN + b"more") -> bytes:
    return struct.pack("!BBHHH", kind, 0, 0, KEY >> 16, KEY & 0xFFFF) + payload


def test_a_request_carries_its_key_and_a_right_checksum() -> None:
    packet = request(socket.AF_INET, KEY, TOKEN + b"odd")
    assert packet[:2] == b"\x08\x00"
    assert checksum(packet) == 0
    assert packet[4:] == b"\x12\x34\x00\x07" + TOKEN + b"odd"


def test_the_checksum_of_icmpv6_is_left_to_the_kernel() -> None:
    assert request(socket.AF_INET6, KEY, TOKEN)[:4] == b"\x80\x00\x00\x00"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"\x00\x01\xf2\x03\xf4\xf5\xf6\xf7", 0x220D),  # the example of RFC 1071, section 3
        (b"\xff", 0x00FF),
        (b"\xff\xff" * 40000, 0),
    ],
)
def test_the_checksum_is_that_of_rfc_1071(data: bytes, expected: int) -> None:
    assert checksum(data) == expected


@pytest.mark.parametrize(("family", "kind"), [(socket.AF_INET, 0), (socket.AF_INET6, 129)])
def test_a_reply_is_read(family: int, kind: int) -> None:
    assert parse(family, memoryview(reply(kind)), False) == Came(KEY, TOKEN)


def test_a_reply_behind_an_ip_header_with_options_is_read() -> None:
    header = b"\x46" + b"\0" * 23
    assert parse(socket.AF_INET, memoryview(header + reply(0)), True) == Came(KEY, TOKEN)


@pytest.mark.parametrize("version", [4, 6])
def test_an_error_is_read_back_to_the_request_that_it_quotes(version: int) -> None:
    here, there = ("10.9.0.1", "10.9.0.2") if version == 4 else ("fd09::1", "fd09::2")
    sent = Echo(here, there, 8 if version == 4 else 128, 0, KEY >> 16, KEY & 0xFFFF, TOKEN * 7)
    packet = sent.refusal(there).packet()[0 if version == 4 else 40 :]
    family = FAMILIES[version == 6]
    said = Refusal(there, "no_host" if version == 4 else "no_route")
    assert parse(family, memoryview(packet), version == 4, there) == Came(KEY, None, said, there)
    for length in range(len(packet)):
        assert parse(family, memoryview(packet[:length]), version == 4) is None


@given(st.sampled_from(FAMILIES), st.booleans(), st.binary(max_size=256))
def test_no_bytes_break_the_reading(family: int, with_ip_header: bool, data: bytes) -> None:
    parse(family, memoryview(data), with_ip_header)


@given(st.sampled_from(FAMILIES), st.sampled_from([0, 1, 3, 4, 11, 12, 129]), st.binary(max_size=128))
def test_no_payload_breaks_the_reading(family: int, kind: int, data: bytes) -> None:
    came = parse(family, memoryview(bytes([kind, 0, 0, 0, 0, 0, 0, 0]) + data), False)
    assert came is None or came.token in (None, data[:8])
