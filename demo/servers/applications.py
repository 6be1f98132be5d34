"""HTTP and HTTPS: the applications of the centre and those behind the business lines, by the address that is asked."""

from __future__ import annotations

import asyncio
import json
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from html import escape

from aiohttp import web

from demo.centre.node import Node
from demo.network.exchange import Serve, Service
from demo.network.packet import TCP
from demo.servers.certificates import LONG, SHORT
from demo.servers.keys import Keys
from demo.world.pages import ACCEPTANCE
from demo.world.world import World

PLAIN, SECURE = 80, 443
QUEUE = "queue-host"
SLOW = 2.5  # seconds: less than the agent waits, which is four fifths of `every`
STEP = 0.05
HALTED = 1800.0  # seconds since the last ticket, where the queue system stands still
HTML = "text/html"


@asynccontextmanager
async def serving(world: World, own: str, first: int, serve: Serve, keys: Keys) -> AsyncIterator[None]:
    """Plain at port `first`, with TLS at the next."""
    secure = keys.authority.context(LONG)
    ending = keys.authority.context(SHORT)

    def choose(connection: ssl.SSLObject | ssl.SSLSocket, name: str | None, context: object) -> None:
        connection.context = ending if world.active.any_of("certificate-expiring") else secure

    secure.set_servername_callback(choose)
    answering = web.ServerRunner(web.Server(Answers(world).answer), access_log=None)
    await answering.setup()
    await web.TCPSite(answering, own, first).start()
    await web.TCPSite(answering, own, first + 1, ssl_context=secure).start()
    for node in world.centre.of("host", "kiosk", "display"):
        serve(Service(node.address, TCP, PLAIN), first)
        serve(Service(node.address, TCP, SECURE), first + 1)
    for line in world.centre.lines.values():
        serve(Service(line.application, TCP, SECURE), first + 1)
    try:
        yield
    finally:
        await answering.cleanup()


class Answers:
    def __init__(self, world: World) -> None:
        self._world = world

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        address = request.transport.get_extra_info("peername")[0] if request.transport else ""
        node = self._world.centre.by_address.get(address)
        if node is None:
            return web.Response(text="<h1>条线业务系统</h1>", content_type=HTML)
        if node.id == ACCEPTANCE:
            return await self._acceptance()
        if node.id == QUEUE:
            return self._queue(request.path)
        return self._screen(node)

    async def _acceptance(self) -> web.Response:
        on = self._world.active.on
        if on("acceptance-down"):
            return web.Response(status=503, text="Service Unavailable")
        page, began = self._world.pages[ACCEPTANCE], time.monotonic()
        # Who waits while it is mended waits no longer.
        while time.monotonic() - began < max(page.takes, SLOW if on("acceptance-slow") else 0.0):  # noqa: ASYNC110
            await asyncio.sleep(STEP)
        return web.Response(text=f"<h1>{escape(page.shows)}</h1><p>登录</p>", content_type=HTML)

    def _queue(self, path: str) -> web.Response:
        down = self._world.active.on("queue-down")
        if path == "/":
            return web.Response(status=500 if down else 200, text="<h1>排队叫号</h1>", content_type=HTML)
        last = self._world.wall() - (HALTED if down else 20)
        return web.json_response({"last": {"time": int(last)}, "lag": 1.5})

    def _screen(self, node: Node) -> web.Response:
        dark = self._world.active.on("display-dark", node.id)
        told = {"name": node.title, "screen": "off" if dark else "on", "shows": self._world.pages[node.id].shows}
        return web.json_response(told, dumps=partial(json.dumps, ensure_ascii=False))
