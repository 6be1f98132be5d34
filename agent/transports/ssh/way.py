"""SshWay: from a target and its login to a session with its host."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from weakref import WeakValueDictionary

from agent.core.model import Target
from agent.core.reach import CannotAsk
from agent.core.site import Site
from agent.core.ssh import Dialect, HostKey, Offer
from agent.transports.resolve import Resolver
from agent.transports.ssh.connection import Stale
from agent.transports.ssh.links import Links, Manners, through, turn
from agent.transports.ssh.offers import offered
from agent.transports.ssh.opening import Opening
from agent.transports.ssh.route import Route, to_target
from agent.transports.ssh.session import Session
from agent.transports.ssh.sftp import SftpSession
from agent.transports.ssh.threads import Threads

ASKING = 256  # rounds under way at once: as many as connections, so that hosts that hang take nobody's place

Place = tuple[str, str, bool]


class SshWay:
    """Implements agent.core.ssh.Ssh. `site` tells of jump hosts; `noticed` is told, by the target's id, whether a host
    showed a key that is known. For one event loop; `close` ends what is kept."""

    def __init__(
        self,
        resolver: Resolver | None = None,
        site: Callable[[], Site | None] = lambda: None,
        noticed: Callable[[str, bool], None] = lambda name, known: None,
        manners: Manners | None = None,
    ) -> None:
        self._site = site
        self._resolver = resolver or Resolver()
        self._opening = Opening(self._resolver, noticed)
        self._manners = manners or Manners()
        self._links = Links(self._opening, self._manners)
        self._threads = Threads(ASKING)
        self._turns: WeakValueDictionary[Place, asyncio.Lock] = WeakValueDictionary()

    @property
    def connections(self) -> int:
        """Connections that stand."""
        return len(self._links)

    @asynccontextmanager
    async def session(self, target: Target, dialect: Dialect = "posix", apart: bool = False) -> AsyncIterator[Session]:
        """Ends a little before the target's timeout, so that its own message comes before the runner's."""
        route = replace(to_target(target, self._site), apart=apart and self._manners.beside)
        deadline = _deadline(target)
        async with self._turn(route, deadline):
            session = Session(self._links, self._threads, route, dialect, deadline)
            try:
                yield session
            finally:
                session.end()

    @asynccontextmanager
    async def sftp(self, target: Target, apart: bool = False) -> AsyncIterator[SftpSession]:
        async with self.session(target, apart=apart) as session:
            yield SftpSession(session)

    async def host_key(self, target: Target) -> HostKey:
        route = to_target(target, self._site)
        deadline = _deadline(target)
        below = await self._links.below(route, deadline)
        try:
            connection, key = await self._opening.greeted(route, through(below, deadline), deadline)
            connection.wire.shut()
            return key
        except Stale as error:
            raise error.told from None
        finally:
            if below is not None:
                self._links.give(below)

    async def offer(self, address: str, port: int, timeout: float) -> Offer:
        return await offered(self._resolver, address, port, timeout)

    def keep(self, targets: Iterable[Target]) -> None:
        routes = []
        for target in targets:
            try:
                routes.append(to_target(target, self._site))
            except CannotAsk:
                continue
        self._links.keep(routes)

    async def close(self) -> None:
        await self._links.close()

    def _turn(self, route: Route, deadline: float) -> AbstractAsyncContextManager[None]:
        """One session with a host at a time, and one beside it for what takes long."""
        place = (route.place, route.below.place if route.below else "", route.apart)
        return turn(self._turns.setdefault(place, asyncio.Lock()), deadline, route.place)


def _deadline(target: Target) -> float:
    return asyncio.get_running_loop().time() + target.timeout - min(0.5, target.timeout / 10)
