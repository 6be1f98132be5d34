"""Clock: wall time that notices when it was stepped, so that durations in progress can be moved along with it."""

from __future__ import annotations

import time
from collections.abc import Callable

STEP = 1.0  # seconds; slewing by NTP stays far below this between two looks


class Clock:
    """`now()` is Unix seconds. `stepped` callbacks get the seconds by which the wall clock was moved (they may be
    negative), before the first `now()` after the step returns."""

    def __init__(self, wall: Callable[[], float] = time.time, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._wall, self._monotonic = wall, monotonic
        self._offset = wall() - monotonic()
        self._stepped: list[Callable[[float], None]] = []

    def stepped(self, callback: Callable[[float], None]) -> None:
        self._stepped.append(callback)

    def now(self) -> float:
        wall = self._wall()
        offset = wall - self._monotonic()
        by = offset - self._offset
        # Always followed: a slow slew must not add up to what would look like a step.
        self._offset = offset
        if abs(by) > STEP:
            for callback in self._stepped:
                callback(by)
        return wall
