"""Hostile HTTP servers: each ends within the deadline, takes little memory, and holds up nobody else."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from agent.core.http import HttpQuestion
from agent.transports.http import HttpWay
from tests.apart import told_apart
from tests.certificates import issue
from tests.transports import hostile_http
from tests.transports.hostile_http import HEADERS, OK, SETTINGS, frame, listening, once

pytestmark = pytest.mark.long

Told = dict[str, tuple[str | None, int, float, float, float]]
BUSY = "busy"  # small pieces without end: too much work, or out of time first, as fast as the machine is
# Kind of the failure, and status. A body that does not end is cut, which is no failure.
EXPECTED: dict[str, tuple[str | None, int]] = {
    "endless body": (None, 200),
    "a byte a second": ("timeout", 200),
    "a header byte a second": ("timeout", 0),
    "gzip bomb": (None, 200),
    "deflate bomb": (None, 200),
    "empty gzip members": (BUSY, 200),
    "endless headers": ("protocol", 0),
    "endless header": ("protocol", 0),
    "endless status line": ("protocol", 0),
    "endless informational": (BUSY, 0),
    "tiny chunks": (BUSY, 200),
    "chunk longer than anything": (None, 200),
    "redirect loop": (None, 302),
    "redirect to a novel": ("protocol", 302),
    "lying length": ("timeout", 200),
    "less than its length": ("protocol", 200),
    "two lengths": ("protocol", 0),
    "reset": ("refused", 0),
    "closed at once": ("protocol", 0),
    "silent": ("timeout", 0),
    "another protocol": ("protocol", 0),
    "upgrade unasked": ("protocol", 0),
    "h2 pings": (BUSY, 0),
    "h2 settings": (BUSY, 0),
    "h2 empty data": (BUSY, 200),
    "h2 endless continuation": ("protocol", 0),
    "h2 many headers": ("protocol", 0),
    "h2 reset": ("protocol", 0),
    "h2 gone": ("protocol", 0),
    "h2 garbage": ("timeout", 0),  # a frame, it seems, that never gets whole
    "h2 endless body": (None, 200),
    "tls silent": ("timeout", 0),
    "tls garbage": ("protocol", 0),
    "tls closed": ("protocol", 0),
    "tls a byte a second": ("timeout", 0),
    "tls endless record": ("protocol", 0),
}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """What asking each of them came to."""
    tls = issue("server", ["127.0.0.1"]).server(tmp_path_factory.mktemp("tls"))
    tls.set_alpn_protocols(["h2"])
    servers = {}
    with contextlib.ExitStack() as stack:
        for name, say in {**hostile_http.PLAIN, "good": once(OK + b"\r\nok")}.items():
            servers[name] = f"http://127.0.0.1:{stack.enter_context(listening(say, None, hears=name != 'silent'))}/"
        good = once(SETTINGS + HEADERS + frame(0, 1, 1, b"ok"), 1)
        for name, say in {**hostile_http.BY_H2, "good by h2": good}.items():
            servers[name] = f"https://127.0.0.1:{stack.enter_context(listening(say, tls, hears=True))}/"
        for name, say in hostile_http.BY_TLS.items():
            servers[name] = f"https://127.0.0.1:{stack.enter_context(listening(say, None, hears=True))}/"
        found: Told = told_apart("tests/transports/http_hostile_cases.py", servers)
    return found


@pytest.mark.parametrize("name", EXPECTED)
def test_what_a_hostile_server_does_is_told_as_what_it_is(name: str, told: Told) -> None:
    kind, status, *_ = told[name]
    expected, expected_status = EXPECTED[name]
    assert kind in (("timeout", "protocol") if expected is BUSY else (expected,))
    assert status == expected_status


@pytest.mark.parametrize("name", [*EXPECTED, "all"])
def test_a_hostile_server_ends_in_time_takes_little_memory_and_holds_up_nobody(name: str, told: Told) -> None:
    _, _, late, megabytes, lag = told[name]
    assert late < 1
    assert megabytes < 20
    assert lag < 1


def test_many_that_send_without_pause_share_their_turns(told: Told) -> None:
    """A millisecond each would be tenths of a second for every answer beside them."""
    _, _, late, megabytes, took = told["crowd"]
    assert late < 1
    assert megabytes < 20
    assert took < 0.1


def test_a_head_without_end_is_told_by_its_length() -> None:
    with listening(hostile_http.PLAIN["endless headers"], None, hears=True) as port:
        answer = asyncio.run(HttpWay().ask(HttpQuestion(f"http://127.0.0.1:{port}/", seconds=20)))
    assert answer.failure is not None
    assert answer.failure.message.endswith("sends a head longer than 64 KiB")


def test_every_hostile_server_is_expected_to_do_something(told: Told) -> None:
    assert set(told) - {"crowd", "all"} == set(EXPECTED)
    assert set(EXPECTED) == {*hostile_http.PLAIN, *hostile_http.BY_H2, *hostile_http.BY_TLS}
