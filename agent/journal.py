"""Journal: every change of an incident is a row before it is a message. Writes happen one after another, in order."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

from agent.core.aside import aside
from agent.core.incident import Change

log = logging.getLogger(__name__)

ALIVE = "alive"  # remembered: when the disk last took a write that had no other reason
ALIVE_EVERY = 60.0  # seconds
FLUSH_SECONDS = 3.0

T = TypeVar("T")


class Rows(Protocol):
    """What the journal needs of the store. `record` keeps in memory what the disk refuses, and says whether it is on
    disk; nothing here waits longer than seconds for a disk that hangs."""

    @property
    def writable(self) -> bool: ...
    def record(self, changes: Sequence[Change]) -> bool: ...
    def remember(self, key: str, value: Any) -> None: ...
    def retry(self) -> None: ...


class Journal:
    """`written` runs on the event loop after the rows of a batch are on disk (or in memory, while the disk refuses).
    `latest` is what `write` gave last."""

    def __init__(self, store: Rows, written: Callable[[Sequence[Change]], None]) -> None:
        self._store = store
        self._written = written
        self._turn = asyncio.Lock()  # the order of changes is the order of rows
        self._waiting: list[tuple[tuple[Change, ...], asyncio.Future[bool]]] = []
        self._writing: asyncio.Future[None] | None = None
        self._beating: asyncio.Future[None] | None = None
        self._beat_at = 0.0  # Unix seconds
        self._closed = False
        self.latest: asyncio.Future[bool] | None = None

    def write(self, changes: Sequence[Change]) -> asyncio.Future[bool]:
        """Queue these changes; returns at once. The future: whether they are on disk, or only in memory; what went
        wrong, where they could not even be kept there."""
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        future.add_done_callback(_noticed)
        if self._closed:
            future.set_exception(RuntimeError("the agent is stopping; nothing is written down any more"))
            return future
        self._waiting.append((tuple(changes), future))
        self.latest = future
        if self._writing is None or self._writing.done():
            self._writing = asyncio.ensure_future(self._write_all())
        return future

    async def ask(self, question: Callable[..., T], *args: Any) -> T:
        """A call of the store, off the event loop, after the one that is under way."""
        async with self._turn:
            return await aside(lambda: question(*args))

    def beat(self, now: float) -> None:
        """Looks whether the file is still there, tries again what the disk refused, and once a minute writes a line, so
        that a full disk is known before something happens. Nobody waits for it."""
        if self._beating is not None and not self._beating.done():
            return
        if self._store.writable and not 0 <= now - self._beat_at < ALIVE_EVERY:
            self._beat_at = now
            self._beating = asyncio.ensure_future(self.ask(self._store.remember, ALIVE, now))
        else:
            self._beating = asyncio.ensure_future(self.ask(self._store.retry))

    async def flush(self) -> bool:
        """Until everything queued so far is written, or kept in memory; not for ever: False."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FLUSH_SECONDS):
                while self._writing is not None and not self._writing.done():
                    await asyncio.shield(self._writing)
        return self._writing is None or self._writing.done()

    async def close(self) -> None:
        await self.flush()
        self._closed = True

    async def _write_all(self) -> None:
        """What comes while the disk is busy is written together, with one fsync."""
        while self._waiting:
            batch, self._waiting = self._waiting, []
            changes = [change for each, _ in batch for change in each]
            futures = [future for _, future in batch]
            try:
                on_disk = await self.ask(self._store.record, changes)
            except Exception as error:
                log.exception("changes could not be written")
                for future in futures:
                    future.set_exception(error)
                continue
            for future in futures:
                future.set_result(on_disk)
            self._written(changes)


def _noticed(future: asyncio.Future[Any]) -> None:
    """What goes wrong is in the log already; whoever wants to know asks the future."""
    if not future.cancelled():
        future.exception()
