"""Applications by HTTP, from real servers on loopback: what is expected, what is told, in which words it is refused."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path
from typing import Any

import pytest

from agent.core.model import Reading
from agent.core.reach import Poll
from collectors.application.times import slow_of
from tests.collectors.applications import P95, RESPONSE, UP, of_page, page, poll, polls, why
from tests.collectors.ways import value, values
from tests.peers import free_port
from tests.transports.http_server import Say, plain, saying

JSON = plain(b'{"state": {"ok": true}, "items": [{"n": 3, "name": "a.b"}], "empty": null}')


def said(zh: str, en: str) -> list[tuple[str, str]]:
    return [(f"{{since}} 起不可用:{zh}。", f"Down since {{since}}: {en}.")]


def test_a_page_that_answers_is_up_and_tells_its_phases_and_server() -> None:
    found = page(plain(b"ok", "200 OK", "Server: nginx/1.24.0"), role="acceptance")
    assert found.failure is None
    assert values(found, UP) == {("acceptance",): 1}
    assert found.diagnoses == ()
    phases = values(found, RESPONSE)
    assert {phase for _, phase in phases} == {"resolve", "connect", "tls", "processing", "transfer", "total"}
    assert 0 < phases["acceptance", "connect"] < phases["acceptance", "total"]
    assert values(found, "application_info") == {("acceptance", "nginx/1.24.0"): 1}
    assert value(found, P95) is None


@pytest.mark.parametrize(
    ("say", "expect", "zh", "en"),
    [
        (plain(b"", "503 Busy"), {}, "返回状态 503,应为 2xx", "status 503 instead of 2xx"),
        (plain(b""), {"status": [204, "3xx"]}, "返回状态 200,应为 204, 3xx", "status 200 instead of 204, 3xx"),
        (plain(b"login"), {"body": "受理"}, "正文里没有 受理", "the body does not contain 受理"),
        (plain(b"a1"), {"body": r"a\d{2}"}, r"正文里没有 a\d{2}", r"the body does not contain a\d{2}"),
        (plain(), {"header": {"X-Build": "7"}}, "没有 HTTP 头 X-Build", "no header X-Build"),
        (plain(b"", "200 OK", "X-Build: 6"), {"header": {"X-Build": "^7$"}},
         "HTTP 头 X-Build 不符合 ^7$", "header X-Build does not match ^7$"),
        (JSON, {"json": {"state.ok": False}}, "JSON 字段 state.ok 不是 false", "the JSON field state.ok is not false"),
        (JSON, {"json": {"state.ok": 1}}, "JSON 字段 state.ok 不是 1", "the JSON field state.ok is not 1"),
        (JSON, {"json": {"items.1.n": 3}}, "JSON 里没有字段 items.1.n", "the JSON has no field items.1.n"),
        (JSON, {"json": {"empty": "x"}}, "JSON 字段 empty 不是 x", "the JSON field empty is not x"),
        (plain(b"<html>"), {"json": {"a": 1}}, "正文不是 JSON", "the body is not JSON"),
        (plain(b"[" * 100_000), {"json": {"a": 1}}, "正文不是 JSON", "the body is not JSON"),
        (plain(b"1" * 100_000), {"json": {"a": 1}}, "正文不是 JSON", "the body is not JSON"),
        (plain(b"[" + b"[]," * 300_000), {"json": {"a": 1}}, "正文不是 JSON", "the body is not JSON"),
    ],
)  # fmt: skip
def test_an_answer_that_is_not_as_expected_is_a_reading_and_says_why(
    say: Say, expect: dict[str, Any], zh: str, en: str
) -> None:
    found = page(say, expect=expect)
    assert found.failure is None
    assert value(found, UP) == 0
    assert why(found) == said(zh, en)


@pytest.mark.parametrize(
    ("say", "expect"),
    [
        (plain(b"", "503 Busy"), {"status": 503}),
        (plain("欢迎 统一受理".encode("gbk"), "200 OK", "Content-Type: text/html; charset=gbk"), {"body": "统一受理$"}),
        (plain(b"", "200 OK", "X-A: 1", "X-A: 2"), {"header": {"x-a": "2"}}),
        (JSON, {"json": {"state.ok": True, "items.0.n": 3, "items.0.name": "a.b", "empty": None}}),
        (plain(b'{"a.b": "7", "n": 7}'), {"json": {"a.b": "7", "n": "7"}}),
    ],
)
def test_what_is_expected_is_up(say: Say, expect: dict[str, Any]) -> None:
    found = page(say, expect=expect)
    assert (value(found, UP), why(found)) == (1, [])


async def cut(asked: bytes, writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


async def silent(asked: bytes, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(60)


async def half(asked: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
    await asyncio.sleep(60)


async def broken(asked: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")


async def to_nobody(asked: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(f"HTTP/1.1 302 F\r\nLocation: http://127.0.0.1:{CLOSED}/\r\nContent-Length: 0\r\n\r\n".encode())


CLOSED = free_port()


@pytest.mark.parametrize(
    ("say", "zh", "en"),
    [
        (silent, "已连上,但 0.8 秒内没有回答", "connected, and no answer within 0.8 s"),
        (half, "有回答,但 0.8 秒内没有传完", "the answer had not all come within 0.8 s"),
        (broken, "正文损坏或不完整", "the body is broken or not whole"),
        (cut, "没有按 HTTP 回答:直接断开,或说别的", "it closes, or speaks something else than HTTP"),
        (plain(b"", "302 Found", "Location: /"), "重定向超过 10 次", "it redirects more than 10 times"),
        (to_nobody, "重定向去的服务器拒绝连接,请查服务是否在运行",
         "the server that it redirects to refuses; does the service run?"),
    ],
)  # fmt: skip
def test_no_answer_is_a_reading_and_says_how_far_it_got(say: Say, zh: str, en: str) -> None:
    found = page(say, timeout=1)
    assert found.failure is None
    assert found.duration < 1
    assert (value(found, UP), why(found)) == (0, said(zh, en))
    assert bool(values(found, RESPONSE)) is ("10 次" in zh)


def test_a_server_that_refuses_is_asked_twice_and_down() -> None:
    found = poll({"http": f"http://127.0.0.1:{free_port()}/"}, timeout=4)
    assert (value(found, UP), why(found)) == (
        0,
        said("服务器拒绝连接,请查服务是否在运行", "the server refuses; does the service run?"),
    )
    assert found.duration > 0.5


def test_one_reset_does_not_make_it_down() -> None:
    tries = 0

    async def once(asked: bytes, writer: asyncio.StreamWriter) -> None:
        nonlocal tries
        tries += 1
        await (cut if tries == 1 else plain())(asked, writer)

    found = page(once, timeout=4)
    assert (tries, value(found, UP)) == (2, 1)


def test_the_request_is_the_one_that_is_written() -> None:
    heard: list[bytes] = []

    async def listen(asked: bytes, writer: asyncio.StreamWriter) -> None:
        heard.append(asked)
        await plain()(asked, writer)

    body = "<login/>"
    found = page(
        listen,
        path="/soap?op=state",
        method="POST",
        headers={"Content-Type": "text/xml", "X-Key": "${APPLICATION_KEY}"},
        body=body,
        login={"user": "monitor", "password": "hunter2-canary"},
    )
    assert value(found, UP) == 1
    lines = heard[0].decode().splitlines()
    assert lines[0] == "POST /soap?op=state HTTP/1.1"
    assert {"Content-Type: text/xml", "X-Key: key-canary", f"Content-Length: {len(body)}"} <= set(lines)
    assert "Authorization: Basic bW9uaXRvcjpodW50ZXIyLWNhbmFyeQ==" in lines
    assert "canary" not in repr(found)


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APPLICATION_KEY", "key-canary")


def test_a_token_goes_out_as_bearer() -> None:
    heard: list[bytes] = []

    async def listen(asked: bytes, writer: asyncio.StreamWriter) -> None:
        heard.append(asked)
        await plain()(asked, writer)

    page(listen, login={"bearer": "${APPLICATION_KEY}"})
    assert b"Authorization: Bearer key-canary\r\n" in heard[0]


def test_redirects_are_followed_as_far_as_is_said() -> None:
    async def once(asked: bytes, writer: asyncio.StreamWriter) -> None:
        there = plain(b"home") if b" /home " in asked else plain(b"", "302 Found", "Location: /home")
        await there(asked, writer)

    assert value(page(once, expect={"body": "home"}), UP) == 1
    assert why(page(once, follow=0)) == said("返回状态 302,应为 2xx", "status 302 instead of 2xx")
    assert value(page(once, follow=0, expect={"status": 302, "header": {"Location": "^/home$"}}), UP) == 1


@pytest.mark.parametrize(
    ("version", "shown"),
    [
        ({"header": "X-Version"}, "2.3"),
        ({"json": "items.0.n"}, "3"),
        ({"pattern": r'"name": "([a-z.]+)"'}, "a.b"),
        ({"json": "state"}, None),
        ({"json": "none"}, None),
    ],
)
def test_the_version_is_taken_from_where_it_stands(version: dict[str, str], shown: str | None) -> None:
    body = b'{"state": {"ok": true}, "items": [{"n": 3, "name": "a.b"}]}'
    found = page(plain(body, "200 OK", "X-Version: 2.3"), version=version)
    assert [label for _, label in values(found, "application_info")] == ([shown] if shown else [])
    assert bool(found.remarks) is (shown is None)
    assert value(found, UP) == 1


def test_hostile_text_of_a_server_is_harmless_where_it_is_shown() -> None:
    found = page(plain(b"", "200 OK", "Server: <b>\x1b[31m" + "x" * 500))
    ((_, version),) = values(found, "application_info")
    assert len(version) <= 60
    assert "\x1b" not in version


def test_the_95th_percentile_is_of_ten_minutes_and_of_what_came_too_late_too() -> None:
    found = of_page(plain(), times=6)
    assert [value(each, P95) is None for each in found] == [True] * 4 + [False] * 2
    last = [value(each, P95) or 0 for each in found][-1]
    assert 0 < last < 1

    async def main() -> list[Reading]:
        answers = [plain()] * 5 + [silent]

        async def say(asked: bytes, writer: asyncio.StreamWriter) -> None:
            await answers.pop(0)(asked, writer)

        async with saying(say) as port:
            return await polls({"http": f"http://127.0.0.1:{port}/"}, 6, timeout=1)

    late = asyncio.run(main())[-1]
    assert value(late, UP) == 0
    assert (value(late, P95) or 0) > 0.5


def test_a_slow_answer_counts_for_as_long_as_agent_yaml_says() -> None:
    nobody: Any = None
    memory: dict[str, Any] = {}
    told = [slow_of(Poll(nobody, 0.0, at * 10.0, memory), 9.0 if at == 1 else 0.1, 60.0) for at in range(9)]
    assert [each and each > 1 for each in told] == [None] * 4 + [True] * 3 + [False] * 2


BODY = "统一受理平台 版本 3".encode()


def test_a_published_page_is_compared_by_hash_file_or_words(tmp_path: Path) -> None:
    page_file = tmp_path / "portal.html"
    page_file.write_bytes(BODY)
    for published in (
        {"sha256": hashlib.sha256(BODY).hexdigest().upper()},
        {"file": str(page_file)},
        {"words": ["统一受理", "版本 3"]},
    ):
        same = page(plain(BODY), role="kiosk", published=published)
        assert values(same, "application_content_changed") == {("kiosk",): 0}
        other = page(plain(b"hacked"), role="kiosk", published=published)
        assert values(other, "application_content_changed") == {("kiosk",): 1}
        assert value(other, UP) == 1
        assert "页面与已发布的版本不一致" in why(other)[0][0]
    assert f"SHA-256 of its page is {hashlib.sha256(b'hacked').hexdigest()}" in page(
        plain(b"hacked"), published={"file": str(page_file)}
    ).remarks[0]["en"]  # fmt: skip


def test_a_page_that_cannot_be_compared_is_neither_changed_nor_the_same(tmp_path: Path) -> None:
    gone = page(plain(BODY), published={"file": str(tmp_path / "none.html")})
    assert (value(gone, UP), values(gone, "application_content_changed")) == (1, {})
    assert "No such file" in gone.remarks[0]["en"]
    long = page(plain(b"x" * (2**20 + 1)), published={"sha256": "0" * 64})
    assert values(long, "application_content_changed") == {}
    assert "more than 1048576 bytes" in long.remarks[0]["en"]
    bad = page(plain(BODY, "500 Oops"), published={"words": ["nothing"]})
    assert (value(bad, UP), values(bad, "application_content_changed")) == (0, {})
