"""How long a device has been up, and whether it restarted between two polls. Pure; times in seconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SNMP_ENGINE_TIME = "1.3.6.1.6.3.10.2.1.3.0"  # seconds
SYS_UP_TIME = "1.3.6.1.2.1.1.3.0"  # TimeTicks
UPTIME_OIDS = (SNMP_ENGINE_TIME, SYS_UP_TIME)

TICKS_WRAP = 2**32 / 100  # 497.1 days
DAY = 86400.0
# Uptime that falls behind the agent's clock by no more than this is a slow or busy clock, not a restart.
SLACK = 30.0
SLACK_RATIO = 0.02


@dataclass(frozen=True, slots=True)
class Uptime:
    """`seconds` read at `at` (monotonic). `wrap`: the value at which the source begins again; None if it does not."""

    at: float
    seconds: float
    wrap: float | None = None


def uptime(facts: Mapping[str, Any], at: float) -> Uptime | None:
    """snmpEngineTime, since it does not wrap in a life time; sysUpTime where an agent (v1, v2c only) lacks it."""
    engine, ticks = facts.get(SNMP_ENGINE_TIME), facts.get(SYS_UP_TIME)
    if isinstance(engine, int) and engine > 0:
        return Uptime(at, float(engine))
    return Uptime(at, ticks / 100, TICKS_WRAP) if isinstance(ticks, int) else None


def restarted(before: Uptime | None, now: Uptime | None) -> bool:
    """The device began again after `before`: it has been up for less than it should be, and a wrap is no reason."""
    if before is None or now is None or before.wrap != now.wrap:
        return False
    elapsed = now.at - before.at
    expected = before.seconds + elapsed
    slack = max(SLACK, SLACK_RATIO * elapsed)
    if now.wrap is not None and expected >= now.wrap - slack and abs(now.seconds - expected % now.wrap) <= slack:
        return False
    return now.seconds < before.seconds or now.seconds < expected - slack


def of_last_day(restarts: tuple[float, ...], at: float) -> tuple[float, ...]:
    return tuple(each for each in restarts if each > at - DAY)
