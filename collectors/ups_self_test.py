"""The last finished self-test of a UPS. The card forgets it when it restarts; what is kept does not. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any

from agent.core.model import Sample
from collectors.device_uptime import TICKS_WRAP
from collectors.ups_metrics import SELF_TEST_OK, SELF_TEST_TIME, SELF_TEST_WARNING

OF_TEST = (SELF_TEST_OK, SELF_TEST_WARNING, SELF_TEST_TIME)
# The card's clock and ours part by seconds; a test that begins later by more than this is another one.
SAME_TEST = 300.0
JUST_BEGUN = 60.0  # seconds by which a test may begin after sysUpTime was read


@dataclass(frozen=True, slots=True)
class Clocks:
    """`now` is Unix seconds; the card's sysUpTime and, where it has one, its snmpEngineTime, both in seconds."""

    now: float
    uptime: float | None
    engine: float | None = None


def self_test(given: Mapping[str, float | str], kept: MutableMapping[str, Any], clocks: Clocks) -> Iterator[Sample]:
    known: dict[str, float] = dict(kept.get("self_test", {}))
    if known.get(SELF_TEST_TIME.name, 0.0) > clocks.now + SAME_TEST:
        del known[SELF_TEST_TIME.name]  # our own clock was wrong then
    if SELF_TEST_OK.name in given:
        told = {each.name: float(given[each.name]) for each in OF_TEST[:2] if each.name in given}
        begun = _begun(float(given.get(SELF_TEST_TIME.name, 0.0)), clocks)
        known = told | _time(known, told, begun)
    kept["self_test"] = known
    for metric in OF_TEST:
        if metric.name in known:
            yield Sample(metric, known[metric.name])


def _time(known: Mapping[str, float], told: Mapping[str, float], begun: float | None) -> dict[str, float]:
    """When that test began, as far as it is known. A card that lost the time alone goes on with the same result."""
    before = known.get(SELF_TEST_TIME.name)
    if before is not None and (begun is None or begun < before + SAME_TEST):
        same = all(known.get(name) == value for name, value in told.items())
        return {SELF_TEST_TIME.name: before} if same or begun is not None else {}
    return {} if begun is None else {SELF_TEST_TIME.name: begun}


def _begun(start: float, clocks: Clocks) -> float | None:
    """Unix seconds from upsTestStartTime, the value of sysUpTime at the start (RFC 1628); 0 is no time at all."""
    if start <= 0 or clocks.uptime is None:
        return None
    age = clocks.uptime - start
    if -JUST_BEGUN <= age < 0:
        age = 0.0
    if age < 0:
        # sysUpTime has begun again since: after 497 days, or since the card restarted and still shows an earlier test.
        age += TICKS_WRAP
        if clocks.engine is not None and clocks.engine < age:
            return None
    return clocks.now - age
