"""Without a network of its own: services at shifted ports of loopback, handed on to the servers."""

from __future__ import annotations

import asyncio
import functools
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import pytest

from demo.network.exchange import Service
from demo.network.packet import TCP, UDP
from demo.network.relay import LOOK, Relay
from demo.network.way import Fate, Way
from tests.peers import free_port

OWN, NODE = "127.0.0.1", "127.30.9.1"
SHIFT = 10_000
MUCH = os.urandom(3_000_000)


def alone(test: Callable[[], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    """In a loop of its own."""

    @functools.wraps(test)
    def run() -> None:
        asyncio.run(test())

    return run


class World:
    def __init__(self) -> None:
        self.ways = {NODE: Way()}

    def way(self, address: str) -> Way | None:
        return self.ways.get(address)


@asynccontextmanager
async def relayed(world: World, protocol: int, at: int) -> AsyncIterator[tuple[str, int]]:
    """Where the service is asked that is served at port `at`."""
    relay, port = Relay(OWN, SHIFT, world.way), free_port() - SHIFT
    try:
        relay.serve(Service(NODE, protocol, port), at)
        yield NODE, port + SHIFT
    finally:
        relay.close()
        await asyncio.sleep(0)


@asynccontextmanager
async def answering(
    answer: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
) -> AsyncIterator[int]:
    server = await asyncio.start_server(answer, OWN, 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def give_back(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """To the end of what is said, then who asked."""
    heard = await reader.read()
    writer.write(heard + writer.get_extra_info("peername")[0].encode())
    await writer.drain()
    writer.close()


async def said(address: tuple[str, int], text: bytes) -> bytes:
    reader, writer = await asyncio.open_connection(*address)
    writer.write(text)
    writer.write_eof()
    try:
        async with asyncio.timeout(10):
            return await reader.read()
    finally:
        writer.close()


@alone
async def test_what_is_said_arrives_whole_with_its_end_and_the_server_sees_who_was_asked() -> None:
    async with answering(give_back) as at, relayed(World(), TCP, at) as address:
        assert await asyncio.gather(said(address, MUCH), said(address, b"")) == [MUCH + NODE.encode(), NODE.encode()]


@alone
async def test_what_is_cut_off_refuses_puts_out_who_is_inside_and_comes_back() -> None:
    world = World()
    async with answering(give_back) as at, relayed(world, TCP, at) as address:
        reader, writer = await asyncio.open_connection(*address)
        world.ways[NODE] = Way(Fate.SILENT)
        async with asyncio.timeout(5):
            assert await reader.read() == b""
        writer.close()
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection(*address)
        world.ways[NODE] = Way()
        await asyncio.sleep(3 * LOOK)
        assert await said(address, b"again") == b"again" + NODE.encode()


@alone
async def test_a_closed_port_refuses() -> None:
    world = World()
    async with answering(give_back) as at, relayed(world, TCP, at) as address:
        world.ways[NODE] = Way(closed=frozenset({address[1] - SHIFT}))
        await asyncio.sleep(3 * LOOK)
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection(*address)


@alone
async def test_datagrams_go_there_and_back_and_nobody_answers_where_it_is_silent() -> None:
    world = World()
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker,
    ):
        server.bind((OWN, 0))
        server.setblocking(False)
        asker.setblocking(False)
        loop = asyncio.get_running_loop()
        async with relayed(world, UDP, server.getsockname()[1]) as address, asyncio.timeout(10):
            await loop.sock_sendto(asker, b"who", address)
            heard, seen = await loop.sock_recvfrom(server, 100)
            assert (heard, seen[0]) == (b"who", NODE)
            await loop.sock_sendto(server, b"I", seen)
            assert await loop.sock_recvfrom(asker, 100) == (b"I", address)
            world.ways[NODE] = Way(Fate.SILENT)
            await asyncio.sleep(3 * LOOK)
            await loop.sock_sendto(asker, b"who", address)
            await asyncio.sleep(LOOK)
            with pytest.raises(BlockingIOError):
                server.recv(100)


@alone
async def test_a_port_that_is_taken_is_said() -> None:
    async with relayed(World(), TCP, 1) as address:
        relay = Relay(OWN, SHIFT, World().way)
        with pytest.raises(OSError, match="in use"):
            relay.serve(Service(NODE, TCP, address[1] - SHIFT), 1)
        relay.close()
