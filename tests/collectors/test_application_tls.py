"""Certificates and versions of TLS, as an application shows them by HTTPS and by TCP."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
from collections.abc import Mapping
from contextlib import closing, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from agent.core.model import Reading
from agent.core.text import Text
from tests.certificates import DAY, NOW, Issued, issue
from tests.collectors.applications import UP, Line, conversing, of_page, poll, polls, why
from tests.collectors.ways import value, values
from tests.transports.hostile_http import Say, listening
from tests.transports.http_server import plain

EXPIRY, CHAIN, NAME = "certificate_expiry_timestamp_seconds", "certificate_chain_valid", "certificate_name_valid"
WEAK = "application_tls_weak"
ROOT = issue("区根", authority=True, ends=3650 * DAY)
SUBJECT = ("CN=yewu,O=普陀区",)


def https(shown: Issued, folder: Path, **options: Any) -> Reading:
    tls = {"ca": ROOT.file(folder, "ca.pem"), **options.pop("tls", {})}
    return of_page(plain(), shown.server(folder), tls=tls, **options)[0]


def test_a_good_certificate_tells_its_end(tmp_path: Path) -> None:
    found = https(issue("yewu", ["127.0.0.1"], by=ROOT, ends=90 * DAY), tmp_path)
    assert (value(found, UP), found.diagnoses) == (1, ())
    assert values(found, EXPIRY) == {SUBJECT: (NOW + 90 * DAY).timestamp()}
    assert (values(found, CHAIN), values(found, NAME)) == ({SUBJECT: 1}, {SUBJECT: 1})
    assert value(found, WEAK) == 0


def test_the_end_of_a_chain_is_its_earliest(tmp_path: Path) -> None:
    between = issue("区中间", by=ROOT, authority=True, ends=40 * DAY)
    found = https(issue("yewu", ["127.0.0.1"], by=between), tmp_path)
    assert values(found, EXPIRY) == {SUBJECT: (NOW + 40 * DAY).timestamp()}


def test_a_certificate_that_ends_soon_is_told_while_it_serves(tmp_path: Path) -> None:
    found = https(issue("yewu", ["127.0.0.1"], by=ROOT, ends=20 * DAY), tmp_path)
    assert value(found, UP) == 1
    ((said, since),) = [(each.said, each.since) for each in found.diagnoses]
    assert said == Text("证书将于 {since} 到期,请提前更换。", "Its certificate expires on {since}; replace it in time.")
    assert since == (NOW + 20 * DAY).timestamp()


def test_an_expired_certificate_is_down_since_it_expired(tmp_path: Path) -> None:
    found = https(issue("yewu", ["127.0.0.1"], by=ROOT, begins=-90 * DAY, ends=-DAY), tmp_path)
    assert (value(found, UP), values(found, CHAIN), values(found, NAME)) == (0, {SUBJECT: 0}, {SUBJECT: 1})
    assert values(found, EXPIRY) == {SUBJECT: (NOW - DAY).timestamp()}
    ((said, since),) = [(each.said, each.since) for each in found.diagnoses]
    assert said.zh == "不可用:证书已于 {since} 过期,请更换证书。"
    assert since == (NOW - DAY).timestamp()


@pytest.mark.parametrize(
    ("shown", "zh", "chain", "name"),
    [
        (issue("yewu", ["10.0.0.1"], by=ROOT), "证书不是给 127.0.0.1 的", 1, 0),
        (issue("yewu", ["127.0.0.1"]), "证书链到不了受信任的机构", 0, 1),
        (issue("yewu", ["127.0.0.1"], by=ROOT, begins=DAY), "证书还没有生效,请核对两边的时钟", 0, 1),
    ],
    ids=["name", "authority", "not yet"],
)
def test_a_certificate_that_is_not_accepted_says_why(
    shown: Issued, zh: str, chain: float, name: float, tmp_path: Path
) -> None:
    found = https(shown, tmp_path)
    assert found.failure is None
    assert (value(found, UP), values(found, CHAIN), values(found, NAME)) == (0, {SUBJECT: chain}, {SUBJECT: name})
    assert why(found)[0][0] == f"{{since}} 起不可用:{zh}。"


def test_a_certificate_is_taken_as_it_is_where_that_is_said_and_judged_all_the_same(tmp_path: Path) -> None:
    found = https(issue("yewu", ["10.0.0.1"]), tmp_path, tls={"verify": False})
    assert (value(found, UP), values(found, CHAIN), values(found, NAME)) == (1, {SUBJECT: 0}, {SUBJECT: 0})


def test_the_name_to_ask_for_can_be_said(tmp_path: Path) -> None:
    found = https(issue("yewu", ["yewu.gov.test"], by=ROOT), tmp_path, tls={"server_name": "yewu.gov.test"})
    assert (value(found, UP), value(found, NAME)) == (1, 1)


def test_a_client_certificate_is_shown(tmp_path: Path) -> None:
    server = issue("yewu", ["127.0.0.1"], by=ROOT).server(tmp_path)
    server.verify_mode = ssl.CERT_REQUIRED
    server.load_verify_locations(ROOT.file(tmp_path, "clients.pem"))
    server.maximum_version = ssl.TLSVersion.TLSv1_2
    ca = ROOT.file(tmp_path, "ca.pem")
    ours = issue("shouwang", by=ROOT).with_key(tmp_path, "ours.pem")
    assert value(of_page(plain(), server, tls={"ca": ca, "certificate": ours})[0], UP) == 1
    refused = of_page(plain(), server, tls={"ca": ca})[0]
    assert (value(refused, UP), refused.failure) == (0, None)


def wanting(server: ssl.SSLContext) -> Say:
    """A server that says by TLS what is wrong with the client's certificate, and hears the client out."""

    def say(taken: socket.socket) -> None:
        with closing(server.wrap_socket(taken, server_side=True, do_handshake_on_connect=False)) as spoken:
            with suppress(ssl.SSLError):
                spoken.do_handshake()
            while os.read(spoken.fileno(), 65536):
                pass

    return say


@pytest.mark.parametrize("way", ["http", "tcp"])
@pytest.mark.parametrize("ours", [None, "stranger"])
def test_a_server_that_wants_another_certificate_of_ours_says_so(way: str, ours: str | None, tmp_path: Path) -> None:
    server = issue("yewu", ["127.0.0.1"], by=ROOT).server(tmp_path)
    server.verify_mode = ssl.CERT_REQUIRED
    server.load_verify_locations(ROOT.file(tmp_path, "clients.pem"))
    tls = {"ca": ROOT.file(tmp_path, "ca.pem")}
    if ours is not None:
        tls["certificate"] = issue(ours).with_key(tmp_path, "ours.pem")
    with listening(wanting(server), None, hears=False) as port:
        asked = {"http": f"https://127.0.0.1:{port}/"} if way == "http" else {"tcp": f"127.0.0.1:{port}"}
        talk = {} if way == "http" else {"talk": [{"expect": "hello"}]}
        found = poll({**asked, **talk, "tls": tls})
    assert (found.failure, value(found, UP)) == (None, 0)
    assert "服务器要求客户端证书,或不接受我方出示的证书" in why(found)[0][0]


def test_a_file_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    found = https(issue("yewu", ["127.0.0.1"], by=ROOT), tmp_path, tls={"ca": str(tmp_path / "none.pem")})
    assert found.failure is not None
    assert found.failure.kind == "missing"
    assert "none.pem" in found.failure.message


def _old(shown: Issued, folder: Path) -> ssl.SSLContext:
    context = shown.server(folder)
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    return context


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("minimum", ["1.2", "1.1"])
def test_an_endpoint_that_has_only_old_tls_is_weak(minimum: str, tmp_path: Path) -> None:
    context = _old(issue("yewu", ["127.0.0.1"], by=ROOT), tmp_path)
    tls = {"ca": ROOT.file(tmp_path, "ca.pem"), "minimum": minimum}
    found = of_page(plain(), context, tls=tls)[0]
    assert (value(found, WEAK), value(found, UP)) == (1, minimum == "1.1")
    if minimum == "1.2":
        assert why(found)[0][0] == "{since} 起不可用:服务器最高只支持 TLSv1.1,要求至少 TLSv1.2。"
        assert found.failure is None


def tcp(lines: list[Line], options: Mapping[str, Any], **server: ssl.SSLContext) -> Reading:
    async def main() -> Reading:
        async with conversing(lines, **server) as port:
            return (await polls({"tcp": f"127.0.0.1:{port}", **options}))[0]

    return asyncio.run(main())


SMTP = [Line(b"220 mail ESMTP\r\n"), Line(b"250-mail\r\n250 STARTTLS\r\n", b"EHLO"), Line(b"220 go\r\n", b"STARTTLS")]


def test_starttls_shows_the_certificate(tmp_path: Path) -> None:
    shown = issue("yewu", ["127.0.0.1"], by=ROOT).server(tmp_path)
    tls = {"ca": ROOT.file(tmp_path, "ca.pem")}
    found = tcp(SMTP, {"starttls": "smtp", "tls": tls}, starttls=shown)
    assert (value(found, UP), value(found, CHAIN), value(found, NAME), value(found, WEAK)) == (1, 1, 1, 0)
    untrusted = tcp(SMTP, {"starttls": "smtp"}, starttls=shown)
    assert (value(untrusted, UP), value(untrusted, CHAIN)) == (0, 0)
    assert why(untrusted)[0][0] == "{since} 起不可用:证书链到不了受信任的机构。"


def test_tls_from_the_start_by_tcp(tmp_path: Path) -> None:
    shown = issue("yewu", ["127.0.0.1"], by=ROOT, ends=timedelta(days=-1), begins=-5 * DAY).server(tmp_path)
    found = tcp([Line(b"hello\r\n")], {"tls": {"ca": ROOT.file(tmp_path, "ca.pem")}}, tls=shown)
    assert (value(found, UP), why(found)[0][0]) == (0, "不可用:证书已于 {since} 过期,请更换证书。")
    taken = tcp([Line(b"hello\r\n")], {"tls": {"verify": False}, "talk": [{"expect": "^hello"}]}, tls=shown)
    assert (value(taken, UP), values(taken, CHAIN)) == (1, {})
    assert why(taken)[0][0] == "证书已于 {since} 过期,请更换证书。"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_old_tls_by_tcp_is_weak_too(tmp_path: Path) -> None:
    context = _old(issue("yewu", ["127.0.0.1"], by=ROOT), tmp_path)
    found = tcp([Line(b"hello\r\n")], {"tls": {"ca": ROOT.file(tmp_path, "ca.pem")}}, tls=context)
    assert (value(found, WEAK), value(found, UP)) == (1, 0)
    assert why(found)[0][0] == "{since} 起不可用:服务器最高只支持 TLSv1.1,要求至少 TLSv1.2。"


def test_what_is_no_tls_at_all_says_so() -> None:
    found = tcp([Line(b"220 plain\r\n")], {"tls": {}})
    assert (value(found, UP), why(found)[0][0]) == (0, "{since} 起不可用:TLS 握手失败。")
