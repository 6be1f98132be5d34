"""Answers: bodies made once for all who ask at the same time, and sent so that nobody's reading holds up anybody else.

A body is made off the event loop or in slices. A request shares the work that is under way or about to begin, never a
finished one: nothing that is shown is older than the request. Each turn of the event loop takes one request one step
further, so a crowd is answered in groups and polls go on in between.
"""

from __future__ import annotations

import asyncio
import contextlib
import zlib
from collections.abc import Callable, Coroutine, Hashable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from aiohttp import web

from exporters.web import negotiation

WORTHWHILE = 1400  # bytes; what fits one packet gains nothing from gzip
PIECE = 64 * 1024  # bytes handed to a connection at a time, so that a slow reader holds no copy of a large body
T = TypeVar("T")
Make = Callable[[], Coroutine[Any, Any, bytes]]


class Answers:
    """Two threads of its own for what takes longer than a turn of the event loop should."""

    def __init__(self) -> None:
        self._making: dict[Hashable, asyncio.Task[bytes]] = {}
        self._turn = asyncio.Lock()
        self._threads = ThreadPoolExecutor(2, "page")

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def give(
        self,
        request: web.Request,
        key: tuple[Hashable, ...],
        make: Make,
        kind: str,
        vary: str = "Accept-Encoding",
    ) -> web.StreamResponse:
        """The body that `make` gives; 404 if it is empty."""
        body = await self._share(key, make)
        if not body:
            raise web.HTTPNotFound
        headers = {"Content-Type": kind, "Cache-Control": "no-store", "Vary": vary}
        if len(body) > WORTHWHILE and negotiation.wants_gzip(request.headers.get("Accept-Encoding", "")):
            whole = body
            body = await self._share((*key, "gzip", id(whole)), lambda: self._compressed(whole))
            headers["Content-Encoding"] = "gzip"
        await self._take_turn()
        return await _send(request, body, headers)

    async def _compressed(self, body: bytes) -> bytes:
        return _gzip(body) if len(body) <= PIECE else await self.aside(lambda: _gzip(body))

    async def _share(self, key: Hashable, make: Make) -> bytes:
        running = self._making.get(key)
        if running is None:
            running = self._making[key] = asyncio.create_task(self._make(make))
            running.add_done_callback(lambda _: self._making.pop(key, None))
        return await asyncio.shield(running)

    async def _make(self, make: Make) -> bytes:
        # Behind the answers that wait to be sent: in a crowd those who come meanwhile gather here and share the work.
        await self._take_turn()
        return await make()

    async def _take_turn(self) -> None:
        """One step of one request in each turn of the event loop: a crowd must not keep polls waiting."""
        async with self._turn:
            await asyncio.sleep(0)

    def aside(self, work: Callable[[], T]) -> asyncio.Future[T]:
        """Runs `work` in one of the threads; for pure functions of frozen data."""
        return asyncio.get_running_loop().run_in_executor(self._threads, work)


def _gzip(body: bytes) -> bytes:
    packer = zlib.compressobj(level=1, wbits=31)
    return packer.compress(body) + packer.flush()


async def _send(request: web.Request, body: bytes, headers: Mapping[str, str]) -> web.StreamResponse:
    if len(body) <= PIECE or request.method == "HEAD":
        return web.Response(body=body, headers=headers)
    response = web.StreamResponse(headers={**headers, "Content-Length": str(len(body))})
    whole = memoryview(body)
    with contextlib.suppress(ConnectionError):  # a client that left is no error, be it before the first byte
        await response.prepare(request)
        for start in range(0, len(body), PIECE):
            await response.write(whole[start : start + PIECE])
        await response.write_eof()
    return response
