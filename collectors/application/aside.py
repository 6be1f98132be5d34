"""Calls that may block for ever (a dead NFS server, a dying disk), each in one thread at most."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from agent.core.aside import aside
from agent.core.reach import CannotAsk, Poll
from agent.core.text import clean

T = TypeVar("T")


async def bounded(poll: Poll, what: str, call: Callable[[], T], seconds: float) -> T:
    """What `call` returns. CannotAsk(timeout) if it does not within `seconds`, or still hangs since a run before;
    CannotAsk(missing, permission) for an OSError."""
    pending: dict[str, asyncio.Future[Any]] = poll.memory.setdefault("aside", {})
    before = pending.get(what)
    if before is not None and before.done():
        before.exception()  # what came too late is of no use any more, and asyncio complains of what nobody looks at
        before = None
    future = pending[what] = before or aside(call)
    if before is None:
        await asyncio.wait((future,), timeout=seconds)
    if not future.done():
        raise CannotAsk("timeout", f"{what}: hangs for more than {seconds:g} s; look at its disk or file server")
    del pending[what]
    try:
        found: T = future.result()
    except PermissionError as error:
        raise CannotAsk("permission", f"{what}: {error.strerror}; let the agent's account read it") from None
    except OSError as error:
        why = clean(error.strerror or type(error).__name__)
        raise CannotAsk("missing", f"{what}: {why}; put the path in agent.yaml right") from None
    return found
