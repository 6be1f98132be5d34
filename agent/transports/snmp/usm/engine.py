"""The device's engine: its id, and its boots and time, by which old messages are told (RFC 3414 sections 2.2, 2.3)."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple

WINDOW = 150  # seconds, section 2.2.3
LAST = 2**31 - 1  # boots that stay here mean that the engine cannot count on (section 2.2.2); the largest time


class Moment(NamedTuple):
    """Boots and time (seconds since the last boot), as they were when our clock stood at `at`."""

    boots: int
    time: int
    at: float


class Engine:
    """What is known of one device's engine under one login; it outlives a session. `clock`: seconds, never steps.

    `heard` counts the answers that came from it. `_trusted` comes from signed messages only, and judges what arrives.
    `_told` is what our own messages carry: the trusted one, or what an unsigned report claims, which at worst makes the
    device refuse them.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.heard = 0
        self.forget()

    def forget(self) -> None:
        self.id = b""
        self._latest = 0
        self._trusted: Moment | None = None
        self._told: Moment | None = None
        self._claimed: Moment | None = None
        self._asked = False

    @property
    def boots(self) -> int | None:
        """snmpEngineBoots as signed messages have told; None before the first."""
        return self._trusted.boots if self._trusted else None

    def discovered(self, engine_id: bytes, boots: int, time: int) -> None:
        """The device's engine has this id, and claims these. If it had another id, nothing else of that one holds."""
        if engine_id != self.id:
            self.forget()
            self.id = engine_id
        self._claimed = Moment(boots, time, self._clock())

    def now(self) -> tuple[int, int]:
        """Boots and time for our messages. Before anything is known zeros, for which the device tells its own under a
        signature (section 4); but some drop what is outside their time window, so if nothing was learnt from that, what
        the device claimed with its id."""
        if self._told is None:
            if not self._asked or self._claimed is None:
                self._asked = True
                return 0, 0
            self._told = self._claimed
        boots, then, at = self._told
        return boots, min(then + int(self._clock() - at), LAST)

    def told(self, boots: int, time: int) -> None:
        """An unsigned claim. There are agents that do not sign what they should."""
        self._told = Moment(boots, time, self._clock())

    def synchronise(self, boots: int, time: int) -> None:
        """The truth from now on, even if it lies behind what was known."""
        self._latest = time
        self._trusted = self._told = Moment(boots, time, self._clock())

    def timely(self, boots: int, time: int) -> bool:
        """Whether a signed message with these is of now, and if it is newer than any, what is now (section 3.2, 7b)."""
        known = self._trusted
        if known is None or boots > known.boots or (boots == known.boots and time > self._latest):
            self.synchronise(boots, time)
            return boots != LAST
        now = known.time + self._clock() - known.at
        return boots == known.boots != LAST and time >= now - WINDOW
