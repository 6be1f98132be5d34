"""Hostile applications: each is down with a reason in time, takes little memory, and holds up nobody else."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest

from tests.apart import told_apart
from tests.certificates import issue
from tests.transports import hostile_http
from tests.transports.hostile_http import OK, endless, listening, once

pytestmark = pytest.mark.long

Told = dict[str, tuple[str, float, float, float]]
TCP = {
    "banner without end": endless(b"", b"A" * 65536),
    "lines without end": endless(b"", b"A\r\n" * 10_000),
    "a banner byte a second": endless(b"SSH-2.0-x", b"y", 1),
    "silent by tcp": once(b"", 60),
    "closed by tcp": once(b""),
    "reset by tcp": hostile_http.reset,
}
# Bodies that are looked through as long as they are: much JSON, much that nearly matches.
PAGES = {
    "much JSON": once(OK + b"\r\n" + b"[" + b"[]," * 340_000),
    "deep JSON": once(OK + b"\r\n" + b"[" * 1_000_000),
    "nearly what is expected": once(OK + b"\r\n" + b"a" * 1_000_000),
    "punycode": once(OK + b"Content-Type: text/html; charset=punycode\r\n\r\na-" + b"b" * 1_000_000),
    "wide text": once(OK + b"\r\n" + "😀".encode() * 260_000),
}
HTTP = {name: say for name, say in hostile_http.PLAIN.items() if name != "silent"} | PAGES
NAMES = [*HTTP, *hostile_http.BY_H2, *hostile_http.BY_TLS, *TCP]
EXPECT = {"body": "^(a|aa)+受理$", "json": {"state.ok": True}, "header": {"X-A": "a*b$"}}


def _options(name: str, port: int) -> dict[str, Any]:
    published = {"words": ["受理"]}
    if name in TCP:
        return {"tcp": f"127.0.0.1:{port}", "talk": [{"expect": "^220 (a|aa)+$"}]}
    if name in HTTP:
        expect = {key: value for key, value in EXPECT.items() if key != "header" or name not in PAGES}
        expect = {"json": EXPECT["json"]} if "JSON" in name else expect
        return {"http": f"http://127.0.0.1:{port}/", "expect": expect, "published": published}
    return {"http": f"https://127.0.0.1:{port}/", "expect": EXPECT, "tls": {"verify": False}, "published": published}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """What reading each of them came to."""
    tls = issue("server", ["127.0.0.1"]).server(tmp_path_factory.mktemp("tls"))
    tls.set_alpn_protocols(["h2"])
    applications = {}
    with contextlib.ExitStack() as stack:
        for name, say in {**HTTP, **hostile_http.BY_H2, **hostile_http.BY_TLS, **TCP}.items():
            hears = name not in TCP
            port = stack.enter_context(listening(say, tls if name in hostile_http.BY_H2 else None, hears=hears))
            applications[name] = _options(name, port)
        port = stack.enter_context(listening(once(OK + b"\r\nok"), None, hears=True))
        applications["good"] = {"http": f"http://127.0.0.1:{port}/", "expect": {"body": "^ok$"}}
        port = stack.enter_context(listening(once(b"220 ok\r\n", 1), None, hears=False))
        applications["good by tcp"] = {"tcp": f"127.0.0.1:{port}", "talk": [{"expect": "^220"}]}
        found: Told = told_apart("tests/collectors/application_hostile_cases.py", applications)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_application_is_down_and_says_why(name: str, told: Told) -> None:
    assert told[name][0].startswith("{since} 起不可用:")


@pytest.mark.parametrize("name", [*NAMES, "all"])
def test_a_hostile_application_ends_in_time_takes_little_memory_and_holds_up_nobody(name: str, told: Told) -> None:
    _, late, megabytes, lag = told[name]
    assert late < 0
    assert megabytes < 20
    assert lag < 1
