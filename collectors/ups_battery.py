"""Whether a UPS feeds the load from its battery and for how long, by whatever it says. Pure; `now` is Unix seconds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from typing import Any

from agent.core.model import Sample
from collectors.ups_metrics import ON_BATTERY, ON_BATTERY_SECONDS, OUTPUT_SOURCE

SINCE = "battery_since"


def on_battery(given: Mapping[str, float | str], kept: MutableMapping[str, Any], now: float) -> Iterator[Sample]:
    """By the device's own word or its output source, else by its seconds on battery. These are counted from the first
    poll where it does not tell them, and are 0 while the source is another: a test of the battery, or a card that still
    shows those of the last time."""
    said, seconds = _said(given), given.get(ON_BATTERY_SECONDS.name)
    if said is None:
        return
    yield Sample(ON_BATTERY, float(said))
    if not said:
        kept.pop(SINCE, None)
        yield Sample(ON_BATTERY_SECONDS, 0.0)
        return
    since = kept[SINCE] = min(now, kept.get(SINCE, now))
    yield Sample(ON_BATTERY_SECONDS, now - since if seconds is None else float(seconds))


def _said(given: Mapping[str, float | str]) -> bool | None:
    if ON_BATTERY.name in given or OUTPUT_SOURCE.name in given:
        return given.get(ON_BATTERY.name) == 1 or given.get(OUTPUT_SOURCE.name) == "battery"
    seconds = given.get(ON_BATTERY_SECONDS.name)
    return None if seconds is None else float(seconds) > 0
