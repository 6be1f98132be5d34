"""The small languages within snmp.yml: Go's expressions and templates, DISPLAY-HINT, moments, numbers as text."""

from __future__ import annotations

import time

import pytest

from agent.core.smi import Counter64, IpAddress, OpaqueDouble, OpaqueFloat
from agent.options.pattern import expanded, search
from exporters.snmp import moments
from exporters.snmp.hint import shown
from exporters.snmp.module import Extract
from exporters.snmp.place import place
from exporters.snmp.strings import number, text


@pytest.mark.parametrize(
    ("go", "said", "found"),
    [
        ("(.*)", "a b", "a b"),
        (r"(\d+) C", "25 C", "25"),
        (r"(\d+) C", "x25 C", None),  # the whole text, from end to end
        (r"^(?:^(\d))$", "7", "7"),
        (r"(\d+)$", "7\n", None),
        (r"(?s)(.*)", "a\nb", "a\nb"),
        (r"(?i)(OK)", "ok", "ok"),
        (r"(?m)a$\nb()", "a\nb", ""),
        (r"([[:digit:]a]+)", "1a2", "1a2"),
        (r"([^[:space:]]+)", "a-b", "a-b"),
        (r"([]a[]+)", "][a", "][a"),
        (r"\Qa.b(\E(.*)", "a.b(c", "c"),
        (r"a\z()", "a", ""),
        (r"(\w)", "é", None),
    ],
)
def test_an_expression_matches_what_go_matches(go: str, said: str, found: str | None) -> None:
    match = search(Extract(regex=go).regex, said)
    assert (match and match[1]) == found


@pytest.mark.parametrize("go", ["(", "[[:nonsense:]]", "a{2,1}", "x**", "(?=a)"])
def test_an_expression_that_go_does_not_have_is_refused(go: str) -> None:
    with pytest.raises(ValueError, match="not a regular expression"):
        Extract(regex=go)


def test_no_text_of_a_device_holds_up_an_expression() -> None:
    began = time.process_time()
    assert search(Extract(regex=r"^(\d+\.?)+$").regex, "1" * 40_000 + "x") is None
    assert time.process_time() - began < 5  # Python's re needs years for 40 digits


@pytest.mark.parametrize(
    ("template", "result"),
    [("$1", "12"), ("$1.$2", "12.34"), ("0$1", "012"), ("$1x", ""), ("${1}x", "12x"), ("$word", "34"), ("$$1", "$1"),
     ("$3", ""), ("$none", ""), ("a$", "a$")],
)  # fmt: skip
def test_a_template_is_filled_as_go_does(template: str, result: str) -> None:
    match = search(r"(\d\d)(?P<word>\d\d)", "1234")
    assert match is not None
    assert expanded(template, match) == result


@pytest.mark.parametrize(
    ("hint", "raw", "result"),
    [
        ("1d.1d.1d.1d", "c0a80101", b"192.168.1.1"),
        ("1x:", "001a2b3c4d5e", b"00:1A:2B:3C:4D:5E"),  # the last rule again and again, no separator at the end
        ("255a", "48656c6c6f", b"Hello"),
        ("2d-1d-1d,1d:1d:1d.1d", "07ea0b18043b3b05", b"2026-11-24,4:59:59.5"),
        ("*1x:/1x:", "020aff0bcc", b"0A:FF/0B:CC"),  # how often stands before it, then a terminator
        ("1o", "ff08", b"37710"),
        ("2d", "0102", b"258"),
        ("2x", "0102ff", b"0102FF"),
        ("16d", "00" * 16, None),
        ("", "00", None),
        ("x", "00", None),
        ("1q", "00", None),
        ("0a", "00", None),
    ],
)
def test_octets_are_shown_as_the_hint_says(hint: str, raw: str, result: bytes | None) -> None:
    assert shown(hint, bytes.fromhex(raw)) == result


@pytest.mark.parametrize(
    ("raw", "seconds"),
    [
        ("07b2010100000000", 0),
        ("07ea0b18043b3b00", 1795496399),
        ("07ea0b180c3b3b002b0800", 1795496399),
        ("07ea0b17233b3b002d1100", 1795582799),
        ("07ea0d01000000ff", 1798761625),  # month 13 is the January after; 25.5 s of tenths
        ("0000000000000000", -62169984000),  # what a clock that was never set says
        ("07ea0b18043b3b", None),
        ("07ea0b18043b3b00410000", None),
        ("07ea0b18043b3b002b6400", None),
    ],
)
def test_date_and_time_is_read_as_go_reads_it(raw: str, seconds: int | None) -> None:
    assert moments.date_and_time(bytes.fromhex(raw)) == seconds


def test_moments_are_read_by_a_pattern_and_from_ntp() -> None:
    assert moments.by_pattern("Nov 24 2026", "%b %d %Y") == 1795478400
    assert moments.by_pattern("2026-11-24 08:00:00 +0800", "%Y-%m-%d %H:%M:%S %z") == 1795478400
    assert moments.by_pattern("never", "%b %d %Y") is None
    assert moments.ntp((2_208_988_800 + 60).to_bytes(4) + b"\x80\0\0\0") == 60
    assert moments.ntp(b"\0\0\0\0") is None
    assert moments.ntp(7) is None


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (OpaqueFloat(0.10000000149011612), "0.1"),
        (OpaqueDouble(0.10000000149011612), "0.10000000149011612"),
        (OpaqueDouble(1e21), "1000000000000000000000"),
        (OpaqueDouble(-2.0), "-2"),
        (OpaqueDouble(float("inf")), "+Inf"),
        (Counter64(2**64 - 1), "18446744073709551615"),
        (IpAddress(b"\x0a\0\0\1"), "10.0.0.1"),
        (None, ""),
        (b"\xff", "ÿ"),
    ],
)
def test_a_value_is_written_as_a_label(value: object, said: str) -> None:
    assert text(value) == said


def test_64_bit_counters_wrap_where_a_float_ends_to_be_exact() -> None:
    assert number(Counter64(2**53 + 5)) == 5
    assert number(2**53 + 5) == 2**53 + 5
    assert number(b"5") == 0
    assert number(None) == 0


@pytest.mark.parametrize(
    ("target", "found"),
    [
        ("10.0.0.1", ("10.0.0.1", None)),
        ("10.0.0.1:1161", ("10.0.0.1", 1161)),
        ("core.example:161", ("core.example", 161)),
        ("fd00::1", ("fd00::1", None)),
        ("[fd00::1]", ("fd00::1", None)),
        ("[fe80::1%eth0]:1161", ("fe80::1%eth0", 1161)),
        ("udp://10.0.0.1", ("10.0.0.1", None)),
    ],
)
def test_a_target_is_a_host_and_perhaps_a_port(target: str, found: tuple[str, int | None]) -> None:
    assert place(target) == found


@pytest.mark.parametrize(
    ("target", "said"),
    [("tcp://10.0.0.1", "UDP"), ("10.0.0.1:", "port"), ("10.0.0.1:x", "port"), ("10.0.0.1:99999", "port"),
     ("[::1]x", "port"), ("a b", "address"), ("", "address"), ("a/b", "address"), ("x" * 300, "address")],
)  # fmt: skip
def test_a_target_that_is_none_is_refused(target: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        place(target)
