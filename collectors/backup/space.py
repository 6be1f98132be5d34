"""Free space where copies lie, and when it will be used up. Pure but for the command."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from agent.core.ssh import Answer, Command
from collectors.backup.listing import inside

STEP = 6 * 3600.0  # seconds between two points that are remembered
HISTORY = 30 * 86400.0
ENOUGH = 86400.0  # that must be known
# POSIX.1-2024 df -P: blocks, used, available, capacity, mount point; the name before them may hold anything.
LINE = re.compile(rb"\s(\d{1,18})\s+(\d{1,18})\s+(-?\d{1,18})\s+\d+%\s+/")

Point = tuple[float, float]  # Unix seconds, bytes used


class Space(NamedTuple):
    """Bytes. What is kept for root is in neither."""

    used: int
    free: int

    @property
    def ratio(self) -> float | None:
        return self.free / (self.used + self.free) if self.used + self.free else None


def command(path: str) -> Command:
    return Command(("df", "-P", "-k", inside(path)), limit=8192)


def space(answer: Answer) -> Space | None:
    """None where the host's df does not say."""
    found = LINE.findall(answer.stdout) if answer.ok else []
    return Space(int(found[-1][1]) * 1024, max(0, int(found[-1][2])) * 1024) if found else None


def points(known: Sequence[Point], now: float, used: int) -> list[Point]:
    """With this one, if the last is old enough; what is too old, or from the future, is forgotten."""
    kept = [point for point in known if now - HISTORY <= point[0] <= now]
    return kept if kept and now - kept[-1][0] < STEP else [*kept, (now, float(used))]


def time_to_full(known: Sequence[Point], now: float, here: Space) -> float | None:
    """Seconds, by the average growth since the oldest point; infinite without any, None before a day is known."""
    if not known or now - known[0][0] < ENOUGH:
        return None
    growth = (here.used - known[0][1]) / (now - known[0][0])
    return here.free / growth if growth > 0 else float("inf")
