"""The centre as a process: a network of its own, everything that answers in it, and the agent that watches it."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from functools import partial
from http.client import HTTPException
from pathlib import Path

from demo.centre.plan import NETMASK, OWN
from demo.control import SOCKET, controlled
from demo.network import namespace, tun
from demo.network.exchange import FIRST_PORT, Exchange
from demo.outside import Outside
from demo.servers import alertmanager, applications, modbus, names, snmp, ssh
from demo.servers.keys import Keys
from demo.verbs import answer
from demo.world.world import World

TICK = 0.25  # seconds between two looks at the time
SERVERS = (snmp, applications, ssh, modbus, names, alertmanager)
PORTS_EACH = 500
NOISY = ("paramiko", "pymodbus")  # tell of each client that goes away in the middle, as ours do in a fault
FIRST = 3  # the first descriptor that is handed over


Ready = Callable[[int, float], None]


class Unable(Exception):
    """The system refuses a network of one's own; the text says why."""


@dataclass(frozen=True)
class Running:
    """`folder` holds agent.yaml and the socket; `listening` is the page's socket, opened in the network outside;
    `argv` runs the agent."""

    world: World
    folder: Path
    listening: int
    speed: float
    argv: Sequence[str]
    keys: Keys

    def start(self, page: tuple[str, int], started: Callable[[], None], ready: Ready) -> int:
        """Until a signal or the agent's end; the agent's exit status. `started` is called when everything answers,
        `ready` with the number of targets, and after how many seconds, when each was read. Unable if it cannot be."""
        for library in NOISY:
            logging.getLogger(library).setLevel(logging.CRITICAL)
        outside, began = Outside(*page), time.monotonic()
        device = self._network()
        agent = self._agent()
        try:
            asyncio.run(self._serve(device, started, lambda: _first_read(outside, ready, began)))
        finally:
            with suppress(ProcessLookupError):
                os.kill(agent, signal.SIGTERM)
        _, status = os.waitpid(agent, 0)
        return os.waitstatus_to_exitcode(status)

    def _network(self) -> int:
        try:
            namespace.enter()
            return tun.opened(OWN, NETMASK)
        except OSError as error:
            raise Unable(str(error)) from None

    def _agent(self) -> int:
        """The agent, in the same network, with the page's socket as sd_listen_fds(3) says; its process."""
        pid = os.fork()
        if pid:
            return pid
        try:
            os.dup2(self.listening, FIRST)
            os.set_inheritable(FIRST, True)
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to both; it ends by SIGTERM, in order
            environment = {**os.environ, "LISTEN_FDS": "1", "LISTEN_PID": str(os.getpid())}
            os.execve(self.argv[0], list(self.argv), environment)  # noqa: S606 - as is meant
        except OSError as error:
            sys.stderr.write(f"{self.argv[0]}: {error}\n")
        finally:
            os._exit(127)

    async def _serve(self, device: int, started: Callable[[], None], read: Callable[[], Awaitable[None]]) -> None:
        end, loop = asyncio.Event(), asyncio.get_running_loop()
        for each in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD):
            loop.add_signal_handler(each, end.set)
        exchange = Exchange(device, OWN, self.world.way)
        async with AsyncExitStack() as stack:
            stack.callback(exchange.close)
            for number, server in enumerate(SERVERS):
                first = FIRST_PORT + PORTS_EACH * number
                await stack.enter_async_context(server.serving(self.world, OWN, first, exchange.serve, self.keys))
            await stack.enter_async_context(controlled(self.folder / SOCKET, partial(answer, self.world)))
            started()
            reading = asyncio.ensure_future(read())
            stack.callback(reading.cancel)
            await self._live(end)

    async def _live(self, end: asyncio.Event) -> None:
        seen = time.monotonic()
        while not end.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(end.wait(), TICK)
            now = time.monotonic()
            self.world.advance((now - seen) * self.speed)
            seen = now


async def _first_read(outside: Outside, ready: Ready, began: float) -> None:
    """Returns when every target was read once."""
    while True:
        await asyncio.sleep(TICK)
        with suppress(OSError, HTTPException):
            count, unread = await asyncio.to_thread(outside.standing)
            if count and not unread:
                ready(count, time.monotonic() - began)
                return
