"""Session: a turn with one host, in which commands are put to it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from agent.core.reach import Unanswered
from agent.core.ssh import LIMIT, Answer, Broken, Command, Dialect, reading
from agent.core.text import clean
from agent.transports.ssh import failures, rounds
from agent.transports.ssh.connection import Connection, Stale
from agent.transports.ssh.links import Link, Links, patience
from agent.transports.ssh.rounds import Round
from agent.transports.ssh.route import Route
from agent.transports.ssh.threads import Threads

if TYPE_CHECKING:
    from paramiko import Channel

T = TypeVar("T")


class Session:
    """Implements agent.core.ssh.SshSession. `deadline` is by the loop's clock."""

    def __init__(self, links: Links, threads: Threads, route: Route, dialect: Dialect, deadline: float) -> None:
        self._links, self._threads = links, threads
        self._route, self._dialect = route, dialect
        self._deadline = deadline
        self._link: Link | None = None

    @property
    def place(self) -> str:
        """Who is at the other end, for messages."""
        return self._route.place

    async def run(self, *argv: str, limit: int = LIMIT, seconds: float | None = None, root: bool = False) -> Answer:
        (answer,) = await self.round([Command(argv, limit, seconds, root)])
        return answer

    async def round(self, commands: Sequence[Command]) -> Sequence[Answer]:
        asked = rounds.prepared(commands, self._dialect, max(1.0, self._deadline - asyncio.get_running_loop().time()))
        try:
            stdout, stderr = await self._exchanged(lambda connection, patience: connection.exchange(asked, patience))
        except Unanswered as error:
            raise Broken(error, rounds.answers(asked, *map(bytes, asked.heard))) from None
        found = rounds.answers(asked, stdout, stderr)
        if len(found) < len(commands):
            raise Broken(self._broken(asked, found, stdout + stderr), found)
        return found

    async def read(self, path: str, limit: int = LIMIT) -> bytes:
        answer = (await self.round([reading(path, limit)]))[0]
        if answer.ok:
            return answer.stdout
        kind = "permission" if b"ermission denied" in answer.stderr else "missing"
        raise Unanswered(kind, f"{self._route.place}: {clean(path, 80)} cannot be read: {clean(answer.stderr, 120)}")

    async def talk(self, conversation: Callable[[Channel], T], most: int) -> T:
        """What a conversation with the shell on a terminal gives, in a thread of its own; it must only read. The
        connection is not kept: devices with a command line have few of them to give."""
        try:
            return await self._exchanged(lambda connection, patience: connection.talk(conversation, most, patience))
        finally:
            if self._link is not None:
                self._links.drop(self._link)

    async def subsystem(self, name: str, conversation: Callable[[Channel], T], most: int) -> T:
        """What a conversation with a subsystem of the server gives, in a thread of its own; it must only read."""
        return await self._exchanged(lambda connection, patience: connection.enter(name, conversation, most, patience))

    async def _exchanged(self, ask: Callable[[Connection, float], T]) -> T:
        """Asked once more on a new connection if that which was kept turns out not to stand."""
        link = await self._taken()
        fresh = link.fresh
        try:
            return await self._put(link, ask)
        except Stale as error:
            self._links.drop(link)
            self.end()
            if fresh:
                raise error.told from None
        try:
            return await self._put(await self._taken(), ask)
        except Stale as error:
            raise error.told from None

    async def _taken(self) -> Link:
        if self._link is None or not self._link.connection.alive:
            self.end()
            self._link = await self._links.take(self._route, self._deadline)
        return self._link

    async def _put(self, link: Link, ask: Callable[[Connection, float], T]) -> T:
        connection, loop = link.connection, asyncio.get_running_loop()
        began = loop.time()
        left = max(0.0, self._deadline - began)
        allowed = patience(link, self._deadline)
        try:
            return await self._threads.run(
                lambda: ask(connection, allowed),
                self._deadline,
                lambda: self._links.drop(link),
                lambda: failures.late(self._route.place, connection.doing, left),
            )
        finally:
            link.fresh = False

    def _broken(self, asked: Round, found: Sequence[Answer], said: bytes) -> Unanswered:
        """The shell did not come to the end of the script."""
        place = self._route.place
        lost = self._link is None or not self._link.connection.alive
        if lost or asked.boundary.encode() in said:
            what = "connection" if lost else "round"
            done = f"{len(found)} of {len(asked.commands)} commands"
            return Unanswered("refused", f"{place} ended the {what} after {done}")
        words = clean(said[:400], 120) or "nothing"
        return Unanswered(
            "protocol", f"{place} did not run `{asked.line}` for {self._route.login.user}: it said {words!r}"
        )

    def end(self) -> None:
        """Gives the connection back."""
        if self._link is not None:
            self._links.give(self._link)
            self._link = None
