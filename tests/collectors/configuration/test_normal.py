"""The normal form: pairs with and without a change, secrets that must not be in it, whatever a device sends."""

from __future__ import annotations

import hashlib
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.core.console import Family
from collectors.configuration.normal import HABITS, normal
from tests.collectors.configuration.more_pairs import MORE_PAIRS
from tests.collectors.configuration.pairs import PAIRS, TEXTS, Pair

FAMILIES: list[Family] = list(HABITS)


def fingerprint(secret: str) -> str:
    return hashlib.sha256(b"a key" + secret.encode("utf-8", "replace")).hexdigest()[:8]


def of(family: Family, text: str | bytes) -> str:
    return normal(family, text if isinstance(text, bytes) else text.encode(), fingerprint)


@pytest.mark.parametrize("pair", [*PAIRS, *MORE_PAIRS], ids=lambda pair: f"{pair.family}: {pair.what}")
def test_a_change_is_seen_and_nothing_else_is(pair: Pair) -> None:
    assert pair.before != pair.after
    assert (of(pair.family, pair.before) == of(pair.family, pair.after)) is pair.same


def test_there_are_enough_pairs_of_either_kind_in_every_family() -> None:
    assert min(len(PAIRS), len(MORE_PAIRS)) >= 40
    assert {(pair.family, pair.same) for pair in PAIRS} == {(each, same) for each in FAMILIES for same in (True, False)}


@pytest.mark.parametrize("family", FAMILIES)
def test_the_normal_form_of_a_normal_form_is_itself(family: Family) -> None:
    once = of(family, TEXTS[family])
    assert normal(family, once.encode(), lambda secret: secret.removeprefix("***")) == once
    assert once.splitlines()[-1] in ("return", "end")


def test_names_in_gb18030_and_in_utf_8_are_the_same() -> None:
    text = TEXTS["huawei_vrp"]
    assert of("huawei_vrp", text.encode("gb18030")) == of("huawei_vrp", text)
    assert " description 一号窗口\n" in of("huawei_vrp", text)


def test_a_certificate_and_a_private_key_leave_one_line() -> None:
    found = of("cisco_ios", TEXTS["cisco_ios"])
    assert " certificate self-signed 01 ***\n!\ninterface Vlan10\n" in found
    key = "-----BEGIN RSA PRIVATE KEY-----\nTUlJRXBBSUJBQUtDQVFFQQ==\nY2FuYXJ5\n-----END RSA PRIVATE KEY-----\nend\n"
    _, line, last = of("ruijie_os", "crypto key import\n" + key).splitlines()
    assert (line[:-8], last) == ("-----BEGIN RSA PRIVATE KEY----- ***", "end")
    assert line not in of("ruijie_os", key.replace("Y2Fu", "Y2Fv"))


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("end", ["", "-----END X-----\n"])
def test_the_words_that_begin_a_key_hide_nothing_below_them(family: Family, end: str) -> None:
    text = f"interface 1\n description -----BEGIN X-----\n shutdown\nacl 3000\n rule 5 deny ip\n{end}return\n"
    assert " rule 5 deny ip\n" in of(family, text)
    assert of(family, text) != of(family, text.replace(" shutdown\n", ""))


def test_a_key_without_an_end_is_left_out_all_the_same() -> None:
    key = "-----BEGIN RSA PRIVATE KEY-----\n" + "TUlJRXBBSUJBQUtDQVFFQQ\n" * 3 + "Y2FuYXJ5=\ninterface 1\nend\n"
    assert of("cisco_ios", key).splitlines()[1:] == ["interface 1", "end"]


def test_a_name_in_another_encoding_changes_no_other_name() -> None:
    text = TEXTS["huawei_vrp"].encode()
    mixed = text + " description 二号窗口\n".encode("gb18030") + b" description \xe4\xb8\n"
    found = of("huawei_vrp", mixed)
    assert found.startswith(of("huawei_vrp", text))
    assert " description 二号窗口\n" in found


def test_what_would_not_be_seen_is_shown() -> None:
    assert of("huawei_vrp", " description a\u202eb\u200b\u2028c\n") == " description a<U+202E>b<U+200B><U+2028>c\n"


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(FAMILIES), st.binary(max_size=400))
def test_whatever_comes_has_a_normal_form_of_harmless_lines(family: Family, answer: bytes) -> None:
    found = of(family, answer)
    assert all(char >= " " or char == "\n" for char in found)
    assert of(family, answer) == found


@pytest.mark.parametrize(
    "line",
    [
        "password " * 60_000,
        "username " + "a password " * 50_000,
        "key sha sha " * 50_000,
        "snmp-server host " + "x" * 500_000,
        "%^%#" * 100_000,
        "authentication-mode md5 " + "md5 " * 100_000,
    ],
    ids=lambda line: line[:20],
)
def test_a_line_without_end_takes_no_time_and_is_told_from_another(line: str) -> None:
    began = time.process_time()
    found = of("cisco_ios", line)
    assert time.process_time() - began < 1
    assert len(found) < 10_000
    assert of("cisco_ios", line + "x") != found


def test_a_long_configuration_is_normalised_in_a_second() -> None:
    ports = "".join(
        f"interface GigabitEthernet1/0/{port}\n description room {port}\n port default vlan 10\n ospf cost 1\n#\n"
        for port in range(4000)
    )
    began = time.process_time()
    of("huawei_vrp", ports)
    assert time.process_time() - began < 1
