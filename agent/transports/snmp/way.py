"""SnmpWay: from a target and its login to a session with its agent."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from agent.core.model import Target
from agent.core.reach import CannotAsk, Pace, ReachError, SnmpLogin, Unanswered
from agent.transports.resolve import Found, Resolver
from agent.transports.snmp.client import Manners, Session
from agent.transports.snmp.login import check
from agent.transports.snmp.message import VERSIONS, Community, Envelope
from agent.transports.snmp.peer import Peers
from agent.transports.snmp.wire import Dispatcher, connect, named

if TYPE_CHECKING:
    from agent.transports.snmp.usm.engine import Engine

# Devices whose engine is remembered: id, boots and time, so that a poll need not ask for them. The oldest goes first.
ENGINES = 4096
# Names of several addresses of which the one that answers is remembered.
NAMES = 1024
SYS_UP_TIME = "1.3.6.1.2.1.1.3.0"
# Failures after which another address of the same name may do.
NOBODY = ("timeout", "refused", "unreachable", "missing")


class SnmpWay:
    """Implements agent.core.reach.Snmp.

    A session ends a little before the target's timeout, so that its own message, which knows what was asked, comes
    before the runner's. Each has a socket of its own: 0.1 ms a poll, for which an address that this machine got or lost
    in between, a late answer and an old ICMP error do no harm. `engine` overrules what the logins say (own, pysnmp);
    `clock` gives seconds and never steps.
    """

    def __init__(
        self,
        resolver: Resolver | None = None,
        manners: Manners | None = None,
        engine: str | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._resolver = resolver or Resolver()
        self._manners = manners or Manners()
        self._engine = engine
        self._clock = clock
        self._peers = Peers(clock)
        self._chosen: dict[str, Found] = {}
        self._engines: dict[tuple[str, SnmpLogin], Engine] = {}

    @property
    def engines(self) -> int:
        """Devices of version 3 whose engine is remembered."""
        return len(self._engines)

    def session(self, target: Target) -> AbstractAsyncContextManager[Session]:
        where = f"{target.kind} {target.id}"
        if target.address is None:
            raise CannotAsk("missing", f"{where} has no address; write one to read it by SNMP")
        if target.login is None or target.login.snmp is None:
            raise CannotAsk("missing", f"{where} has no SNMP login; name credentials with an snmp part")
        return self.open(target.address, target.login.snmp, target.timeout, f"credentials {target.login.name}")

    @asynccontextmanager
    async def open(
        self,
        address: str,
        login: SnmpLogin,
        timeout: float = 10,
        credentials: str = "the login",
        pace: Pace | None = None,
    ) -> AsyncIterator[Session]:
        """A session with the agent at this address or name, of at most `timeout` seconds. CannotAsk if the login, which
        the message calls `credentials`, lacks something."""
        check(login, credentials)
        manners = asked_as(self._manners, login, pace)
        seconds = timeout - min(0.5, timeout / 10)
        deadline = asyncio.get_running_loop().time() + seconds
        every = await self._resolver.every(address, seconds)
        found = every[0] if len(every) == 1 else await self._choose(address, every, login, manners, deadline)
        async with self._at(address, found, login, manners, seconds, deadline) as session:
            try:
                yield session
            finally:
                if session.sent and not session.answers:
                    self._chosen.pop(address, None)

    @asynccontextmanager
    async def _at(
        self, address: str, found: Found, login: SnmpLogin, manners: Manners, seconds: float, deadline: float
    ) -> AsyncIterator[Session]:
        dispatcher = await self._connect(address, found, login)
        peer, bulk = self._peers.at(found.port(login.port)), login.version != "1"
        try:
            yield Session(dispatcher, manners, peer, bulk=bulk, budget=seconds, deadline=deadline)
        finally:
            dispatcher.close()

    async def _choose(
        self, address: str, every: Sequence[Found], login: SnmpLogin, manners: Manners, deadline: float
    ) -> Found:
        """Which address of a name answers: found out by a question to one after the other, and remembered until a
        session has no answer from it. Unanswered if none does."""
        if (chosen := self._chosen.get(address)) in every and chosen is not None:
            return chosen
        clock, said = asyncio.get_running_loop().time, []
        for left, found in zip(range(len(every), 0, -1), every, strict=True):
            share = (deadline - clock()) / (left + 1)  # one for what is to be asked of it
            try:
                async with self._at(address, found, login, manners, share, clock() + share) as trial:
                    await trial.get([SYS_UP_TIME])
            except ReachError as error:
                if error.kind in NOBODY:
                    said.append(f"{found.address[0]}: {error.kind}")
                    continue
            while len(self._chosen) >= NAMES:
                del self._chosen[next(iter(self._chosen))]
            self._chosen[address] = found
            return found
        raise Unanswered("timeout", f"{address} does not answer SNMP at any of its addresses ({', '.join(said)})")

    async def _connect(self, address: str, found: Found, login: SnmpLogin) -> Dispatcher:
        if (self._engine or login.engine) == "pysnmp":
            from agent.transports.snmp import by_pysnmp  # brings pysnmp: only for those who ask for it

            return await by_pysnmp.connect(address, found, login)
        return await connect(address, found, login.port, self._envelope(named(address, login.port), login))

    def _envelope(self, peer: str, login: SnmpLogin) -> Envelope:
        if login.community is not None:
            return Community(VERSIONS[login.version], login.community.reveal().encode())
        from agent.transports.snmp.usm.engine import Engine
        from agent.transports.snmp.usm.procedure import Usm, user

        engine = self._engines.get((peer, login))
        if engine is None:
            if len(self._engines) >= ENGINES:
                del self._engines[next(iter(self._engines))]
            engine = self._engines[peer, login] = Engine(self._clock)
        return Usm(user(login), engine)


def asked_as(manners: Manners, login: SnmpLogin, pace: Pace | None) -> Manners:
    """The manners as the pace, or else the login, wants them; no pace asks for more at once than the login allows."""
    own = {name: getattr(login, name) for name in ("repetitions", "names", "retries")}
    own = {name: value for name, value in own.items() if value is not None}
    if pace is None:
        return replace(manners, **own)
    wanted = asdict(pace)
    smaller = {name: min(wanted[name], own.get(name, wanted[name])) for name in ("repetitions", "names")}
    return replace(manners, **{**wanted, **smaller}, retries=None)
