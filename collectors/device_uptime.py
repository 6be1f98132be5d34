"""How long a device has been up, and whether it restarted between two polls. Pure; times in seconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SNMP_ENGINE_TIME = "1.3.6.1.6.3.10.2.1.3.0"  # seconds
SYS_UP_TIME = "1.3.6.1.2.1.1.3.0"  # TimeTicks
UPTIME_OIDS = (SNMP_ENGINE_TIME, SYS_UP_TIME)

TICKS_WRAP = 2**32 / 100  # 497.1 days
ENGINE_WRAP = 2**31  # RFC 3411: snmpEngineTime goes to 2147483647
# Within these seconds of each other the two count the same time: the SNMP agent is started some time after the device,
# and two clocks of one device drift apart by some minutes a year.
AGREED = 3600.0
DAY = 86400.0
# Uptime that falls behind the agent's clock by no more than this is a slow or busy clock, not a restart.
SLACK = 30.0
SLACK_RATIO = 0.02


@dataclass(frozen=True, slots=True)
class Uptime:
    """`seconds` read at `at` (monotonic); `wrap`: the value at which the clock that told it begins again."""

    at: float
    seconds: float
    wrap: float = TICKS_WRAP


def uptime(facts: Mapping[str, Any], at: float) -> Uptime | None:
    """sysUpTime, with the turns that it made if snmpEngineTime, which does not wrap in a life time, agrees with it.

    snmpEngineTime alone is not believed: of some devices it is Unix time, stands still, or begins again with the SNMP
    agent. Only where sysUpTime is missing there is nothing better.
    """
    engine, ticks = facts.get(SNMP_ENGINE_TIME), facts.get(SYS_UP_TIME)
    engine = engine if isinstance(engine, int) and engine > 0 else None
    if not isinstance(ticks, int):
        return None if engine is None else Uptime(at, float(engine), ENGINE_WRAP)
    seconds = ticks / 100
    if engine is not None:
        turned = seconds + max(0, round((engine - seconds) / TICKS_WRAP)) * TICKS_WRAP
        if abs(engine - turned) <= AGREED:
            return Uptime(at, turned)
    return Uptime(at, seconds)


def restarted(before: Uptime | None, now: Uptime | None) -> bool:
    """The device began again after `before`: it has been up for less than it should be, and a wrap is no reason, nor
    that the turns of the clock are not known any more."""
    if before is None or now is None or before.wrap != now.wrap:
        return False
    elapsed = now.at - before.at
    expected = before.seconds + elapsed
    slack = max(SLACK, SLACK_RATIO * elapsed)
    if expected >= now.wrap - slack and abs(now.seconds % now.wrap - expected % now.wrap) <= slack:
        return False
    return now.seconds < before.seconds or now.seconds < expected - slack


def of_last_day(restarts: tuple[float, ...], at: float) -> tuple[float, ...]:
    return tuple(each for each in restarts if each > at - DAY)
