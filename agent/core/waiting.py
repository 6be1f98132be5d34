"""Waiting: the writes that the disk has not taken yet, in their order. Thread-safe; `lock` makes several steps one."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from agent.core.checklist import Finding
from agent.core.write import Write

BATCH = 500  # writes in one transaction

T = TypeVar("T")


class Waiting:
    """At most `limit`; what is beyond it is dropped, and counted in `dropped` until that is on disk."""

    def __init__(self, limit: int) -> None:
        self.lock = threading.RLock()
        self.dropped = 0
        self._limit = limit
        self._writes: deque[Write] = deque()
        self._flying = 0  # of the first: in a transaction right now

    def __len__(self) -> int:
        return len(self._writes)

    def of(self, kind: type[T], late: bool = False) -> list[T]:
        """What of this kind waits, or of that only what was refused already."""
        with self.lock:
            return [each.what for each in self._writes if isinstance(each.what, kind) and (each.late or not late)]

    def add(self, writes: Iterable[Write]) -> None:
        with self.lock:
            self._writes.extend(writes)

    def batch(self) -> list[Write]:
        """The first, for a transaction, which ends with one of the next three."""
        with self.lock:
            self._flying = min(BATCH, len(self._writes))
            return [self._writes[index] for index in range(self._flying)]

    def taken(self, dropped: int) -> bool:
        """The batch is on disk, and that so many were dropped. Whether any of it was late."""
        with self.lock:
            taken = [self._writes.popleft() for _ in range(self._flying)]
            self._flying = 0
            self.dropped -= dropped
            return any(write.late for write in taken)

    def put_back(self) -> None:
        """The batch is not on disk."""
        with self.lock:
            self._flying = 0

    def leave_out(self, place: int) -> Write:
        """The batch is not on disk, and this one of it will never be."""
        with self.lock:
            left_out = self._writes[place]
            del self._writes[place]
            self._flying = 0
            self.dropped += 1
            return left_out

    def refused(self) -> None:
        """Everything that waits is late from now on; what is in the air may still arrive, and is not dropped."""
        with self.lock:
            for index in range(len(self._writes) - 1, -1, -1):
                if self._writes[index].late:
                    break
                self._writes[index] = replace(self._writes[index], late=True)
            over = len(self._writes) - max(self._limit, self._flying)
            if over > 0:
                self._drop(over)

    def _drop(self, count: int) -> None:
        """The oldest findings first, which the checklist makes again every half minute; then the oldest of all."""
        waiting = list(self._writes)
        droppable = range(self._flying, len(waiting))
        order = sorted(droppable, key=lambda place: not isinstance(waiting[place].what, Finding))
        gone = set(order[:count])
        self._writes = deque(write for place, write in enumerate(waiting) if place not in gone)
        self.dropped += count
