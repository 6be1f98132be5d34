"""Gate: the listening socket of the page. It lets in as many connections as the agent can bear and drops the stuck.

A connection beyond the cap waits in the kernel's queue until another ends, so a crowd of scrapes is served in turn and
never takes the file descriptors that polling needs. A request whose headers do not come is dropped by aiohttp's
keep-alive timer (`HEADER_SECONDS`, which runs from the first moment of a connection); here those are dropped that do
not read their answer.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import time
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from aiohttp import web

from exporters.web.inherited import inherited

log = logging.getLogger(__name__)

HEADER_SECONDS = 8.0  # from the connection, or the last answer, to the end of the next request's headers
STALL_SECONDS = 30.0  # with an answer waiting to be read
CONNECTIONS = 512  # half of the usual limit of 1024 descriptors
BACKLOG = 1024
PAUSE = 0.1  # seconds, after a connection that could not be let in


class Gate:
    """Passes connections on to an aiohttp server. `listen` may be called again: the old address is given up then."""

    def __init__(self, server: web.Server, limit: int, stall: float) -> None:
        self._server = server
        self._limit = limit
        self._stall = stall
        self._address: tuple[str, int] | None = None
        self._sockets: list[socket.socket] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._transports: dict[web.RequestHandler, asyncio.Transport] = {}
        self._stalled: dict[web.RequestHandler, float] = {}

    async def listen(self, host: str, port: int) -> int:
        """The port, for 0 a free one. OSError if the address cannot be had; then all is as before."""
        before = self._address
        if before is not None and before[1] == port:
            await self.close()  # two addresses that overlap cannot hold one port at the same time
        try:
            sockets = await _bind(host, port)
        except OSError:
            if before is not None and not self._sockets:
                self._open(before[0], await _bind(*before))
            raise
        await self.close()
        return self._open(host, sockets)

    def _open(self, host: str, sockets: list[socket.socket]) -> int:
        port = int(sockets[0].getsockname()[1])
        self._sockets, self._address = sockets, (host, port)
        for each in sockets:
            self._keep_up(partial(self._accept, each))
        self._keep_up(self._sweep)
        return port

    def _keep_up(self, work: Callable[[], Coroutine[Any, Any, None]], pause: float = 0.0) -> None:
        """Runs until `close`: a defect is written into the log, and the page goes on."""

        async def run() -> None:
            await asyncio.sleep(pause)
            await work()

        def ended(task: asyncio.Task[None]) -> None:
            self._tasks.discard(task)
            if not task.cancelled() and (error := task.exception()) is not None:
                log.error("a defect at the page's door; it stays open", exc_info=error)
                self._keep_up(work, PAUSE)

        task = asyncio.create_task(run())
        self._tasks.add(task)
        task.add_done_callback(ended)

    async def close(self) -> None:
        """Stop listening. Connections that are open are the server's to end."""
        while self._tasks:  # one that failed just now is followed by another
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
        for each in self._sockets:
            each.close()
        self._sockets = []

    async def _accept(self, listening: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            while len(self._server.connections) >= self._limit:  # noqa: ASYNC110 - aiohttp tells nobody that one ended
                await asyncio.sleep(0.02)
            try:
                connection, _ = await loop.sock_accept(listening)
                await self._let_in(connection)
            except OSError as error:  # the peer is gone already, or descriptors ran out
                log.warning("a connection to the page was not accepted: %s", error)
                await asyncio.sleep(PAUSE)

    async def _let_in(self, connection: socket.socket) -> None:
        try:
            made = await asyncio.get_running_loop().connect_accepted_socket(self._server, connection)
        except BaseException:  # also in the agent's end: nobody else holds it
            connection.close()
            raise
        transport, handler = made
        self._transports[handler] = transport

    async def _sweep(self) -> None:
        """Once a second: abort the connections whose answer nobody reads."""
        while True:
            await asyncio.sleep(min(1.0, self._stall / 4))
            now, alive = time.monotonic(), set(self._server.connections)
            self._transports = {each: transport for each, transport in self._transports.items() if each in alive}
            full = [each for each, transport in self._transports.items() if transport.get_write_buffer_size()]
            self._stalled = {each: self._stalled.get(each, now) for each in full}
            for each, since in self._stalled.items():
                if now - since > self._stall:
                    self._transports[each].abort()


async def _bind(host: str, port: int) -> list[socket.socket]:
    """A listening socket for each address of the host; all on one port; those that were handed over, if any."""
    if handed := inherited(host, port):
        return handed
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    sockets: list[socket.socket] = []
    with contextlib.ExitStack() as undo:
        for family, _, _, _, address in dict.fromkeys(found):
            wanted = int(sockets[0].getsockname()[1]) if sockets else port
            each = socket.create_server((address[0], wanted), family=family, backlog=BACKLOG)
            undo.callback(each.close)
            each.setblocking(False)
            sockets.append(each)
        undo.pop_all()
    return sockets
