"""The Alertmanager of the simulated centre, on the agent's machine: what of API v2 those need who tell it alerts, or
ask which there are. It notifies nobody."""

from __future__ import annotations

import datetime
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from demo.network.exchange import Serve
from demo.servers.keys import Keys
from demo.world.alerts import HOST, PORT
from demo.world.world import World

STATUS = {
    "cluster": {"status": "disabled"},
    "config": {"original": "route:\n  receiver: duty\n  group_wait: 1s\nreceivers:\n- name: duty\n"},
    "versionInfo": {"version": "0.28.1"},
}


@asynccontextmanager
async def serving(world: World, own: str, first: int, serve: Serve, keys: Keys) -> AsyncIterator[None]:
    began = datetime.datetime.now(datetime.UTC).isoformat()

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        match request.method, request.path:
            case "GET", "/api/v2/status":
                return web.json_response({**STATUS, "uptime": began})
            case "GET", "/api/v2/alerts":
                return web.json_response(world.alerts.firing())
            case "POST", "/api/v2/alerts":
                return await _taken(world, request)
        return web.Response(status=404)

    answering = web.ServerRunner(web.Server(answer), access_log=None)
    await answering.setup()
    await web.TCPSite(answering, HOST, PORT).start()
    try:
        yield
    finally:
        await answering.cleanup()


async def _taken(world: World, request: web.BaseRequest) -> web.Response:
    try:
        world.alerts.take(json.loads(await request.read()))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return web.json_response({"code": 400, "message": f"no alerts: {error}"}, status=400)
    return web.json_response({})
