"""Turns: much work on the event loop, done so that nobody else there has to wait for the end of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterable
from typing import TypeVar

T = TypeVar("T")
SLICE = 0.005  # seconds of work in one turn of the event loop


async def in_turns(items: Iterable[T]) -> AsyncIterator[T]:
    """Each item; after every slice of work on them the others have a turn."""
    until = time.monotonic() + SLICE
    for item in items:
        yield item
        if time.monotonic() > until:
            await asyncio.sleep(0)
            until = time.monotonic() + SLICE
