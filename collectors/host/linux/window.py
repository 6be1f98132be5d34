"""How often something happened in the last hours, from a counter that begins anew with each start."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

WITNESSED = 0.9  # of the window must be known before it can be said that there was none
MOST = 200  # moments that are kept; beyond it the oldest two become one


def counted(
    kept: MutableMapping[str, Any], at: float, counter: float, seconds: float, since: float | None = None
) -> float | None:
    """Events in the window of `seconds` that ends at `at` (Unix seconds), at least; None while too little of it is
    known to say that there was none. `since`: when the counter last was 0, where that is known.

    `kept` holds {"began", "raw", "events": [[moment, events], …]} and belongs to one counter.
    """
    if "raw" not in kept or kept["began"] > at:
        known = since is not None and since < at
        kept.update(began=since if known else at, raw=0.0 if known else counter, events=[])
    grown = counter - kept["raw"] if counter >= kept["raw"] else counter
    kept["raw"] = counter
    events = [each for each in kept["events"] if each[0] > at - seconds]
    if grown > 0:
        events.append([at, grown])
    if len(events) > MOST:
        events[:2] = [[events[1][0], events[0][1] + events[1][1]]]
    kept["events"] = events
    count = float(sum(each[1] for each in events))
    return count if count or at - kept["began"] >= WITNESSED * seconds else None
