"""Disk: the connection, and the writes that it has not taken yet, in their order.

One thread writes and another reads, so that a disk that hangs holds up nobody for longer than the bounds say. Public
methods may be called from any thread; `save` and `retry` from one at a time.
"""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple, TypeVar

from agent.core import ledger
from agent.core.database import (
    BUSY_SECONDS,
    NAME,
    Damaged,
    Refused,
    Salvage,
    connect,
    identity,
    looking,
    make_directory,
    set_aside,
    transaction,
    understood,
)
from agent.core.hand import Hand, Hangs
from agent.core.lock import Lock, StateHeld
from agent.core.waiting import Waiting
from agent.core.write import Write

log = logging.getLogger(__name__)

LOST = Salvage("", (), None)

T = TypeVar("T")


class Bounds(NamedTuple):
    """`limit` writes are kept in memory, about 20 MB; beyond it some are dropped, and the ledger says how many.
    `patience` is how long (seconds) another process may lock the file, `hang` how long the disk may take for anything.
    """

    limit: int = 20_000
    patience: float = BUSY_SECONDS
    hang: float = 3.0


class Unfit(Exception):
    """A defect: this write cannot be made on any disk. `place` among those that wait."""

    def __init__(self, place: int) -> None:
        self.place = place


class Disk:
    """`lock` is None for one who only reads. `carry` is asked, when a new file takes the place of a damaged or lost
    one, what must stand in it; `settled` is called whenever something became late, or late things were written. Both
    from any thread."""

    def __init__(
        self,
        directory: Path,
        lock: Lock | None,
        carry: Callable[[Salvage], Sequence[Write]],
        settled: Callable[[], None],
        bounds: Bounds,
    ) -> None:
        self.path = directory / NAME
        self.notes: list[str] = []
        self.refusal: str | None = None
        self._held, self._carry, self._settled, self._bounds = lock, carry, settled, bounds
        self._writer, self._reader = Hand("store", bounds.hang), Hand("store reads", bounds.hang)
        self._waiting = Waiting(bounds.limit)  # its lock, which is around `refusal` and `notes` too, waits for no disk
        self._rounds = 0  # times that nothing was left to write
        self._unfit = 0  # writes that no disk would take
        # The writing thread's own.
        self._connection: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None  # the one that has what memory has
        self._anew: list[tuple[Salvage, str]] = []  # why a new file must begin with what memory has, until it does

    def patient(self, seconds: float) -> None:
        """From now on the disk may take so long for anything."""
        self._writer.patience = self._reader.patience = seconds

    def waiting(self, kind: type[T], late: bool = False) -> list[T]:
        """What of this kind is not written yet, or of that only what was refused already."""
        return self._waiting.of(kind, late)

    @property
    def unwritten(self) -> int:
        return len(self._waiting)

    def save(self, writes: Sequence[Write]) -> bool:
        """Writes everything that waits, these last. Whether it is on disk; what the disk refuses goes on waiting."""
        if self._held is None:
            raise PermissionError(f"{self.path} was opened for reading; a change goes through the running agent")
        unfit = self._unfit
        self._waiting.add(writes)
        return self.retry() and self._unfit == unfit

    def retry(self) -> bool:
        """Tries again what waits. Errors of the disk become `refusal`."""
        rounds = self._rounds
        try:
            self._writer.ask(self._attempt)
        except Hangs as error:
            with self._waiting.lock:
                if self._waiting or self._rounds == rounds:
                    self._refuse(f"{self.path}: the disk hangs: {error}")
        return not self._waiting

    def read(self, question: Callable[[sqlite3.Connection], T]) -> T:
        """The answer as the disk has it, also where it can only be read. Damaged or Refused."""
        try:
            return self._reader.ask(lambda: self._look(question))
        except Hangs as error:
            raise Refused(f"{self.path}: the disk hangs: {error}") from None
        except Damaged:
            if self._held is None:
                raise
        # Nothing is set aside on a second connection's word: beside a writer it may have seen half of something.
        try:
            return self._writer.ask(lambda: self._look_through(question))
        except Hangs as error:
            raise Refused(f"{self.path}: the disk hangs: {error}") from None
        except Damaged as error:
            self.renew(str(error))
            raise

    def known(self) -> None:
        """Memory has what the file has: a file that takes its place must begin with that."""
        with contextlib.suppress(Hangs):
            self._file = self._file or self._reader.ask(lambda: identity(self.path))

    def renew(self, reason: str) -> None:
        """Sets the damaged file aside and goes on in a new one."""
        try:
            self._writer.ask(lambda: self._renew(reason))
        except Hangs as error:
            with self._waiting.lock:
                self._refuse(f"{self.path}: the disk hangs: {error}")

    def close(self) -> bool:
        """Ends the connection; SQLite then moves the WAL into the file and removes it. False: the disk hangs."""
        try:
            self._writer.ask(self._end)
        except Hangs:
            return False
        finally:
            self._writer.close()
            self._reader.close()
        return True

    def note(self, note: str) -> None:
        log.error("%s", note)
        with self._waiting.lock:
            self.notes = [*self.notes[-19:], note]

    def _look(self, question: Callable[[sqlite3.Connection], T]) -> T:
        with looking(self.path) as connection:
            return question(connection)

    # In the writing thread

    def _attempt(self) -> None:
        try:
            self._flush()
        except Damaged as error:
            self._renew(str(error))
        except Refused as error:
            with self._waiting.lock:
                self._refuse(str(error))

    def _flush(self) -> None:
        connection = self._ready()
        if self._anew:
            self._begin(connection)
        try:
            while batch := self._batch():
                try:
                    self._write(connection, batch)
                except Unfit as error:
                    self._leave_out(error)
        finally:
            self._waiting.put_back()

    def _write(self, connection: sqlite3.Connection, batch: Sequence[Write]) -> None:
        dropped = self._waiting.dropped
        with understood(self.path), transaction(connection):
            if dropped:
                ledger.append(connection, time.time(), "ledger.gap", {"dropped": dropped})
            for place, write in enumerate(batch):
                try:
                    write.put(connection, write.late)
                except (TypeError, ValueError, ArithmeticError) as error:
                    raise Unfit(place) from error
        with self._waiting.lock:
            if self._waiting.taken(dropped):
                self._settled()

    def _leave_out(self, error: Unfit) -> None:
        """One that can never be written must not keep all that follow from it."""
        left_out = self._waiting.leave_out(error.place)
        self._unfit += 1
        log.error("left out of the record: %r", left_out.what, exc_info=error.__cause__)
        self.note(f"something that happened could not be written down ({error.__cause__!r}); the log says what")

    def _batch(self) -> list[Write]:
        with self._waiting.lock:
            batch = self._waiting.batch()
            if not batch:
                self._rounds += 1
                if self.refusal is not None:
                    log.warning("the state directory takes writes again: %s", self.path.parent)
                    self.refusal = None
            return batch

    def _look_through(self, question: Callable[[sqlite3.Connection], T]) -> T:
        with understood(self.path):
            return question(self._ready())

    def _ready(self) -> sqlite3.Connection:
        if self._connection is not None and identity(self.path) != self._file:
            # SQLite would go on writing into a file that has no name any more: acknowledged, and gone with the process.
            self._end()
        return self._connection or self._connect()

    def _connect(self) -> sqlite3.Connection:
        if self._file is not None and identity(self.path) != self._file and not self._anew:
            self._start_anew(LOST, f"{self.path} was removed or replaced while the agent used it")
        make_directory(self.path.parent)
        if self._held is not None:
            try:
                self._held.hold()
            except StateHeld as error:
                raise Refused(str(error)) from None
        self._connection = connect(self.path, self._bounds.patience)
        self._file = identity(self.path)
        return self._connection

    def _renew(self, reason: str) -> None:
        self._end()
        try:
            salvage = set_aside(self.path)
            self._start_anew(salvage, f"{reason}; set aside as {salvage.name}, started anew")
            self._flush()
        except (Refused, Damaged) as error:
            with self._waiting.lock:
                self._refuse(str(error))

    def _start_anew(self, salvage: Salvage, note: str) -> None:
        self.note(note)
        self._file = None
        self._anew.append((salvage, note))

    def _begin(self, connection: sqlite3.Connection) -> None:
        """A new file's first transaction. Until it is committed, each later try begins with it again."""
        salvages = [salvage for salvage, _ in self._anew]
        incidents = tuple(incident for salvage in salvages for incident in salvage.incidents)
        with understood(self.path), transaction(connection):
            for salvage, note in self._anew:
                body = {"reason": note, "set_aside": salvage.name, "head": salvage.head}
                ledger.append(connection, time.time(), "ledger.start", body)
            for write in self._carry(replace(salvages[-1], incidents=incidents)):
                write.put(connection, False)
        self._anew.clear()

    def _end(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None

    def _refuse(self, reason: str) -> None:
        """With the lock held."""
        if self.refusal is None:
            self.note(f"{reason}: the state directory refuses writes; alerts go out from memory until it takes them")
        self.refusal = reason
        self._waiting.refused()
        self._settled()
