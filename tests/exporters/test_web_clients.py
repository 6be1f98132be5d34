"""Clients that are slow, silent or many hold up neither each other nor the agent."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from agent.core.model import Metric, Reading, Target
from agent.core.snapshot import Snapshot
from exporters.prometheus import Exposition
from exporters.web.server import Server
from tests.exporters.web_pictures import MadeUp, busy
from tests.exporters.web_serving import Served, run

BYTES = Metric("interface_receive_bytes_total", "counter", "bytes", ("interface",), "ifHCInOctets")
WHOLE = b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n"


def grow(snapshot: Snapshot, switches: int) -> None:
    """About 50 kB a switch."""
    for n in range(switches):
        samples = tuple(BYTES.sample(k, interface=f"GigabitEthernet1/0/{k}") for k in range(500))
        snapshot.put(Reading(Target("switch", f"big-{n}", ""), "switch", 0.0, 0.1, samples))


@contextlib.asynccontextmanager
async def connected(served: Served, send: bytes) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", served.port, limit=1024)
    try:
        writer.write(send)
        yield reader, writer
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def is_dropped(reader: asyncio.StreamReader) -> bool:
    async with asyncio.timeout(20):
        with contextlib.suppress(ConnectionError):
            while await reader.read(65536):
                pass
    return True


@pytest.mark.parametrize("sent", [b"", b"GET /metrics HTTP/1.1\r\nHost: local", b"GET", WHOLE], ids=repr)
def test_a_connection_that_sends_no_whole_request_is_dropped(sent: bytes) -> None:
    async def scenario(served: Served) -> None:
        async with connected(served, sent) as (reader, _):
            assert await is_dropped(reader)

    run(scenario, patience=0.5)


def test_one_that_sends_a_byte_now_and_then_is_dropped_all_the_same() -> None:
    async def scenario(served: Served) -> None:
        async with connected(served, b"GET / HTTP/1.1\r\n") as (reader, writer):
            dropped = asyncio.create_task(is_dropped(reader))
            while not dropped.done():
                writer.write(b"X-A: b\r\n")
                await asyncio.sleep(0.05)
            assert await dropped

    run(scenario, patience=0.5)


def test_a_crowd_of_half_open_connections_holds_up_no_scrape() -> None:
    async def scenario(served: Served) -> None:
        async with contextlib.AsyncExitStack() as stack:
            crowd = [
                await stack.enter_async_context(connected(served, b"GET /metrics HTTP/1.1\r\n")) for _ in range(100)
            ]
            assert (await served.get("/metrics")).status == 200
            assert all(await asyncio.gather(*[is_dropped(reader) for reader, _ in crowd]))

    run(scenario, patience=2.0)


def test_beyond_the_cap_a_client_waits_its_turn_and_is_served() -> None:
    async def scenario(served: Served) -> None:
        async with contextlib.AsyncExitStack() as stack:
            for _ in range(4):
                await stack.enter_async_context(connected(served, b"GET"))
            async with asyncio.timeout(20):
                assert (await served.get("/-/healthy")).status == 200

    run(scenario, patience=0.5, connections=4)


def test_a_client_that_reads_nothing_of_a_large_answer_is_dropped_while_others_are_served(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def scenario(served: Served) -> None:
        grow(served.snapshot, 200)  # 10 MB, more than the kernel's buffers take
        async with connected(served, WHOLE) as (reader, _):
            assert (await reader.read(9)) == b"HTTP/1.1 "
            assert (await served.get("/-/healthy")).status == 200
            await asyncio.sleep(1.5)  # silent for longer than the server's patience with a full buffer
            with pytest.raises(ConnectionError):
                await read_all(reader)

    async def read_all(reader: asyncio.StreamReader) -> None:
        size = 0
        while chunk := await reader.read(65536):
            size += len(chunk)
        if size < 8_000_000:
            raise ConnectionError(f"cut off after {size} bytes")

    run(scenario, stall=0.4)
    assert caplog.records == []


class Counted(Exposition):
    renders = 0

    async def render_in_slices(self, openmetrics: bool = False) -> bytes:
        self.renders += 1
        return await super().render_in_slices(openmetrics)


def test_scrapes_at_the_same_time_share_one_rendering_and_later_ones_do_not() -> None:
    async def scenario() -> None:
        snapshot, made_up = Snapshot(), MadeUp(busy())
        grow(snapshot, 20)
        exposition = Counted(snapshot)
        server = Server(made_up, exposition, made_up)
        port = await server.start("127.0.0.1", 0)
        try:
            async with Served.to(server, made_up, snapshot, port) as served:
                answers = await asyncio.gather(*[served.get("/metrics") for _ in range(100)])
                assert {answer.status for answer in answers} == {200}
                assert {answer.body.count(b"\ninterface_receive_bytes_total{") for answer in answers} == {10_000}
                assert exposition.renders < 50
                before = exposition.renders
                snapshot.put(
                    Reading(Target("switch", "big-0", ""), "switch", 1.0, 0.1, (BYTES.sample(7, interface="x"),))
                )
                assert b'target="big-0",interface="x"} 7.0\n' in (await served.get("/metrics")).body
                assert exposition.renders == before + 1
        finally:
            await server.stop()

    asyncio.run(scenario())


def test_more_scrapes_at_once_than_are_let_in_are_all_answered() -> None:
    async def scenario(served: Served) -> set[int]:
        grow(served.snapshot, 4)
        scrapes = [served.get("/metrics", headers={"Connection": "close"}) for _ in range(200)]
        async with asyncio.timeout(60):
            return {answer.status for answer in await asyncio.gather(*scrapes)}

    assert run(scenario, connections=32) == {200}


def test_the_server_ends_while_clients_hold_on() -> None:
    async def scenario(served: Served) -> None:
        grow(served.snapshot, 200)
        async with connected(served, b"GET"), connected(served, WHOLE), connected(served, WHOLE):
            await served.get("/-/healthy")
            async with asyncio.timeout(20):
                await served.server.stop()

    run(scenario)


def test_a_body_that_never_comes_does_not_keep_a_reload_from_its_answer() -> None:
    async def scenario(served: Served) -> None:
        request = b"POST /-/reload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\nabc"
        async with connected(served, request) as (reader, _), asyncio.timeout(20):
            assert await reader.readline() == b"HTTP/1.1 200 OK\r\n"
        assert served.made_up.reloads == 1

    run(scenario)
