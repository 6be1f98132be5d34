"""How a simulated centre ends: by Ctrl-C, SIGTERM or a terminal that is gone, from its first moment to its last."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Ending:
    """While it is entered a signal does what was said last by `then`. Until then it ends this process at once, which
    has begun nothing that needs an end; an exception could come up in an import or a fork, and be lost."""

    def __init__(self) -> None:
        self.asked = False
        self._do: Callable[[], object] = _at_once
        self._owner = os.getpid()

    def __enter__(self) -> Ending:
        for each in SIGNALS:
            if each != signal.SIGHUP or signal.getsignal(each) != signal.SIG_IGN:  # as nohup(1) has it
                signal.signal(each, self._heard)
        return self

    def __exit__(self, *_: object) -> None:
        """What comes now finds nothing left to end: it must not be told as the cause of the end."""
        for each in SIGNALS:
            signal.signal(each, signal.SIG_IGN)

    def then(self, do: Callable[[], object]) -> None:
        """What the next signal does; it is called between any two instructions of the main thread."""
        self._do = do

    def _heard(self, _number: int, _frame: FrameType | None) -> None:
        if os.getpid() != self._owner:
            os._exit(1)  # a child that has run no other program yet
        self.asked = True
        self._do()


def _at_once() -> None:
    for each in multiprocessing.active_children():
        each.terminate()
    os._exit(0)
