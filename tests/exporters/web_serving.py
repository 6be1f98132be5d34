"""A real server on a free port of loopback, over a made-up picture."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import aiohttp

from agent.core.snapshot import Snapshot
from exporters.prometheus import Exposition
from exporters.web.server import Server
from exporters.web.view import Picture
from tests.exporters.web_pictures import MadeUp, busy, snapshot_of


@dataclass
class Served:
    server: Server
    made_up: MadeUp
    snapshot: Snapshot
    port: int
    client: aiohttp.ClientSession

    @classmethod
    @contextlib.asynccontextmanager
    async def to(cls, server: Server, made_up: MadeUp, snapshot: Snapshot, port: int) -> AsyncIterator[Served]:
        connector, usual = aiohttp.TCPConnector(limit=0), {"Accept-Encoding": "identity"}
        async with aiohttp.ClientSession(connector=connector, auto_decompress=False, headers=usual) as client:
            yield cls(server, made_up, snapshot, port, client)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    async def get(self, path: str, method: str = "GET", **more: Any) -> Answer:
        async with self.client.request(method, self.url(path), **more) as reply:
            return Answer(reply.status, dict(reply.headers), await reply.read())

    async def raw(self, request: bytes) -> bytes:
        """What comes back for these bytes, until the server closes."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(request)
            async with asyncio.timeout(20):
                return await reader.read()
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


def run(scenario: Callable[[Served], Awaitable[Any]], picture: Picture | None = None, **options: Any) -> Any:
    """Plays a scenario against a server of its own."""

    async def whole() -> Any:
        async with serving(picture, **options) as served:
            return await scenario(served)

    return asyncio.run(whole())


def ask(path: str, method: str = "GET", *, picture: Picture | None = None, **more: Any) -> Answer:
    answer: Answer = run(lambda served: served.get(path, method, **more), picture)
    return answer


@contextlib.asynccontextmanager
async def serving(picture: Picture | None = None, **options: Any) -> AsyncIterator[Served]:
    shown = picture or busy()
    made_up, snapshot = MadeUp(shown), snapshot_of(shown)
    server = Server(made_up, Exposition(snapshot), made_up, **options)
    port = await server.start("127.0.0.1", 0)
    try:
        async with Served.to(server, made_up, snapshot, port) as served:
            yield served
    finally:
        await server.stop()
