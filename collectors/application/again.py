"""A second attempt where the first was cut off at once: a service that restarts, one reset."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")
PAUSE = 0.5  # seconds between the two


async def twice(ask: Callable[[float], Awaitable[T]], seconds: float, cut_off: Callable[[T], bool]) -> T:
    """Asks with at most `seconds` for both. What took half of them is not asked again: TCP itself has sent again what
    was lost meanwhile."""
    clock = asyncio.get_running_loop().time
    began = clock()
    found = await ask(seconds)
    left = seconds - (clock() - began) - PAUSE
    if not cut_off(found) or left < seconds / 2:
        return found
    await asyncio.sleep(PAUSE)
    return await ask(left)
