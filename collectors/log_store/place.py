"""Where the log store is: on this machine, or on a host that is logged in to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from agent.core.model import Target
from agent.core.reach import Poll
from agent.core.ssh import SshSession
from collectors.backup.here import Here


@asynccontextmanager
async def session(store: Target, seconds: float, poll: Poll) -> AsyncIterator[SshSession]:
    """On a connection of its own, so that who reads the host does not wait. CannotAsk if it cannot be logged in to."""
    if store.options.local:
        yield Here(asyncio.get_running_loop().time() + seconds, poll.memory.setdefault("hanging", []))
        return
    async with poll.reach.ssh.session(replace(store, timeout=seconds), apart=True) as opened:
        yield opened
