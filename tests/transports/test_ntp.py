"""The time that servers tell: a real chronyd, and a server of our own that tells anything."""

from __future__ import annotations

import asyncio
import contextlib
import getpass
import socket
import struct
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agent.core.ntp import KissOfDeath, Time
from agent.core.reach import CannotAsk, Unanswered
from agent.transports.ntp import NtpWay
from tests.peers import free_port, need, running, until
from tests.udp_server import Reply, answering

EPOCH = 2_208_988_800


def ask(port: int, timeout: float = 20, server: str = "127.0.0.1", source: str | None = None) -> Time:
    return asyncio.run(NtpWay().ask(server, port=port, timeout=timeout, source=source))


@contextlib.contextmanager
def chronyd(folder: Path, *lines: str) -> Iterator[int]:
    """The port of a real one that leaves this machine's clock alone."""
    program = need("chronyd")
    port = free_port(socket.SOCK_DGRAM)
    own = (f"port {port}", "cmdport 0", "bindaddress 127.0.0.1", "allow 127.0.0.0/8", f"pidfile {folder / 'pid'}")
    (folder / "chrony.conf").write_text("\n".join((*own, *lines, "")))
    argv = [program, "-x", "-d", "-U", "-u", _me(), "-f", str(folder / "chrony.conf")]
    with running(argv, folder / "chronyd.log") as child:
        until(lambda: child.poll() is not None or _answers(port), why=f"chronyd answers on {port}")
        assert child.poll() is None, (folder / "chronyd.log").read_text()
        yield port


def _me() -> str:

    return getpass.getuser()


def _answers(port: int) -> bool:
    with contextlib.suppress(Unanswered):
        ask(port, timeout=0.3)
        return True
    return False


def test_a_real_server_of_this_machine_has_its_time(tmp_path: Path) -> None:
    with chronyd(tmp_path, "local stratum 3") as port:
        found = ask(port)
    assert abs(found.offset) <= found.delay / 2 + 0.01
    assert 0 <= found.delay < 5
    assert (found.server, found.stratum, found.leap, found.synchronized) == ("127.0.0.1", 3, 0, True)
    assert found.reference.startswith("127.127.")
    assert found.root_delay < 1
    assert found.root_dispersion < 1


def test_a_real_server_without_a_source_is_not_synchronized(tmp_path: Path) -> None:
    with chronyd(tmp_path) as port:
        found = ask(port)
    assert (found.leap, found.stratum, found.synchronized) == (3, 16, False)


def stamp(seconds: float) -> bytes:
    return struct.pack("!Q", round((seconds + EPOCH) % 2**32 * 2**32) % 2**64)


def answer(
    query: bytes,
    offset: float = 0.0,
    *,
    head: int = 0x24,
    stratum: int = 2,
    reference: bytes = b"\x0a\0\0\1",
    origin: bytes | None = None,
    receive: bytes | None = None,
    transmit: bytes | None = None,
    dispersion: float = 0.125,
) -> bytes:
    now = stamp(time.time() + offset)
    fixed = struct.pack("!BBbbII", head, stratum, 6, -20, 1 << 14, round(dispersion * 2**16)) + reference
    times = (now if each is None else each for each in (receive, transmit))
    return b"".join((fixed, now, query[40:48] if origin is None else origin, *times))


@pytest.mark.parametrize("offset", [0.0, 0.75, -3.5, 86_400.0, -86_400.0 * 400, 86_400 * 365.0 * 20])
def test_the_offset_is_how_far_the_server_is_ahead(offset: float) -> None:
    """Twenty years ahead is in the era that begins in 2036."""
    with answering(lambda query: [answer(query, offset)]) as port:
        found = ask(port)
    assert found.offset == pytest.approx(offset, abs=0.2)
    assert (found.root_delay, found.root_dispersion, found.version) == (0.25, 0.125, 4)


@pytest.mark.parametrize(
    ("stratum", "reference", "text"), [(1, b"GPS\0", "GPS"), (1, b"\x1b[2J", "[2J"), (2, b"\x0a\0\0\1", "10.0.0.1")]
)
def test_the_reference_is_harmless_text(stratum: int, reference: bytes, text: str) -> None:
    with answering(lambda query: [answer(query, stratum=stratum, reference=reference)]) as port:
        found = ask(port)
    assert (found.reference, found.stratum) == (text, stratum)


@pytest.mark.parametrize("doubt", [{"head": 0xE4}, {"stratum": 16}, {"stratum": 255}, {"dispersion": 1.5}])
def test_a_server_that_does_not_trust_itself_says_so(doubt: dict[str, Any]) -> None:
    with answering(lambda query: [answer(query, **doubt)]) as port:
        assert not ask(port).synchronized


@pytest.mark.parametrize(
    ("code", "said"), [(b"RATE", "asked too often"), (b"DENY", "may not ask"), (b"INIT", "no time to tell yet")]
)
def test_a_kiss_of_death_is_told_as_such(code: bytes, said: str) -> None:
    kiss = pytest.raises(Unanswered, match=f"kiss-of-death.*{said}")
    with answering(lambda query: [answer(query, stratum=0, reference=code)]) as port, kiss as caught:
        ask(port)
    assert caught.value.kind == "refused"


def test_a_kiss_of_death_needs_no_times() -> None:
    nothing = {"receive": bytes(8), "transmit": bytes(8), "head": 0xE4}
    with (
        answering(lambda query: [answer(query, stratum=0, reference=b"RATE", **nothing)]) as port,
        pytest.raises(KissOfDeath) as caught,
    ):
        ask(port)
    assert caught.value.code == "RATE"


GARBAGE: dict[str, Reply] = {
    "nothing": lambda query: [b""],
    "47 bytes": lambda query: [answer(query)[:47]],
    "noise": lambda query: [bytes(range(48))],
    "the question itself": lambda query: [query],
    "another's answer": lambda query: [answer(query, origin=bytes(8))],
    "another's kiss of death": lambda query: [answer(query, stratum=0, reference=b"DENY", origin=b"12345678")],
    "a broadcast": lambda query: [answer(query, head=0x25)],
    "no time at all": lambda query: [answer(query, transmit=bytes(8))],
    "no time of receipt": lambda query: [answer(query, receive=bytes(8))],
    "sent before it came": lambda query: [answer(query, receive=stamp(time.time() + 10))],
    "held for longer than it took": lambda query: [answer(query, transmit=stamp(time.time() + 10))],
}


@pytest.mark.parametrize("garbage", GARBAGE.values(), ids=GARBAGE.keys())
def test_garbage_is_passed_over(garbage: Reply) -> None:
    with answering(lambda query: [*garbage(query), answer(query, 7.0)]) as port:
        assert ask(port).offset == pytest.approx(7.0, abs=0.2)
    with answering(garbage) as port, pytest.raises(Unanswered, match="no answer to it") as caught:
        ask(port, timeout=0.3)
    assert caught.value.kind == "timeout"


def test_a_question_never_tells_this_machines_time() -> None:
    seen: list[bytes] = []

    def reply(query: bytes) -> list[bytes]:
        seen.append(query)
        return [answer(query)] if len(seen) > 1 else []

    with answering(reply) as port:
        ask(port)
    tokens = {query[40:48] for query in seen}
    assert len(tokens) == len(seen) == 2
    assert all(query[1:40] == bytes(39) for query in seen)


def test_a_closed_port_is_told_at_once() -> None:
    with pytest.raises(Unanswered) as caught:
        ask(free_port(socket.SOCK_DGRAM))
    assert caught.value.kind == "refused"


def test_what_cannot_be_asked() -> None:
    with pytest.raises(CannotAsk, match="no-such-host"):
        ask(123, server="no-such-host.invalid")
    with pytest.raises(CannotAsk, match="not an address"):
        ask(123, source="203.0.113.9")
