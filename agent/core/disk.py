"""Disk: the connection, and the writes that it has not taken yet, in their order. Not thread-safe: the store is."""

from __future__ import annotations

import contextlib
import logging
import os
import sqlite3
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from agent.core import ledger
from agent.core.database import (
    BUSY_SECONDS,
    NAME,
    Damaged,
    Refused,
    Salvage,
    connect,
    reader,
    set_aside,
    transaction,
    understood,
)
from agent.core.write import Write

log = logging.getLogger(__name__)

LIMIT = 20_000  # writes kept in memory, about 20 MB; beyond it the oldest are dropped, and the ledger says how many
BATCH = 500  # writes in one transaction

T = TypeVar("T")


class Disk:
    """`carry` is asked, after a damaged or lost file was replaced by a new one, what must stand in that.

    `limit` is the number of writes kept in memory, `patience` the seconds to wait for another process's lock.
    """

    def __init__(
        self,
        directory: Path,
        carry: Callable[[Salvage], list[Write]],
        reading: bool = False,
        limit: int = LIMIT,
        patience: float = BUSY_SECONDS,
    ) -> None:
        self.path = directory / NAME
        self.pending: deque[Write] = deque()
        self.notes: list[str] = []
        self.refusal: str | None = None
        self._carry, self._reading = carry, reading
        self._limit, self._patience = limit, patience
        self._connection: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None
        self._dropped = 0

    def save(self, writes: Sequence[Write]) -> None:
        """Writes everything that waits, these last; what the disk refuses goes on waiting."""
        if self._reading:
            raise PermissionError(f"{self.path} was opened for reading; a change goes through the running agent")
        self.pending.extend(writes)
        self.retry()

    def retry(self) -> None:
        """Tries again what waits. Errors of the disk become `refusal`."""
        try:
            self._flush()
        except Damaged as error:
            self.renew(str(error))
        except Refused as error:
            self._refuse(str(error))

    def read(self, question: Callable[[sqlite3.Connection], T]) -> T:
        """The answer as the disk has it, also where it can only be read. Damaged or Refused."""
        with understood(self.path):
            try:
                connection = self._ready()
            except Refused:
                with contextlib.closing(reader(self.path)) as connection:
                    return question(connection)
            return question(connection)

    def close(self) -> None:
        """Ends the connection; SQLite then moves the WAL into the file and removes it."""
        if self._connection is not None:
            with contextlib.suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None

    def _flush(self) -> None:
        connection = self._ready()
        while self.pending:
            batch = [self.pending[index] for index in range(min(BATCH, len(self.pending)))]
            with understood(self.path), transaction(connection):
                if self._dropped:
                    ledger.append(connection, time.time(), "ledger.gap", {"dropped": self._dropped})
                for write in batch:
                    write.put(connection, write.late)
            self._dropped = 0
            for _ in batch:
                self.pending.popleft()
        if self.refusal is not None:
            log.warning("the state directory takes writes again: %s", self.path.parent)
            self.refusal = None

    def _ready(self) -> sqlite3.Connection:
        if self._reading:
            self._connection = self._connection or reader(self.path)
            return self._connection
        if self._connection is not None and _identity(self.path) != self._file:
            # SQLite would go on writing into a file that has no name any more: acknowledged, and gone with the process.
            self.close()
            self._connect()
            self._begin(Salvage("", (), None), f"{self.path} was removed or replaced while the agent used it")
        return self._connection or self._connect()

    def _connect(self) -> sqlite3.Connection:
        connection = connect(self.path, self._patience)
        self._connection, self._file = connection, _identity(self.path)
        return connection

    def renew(self, reason: str) -> None:
        """Sets the damaged file aside and goes on in a new one."""
        self.close()
        try:
            salvage = set_aside(self.path)
            self._connect()
            self._begin(salvage, f"{reason}; set aside as {salvage.name}, started anew")
            self._flush()
        except (Refused, Damaged) as error:
            self._refuse(str(error))

    def _begin(self, salvage: Salvage, note: str) -> None:
        self.note(note)
        body = {"reason": note, "set_aside": salvage.name, "head": salvage.head}
        first = Write(None, lambda connection, late: _start(connection, body))
        self.pending.extendleft(reversed([first, *self._carry(salvage)]))

    def _refuse(self, reason: str) -> None:
        if self.refusal is None:
            self.note(f"{reason}: the state directory refuses writes; alerts go out from memory until it takes them")
        self.refusal = reason
        self.pending = deque(replace(write, late=True) if not write.late else write for write in self.pending)
        while len(self.pending) > self._limit:
            self.pending.popleft()
            self._dropped += 1

    def note(self, note: str) -> None:
        log.error("%s", note)
        self.notes = [*self.notes[-19:], note]


def _start(connection: sqlite3.Connection, body: dict[str, Any]) -> None:
    ledger.append(connection, time.time(), "ledger.start", body)


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino
