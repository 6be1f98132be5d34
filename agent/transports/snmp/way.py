"""SnmpWay: from a target and its login to a session with its agent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from agent.core.model import Target
from agent.core.reach import CannotAsk, SnmpLogin
from agent.transports.resolve import Resolver
from agent.transports.snmp.client import Manners, Session
from agent.transports.snmp.message import VERSIONS, Community
from agent.transports.snmp.wire import connect


class SnmpWay:
    """Implements agent.core.reach.Snmp.

    A session ends a little before the target's timeout, so that its own message, which knows what was asked, comes
    before the runner's.
    """

    def __init__(self, resolver: Resolver | None = None, manners: Manners | None = None) -> None:
        self._resolver = resolver or Resolver()
        self._manners = manners or Manners()
        self._gentle: dict[str, int] = {}

    @asynccontextmanager
    async def session(self, target: Target) -> AsyncIterator[Session]:
        address, login, envelope = _asked(target)
        seconds = target.timeout - min(0.5, target.timeout / 10)
        deadline = asyncio.get_running_loop().time() + seconds
        found = await self._resolver.find(address, seconds)
        wire = await connect(address, found, login.port, envelope)
        try:
            yield Session(
                wire, self._manners, self._gentle, bulk=login.version != "1", budget=seconds, deadline=deadline
            )
        finally:
            wire.close()


def _asked(target: Target) -> tuple[str, SnmpLogin, Community]:
    """Where and with what to ask; CannotAsk says what is missing."""
    where = f"{target.kind} {target.id}"
    login = target.login.snmp if target.login else None
    if target.address is None:
        raise CannotAsk("missing", f"{where} has no address; write one to read it by SNMP")
    if target.login is None or login is None:
        raise CannotAsk("missing", f"{where} has no SNMP login; name credentials with an snmp part")
    credentials = f"credentials {target.login.name}"
    if login.version not in VERSIONS or login.engine != "own":
        what = f"version {login.version}" if login.engine == "own" else f"engine {login.engine}"
        raise CannotAsk(
            "missing", f"{credentials}: SNMP {what} comes with a later version of Shouwang; use version 2c, engine own"
        )
    if login.community is None:
        raise CannotAsk("missing", f"{credentials}: SNMP version {login.version} needs a community")
    return target.address, login, Community(VERSIONS[login.version], login.community.reveal().encode())
