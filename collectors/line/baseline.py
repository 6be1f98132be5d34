"""What a line's round trips usually are at this time of day: for each half hour of the day the mean of the p95 that was
told in it, of each of the last 14 days. JSON values in a mapping that outlives the agent; pure."""

from __future__ import annotations

from collections.abc import MutableMapping
from statistics import median
from typing import Any

HALF_HOUR, A_DAY = 1800, 48
DAYS, LEAST = 14, 3
FEWEST = 3  # values of a half hour that make it one
DIGITS = 6  # microseconds


def ratio(kept: MutableMapping[str, Any], at: float, p95: float) -> float | None:
    """The p95 (seconds) at this moment (Unix seconds) divided by the usual one; None until 3 days are known.

    The median of the days is the usual one: one day on which the line was slow does not move it."""
    now = int(at // HALF_HOUR)
    if kept.get("half") != now:
        _close(kept, now)
    kept["count"], kept["sum"] = kept["count"] + 1, round(kept["sum"] + p95, DIGITS)
    days = [value for day, value in kept["days"].get(str(now % A_DAY), ()) if 0 < now // A_DAY - day <= DAYS]
    usual = median(days) if len(days) >= LEAST else 0.0
    return p95 / usual if usual > 0 else None


def _close(kept: MutableMapping[str, Any], now: int) -> None:
    """The half hour that was under way becomes one of its day's; a clock that is set back starts nothing anew."""
    days: dict[str, list[list[float]]] = kept.setdefault("days", {})
    half = kept.get("half")
    if half is not None and kept["count"] >= FEWEST:
        day, slot = half // A_DAY, str(half % A_DAY)
        others = [each for each in days.get(slot, []) if each[0] != day and abs(now // A_DAY - each[0]) <= DAYS]
        days[slot] = [*others, [day, round(kept["sum"] / kept["count"], DIGITS)]]
    kept["half"], kept["count"], kept["sum"] = now, 0, 0.0
