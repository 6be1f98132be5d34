"""HTTP across redirects: cookies, an address that is known already, and what counts as an answer."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest

from agent.core.http import HttpAnswer, HttpQuestion
from agent.transports.http import HttpWay
from tests.peers import free_port
from tests.transports.http_server import plain, saying

SET = ("HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: {to}\r\n", "\r\n")


def heads(
    to: str, cookies: tuple[str, ...], headers: tuple[tuple[str, str], ...] = (), *, keep: bool = True
) -> list[str]:
    """The heads that come: of `/login/start`, whose answer sets the cookies, and of what it redirects to."""
    heard: list[str] = []

    async def say(asked: bytes, writer: asyncio.StreamWriter) -> None:
        heard.append(asked.decode())
        if b" /login/start " in asked:
            writer.write(
                (SET[0].format(to=to) + "".join(f"Set-Cookie: {each}\r\n" for each in cookies) + SET[1]).encode()
            )
        else:
            await plain()(asked, writer)

    async def main() -> None:
        async with saying(say) as port:
            url = f"http://127.0.0.1:{port}/login/start"
            await HttpWay().ask(HttpQuestion(url, headers=headers, cookies=keep))

    asyncio.run(main())
    return heard


def sent(head: str) -> str:
    return next((line[8:] for line in head.split("\r\n") if line.startswith("Cookie: ")), "")


@pytest.mark.parametrize(
    ("to", "cookies", "expected"),
    [
        ("/login/in", ("a=1", "b=two; HttpOnly"), "a=1; b=two"),
        ("/other", ("a=1",), ""),
        ("/other", ("a=1; Path=/",), "a=1"),
        ("/others", ("a=1; path=/other",), ""),
        ("/other/x", ("a=1; path=/other",), "a=1"),
        ("/login/in", ("a=1; Secure",), ""),
        ("/login/in", ("a=1", "a=2"), "a=2"),
        ("/login/in", ("a=1", "a=; Max-Age=0"), ""),
        ("/login/in", ("a=1", "a=x; max-age=-1"), ""),
        ("/login/in", ("no cookie", "=x", "a b=c"), ""),
        ("/login/in", ("a=" + "x" * 5000,), ""),
    ],
)
def test_a_cookie_goes_where_it_belongs(to: str, cookies: tuple[str, ...], expected: str) -> None:
    first, second = heads(to, cookies)
    assert (sent(first), sent(second)) == ("", expected)


def test_a_cookie_stands_behind_those_of_the_question() -> None:
    first, second = heads("/login/in", ("a=1",), (("Cookie", "mine=0"),))
    assert (sent(first), sent(second)) == ("mine=0", "mine=0; a=1")


def test_another_host_gets_no_cookie() -> None:
    async def main() -> Mapping[str, str]:
        heard: dict[str, str] = {}

        async def say(asked: bytes, writer: asyncio.StreamWriter) -> None:
            heard["second"] = asked.decode()
            await plain()(asked, writer)

        async with saying(say, host="127.0.0.2") as other:
            to = plain(
                b"", "302 F", f"Location: http://127.0.0.2:{other}/", "Set-Cookie: a=1; Path=/; Domain=127.0.0.2"
            )
            async with saying(to) as port:
                await HttpWay().ask(HttpQuestion(f"http://127.0.0.1:{port}/", cookies=True))
        return heard

    assert sent(asyncio.run(main())["second"]) == ""


def test_cookies_are_kept_only_where_the_question_says_so() -> None:
    assert [sent(each) for each in heads("/login/in", ("a=1",), keep=False)] == ["", ""]


def test_the_address_of_the_url_s_host_is_taken_where_it_is_known() -> None:
    async def main() -> tuple[HttpAnswer, str]:
        heard: list[str] = []

        async def say(asked: bytes, writer: asyncio.StreamWriter) -> None:
            heard.append(asked.decode())
            await plain(b"", "302 F", "Location: /there" if len(heard) == 1 else "X: y")(asked, writer)

        async with saying(say, host="127.0.0.3") as port:
            url = f"http://no-such-name.invalid:{port}/"
            return await HttpWay().ask(HttpQuestion(url, address="127.0.0.3")), heard[0]

    answer, head = asyncio.run(main())
    assert answer.addresses == ("127.0.0.3", "127.0.0.3")
    assert "\r\nHost: no-such-name.invalid:" in head


@pytest.mark.parametrize("closed", [True, False])
def test_an_answer_is_told_from_the_redirect_that_led_nowhere(closed: bool) -> None:
    async def main() -> HttpAnswer:
        headers = (f"Location: http://127.0.0.1:{free_port()}/",) if closed else ()
        async with saying(plain(b"", "302 F", *headers)) as port:
            return await HttpWay().ask(HttpQuestion(f"http://127.0.0.1:{port}/"))

    answer = asyncio.run(main())
    assert (answer.status, answer.answered, answer.failure is None) == (302, not closed, not closed)
