"""How often the input of a UPS went out of tolerance within a day. Pure; `now` is Unix seconds."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from typing import Any

from agent.core.model import Sample
from collectors.ups_metrics import INPUT_DEVIATIONS

DAY = 86400.0
TOGETHER = 300.0  # seconds within which deviations are counted together


def deviations(counter: float, kept: MutableMapping[str, Any], now: float) -> Iterator[Sample]:
    """How much the device's counter grew in 24 hours, or since it was first seen; it begins anew with the card."""
    last = kept.get("deviations_last", counter)
    kept["deviations_last"] = counter
    seen = [(at, count) for at, count in kept.get("deviations", ()) if abs(now - at) < DAY]
    if grown := (counter - last if counter >= last else counter):
        if seen and abs(now - seen[-1][0]) < TOGETHER:
            at, count = seen.pop()
            seen.append((at, count + grown))
        else:
            seen.append((now, grown))
    kept["deviations"] = seen
    yield Sample(INPUT_DEVIATIONS, sum(count for _, count in seen), ("24h",))
