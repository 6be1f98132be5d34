"""The centre as a process: a network of its own, everything that answers in it, and the agent that watches it."""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
import signal
import socket
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from functools import partial
from http.client import HTTPException
from importlib import import_module
from pathlib import Path

from demo.centre.plan import NETMASK, Centre
from demo.control import SOCKET, controlled
from demo.ending import Ending
from demo.following import DESCRIPTOR, GO
from demo.network import namespace, tun
from demo.network.exchange import FIRST_PORT, Exchange
from demo.network.relay import Relay
from demo.outside import Outside
from demo.servers.keys import Keys
from demo.verbs import answer
from demo.world.own import Own
from demo.world.world import World

TICK = 0.25  # seconds between two looks at the time
LOOK = 0.1  # seconds between two looks at what the agent has read
SERVERS = ("snmp", "applications", "ssh", "modbus", "names", "alertmanager")  # of demo.servers
ON_LOOPBACK = SERVERS[:-1]  # that one's address is fixed, and may be in use on the machine itself
PORTS_EACH = 500
NOISY = ("paramiko", "pymodbus")  # tell of each client that goes away in the middle, as ours do in a fault
FIRST = 3  # the first descriptor that is handed over
SPARE = 10  # descriptors from here on are in nobody's way
PATIENCE = 20.0  # seconds that the agent has to end in order


Ready = Callable[[int, float], None]
Connect = Callable[[World], Exchange | Relay]


class Unable(Exception):
    """The system refuses the centre its network, or an address of a server; the text says why."""


class AgentGone(Exception):
    """The agent ended by itself, with what waitpid(2) tells as an exit code: negative is a signal."""

    def __init__(self, status: int) -> None:
        super().__init__(f"the agent ended with {status}")
        self.status = status


@dataclass(frozen=True)
class Running:
    """`folder` holds agent.yaml and the socket; `listening` is the page's socket, opened in the network outside;
    `argv` runs the agent, and has it follow this process (demo.following). `made` makes the world, and writes what the
    agent reads."""

    centre: Centre
    folder: Path
    listening: socket.socket
    speed: float
    argv: Sequence[str]
    made: Callable[[], tuple[World, Keys]]
    ending: Ending

    def start(self, page: tuple[str, int], started: Callable[[], None], ready: Ready) -> None:
        """Until a signal. `started` is called when everything answers, `ready` with the number of targets, and after
        how many seconds, when each was read. Unable if it cannot be, AgentGone if the agent ended by itself."""
        for library in NOISY:
            logging.getLogger(library).setLevel(logging.CRITICAL)
        outside, began = Outside(*page), time.monotonic()
        self.ending.then(lambda: None)  # it is looked at once the agent runs
        connect = self._network()
        agent, alive = self._agent()
        try:
            world, keys = self.made()
            with suppress(BrokenPipeError):  # it is gone already, which is seen below
                os.write(alive, GO)
            serving = partial(self._serve, world, keys, connect)
            asyncio.run(serving(agent, started, lambda: _first_read(outside, ready, began)))
        finally:
            status = _ended(agent, self.ending)
            os.close(alive)
        if not self.ending.asked:
            raise AgentGone(status)

    def _network(self) -> Connect:
        """How the servers are reached: in a network of the centre's own, where it has one."""
        centre = self.centre
        if centre.shift:
            return lambda world: Relay(centre.own, centre.shift, world.way)
        try:
            namespace.enter()
            device = tun.opened(centre.own, NETMASK)
        except OSError as error:
            raise Unable(str(error)) from None

        def joined(world: World) -> Exchange:
            world.own = Own()
            return Exchange(device, centre.own, world.way)

        return joined

    def _agent(self) -> tuple[int, int]:
        """Its process, in the same network, and the descriptor that tells it that this process lives."""
        told, alive = os.pipe()
        pid = os.fork()
        if pid:
            os.close(told)
            return pid, alive
        try:
            os.setpgid(0, 0)  # Ctrl-C goes to the centre alone: the agent ends by SIGTERM, in order
            self._hand_over(told)
            os.execve(self.argv[0], list(self.argv), _environment())  # noqa: S606 - as is meant
        except OSError as error:
            sys.stderr.write(f"{self.argv[0]}: {error}\n")
            sys.stderr.flush()
        finally:
            os._exit(127)

    def _hand_over(self, told: int) -> None:
        """The page's socket as sd_listen_fds(3) says, and behind it what demo.following reads."""
        spare = fcntl.fcntl(told, fcntl.F_DUPFD, SPARE)
        os.dup2(self.listening.fileno(), FIRST)
        os.set_inheritable(FIRST, True)
        os.dup2(spare, DESCRIPTOR)
        os.close(spare)

    async def _serve(
        self,
        world: World,
        keys: Keys,
        connect: Connect,
        agent: int,
        started: Callable[[], None],
        read: Callable[[], Awaitable[None]],
    ) -> None:
        exchange, own = connect(world), self.centre.own
        async with AsyncExitStack() as stack:
            stack.callback(exchange.close)
            for number, name in enumerate(SERVERS if isinstance(exchange, Exchange) else ON_LOOPBACK):
                server = import_module(f"demo.servers.{name}")  # while the agent starts
                first = FIRST_PORT + PORTS_EACH * number
                try:
                    await stack.enter_async_context(server.serving(world, own, first, exchange.serve, keys))
                except OSError as error:
                    raise Unable(f"{name}: {error}") from None
            await stack.enter_async_context(controlled(self.folder / SOCKET, partial(answer, world)))
            started()
            reading = asyncio.ensure_future(read())
            stack.callback(reading.cancel)
            await self._live(world, agent)

    async def _live(self, world: World, agent: int) -> None:
        end, loop, seen = asyncio.Event(), asyncio.get_running_loop(), time.monotonic()
        self.ending.then(lambda: loop.call_soon_threadsafe(end.set))
        while not (self.ending.asked or _gone(agent)):
            with suppress(TimeoutError):
                await asyncio.wait_for(end.wait(), TICK)
            now = time.monotonic()
            world.advance((now - seen) * self.speed)
            seen = now
        self.ending.then(lambda: None)


def _environment() -> dict[str, str]:
    return {**os.environ, "LISTEN_FDS": "1", "LISTEN_PID": str(os.getpid())}


def _gone(agent: int) -> bool:
    return os.waitid(os.P_PID, agent, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _ended(agent: int, ending: Ending) -> int:
    """The agent's exit code, once it ended: by SIGTERM, at the next signal or after PATIENCE at once."""
    with suppress(ProcessLookupError):
        os.kill(agent, signal.SIGTERM)
    ending.then(lambda: os.kill(agent, signal.SIGKILL))
    latest = time.monotonic() + PATIENCE
    while not _gone(agent):
        if time.monotonic() > latest:
            os.kill(agent, signal.SIGKILL)
        time.sleep(0.02)
    ending.then(lambda: None)
    return os.waitstatus_to_exitcode(os.waitpid(agent, 0)[1])


async def _first_read(outside: Outside, ready: Ready, began: float) -> None:
    """Returns when every target was read once."""
    count, unread = 0, 0
    try:
        while not count or unread:
            await asyncio.sleep(LOOK)
            with suppress(OSError, HTTPException):
                count, unread = await asyncio.to_thread(outside.standing)
    finally:
        outside.end()  # also when this is cancelled: the thread would keep the centre from its end
    ready(count, time.monotonic() - began)
