"""Threads: calls that block, a bounded number at once, each ended from outside when its time is over."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from agent.core.aside import aside
from agent.core.reach import CannotAsk, ReachError

T = TypeVar("T")


class Threads:
    """At most `most` calls at once. What they wait for ends with their connection, and so do they."""

    def __init__(self, most: int) -> None:
        self._slots = asyncio.Semaphore(most)
        self._most = most
        self.running = 0

    async def run(
        self, call: Callable[[], T], deadline: float, end: Callable[[], None], late: Callable[[], ReachError]
    ) -> T:
        """What `call` gives. At the deadline (by the loop's clock), or when cancelled, `end` makes the call return by
        itself; nobody waits for that."""
        try:
            async with asyncio.timeout_at(deadline):
                await self._slots.acquire()
        except TimeoutError:
            end()
            raise CannotAsk(
                "timeout", f"{self._most} SSH calls are waiting for other hosts; is the network down?"
            ) from None
        except asyncio.CancelledError:
            end()
            raise
        self.running += 1
        future = aside(call)
        future.add_done_callback(self._ended)
        try:
            await asyncio.wait({future}, timeout=max(0.0, deadline - asyncio.get_running_loop().time()))
        except asyncio.CancelledError:
            end()
            raise
        if future.done():
            return future.result()
        end()
        raise late()

    def _ended(self, future: asyncio.Future[T]) -> None:
        self.running -= 1
        self._slots.release()
        if not future.cancelled():
            future.exception()  # looked at, though nobody waits any more
