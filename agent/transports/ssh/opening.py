"""Opening: from a route to a connection that stands, the host's key proven before anything secret is sent."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from time import perf_counter
from typing import TypeVar

from agent.core.reach import ReachError
from agent.core.ssh import HostKey
from agent.transports.resolve import Resolver
from agent.transports.ssh import failures
from agent.transports.ssh.connection import Connection
from agent.transports.ssh.keys import Keys
from agent.transports.ssh.route import Route
from agent.transports.ssh.threads import Threads
from agent.transports.ssh.wire import Line, Wire
from agent.transports.tcp import connected
from agent.transports.told import RECEIVE_ERRORS

T = TypeVar("T")

OPENING = 256  # connections that are opened at once; hosts that hang hold up no round of those that are open already
# Milliseconds after which what was sent and not acknowledged ends a connection (TCP_USER_TIMEOUT, tcp(7)), so that one
# through a firewall that forgot it does not seem to stand for a quarter of an hour.
UNACKNOWLEDGED = 30_000


class Opening:
    """`noticed` is told, by the route's name, whether a host showed a key that is known."""

    def __init__(self, resolver: Resolver, noticed: Callable[[str, bool], None]) -> None:
        self._resolver = resolver
        self._noticed = noticed
        self._keys = Keys()
        self._threads = Threads(OPENING)

    async def open(self, route: Route, below: tuple[Connection, float] | None, deadline: float) -> Connection:
        """Logged in; whatever goes wrong, nothing of it is left.

        `below`: the jump host's connection, and the seconds that it has to open the way through; Stale if it is lost.
        """
        connection, key = await self.greeted(route, below, deadline)
        try:
            self._noticed(route.name, key.standing == "known")
            if key.standing != "known":
                raise failures.host_key(key, route.hosts, route.name)
            await self._within(connection, lambda: self._log_in(connection), deadline)
        except BaseException:
            connection.wire.shut()
            raise
        return connection

    def _log_in(self, connection: Connection) -> None:
        login = connection.route.login
        connection.log_in(self._keys.load(login.key, login.passphrase) if login.key else None)

    async def greeted(
        self, route: Route, below: tuple[Connection, float] | None, deadline: float
    ) -> tuple[Connection, HostKey]:
        """Keys are exchanged, and that of the host is looked at; it may be any. The caller shuts the connection."""
        hosts = route.hosts  # said before anything is connected
        line = await self._line(route, below, deadline)
        connection = Connection(route, Wire(line, below[0].wire if below else None))
        try:
            return connection, await self._within(connection, lambda: connection.exchange_keys(hosts), deadline)
        except BaseException:
            connection.wire.close()
            raise

    async def _line(self, route: Route, below: tuple[Connection, float] | None, deadline: float) -> Line:
        address, port, left = route.address, route.login.port, deadline - asyncio.get_running_loop().time()
        if below is not None:
            jump, patience = below
            return await self._within(jump, lambda: jump.tunnel(address, port, patience), deadline, whole=False)
        end = perf_counter() + left
        found = await self._resolver.find(address, left)
        opened, _ = await connected(found, port, end=end, place=route.place)
        # An ICMP error about a connection that stands is no reason to end it.
        opened.setsockopt(*RECEIVE_ERRORS[opened.family], 0)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNACKNOWLEDGED)
        return opened

    async def _within(self, connection: Connection, call: Callable[[], T], deadline: float, whole: bool = True) -> T:
        """`whole`: the connection is ended with the call; not where others use it too."""
        began = asyncio.get_running_loop().time()

        def late() -> ReachError:
            return failures.late(connection.route.place, connection.doing, deadline - began)

        return await self._threads.run(call, deadline, connection.wire.shut if whole else _leave, late)


def _leave() -> None:
    """A way through that comes too late is closed with the connection it goes through."""
