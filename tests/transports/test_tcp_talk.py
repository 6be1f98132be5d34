"""Conversations by TCP: what is expected and sent, TLS from the start or later, and servers that talk for ever."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
import struct
import time
import tracemalloc
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from agent.core.reach import CannotAsk, Unanswered
from agent.core.tcp import STARTTLS, Script, Step, Talk
from agent.core.tls import Tls
from agent.transports.tcp_talk import TcpWay
from tests.certificates import Issued, issue
from tests.mail_servers import AFTER, Speak, serving, speaking
from tests.peers import free_port

ISSUED = issue("mail", ["127.0.0.1"])


def talk(port: int, script: Script | Sequence[Step], timeout: float = 20, **how: str) -> Talk:
    made = script if isinstance(script, Script) else Script(tuple(script))
    return asyncio.run(TcpWay().talk("127.0.0.1", port, made, timeout=timeout, **how))


def saying(*texts: bytes, then: Speak = lambda opened: opened.recv(100)) -> Speak:
    def speak(opened: socket.socket) -> None:
        for text in texts:
            opened.sendall(text)
        then(opened)

    return speak


def trusted(folder: Path) -> Tls:
    return Tls(ca=ISSUED.file(folder, "ca.pem"))


def test_a_line_that_matches_is_waited_for() -> None:
    with serving(saying(b"220-hello\r\n22", b"0 mail.test ESMTP\r\nmore\r\n")) as port:
        found = talk(port, [Step(expect="^220 .*ESMTP$")])
    assert (found.failure, found.step, found.matched, found.unmet) == (None, None, ("220 mail.test ESMTP",), False)
    assert 0 < found.connect < found.seconds < 20
    assert found.handshake is None


def test_groups_of_what_matched_are_sent_back() -> None:
    heard: list[bytes] = []

    def speak(opened: socket.socket) -> None:
        opened.sendall(b":server NOTICE\r\nPING :12x 7\r\n")
        heard.append(opened.recv(100))
        opened.sendall(b":server 001 prober")

    with serving(speak) as port:
        found = talk(port, [Step(expect="^PING :([^ ]+) (?P<n>.)", send="PONG ${1} $n $$"), Step(expect="^:[^ ]+ 001")])
    assert heard == [b"PONG 12x 7 $\n"]
    assert found.matched == ("PING :12x 7", ":server 001")


def test_what_is_sent_without_an_expectation_stands_as_it_is() -> None:
    heard: list[bytes] = []
    with serving(lambda opened: (heard.append(opened.recv(100)), opened.sendall(b"ok"))) as port:
        found = talk(port, [Step(send="a $1 ${b}"), Step(expect="ok")])
    assert (heard, found.failure) == ([b"a $1 ${b}\n"], None)


@pytest.mark.parametrize("said", [b"", b"500 no\r\n", b"500 no\n\x1b[31m\xff\n"])
def test_a_server_that_closes_without_the_line_does_not_meet_the_expectation(said: bytes) -> None:
    with serving(saying(said, then=lambda opened: None)) as port:
        found = talk(port, [Step(expect="^220"), Step(send="QUIT")])
    assert (found.unmet, found.step, found.matched) == (True, 0, ())
    assert found.failure is not None
    assert found.failure.kind == "protocol"
    assert "step 1: the server closed, and no line matched '^220'" in found.failure.message
    assert "\x1b" not in found.failure.message


@pytest.mark.parametrize("protocol", sorted(STARTTLS))
def test_tls_begins_in_the_middle_of_a_conversation(protocol: str, tmp_path: Path) -> None:
    after = AFTER[protocol].decode().removesuffix("\n")
    more = (Step(send=after), Step(expect="^bye$")) if after else ()
    script = Script((*STARTTLS[protocol], *more), tls=trusted(tmp_path))
    with serving(speaking(protocol, ISSUED.server(tmp_path))) as port:
        found = talk(port, script)
    assert found.failure is None
    assert found.handshake is not None
    assert (found.handshake.trusted, found.handshake.name_valid) == (True, True)


@pytest.mark.parametrize("protocol", sorted(STARTTLS))
def test_a_certificate_that_is_not_accepted_is_told_with_the_reason(protocol: str, tmp_path: Path) -> None:
    other = issue("other", ["127.0.0.1"]).file(tmp_path, "other.pem")
    with serving(speaking(protocol, ISSUED.server(tmp_path))) as port:
        found = talk(port, Script(STARTTLS[protocol], tls=Tls(ca=other)))
    assert found.failure is not None
    assert (found.failure.kind, found.step, found.unmet) == ("certificate", len(STARTTLS[protocol]) - 1, False)
    assert found.handshake is not None
    assert (found.handshake.why_not, found.handshake.name_valid) == ("self-signed certificate", True)
    assert found.handshake.chain[0].subject == "CN=mail,O=普陀区"


def test_lines_with_a_bare_line_feed_are_refused_by_strict_servers(tmp_path: Path) -> None:
    bare = [replace(step, send=step.send.rstrip("\r")) for step in STARTTLS["smtp"]]
    with serving(speaking("smtp", ISSUED.server(tmp_path))) as port:
        assert talk(port, bare).unmet


def secured(issued: Issued, folder: Path, *texts: bytes) -> Speak:
    context = issued.server(folder)

    def speak(opened: socket.socket) -> None:
        with context.wrap_socket(opened, server_side=True) as inside:
            saying(*texts)(inside)

    return speak


def test_tls_from_the_start(tmp_path: Path) -> None:
    with serving(secured(ISSUED, tmp_path, b"+OK ready\r\n")) as port:
        found = talk(port, Script((Step(expect="^.OK"),), secure=True, tls=trusted(tmp_path)))
    assert found.failure is None
    assert found.handshake is not None
    assert found.handshake.trusted


def test_another_name_is_told_apart_from_a_bad_chain(tmp_path: Path) -> None:
    with serving(secured(ISSUED, tmp_path, b"")) as port:
        found = talk(port, Script(secure=True, tls=replace(trusted(tmp_path), name="other.test")))
    assert found.failure is not None
    assert (found.failure.kind, found.step) == ("certificate", None)
    assert found.handshake is not None
    assert (found.handshake.trusted, found.handshake.name_valid) == (True, False)


def test_a_server_without_tls_is_told_as_such() -> None:
    with serving(saying(b"220 plain text only\r\n")) as port:
        found = talk(port, Script(secure=True))
    assert found.failure is not None
    assert found.failure.kind == "protocol"
    assert "no TLS: wrong version number" in found.failure.message


def test_what_came_before_tls_is_not_taken_for_what_came_through_it(tmp_path: Path) -> None:
    """RFC 3207 section 6; a man in the middle can put lines behind the server's last plain one."""
    context = ISSUED.server(tmp_path)

    def speak(opened: socket.socket) -> None:
        opened.sendall(b"220 begin\r\n250 forged\r\n")
        with context.wrap_socket(opened, server_side=True) as inside:
            inside.sendall(b"500 true\r\n")

    with serving(speak) as port:
        steps = (Step(expect="^220 ", starttls=True), Step(expect="^(250|500) .*"))
        assert talk(port, Script(steps, tls=trusted(tmp_path))).matched == ("220", "500 true")


def endless(opened: socket.socket) -> None:
    while True:
        opened.sendall(b"A" * 65536)


def chatter(opened: socket.socket) -> None:
    while True:
        opened.sendall(b"no\r\n" * 10_000)


def slow(opened: socket.socket) -> None:
    while True:
        opened.sendall(b"y")
        time.sleep(0.1)


def reset(opened: socket.socket) -> None:
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    time.sleep(0.2)


def silent(opened: socket.socket) -> None:
    time.sleep(3)


HOSTILE = {
    "endless banner": (endless, "protocol"),
    "endless lines": (chatter, "protocol"),
    "a byte at a time": (slow, "timeout"),
    "reset": (reset, "refused"),
    "silence": (silent, "timeout"),
}


@pytest.mark.parametrize(("speak", "kind"), HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize("step", [Step(expect="^220"), Step(expect="220", raw=True), Step(starttls=True)],
                         ids=["lines", "bytes", "tls"])  # fmt: skip
def test_a_hostile_server_costs_neither_time_nor_memory_nor_descriptors(speak: Speak, kind: str, step: Step) -> None:
    async def main(port: int) -> tuple[Talk, int, int]:
        before = len(os.listdir("/proc/self/fd"))
        # What is not a matter of time is found out on a busy machine too.
        found = await TcpWay().talk("127.0.0.1", port, Script((step,)), timeout=1 if kind == "timeout" else 20)
        return found, before, len(os.listdir("/proc/self/fd"))

    with serving(speak) as port:
        tracemalloc.start()
        began = time.monotonic()
        found, before, after = asyncio.run(main(port))
        took = time.monotonic() - began
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert found.failure is not None
    assert found.failure.kind in (kind, "protocol") if step.starttls else found.failure.kind == kind
    assert took < 5
    assert after <= before + 1  # the server's own end may still be open
    assert peak < 20e6


def test_a_text_that_would_hold_up_pythons_expressions_holds_up_nothing() -> None:
    with serving(saying(b"a" * 60_000 + b"!\r\n", then=lambda opened: None)) as port:
        began = time.process_time()
        assert talk(port, [Step(expect="^(a+)+$")]).unmet
        assert time.process_time() - began < 5


def test_who_is_cancelled_leaves_no_descriptor() -> None:
    async def main(port: int) -> tuple[set[str], set[str]]:
        before = set(os.listdir("/proc/self/fd"))
        task = asyncio.create_task(TcpWay().talk("127.0.0.1", port, Script((Step(expect="x"),)), timeout=20))
        await asyncio.sleep(0.2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return before, set(os.listdir("/proc/self/fd"))

    with socket.create_server(("127.0.0.1", 0)) as server:
        before, after = asyncio.run(main(server.getsockname()[1]))
    assert not after - before  # what other tests left may go meanwhile


def test_where_no_connection_stands_it_is_raised_as_with_a_connect() -> None:
    with pytest.raises(Unanswered) as caught:
        talk(free_port(), [Step(expect="x")])
    assert caught.value.kind == "refused"
    with pytest.raises(CannotAsk, match="not an address"):
        talk(free_port(), [], source="203.0.113.9")


def test_a_file_that_cannot_be_used_is_told_before_anybody_is_asked() -> None:
    with pytest.raises(CannotAsk, match=r"/nowhere/ca\.pem"):
        talk(free_port(), Script(secure=True, tls=Tls(ca="/nowhere/ca.pem")))


def test_the_server_sees_an_orderly_end(tmp_path: Path) -> None:
    ends: list[bytes] = []
    context = ISSUED.server(tmp_path)

    def speak(opened: socket.socket) -> None:
        with context.wrap_socket(opened, server_side=True, suppress_ragged_eofs=False) as inside:
            inside.sendall(b"hello\r\n")
            try:
                ends.append(inside.recv(10))
            except ssl.SSLError as error:
                ends.append(str(error).encode())

    with serving(speak) as port:
        assert talk(port, Script((Step(expect="hello"),), secure=True, tls=trusted(tmp_path))).failure is None
        time.sleep(0.2)
    assert ends == [b""]
