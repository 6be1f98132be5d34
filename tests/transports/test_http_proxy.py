"""HTTP through a proxy: what it is asked, and what it may answer."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest

from agent.core.http import Basic, HttpAnswer, HttpQuestion, Proxy
from agent.core.secrets import Secret
from agent.core.tls import Tls
from agent.transports.http import HttpWay
from tests.certificates import issue
from tests.exporters.probe_servers import proxy, talking
from tests.peers import free_port
from tests.transports.http_server import Say, plain, saying

LOGIN = Basic("u", Secret("pw"))
BRANCH = (("X-Branch", Secret("changshou")),)


def asked(say: Say, url: str, login: Basic | None = None, **more: Any) -> tuple[HttpAnswer, list[str]]:
    """The answer, and the heads that the proxy heard."""
    heads: list[str] = []

    async def hear(head: bytes, writer: asyncio.StreamWriter) -> None:
        heads.append(head.decode())
        await say(head, writer)

    async def main() -> HttpAnswer:
        async with saying(hear) as port:
            through = Proxy("127.0.0.1", port, login, BRANCH)
            return await HttpWay().ask(HttpQuestion(url, proxy=through, **{"seconds": 5.0, **more}))

    return asyncio.run(main()), heads


def test_what_is_asked_by_http_is_asked_of_the_proxy_in_full() -> None:
    answer, (head,) = asked(plain(b"ok"), "http://portal.invalid:8080/a?b=c", LOGIN)
    assert (answer.status, answer.addresses) == (200, ("127.0.0.1",))
    assert head.startswith("GET http://portal.invalid:8080/a?b=c HTTP/1.1\r\nHost: portal.invalid:8080\r\n")
    assert "\r\nProxy-Authorization: Basic dTpwdw==\r\n" in head
    assert "X-Branch" not in head


def test_https_goes_through_a_tunnel_with_its_own_headers() -> None:
    answer, (head,) = asked(plain(b"", "407 Proxy Authentication Required"), "https://portal.invalid/", LOGIN)
    assert head.startswith("CONNECT portal.invalid:443 HTTP/1.1\r\nHost: portal.invalid:443\r\n")
    assert "\r\nX-Branch: changshou\r\n" in head
    assert answer.failure is not None
    assert answer.failure.kind == "refused"
    assert answer.failure.message.endswith("opens no way to portal.invalid:443: 407")
    assert not answer.answered


def test_the_known_address_is_what_a_tunnel_leads_to() -> None:
    _, heads = asked(plain(b"", "403 Forbidden"), "https://portal.invalid/", address="10.0.0.9")
    assert heads[0].startswith("CONNECT 10.0.0.9:443 HTTP/1.1\r\n")


@pytest.mark.parametrize("trusted", [True, False])
def test_the_certificate_behind_a_tunnel_is_verified(tmp_path: Path, trusted: bool) -> None:
    served = issue("portal", ("portal.example",))
    tls = Tls(ca=served.file(tmp_path, "ca.pem") if trusted else None)

    async def main() -> HttpAnswer:
        async with saying(plain(b"inside"), served.server(tmp_path)) as port, talking(proxy) as through:
            url = f"https://portal.example:{port}/"
            way = Proxy("127.0.0.1", through, LOGIN, BRANCH)
            return await HttpWay().ask(HttpQuestion(url, proxy=way, tls=tls, address="127.0.0.1"))

    answer = asyncio.run(main())
    assert (answer.body, answer.failure and answer.failure.kind) == (
        (b"inside", None) if trusted else (b"", "certificate")
    )
    assert answer.tls is not None


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (b"", "protocol"),
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", "refused"),
        (b"HTTP/1.1\r\n\r\n", "refused"),
        (b"HTTP/1.1 200 OK\r\n\r\nmore", "protocol"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000, "protocol"),
    ],
)
def test_a_proxy_that_answers_otherwise_is_a_failure_that_names_it(said: bytes, kind: str) -> None:
    async def say(head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(said)

    open_before = len(os.listdir("/proc/self/fd"))
    answer, _ = asked(say, "https://portal.invalid/")
    assert answer.failure is not None
    assert answer.failure.kind == kind
    assert "proxy 127.0.0.1 port " in answer.failure.message
    assert len(os.listdir("/proc/self/fd")) == open_before


def test_a_closed_proxy_is_refused_and_a_silent_one_a_timeout() -> None:
    async def silent(head: bytes, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(1)

    async def main() -> HttpAnswer:
        return await HttpWay().ask(HttpQuestion("https://portal.invalid/", proxy=Proxy("127.0.0.1", free_port())))

    refused = asyncio.run(main())
    assert refused.failure is not None
    assert refused.failure.kind == "refused"
    late, _ = asked(silent, "https://portal.invalid/", seconds=0.3)
    assert late.failure is not None
    assert late.failure.kind == "timeout"
