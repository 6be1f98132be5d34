"""An uninterruptible power supply by SNMP: what feeds the load, battery, input, output, self-test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, MutableMapping
from typing import Any

from agent.core.model import Collector, Sample, Target
from agent.core.reach import Poll, Unanswered
from agent.core.text import Text
from collectors.device import by_snmp
from collectors.device_identity import SYS_DESCR, SYS_OBJECT_ID
from collectors.device_uptime import SNMP_ENGINE_TIME, SYS_UP_TIME, UPTIME_OIDS
from collectors.profiles.form import Profile
from collectors.profiles.meaning import Found
from collectors.profiles.metrics import GIVEN
from collectors.profiles.reading import read, recognised
from collectors.ups_alarms import BATTERY_BAD, COMMUNICATIONS_LOST, alarms
from collectors.ups_battery import on_battery
from collectors.ups_input import deviations
from collectors.ups_metrics import (
    ALARMS,
    BATTERY_HEALTH,
    INPUT_DEVIATIONS,
    METRICS,
    ON_BATTERY,
    ON_BATTERY_SECONDS,
    OUTPUT_SOURCE,
)
from collectors.ups_self_test import OF_TEST, Clocks, self_test

SELF_TEST = tuple(each.name for each in OF_TEST)
# What a card may go on telling when it has lost its UPS.
OF_CARD = (ALARMS.name, INPUT_DEVIATIONS.name, *SELF_TEST)
COMPUTED = (ON_BATTERY.name, ON_BATTERY_SECONDS.name, INPUT_DEVIATIONS.name, *SELF_TEST)
SILENT = (
    "the card answers, but tells nothing of a UPS; look on the card's own page whether it sees its UPS, check what "
    "connects them; if it is no UPS, put `kind` right"
)
RAISES = Text("{ups}:UPS 正在告警 {alarms}", "{ups}: the UPS raises {alarms}")
LOST = (
    "the card has lost its UPS (upsAlarmCommunicationsLost) and what it still shows is old; check what connects them, "
    "then restart the card"
)


async def collect(target: Target, options: Any, poll: Poll) -> AsyncIterator[Sample]:
    """Yields nothing for a device that is no UPS, and fails where a UPS tells nothing of itself."""
    found: list[Found] = []
    async with poll.reach.snmp.session(target) as snmp:
        facts = await snmp.get((SYS_DESCR, SYS_OBJECT_ID, *UPTIME_OIDS))
        profile = await recognised(snmp, options.device, facts)
        ticks = facts.get(SYS_UP_TIME)
        up = ticks if isinstance(ticks, int) else None
        async for each in read(snmp, profile, "ups", poll.memory, poll.monotonic, uptime=up):
            found.append(each)
        told = any(each.metric not in OF_CARD for each in found)
        silent = not told and _is_ups(options, profile, poll.kept)
        raised = await alarms(snmp) if silent or _alarmed(found) else ()
    if silent or COMMUNICATIONS_LOST in raised:
        raise Unanswered("missing", f"{target.id}: {LOST if COMMUNICATIONS_LOST in raised else SILENT}")
    if told:
        poll.kept["told"] = profile.id if profile else ""
    if raised:
        poll.remarks.append(RAISES.format(ups=target.id, alarms=", ".join(raised)))
    if BATTERY_BAD in raised:
        found = [each for each in found if each.metric != BATTERY_HEALTH.name]
        yield Sample(BATTERY_HEALTH, 0.0)
    for sample in _samples(found, _clocks(facts, poll.now), poll):
        yield sample


def _is_ups(options: Any, profile: Profile | None, kept: MutableMapping[str, Any]) -> bool:
    """By agent.yaml, by its profile, or by what it told before."""
    name = profile.id if profile else ""
    return options.kind == "ups" or (profile is not None and profile.kind == "ups") or kept.get("told") == name


def _alarmed(found: list[Found]) -> bool:
    return any(each.metric == ALARMS.name and float(each.value) > 0 for each in found)


def _samples(found: list[Found], clocks: Clocks, poll: Poll) -> Iterator[Sample]:
    given = {each.metric: each.value for each in found}
    for each in found:
        yield from _plain(each)
    yield from on_battery(given, poll.kept, poll.now)
    if INPUT_DEVIATIONS.name in given:
        yield from deviations(float(given[INPUT_DEVIATIONS.name]), poll.kept, poll.now)
    yield from self_test(given, poll.kept, clocks)


def _clocks(facts: Mapping[str, Any], now: float) -> Clocks:
    ticks, engine = facts.get(SYS_UP_TIME), facts.get(SNMP_ENGINE_TIME)
    return Clocks(now, ticks / 100 if isinstance(ticks, int) else None, engine if isinstance(engine, int) else None)


def _plain(found: Found) -> Iterator[Sample]:
    metric = GIVEN[found.metric]
    if metric is OUTPUT_SOURCE:
        yield from metric.state_set(str(found.value))
    elif metric.name not in COMPUTED:
        yield Sample(metric, float(found.value), (found.label,) if metric.labels else ())


COLLECTOR = Collector(
    name="ups",
    kinds=("machine_room",),
    metrics=METRICS,
    collect=collect,
    watches=lambda target: by_snmp(target) and target.options.kind in (None, "ups"),
)
