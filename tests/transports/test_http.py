"""HTTP: what is asked, what comes back, where redirects lead, and who is told what."""

from __future__ import annotations

import asyncio
import base64
import gzip
import socket
import zlib
from typing import Any

import pytest

from agent.core.http import Basic, Bearer, HttpAnswer, HttpQuestion
from agent.core.reach import CannotAsk
from agent.core.secrets import Secret
from agent.transports.http import HttpWay
from tests.namespace import run_script
from tests.peers import free_port
from tests.transports.http_server import Say, plain, saying


def asked(say: Say, path: str = "/", host: str = "127.0.0.1", **more: Any) -> HttpAnswer:
    async def main() -> HttpAnswer:
        async with saying(say, host=host.strip("[]")) as port:
            return await HttpWay().ask(HttpQuestion(f"http://{host}:{port}{path}", **{"seconds": 20.0, **more}))

    return asyncio.run(main())


def heard(**more: Any) -> bytes:
    """The head of the request that a question makes."""
    heads: list[bytes] = []

    async def say(asked: bytes, writer: asyncio.StreamWriter) -> None:
        heads.append(asked)
        await plain()(asked, writer)

    assert asked(say, **more).status == 200
    return heads[0]


def test_an_answer_tells_status_version_headers_body_and_phases() -> None:
    answer = asked(plain(b"hello", "404 Gone Away", "X-Version: 7.1"))
    assert (answer.status, answer.version, answer.body, answer.size) == (404, "1.1", b"hello", 5)
    assert (answer.declared, answer.cut, answer.redirects, answer.tls, answer.failure) == (5, False, 0, None, None)
    assert answer.header("x-version") == "7.1"
    assert answer.header("x-other") is None
    assert answer.addresses == ("127.0.0.1",)
    assert [name for name, _ in answer.phases.items()] == ["resolve", "connect", "tls", "processing", "transfer"]
    assert answer.phases.connect > 0
    assert answer.phases.processing > 0
    assert answer.phases.tls == 0
    assert sum(seconds for _, seconds in answer.phases.items()) <= answer.seconds


def test_processing_ends_with_the_first_byte_and_transfer_with_the_last() -> None:
    async def say(asked: bytes, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.2)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nok")
        await writer.drain()
        await asyncio.sleep(0.3)
        writer.write(b"ok")

    phases = asked(say).phases
    assert phases.processing >= 0.2
    assert phases.transfer >= 0.3


def test_method_path_headers_and_body_go_out_as_given() -> None:
    head = heard(path="/a b/查?q=1&r=x y", method="post", headers=(("X-Key", Secret("k3y")),), body=b"abc")
    assert head.startswith(b"POST /a%20b/%E6%9F%A5?q=1&r=x%20y HTTP/1.1\r\n")
    lines = head.lower().split(b"\r\n")
    assert b"x-key: k3y" in lines
    assert b"content-length: 3" in lines
    assert b"connection: close" in lines
    assert any(line.startswith(b"host: 127.0.0.1:") for line in lines)
    assert any(line.startswith(b"user-agent: shouwang/") for line in lines)


def test_a_header_given_replaces_ours() -> None:
    lines = heard(headers=(("host", "portal.example"), ("User-Agent", "kiosk"))).split(b"\r\n")
    assert [line for line in lines if line.lower().startswith(b"host:")] == [b"host: portal.example"]
    assert b"User-Agent: kiosk" in lines


@pytest.mark.parametrize(
    ("login", "sent"),
    [
        (Basic("reader", Secret("p:ss")), b"Basic " + base64.b64encode(b"reader:p:ss")),
        (Bearer(Secret("t0ken")), b"Bearer t0ken"),
    ],
)
def test_credentials_are_sent(login: Basic | Bearer, sent: bytes) -> None:
    assert b"authorization: " + sent in heard(authorization=login).replace(b"Authorization", b"authorization")


def test_credentials_in_the_url_are_sent_and_shown_nowhere() -> None:
    heads: list[bytes] = []

    async def say(asked: bytes, writer: asyncio.StreamWriter) -> None:
        heads.append(asked)

    async def main() -> HttpAnswer:
        async with saying(say) as port:
            url = f"http://reader:s3cret@127.0.0.1:{port}/x?token=t0ken"
            return await HttpWay().ask(HttpQuestion(url, seconds=20))

    answer = asyncio.run(main())
    assert base64.b64encode(b"reader:s3cret") in heads[0]
    assert answer.failure is not None
    assert answer.failure.kind == "protocol"
    assert "s3cret" not in repr(answer)
    assert "t0ken" not in repr(answer)
    assert answer.url.endswith("/x?…")


@pytest.mark.parametrize(
    "url", ["ftp://x/", "x", "http://", "http://h:99999/", "http://h:p/", "http://a b/", "http://" + "x" * 9000]
)
def test_a_url_that_cannot_be_asked_is_told_as_such_and_not_repeated(url: str) -> None:
    with pytest.raises(CannotAsk, match="this url cannot be asked: ") as told:
        asyncio.run(HttpWay().ask(HttpQuestion(url.replace("://", "://u:s3cret@", 1))))
    assert told.value.kind == "missing"
    assert "s3cret" not in str(told.value)


@pytest.mark.parametrize(
    "more", [{"headers": (("X-A", "1\r\nX-B: 2"),)}, {"headers": (("X A", "1"),)}, {"method": "GE T"}]
)
def test_a_request_that_http_does_not_allow_is_not_sent(more: dict[str, Any]) -> None:
    with pytest.raises(CannotAsk) as told:
        asked(plain(), **more)
    assert told.value.kind == "missing"


@pytest.mark.parametrize(
    "more",
    [
        {"authorization": Bearer(Secret("s3cret\nsecond line"))},
        {"headers": (("Authorization", Secret("Token s3cret\nsecond line")),)},
        {"headers": (("X-Key", Secret("s3cret\0")),)},
    ],
)
def test_a_secret_that_no_header_can_carry_is_not_sent_and_not_repeated(more: dict[str, Any]) -> None:
    with pytest.raises(CannotAsk) as told:
        asked(plain(), **more)
    assert told.value.kind == "missing"
    assert "s3cret" not in str(told.value)
    assert told.value.__cause__ is None


def test_the_length_of_a_body_is_its_own_whatever_the_headers_of_the_question_say() -> None:
    wrong = (("Content-Length", "3"), ("transfer-encoding", "chunked"), ("Trailer", "X-A"))
    head = heard(headers=wrong, method="POST", body=b"a=b&c").lower()
    assert b"content-length: 5\r\n" in head
    assert b"transfer-encoding" not in head
    assert b"trailer" not in head


def test_an_unknown_name_cannot_be_asked() -> None:
    with pytest.raises(CannotAsk, match=r"nothing\.invalid") as told:
        asyncio.run(HttpWay().ask(HttpQuestion("http://nothing.invalid/")))
    assert told.value.kind == "resolve"


def test_a_closed_port_is_an_answer_that_says_refused() -> None:
    answer = asyncio.run(HttpWay().ask(HttpQuestion(f"http://127.0.0.1:{free_port()}/")))
    assert answer.failure is not None
    assert answer.failure.kind == "refused"
    assert answer.status == 0


def test_the_source_address_is_the_one_asked_for() -> None:
    peers: list[str] = []

    async def say(asked: bytes, writer: asyncio.StreamWriter) -> None:
        peers.append(writer.get_extra_info("peername")[0])
        await plain()(asked, writer)

    assert asked(say, source="127.0.0.9").status == 200
    assert peers == ["127.0.0.9"]
    with pytest.raises(CannotAsk, match=r"source 240\.1\.2\.3"):
        asked(plain(), source="240.1.2.3")


def test_ipv6_is_asked_like_ipv4() -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError as error:
        pytest.skip(f"this machine has no IPv6 loopback: {error}")
    answer = asked(plain(), host="[::1]")
    assert (answer.status, answer.addresses) == (200, ("::1",))


def test_a_family_that_a_name_does_not_have_cannot_be_asked_without_fallback() -> None:
    with pytest.raises(CannotAsk, match="has no IPv6 address") as told:
        asked(plain(), family="ip6", fallback=False)
    assert told.value.kind == "resolve"
    assert asked(plain(), family="ip6").status == 200


def redirect(to: str, status: str = "302 Found") -> Say:
    return plain(b"", status, f"Location: {to}")


def test_redirects_are_followed_and_counted_and_their_phases_summed() -> None:
    async def say(asked: bytes, writer: asyncio.StreamWriter) -> None:
        place = int(asked.split(b" ")[1][1:])
        await asyncio.sleep(0.1)
        await (redirect(f"/{place + 1}") if place < 3 else plain(b"there"))(asked, writer)

    answer = asked(say, path="/1")
    assert (answer.status, answer.redirects, answer.body, answer.failure) == (200, 2, b"there", None)
    assert answer.url.endswith("/3")
    assert answer.phases.processing >= 0.3
    assert answer.addresses == ("127.0.0.1",) * 3


@pytest.mark.parametrize(("allowed", "seen"), [(0, 1), (1, 2), (10, 11)])
def test_a_redirect_loop_ends_with_the_answer_that_is_one_too_many(allowed: int, seen: int) -> None:
    answer = asked(redirect("/x"), redirects=allowed)
    assert (answer.status, answer.redirects, answer.failure) == (302, seen, None)
    assert answer.header("location") == "/x"


@pytest.mark.parametrize(
    ("status", "method", "expected", "length"),
    [("302 F", "POST", b"GET", None), ("303 F", "PUT", b"GET", None), ("301 F", "HEAD", b"HEAD", None),
     ("307 F", "POST", b"POST", b"3"), ("308 F", "PUT", b"PUT", b"3")],
)  # fmt: skip
def test_a_redirect_keeps_method_and_body_only_where_its_status_says_so(
    status: str, method: str, expected: bytes, length: bytes | None
) -> None:
    heads: list[bytes] = []

    async def say(asked: bytes, writer: asyncio.StreamWriter) -> None:
        heads.append(asked)
        await (redirect("/there", status) if b" /there " not in asked else plain(b""))(asked, writer)

    assert asked(say, method=method, body=b"abc").status == 200
    assert heads[1].split(b" ")[0] == expected
    sent = [line.split(b": ")[1] for line in heads[1].lower().split(b"\r\n") if line.startswith(b"content-length")]
    assert sent == ([] if length is None else [length])


def test_secrets_are_not_taken_to_another_server() -> None:
    heads: list[bytes] = []

    async def other(asked: bytes, writer: asyncio.StreamWriter) -> None:
        heads.append(asked)
        await plain()(asked, writer)

    async def main() -> HttpAnswer:
        async with saying(other, host="127.0.0.2") as there, saying(redirect(f"http://127.0.0.2:{there}/")) as port:
            question = HttpQuestion(
                f"http://127.0.0.1:{port}/",
                headers=(("Cookie", "c00kie"), ("X-Key", Secret("k3y")), ("Host", "portal"), ("X-Open", "seen")),
                authorization=Basic("u", Secret("s3cret")),
                seconds=20,
            )
            return await HttpWay().ask(question)

    answer = asyncio.run(main())
    assert (answer.status, answer.addresses) == (200, ("127.0.0.1", "127.0.0.2"))
    assert b"X-Open: seen" in heads[0]
    for secret in (b"c00kie", b"k3y", b"portal", b"uthorization"):
        assert secret not in heads[0]


@pytest.mark.parametrize(
    ("to", "kind", "text"),
    [
        ("ftp://127.0.0.1/", "protocol", "redirects to what cannot be asked"),
        ("http://nothing.invalid/", "resolve", "nothing.invalid"),
        ("http://[::bad/", "protocol", "redirects to what cannot be asked"),
    ],
)
def test_a_redirect_that_leads_nowhere_is_the_server_s_fault(to: str, kind: str, text: str) -> None:
    answer = asked(redirect(to))
    assert answer.failure is not None
    assert answer.failure.kind == kind
    assert text in answer.failure.message
    assert (answer.status, answer.redirects) == (302, 1)


DEFLATED = zlib.compress(b"a page")
RAW = zlib.compressobj(wbits=-15)
CODED = [
    ("gzip", gzip.compress(b"a page")),
    ("x-gzip", gzip.compress(b"a ") + gzip.compress(b"page")),
    ("deflate", DEFLATED),
    ("deflate", RAW.compress(b"a page") + RAW.flush()),
    ("identity", b"a page"),
]


@pytest.mark.parametrize(("coding", "body"), CODED)
def test_a_body_is_decompressed_as_the_answer_declares(coding: str, body: bytes) -> None:
    answer = asked(plain(body, "200 OK", f"Content-Encoding: {coding}"))
    assert (answer.body, answer.size, answer.declared, answer.failure) == (b"a page", 6, len(body), None)


def test_a_body_is_left_or_decompressed_whatever_it_declares_where_asked_so() -> None:
    body = gzip.compress(b"a page")
    assert asked(plain(body, "200 OK", "Content-Encoding: gzip"), decode="never").body == body
    assert asked(plain(body), decode="asked", compression="gzip").body == b"a page"
    assert b"Accept-Encoding: deflate" in heard(compression="deflate")


@pytest.mark.parametrize("body", [b"no gzip at all", gzip.compress(b"a page")[:-9], gzip.compress(b"a page" * 99)[:30]])
def test_a_broken_compressed_body_is_a_failure_beside_the_status(body: bytes) -> None:
    answer = asked(plain(body, "200 OK", "Content-Encoding: gzip"))
    assert answer.status == 200
    assert answer.failure is not None
    assert (answer.failure.kind, "gzip" in answer.failure.message) == ("protocol", True)


def test_what_is_kept_and_what_is_read_of_a_body_have_limits() -> None:
    answer = asked(plain(b"x" * 200_000), keep=1000)
    assert (len(answer.body), answer.size, answer.cut, answer.failure) == (1000, 200_000, True, None)
    answer = asked(plain(b"x" * 2_000_000), keep=1000, read=100_000)
    assert 100_000 < answer.size < 200_000
    assert answer.cut


@pytest.mark.parametrize(
    ("declared", "body", "text"),
    [
        ("text/html; charset=GBK", "办理".encode("gbk"), "办理"),
        ("text/html", "办理".encode("gb18030"), "办理"),
        ("text/html; charset=none-such", "办理".encode(), "办理"),
        ("text/html; charset=punycode", "办理".encode(), "办理"),
        ("text/html; charset=unicode_escape", rb"\ud800", rb"\ud800".decode()),
        ("text/html; charset=Windows-1252", b"\x80", "€"),
        ("text/html; charset=utf-8", b"\xff!", "�!"),
    ],
)
def test_the_text_of_a_body_is_read_by_its_charset(declared: str, body: bytes, text: str) -> None:
    assert asked(plain(body, "200 OK", f"Content-Type: {declared}")).text == text


def test_addresses_of_a_name_are_tried_until_one_answers_and_a_changed_name_is_noticed() -> None:
    assert run_script("transports/http_cases.py").split() == ["127.0.3.20", "127.0.4.1", "127.0.5.1", "refused"]
