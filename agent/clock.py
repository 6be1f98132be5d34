"""Clock: wall time that notices when it was stepped, and when the process stood still, so that durations in progress
can be moved along with it."""

from __future__ import annotations

import time
from collections.abc import Callable

STEP = 1.0  # seconds; slewing by NTP stays far below this between two looks
PAUSE = 5.0  # seconds; the agent looks every second, so a longer time without a look is one in which nothing ran


class Clock:
    """`now()` is Unix seconds, to be asked at least each second. `stepped` callbacks get the seconds by which the wall
    clock was moved (they may be negative), `paused` ones the seconds in which the process stood still (SIGSTOP, a
    paused machine), both before the first `now()` afterwards returns."""

    def __init__(self, wall: Callable[[], float] = time.time, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._wall, self._monotonic = wall, monotonic
        self._looked = monotonic()
        self._offset = wall() - self._looked
        self._stepped: list[Callable[[float], None]] = []
        self._paused: list[Callable[[float], None]] = []

    def stepped(self, callback: Callable[[float], None]) -> None:
        self._stepped.append(callback)

    def paused(self, callback: Callable[[float], None]) -> None:
        self._paused.append(callback)

    def now(self) -> float:
        wall, looked = self._wall(), self._monotonic()
        still, self._looked = looked - self._looked, looked
        offset = wall - looked
        by = offset - self._offset
        # Always followed: a slow slew must not add up to what would look like a step.
        self._offset = offset
        if abs(by) > STEP:
            for callback in self._stepped:
                callback(by)
        if still > PAUSE:
            for callback in self._paused:
                callback(still)
        return wall
