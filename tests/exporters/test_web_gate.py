"""The listening socket of the page stays open whatever goes wrong at it."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest
from aiohttp import web

from exporters.web.gate import Gate


class Door(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        cast(asyncio.WriteTransport, transport).write(b"in")
        transport.close()


class Server:
    """Stands where aiohttp's server does; the first `defects` connections raise what no peer can cause."""

    def __init__(self, defects: int) -> None:
        self.defects = defects
        self.connections: list[Any] = []

    def __call__(self) -> Door:
        self.defects -= 1
        if self.defects >= 0:
            raise ValueError("a defect")
        return Door()


async def knock(port: int) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        async with asyncio.timeout(20):
            return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()


def test_a_defect_at_the_door_is_logged_and_the_next_one_is_let_in(caplog: pytest.LogCaptureFixture) -> None:
    async def story() -> tuple[list[bytes], bool]:
        gate = Gate(cast(web.Server, Server(2)), 10, 30.0)
        port = await gate.listen("127.0.0.1", 0)
        found = [await knock(port) for _ in range(4)]
        await gate.close()
        refused = await asyncio.gather(knock(port), return_exceptions=True)
        return found, isinstance(refused[0], ConnectionRefusedError)

    found, closed = asyncio.run(story())
    assert found == [b"", b"", b"in", b"in"]
    assert closed
    said = [record for record in caplog.records if record.levelname == "ERROR"]
    assert [record.getMessage() for record in said] == ["a defect at the page's door; it stays open"] * 2
    assert all(record.exc_info for record in said)
