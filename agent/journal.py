"""Journal: every change of an incident is a row before it is a message. Writes happen in one thread, in order."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol, TypeVar

from agent.core.incident import Change

log = logging.getLogger(__name__)

T = TypeVar("T")


class Rows(Protocol):
    """What the journal needs of the store. `record` keeps in memory what the disk refuses and never raises for that."""

    def record(self, changes: Sequence[Change]) -> None: ...
    def retry(self) -> None: ...


class Journal:
    """`written` runs on the event loop after the rows of a batch are on disk (or in memory, while the disk refuses)."""

    def __init__(self, store: Rows, written: Callable[[Sequence[Change]], None]) -> None:
        self._store = store
        self._written = written
        # One thread: SQLite's fsync must not stop the event loop, and the order of changes is the order of rows.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="store")
        self._waiting: set[asyncio.Future[None]] = set()

    def write(self, changes: Sequence[Change]) -> None:
        """Queue these changes; returns at once."""
        if changes:
            self._keep(asyncio.ensure_future(self._record(tuple(changes))))

    async def ask(self, question: Callable[..., T], *args: Any) -> T:
        """A call of the store, in its thread, after everything queued so far."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, question, *args)

    async def flush(self) -> None:
        """Until everything queued so far is written."""
        while self._waiting:
            await asyncio.gather(*self._waiting, return_exceptions=True)

    async def close(self) -> None:
        await self.flush()
        self._thread.shutdown(wait=True)

    async def _record(self, changes: tuple[Change, ...]) -> None:
        await self.ask(self._store.record, changes)
        self._written(changes)

    def _keep(self, task: asyncio.Future[None]) -> None:
        self._waiting.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Future[None]) -> None:
        self._waiting.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("changes could not be written", exc_info=error)
