"""What a recorded UPS says of its states, which no number with a unit shows: what feeds the load, and its battery."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from agent.core.model import Sample
from benchmarks.recorded import UPS_MIB
from tests.snmp_agent import Value

SOURCE, SECONDS, BATTERY = f"{UPS_MIB}4.1.0", f"{UPS_MIB}2.2.0", f"{UPS_MIB}2.1.0"
# By metric: which state sensors of the expectation say it, and the words by which they say 1.
STATES = {
    "ups_on_battery": (r"output.*(source|status)|on battery", r"batter"),
    "ups_battery_low": (r"^(ups )?battery( #\d+)? status$", r"low|depleted"),
}
NORMAL = {2: 0.0, 3: 1.0, 4: 1.0}  # upsBatteryStatus: normal, low, depleted


def states_of(recorded: Mapping[str, Value], expected: Mapping[str, Any]) -> dict[str, float]:
    """1 or 0 by metric, as far as RFC 1628 or the expectation says it."""
    found: dict[str, float] = {}
    for sensor in (expected.get("librenms_expected") or {}).get("sensors", ()):
        for metric, (what, yes) in STATES.items():
            told = str(sensor.get("state") or "")
            if sensor["class"] == "state" and told and re.search(what, sensor["descr"], re.IGNORECASE):
                found.setdefault(metric, float(re.search(yes, told, re.IGNORECASE) is not None))
    source, seconds, battery = (recorded.get(oid) for oid in (SOURCE, SECONDS, BATTERY))
    if isinstance(source, int) and 1 <= source <= 7:
        found["ups_on_battery"] = float(source == 5)
    elif isinstance(seconds, int) and "ups_on_battery" not in found:
        found["ups_on_battery"] = float(seconds > 0)
    if isinstance(battery, int) and battery in NORMAL:
        found["ups_battery_low"] = NORMAL[battery]
    return found


def differing(wanted: Mapping[str, float], samples: Iterable[Sample]) -> dict[str, str]:
    """By metric, what is told instead."""
    told = {each.metric.name: each.value for each in samples if each.metric.name in wanted}
    return {
        metric: f"{told[metric]:g} instead of {value:g}" if metric in told else f"not told, {value:g}"
        for metric, value in wanted.items()
        if told.get(metric) != value
    }
