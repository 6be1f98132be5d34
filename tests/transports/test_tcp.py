"""TCP connect: what stood, what was refused, what was silent, what could not be asked."""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import socket
from collections.abc import Iterator

import pytest

from agent.core.reach import CannotAsk, Unanswered
from agent.transports.tcp import Connector
from tests.namespace import run_script
from tests.peers import free_port


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


@contextlib.contextmanager
def full_backlog() -> Iterator[int]:
    """The port of a listener that takes no further connection, so that a connect stays silent."""
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        port = server.getsockname()[1]
        for _ in range(8):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(("127.0.0.1", port))
        yield port


def connect(port: int, address: str = "127.0.0.1", timeout: float = 20, source: str | None = None) -> float:
    return asyncio.run(Connector().connect(address, port, timeout=timeout, source=source))


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


def test_a_listening_port_gives_the_seconds_until_the_connection_stood(listener: socket.socket) -> None:
    assert 0 < connect(listener.getsockname()[1]) < 20


def test_a_name_is_looked_up(listener: socket.socket) -> None:
    if socket.getaddrinfo("localhost", 1, type=socket.SOCK_STREAM)[0][0] != socket.AF_INET:
        pytest.skip("localhost is an IPv6 address first on this machine, and the server listens on IPv4")
    assert connect(listener.getsockname()[1], "localhost") > 0


def test_ipv6_is_asked_like_ipv4() -> None:
    try:
        server = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError as error:
        pytest.skip(f"this machine has no IPv6 loopback: {error}")
    with server:
        assert connect(server.getsockname()[1], "::1") > 0


def test_the_server_sees_an_orderly_end_and_no_reset(listener: socket.socket) -> None:
    connect(listener.getsockname()[1])
    accepted, _ = listener.accept()
    with accepted:
        assert accepted.recv(10) == b""


def test_the_source_address_is_the_one_asked_for(listener: socket.socket) -> None:
    connect(listener.getsockname()[1], source="127.0.0.7")
    accepted, peer = listener.accept()
    accepted.close()
    assert peer[0] == "127.0.0.7"


@pytest.mark.parametrize("source", ["240.1.2.3", "::1"])
def test_a_source_that_is_not_ours_cannot_be_asked_from(source: str, listener: socket.socket) -> None:
    with pytest.raises(CannotAsk, match=f"source {source} is not an address") as told:
        connect(listener.getsockname()[1], source=source)
    assert told.value.kind == "missing"


def test_a_closed_port_is_refused() -> None:
    port = free_port()
    with pytest.raises(Unanswered, match=rf"127\.0\.0\.1 port {port}: connection refused") as told:
        connect(port)
    assert told.value.kind == "refused"


def test_silence_ends_at_the_deadline_and_leaves_no_descriptor() -> None:
    before = descriptors()
    with full_backlog() as port, pytest.raises(Unanswered, match="no answer to a TCP connect within") as told:
        connect(port, timeout=0.2)
    assert told.value.kind == "timeout"
    assert descriptors() == before


def test_a_cancelled_connect_leaves_no_descriptor() -> None:
    async def main(port: int) -> None:
        before = descriptors()
        asking = [asyncio.ensure_future(Connector().connect("127.0.0.1", port, timeout=60)) for _ in range(50)]
        await asyncio.sleep(0.1)
        assert descriptors() > before
        for each in asking:
            each.cancel()
        await asyncio.gather(*asking, return_exceptions=True)
        assert descriptors() == before

    with full_backlog() as port:
        asyncio.run(main(port))


def test_an_unknown_name_cannot_be_asked() -> None:
    with pytest.raises(CannotAsk, match=r"nothing\.invalid") as told:
        connect(1, "nothing.invalid")
    assert told.value.kind == "resolve"


def test_without_descriptors_it_says_so_and_not_that_the_other_end_is_down(listener: socket.socket) -> None:
    async def main() -> None:
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        lowest_free = os.dup(0)
        os.close(lowest_free)
        resource.setrlimit(resource.RLIMIT_NOFILE, (lowest_free, hard))
        try:
            await Connector().connect("127.0.0.1", listener.getsockname()[1], timeout=20)
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

    with pytest.raises(CannotAsk, match="LimitNOFILE") as told:
        asyncio.run(main())
    assert told.value.kind == "missing"


def test_a_connection_to_itself_and_a_way_that_is_not_there_are_told_as_what_they_are() -> None:
    assert run_script("transports/tcp_cases.py").split() == [
        "refused",
        "unreachable::no_route",
        "unreachable::no_route",
        "unreachable::prohibited",
    ]
