"""An uninterruptible power supply by SNMP: what feeds the load, battery, input, output, self-test."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Iterator, MutableMapping
from typing import Any

from agent.core.model import Collector, Sample, Target
from agent.core.reach import Poll, Unanswered
from collectors.device import by_snmp
from collectors.device_identity import SYS_DESCR, SYS_OBJECT_ID
from collectors.device_uptime import SYS_UP_TIME
from collectors.profiles.form import Profile
from collectors.profiles.meaning import Found
from collectors.profiles.metrics import GIVEN
from collectors.profiles.reading import read, recognised
from collectors.ups_alarms import BATTERY_BAD, COMMUNICATIONS_LOST, alarms
from collectors.ups_battery import on_battery
from collectors.ups_metrics import (
    ALARMS,
    BATTERY_HEALTH,
    INPUT_DEVIATIONS,
    METRICS,
    ON_BATTERY,
    ON_BATTERY_SECONDS,
    OUTPUT_SOURCE,
    SELF_TEST_OK,
    SELF_TEST_TIME,
    SELF_TEST_WARNING,
)

DAY = 86400.0
# The card's clock and ours part by seconds; a test that begins later by more than this is another one.
SAME_TEST = 300.0
SELF_TEST = (SELF_TEST_OK.name, SELF_TEST_WARNING.name, SELF_TEST_TIME.name)
# What a card may go on telling when it has lost its UPS.
OF_CARD = (ALARMS.name, INPUT_DEVIATIONS.name, *SELF_TEST)
COMPUTED = (ON_BATTERY.name, ON_BATTERY_SECONDS.name, INPUT_DEVIATIONS.name, *SELF_TEST)
SILENT = (
    "the card answers, but tells nothing of a UPS; look on the card's own page whether it sees its UPS, check what "
    "connects them; if it is no UPS, put `kind` right"
)
LOST = (
    "the card has lost its UPS (upsAlarmCommunicationsLost) and what it still shows is old; check what connects them, "
    "then restart the card"
)


async def collect(target: Target, options: Any, poll: Poll) -> AsyncIterator[Sample]:
    """Yields nothing for a device that is no UPS, and fails where a UPS tells nothing of itself."""
    found: list[Found] = []
    async with poll.reach.snmp.session(target) as snmp:
        facts = await snmp.get((SYS_DESCR, SYS_OBJECT_ID, SYS_UP_TIME))
        profile = await recognised(snmp, options.device, facts)
        ticks = facts.get(SYS_UP_TIME)
        up = ticks if isinstance(ticks, int) else None
        async for each in read(snmp, profile, "ups", poll.memory, poll.monotonic, uptime=up):
            found.append(each)
        told = any(each.metric not in OF_CARD for each in found)
        silent = not told and _is_ups(options, profile, poll.memory)
        raised = await alarms(snmp) if silent or _alarmed(found) else ()
    if silent or COMMUNICATIONS_LOST in raised:
        raise Unanswered("missing", f"{target.id}: {LOST if COMMUNICATIONS_LOST in raised else SILENT}")
    if told:
        poll.memory["told"] = profile.id if profile else ""
    if raised:
        poll.remarks.append(f"{target.id}: the UPS raises {', '.join(raised)}")
    if BATTERY_BAD in raised:
        found = [each for each in found if each.metric != BATTERY_HEALTH.name]
        yield Sample(BATTERY_HEALTH, 0.0)
    for sample in _samples(found, up, poll):
        yield sample


def _is_ups(options: Any, profile: Profile | None, memory: MutableMapping[str, Any]) -> bool:
    """By agent.yaml, by its profile, or by what it told before."""
    name = profile.id if profile else ""
    return options.kind == "ups" or (profile is not None and profile.kind == "ups") or memory.get("told") == name


def _alarmed(found: list[Found]) -> bool:
    return any(each.metric == ALARMS.name and float(each.value) > 0 for each in found)


def _samples(found: list[Found], up: int | None, poll: Poll) -> Iterator[Sample]:
    for each in found:
        yield from _plain(each)
    yield from on_battery({each.metric: each.value for each in found}, poll.memory, poll.now)
    yield from _deviations(found, poll)
    booted = poll.now - up / 100 if up is not None else None
    yield from _self_test(found, booted, poll.memory)


def _plain(found: Found) -> Iterator[Sample]:
    metric = GIVEN[found.metric]
    if metric is OUTPUT_SOURCE:
        yield from metric.state_set(str(found.value))
    elif metric.name not in COMPUTED:
        yield Sample(metric, float(found.value), (found.label,) if metric.labels else ())


def _deviations(found: list[Found], poll: Poll) -> Iterator[Sample]:
    """How much the device's counter grew in 24 hours, or since the agent has seen it; it begins anew with the card."""
    now = next((float(each.value) for each in found if each.metric == INPUT_DEVIATIONS.name), None)
    if now is None:
        return
    seen: deque[tuple[float, float]] = poll.memory.setdefault("deviations", deque())
    last: float = poll.memory.get("deviations_last", now)
    poll.memory["deviations_last"] = now
    if grown := (now - last if now >= last else now):
        seen.append((poll.monotonic, grown))
    while seen and seen[0][0] <= poll.monotonic - DAY:
        seen.popleft()
    yield Sample(INPUT_DEVIATIONS, sum(count for _, count in seen), ("24h",))


def _self_test(found: list[Found], booted: float | None, memory: MutableMapping[str, Any]) -> Iterator[Sample]:
    """The last finished test. The card forgets it when it restarts; `memory` does not."""
    given = {each.metric: float(each.value) for each in found if each.metric in SELF_TEST}
    known: dict[str, float] = memory.setdefault("self_test", {})
    if SELF_TEST_OK.name in given:
        begun = given.get(SELF_TEST_TIME.name)
        if begun is not None and booted is not None:
            begun += booted
            before = known.get(SELF_TEST_TIME.name)
            given[SELF_TEST_TIME.name] = before if before and abs(begun - before) < SAME_TEST else begun
        known.update(given)
    for metric in (SELF_TEST_OK, SELF_TEST_WARNING, SELF_TEST_TIME):
        if metric.name in known:
            yield Sample(metric, known[metric.name])


COLLECTOR = Collector(
    name="ups",
    kinds=("machine_room",),
    metrics=METRICS,
    collect=collect,
    watches=lambda target: by_snmp(target) and target.options.kind in (None, "ups"),
)
