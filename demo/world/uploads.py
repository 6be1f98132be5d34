"""The acceptance software's uploads: each application that was accepted waits as a file until it was sent."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

from demo.backups.jobs import EAST
from demo.world.active import Active

HOST, FOLDER, LOG = "acceptance-host", "/data/upload/waiting", "/data/upload/upload.log"
COMES_EVERY = 4.0  # seconds between two applications
TAKES = 1.5  # seconds until one was sent
SENT_A_SECOND = 5.0  # at most: what waited long goes in a while
MOST = 2000  # files that wait
STUCK = ("upload-stuck", "all-lines-down")
CLOSED = ("acceptance-down", "database-down")
LOGGED, LINES = 200, 100  # lines after which a log is begun anew, and those that are kept of it


class Uploads:
    """`tree` holds a folder for each host."""

    def __init__(self, active: Active, wall: Callable[[], float], tree: Path) -> None:
        self._active, self._wall = active, wall
        self._folder = tree / HOST / FOLDER.lstrip("/")
        self._folder.mkdir(parents=True, exist_ok=True)
        self._log = tree / HOST / LOG.lstrip("/")
        self._logged: deque[str] = deque(maxlen=LOGGED)
        self._waiting: deque[tuple[float, Path]] = deque()
        self._seconds, self._number = 0.0, 0
        self._next, self._allowed = 0.0, 0.0
        self._say("started")

    def advance(self, seconds: float) -> None:
        self._seconds += seconds
        while self._next <= self._seconds:
            self._next += COMES_EVERY
            if len(self._waiting) < MOST and not any(self._active.any_of(fault) for fault in CLOSED):
                self._come()
        self._send(seconds)

    def _come(self) -> None:
        """Where it cannot be written, it did not come."""
        self._number += 1
        path = self._folder / f"{self._day()}-{self._number:06}.xml"
        path.write_text(f"<application number='{self._number}'/>\n", "utf-8")
        os.utime(path, (self._wall(), self._wall()))
        self._waiting.append((self._seconds, path))
        if self._stuck:
            self._say(f"failed {path.name}: connection timed out")

    @property
    def _stuck(self) -> bool:
        return any(self._active.any_of(fault) for fault in STUCK)

    def _send(self, seconds: float) -> None:
        self._allowed = 0.0 if self._stuck else min(self._allowed + seconds * SENT_A_SECOND, max(1.0, seconds * 5))
        while self._waiting and self._allowed >= 1 and self._seconds - self._waiting[0][0] >= TAKES:
            _, path = self._waiting.popleft()
            path.unlink(missing_ok=True)
            self._say(f"uploaded {path.name}")
            self._allowed -= 1

    def _day(self) -> str:
        return time.strftime("%Y%m%d", time.gmtime(self._wall() + EAST))

    def _say(self, what: str) -> None:
        """A line of the log, which is turned before it is long."""
        at = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(self._wall() + EAST))
        self._logged.append(f"{at} {what}\n")
        if len(self._logged) < LOGGED:
            with self._log.open("a", encoding="utf-8") as log:
                log.write(self._logged[-1])
        else:
            kept = list(self._logged)[-LINES:]
            self._logged = deque(kept, maxlen=LOGGED)
            self._log.write_text("".join(kept), "utf-8")
