"""HTTP: the applications of the business lines and of the centre."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from demo.network.exchange import Service
from demo.network.packet import TCP
from demo.servers.keys import Keys
from demo.servers.snmp import Serve
from demo.world.world import World

PORT = 443
PATIENCE = 10.0  # seconds


@asynccontextmanager
async def serving(world: World, own: str, first: int, serve: Serve, keys: Keys) -> AsyncIterator[None]:
    server = await asyncio.start_server(_answer, own, first)
    for line in world.centre.lines.values():
        serve(Service(line.application, TCP, PORT), first)
    async with server:
        yield


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError, TimeoutError):
        async with asyncio.timeout(PATIENCE):
            await reader.read(1)
    writer.close()
