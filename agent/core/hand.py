"""Hand: a daemon thread that works on a disk which may hang. Who asks waits for a bounded time: a call that hangs in
the kernel cannot be ended from outside, and must hold up neither the asker nor the end of the process."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from queue import SimpleQueue
from typing import Any, TypeVar

LOOK = 0.25  # seconds between two looks at `patience`, which may become shorter while somebody waits

T = TypeVar("T")


class Hangs(Exception):
    """No answer in time. A call that was begun goes on, and may still succeed; one that was not is not made."""


class Hand:
    """Makes calls one after another. `patience` is how long (seconds) an asker waits for its answer."""

    def __init__(self, name: str, patience: float) -> None:
        self.patience = patience
        self._name = name
        self._calls: SimpleQueue[tuple[Future[Any], Callable[[], Any]] | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._began: float | None = None  # of the call under way, monotonic

    def ask(self, call: Callable[[], T]) -> T:
        """What `call` returns or raises. Hangs: after `patience`, or at once while an earlier call takes longer."""
        began = self._began
        if began is not None and time.monotonic() - began >= self.patience:
            raise Hangs(f"no answer for {time.monotonic() - began:.0f} s")
        self._start()
        answer: Future[T] = Future()
        self._calls.put((answer, call))
        asked = time.monotonic()
        while (left := asked + self.patience - time.monotonic()) > 0:
            if wait([answer], min(left, LOOK)).done:
                return answer.result()
        if answer.cancel() or not answer.done():
            raise Hangs(f"no answer for {time.monotonic() - asked:.0f} s")
        return answer.result()

    def close(self) -> None:
        """The thread ends after what it was asked so far; nobody waits for it. A later question starts another."""
        with self._starting:
            if self._thread is not None:
                self._calls.put(None)
                self._thread = None

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
                self._thread.start()

    def _work(self) -> None:
        while (task := self._calls.get()) is not None:
            answer, call = task
            if not answer.set_running_or_notify_cancel():
                continue
            self._began = time.monotonic()
            try:
                result = call()
            except BaseException as error:  # noqa: BLE001 - handed to the one who asked, as it is
                self._began = None
                answer.set_exception(error)
            else:
                self._began = None
                answer.set_result(result)
