"""How long answers took of late."""

from __future__ import annotations

import statistics
from collections import deque

from agent.core.reach import Poll

FEWEST = 5  # values of which a 95th percentile says something


def slow_of(poll: Poll, seconds: float | None, window: float) -> float | None:
    """The 95th percentile with this value, of those of the last `window` seconds, as PromQL's quantile_over_time; None
    before five are known."""
    known: deque[tuple[float, float]] = poll.memory.setdefault("times", deque())
    if seconds is not None:
        known.append((poll.monotonic, seconds))
    while known and known[0][0] <= poll.monotonic - window:
        known.popleft()
    if len(known) < FEWEST:
        return None
    return statistics.quantiles((each for _, each in known), n=20, method="inclusive")[-1]
