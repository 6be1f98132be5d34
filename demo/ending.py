"""How a simulated centre ends: by Ctrl-C, SIGTERM or a terminal that is gone, from its first moment to its last."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from types import FrameType
from typing import Any

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Ending:
    """While it is entered a signal does what was said last by `then`: at first it interrupts, by KeyboardInterrupt."""

    def __init__(self) -> None:
        self.asked = False
        self._do: Callable[[], object] = _interrupt
        self._owner = os.getpid()
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Ending:
        for each in SIGNALS:
            if each != signal.SIGHUP or signal.getsignal(each) != signal.SIG_IGN:  # as nohup(1) has it
                self._before[each] = signal.signal(each, self._heard)
        return self

    def __exit__(self, *_: object) -> None:
        for each, handler in self._before.items():
            signal.signal(each, handler)

    def then(self, do: Callable[[], object]) -> None:
        """What the next signal does; it is called between any two instructions of the main thread."""
        self._do = do

    def _heard(self, _number: int, _frame: FrameType | None) -> None:
        if os.getpid() != self._owner:
            os._exit(1)  # a child that has run no other program yet
        self.asked = True
        self._do()


def _interrupt() -> None:
    raise KeyboardInterrupt
