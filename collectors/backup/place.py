"""Where copies lie: on this machine, or on a host of agent.yaml that is logged in to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from agent.core.model import Target
from agent.core.reach import CannotAsk, Poll, ReachError, Unanswered
from agent.core.sftp import Sftp
from agent.core.ssh import SshSession
from collectors.backup.here import Here


@asynccontextmanager
async def session(
    target: Target, host: str | None, poll: Poll, apart: bool = False
) -> AsyncIterator[SshSession | Sftp]:
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
    place, ways = replace(found, timeout=timeout), poll.memory.setdefault("ways", {})
    if host not in ways:
        ways[host] = await _way(target, found, poll)
    open_ = poll.reach.ssh.sftp if ways[host] == "sftp" else poll.reach.ssh.session
    try:
        async with open_(place, apart=apart) as opened:
            yield opened
    except ReachError:
        ways.pop(host, None)  # the account may have been given another
        raise


async def _way(target: Target, host: Target, poll: Poll) -> str:
    """Commands, where the account may run any."""
    options = target.options
    if options.by is not None and options.host == host.id:
        return str(options.by)
    if getattr(host.options, "system", "") == "windows":
        return "sftp"
    async with poll.reach.ssh.session(replace(host, timeout=target.timeout)) as opened:
        try:
            await opened.run("true")
        except Unanswered as error:
            if error.kind != "protocol":
                raise
            return "sftp"
    return "shell"


def commands(host: SshSession | Sftp, what: str) -> SshSession:
    """For what only commands tell. CannotAsk where the account may run none."""
    if isinstance(host, Sftp):
        raise CannotAsk("permission", f"this login has SFTP only, and {what} needs commands; give it a shell")
    return host
