"""Where copies lie: on this machine, or on a host of agent.yaml that is logged in to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from agent.core.model import Target
from agent.core.reach import CannotAsk, Poll
from agent.core.ssh import SshSession
from collectors.backup.here import Here


@asynccontextmanager
async def session(target: Target, host: str | None, poll: Poll, apart: bool = False) -> AsyncIterator[SshSession]:
    """For at most the backup's own timeout; `apart`: for as long as it may be read through, and not in the way of who
    reads the host. CannotAsk if it cannot be logged in to."""
    timeout = target.options.verify.within if apart else target.timeout
    found = None if host is None else target.sources.get(str(host))
    if host is not None and found is None:
        raise CannotAsk("missing", f"{target.id}: no host {host}")
    if found is None or found.options.local:
        deadline = asyncio.get_running_loop().time() + timeout - min(0.5, timeout / 10)
        yield Here(deadline, poll.memory.setdefault("hanging", []))
        return
    async with poll.reach.ssh.session(replace(found, timeout=timeout), apart=apart) as opened:
        yield opened
