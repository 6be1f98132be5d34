"""Links: the connections that are kept, one for each route, for as long as they are used and no longer than an hour."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

from agent.core.aside import aside
from agent.core.reach import Unanswered
from agent.transports.ssh.connection import Connection, Stale
from agent.transports.ssh.opening import Opening
from agent.transports.ssh.route import Route

SPREAD = 0.1  # of a life: so that not all hosts log in anew in the same minute
PATIENCE = 3.0
LAST = 1.0  # seconds that the end waits for threads of connections


@dataclass(frozen=True, slots=True)
class Manners:
    """`idle` seconds without a question, or `life` seconds in all, end a connection; at most `most` are kept. `beside`:
    a host has a second one for what takes long."""

    idle: float = 600.0
    life: float = 3600.0
    most: int = 256
    sweep: float = 15.0
    beside: bool = True


@dataclass(eq=False, slots=True)
class Link:
    """A connection, until when it is used for new rounds, when it was used last, and by how many at present."""

    connection: Connection
    ends: float
    used: float
    busy: int = 0
    below: Link | None = None
    fresh: bool = True
    retired: bool = False


@asynccontextmanager
async def turn(lock: asyncio.Lock, deadline: float, place: str) -> AsyncIterator[None]:
    """One at a time; who waits longest is next."""
    try:
        async with asyncio.timeout_at(deadline):
            await lock.acquire()
    except TimeoutError:
        raise Unanswered("timeout", f"{place} is still busy with another question of ours") from None
    try:
        yield
    finally:
        lock.release()


def patience(link: Link, deadline: float) -> float:
    """Seconds in which a connection must open a channel: one that was kept may be lost, and is not waited for long."""
    left = max(0.0, deadline - asyncio.get_running_loop().time())
    return left if link.fresh else min(PATIENCE, left / 3)


def through(below: Link | None, deadline: float) -> tuple[Connection, float] | None:
    return None if below is None else (below.connection, patience(below, deadline))


@dataclass(eq=False)
class Links:
    opening: Opening
    manners: Manners = field(default_factory=Manners)
    _kept: dict[Route, Link] = field(default_factory=dict)
    _all: set[Link] = field(default_factory=set)
    _turns: dict[Route, asyncio.Lock] = field(default_factory=dict)
    _timer: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        """Connections that stand."""
        return sum(link.connection.alive for link in self._all)

    async def take(self, route: Route, deadline: float) -> Link:
        """A link that is kept, or a new one; whoever takes it gives it back."""
        now = asyncio.get_running_loop().time()
        link = self._kept.get(route)
        if link is not None and link.connection.alive and now < link.ends:
            link.busy += 1
            link.fresh = False
            return link
        if link is not None:
            self._retire(link)
        return await self._open(route, deadline)

    async def _open(self, route: Route, deadline: float) -> Link:
        """Through the jump host's connection if it has one; where that was kept and is lost, through a new one."""
        while True:
            below = await self.below(route, deadline)
            try:
                return self._added(route, await self.opening.open(route, through(below, deadline), deadline), below)
            except Stale as error:
                if below is None or below.fresh:
                    raise error.told from None
                self.drop(below)
            finally:
                if below is not None:
                    self.give(below)

    def _added(self, route: Route, connection: Connection, below: Link | None) -> Link:
        now = asyncio.get_running_loop().time()
        life = self.manners.life * (1 + SPREAD * random.random())  # noqa: S311 - spreads logins, hides nothing
        link = Link(connection, now + life, now, busy=1, below=below)
        if route in self._kept:
            self._retire(self._kept[route])
        self._kept[route] = link
        self._all.add(link)
        self._sweep_later()
        return link

    async def below(self, route: Route, deadline: float) -> Link | None:
        """The link to the jump host of a route, taken; many hosts behind it share one."""
        if route.below is None:
            return None
        async with turn(self._turns.setdefault(route.below, asyncio.Lock()), deadline, route.below.place):
            return await self.take(route.below, deadline)

    def give(self, link: Link) -> None:
        link.busy -= 1
        link.used = asyncio.get_running_loop().time()
        if link.retired:
            self._end_unused(link)

    def drop(self, link: Link) -> None:
        """It does not stand any more, or what was asked through it did not end: it is not used again."""
        link.connection.shut()
        self._retire(link)

    def keep(self, routes: Collection[Route]) -> None:
        """Retires what none of these routes goes through."""
        wanted = {each for route in routes for each in route.whole}
        for route, link in list(self._kept.items()):
            if route not in wanted:
                self._retire(link)
        self._turns = {route: turn for route, turn in self._turns.items() if turn.locked() or route in wanted}

    def _retire(self, link: Link) -> None:
        link.retired = True
        if self._kept.get(link.connection.route) is link:
            del self._kept[link.connection.route]
        self._end_unused(link)

    def _end_unused(self, link: Link) -> None:
        carries = any(each.below is link and each.connection.alive for each in self._all)
        if link.connection.alive and (link.busy or carries):
            return
        link.connection.shut()
        self._all.discard(link)
        if link.below is not None and link.below.retired:
            self._end_unused(link.below)

    def _sweep_later(self) -> None:
        if self._timer is None and self._all:
            self._timer = asyncio.get_running_loop().call_later(self.manners.sweep, self._sweep)

    def _sweep(self) -> None:
        self._timer = None
        now = asyncio.get_running_loop().time()
        by_use = sorted(self._all, key=lambda each: each.used)
        surplus = max(0, len(by_use) - self.manners.most)
        for place, link in enumerate(by_use):
            idle = not link.busy and now - link.used > self.manners.idle
            if place < surplus or idle or now > link.ends or link.retired or not link.connection.alive:
                self._retire(link)
        self._sweep_later()

    async def close(self) -> None:
        """Ends all of them, whatever they do; a thread that does not end is left to the end of the process."""
        if self._timer is not None:
            self._timer.cancel()
        links, self._all, self._kept = list(self._all), set(), {}
        for link in links:
            link.connection.shut()
        if links:
            ends = [aside(partial(link.connection.join, LAST)) for link in links]
            await asyncio.wait(ends, timeout=LAST)
