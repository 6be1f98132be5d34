"""A switch or a device of the machine room by SNMP: what it is, how long it is up, what it says of itself."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

from agent.core.model import Collector, Sample, Target
from agent.core.reach import Poll, SnmpSession
from collectors.device_identity import IDENTITY_OIDS, NOTHING, Identity, identify
from collectors.device_metrics import DEVICE_INFO, DEVICE_UPTIME, MEASURED, RESTARTS, RESTARTS_APPROVED
from collectors.device_restarts import restarts
from collectors.device_uptime import SYS_UP_TIME, UPTIME_OIDS, uptime
from collectors.profiles.form import Fact, Profile
from collectors.profiles.meaning import Found
from collectors.profiles.metrics import GIVEN
from collectors.profiles.reading import read, recognised
from collectors.profiles.values import part

METRICS = (DEVICE_INFO, DEVICE_UPTIME, RESTARTS, RESTARTS_APPROVED, *MEASURED)


async def collect(target: Target, options: Any, poll: Poll) -> AsyncIterator[Sample]:
    async with poll.reach.snmp.session(target) as snmp:
        facts = await snmp.get((*IDENTITY_OIDS, *UPTIME_OIDS))
        profile = await recognised(snmp, getattr(options, "device", None), facts)
        identity = await identity_of(snmp, profile, facts)
        for sample in _of_device(target, identity, facts, poll):
            yield sample
        sensor = is_sensor(options, profile)
        ticks = facts.get(SYS_UP_TIME)
        up = ticks if isinstance(ticks, int) else None
        async for found in read(snmp, profile, "device", poll.memory, poll.monotonic, sensor=sensor, uptime=up):
            for sample in measured(found):
                yield sample


def measured(found: Found) -> Iterator[Sample]:
    """The samples of what `read` found in the group `device`."""
    metric = GIVEN[found.metric]
    if isinstance(found.value, float):
        yield Sample(metric, found.value, (found.label,))
        return
    for state in dict.fromkeys(said for _, said in found.entry.states.values()):
        yield Sample(metric, float(state == found.value), (found.label, str(state)))


def is_sensor(options: Any, profile: Profile | None) -> bool:
    """Its work is to measure the room: what the standard MIBs call its temperature is the room's."""
    kind = getattr(options, "kind", None) or (profile.kind if profile else None)
    return kind == "sensor"


async def identity_of(snmp: SnmpSession, profile: Profile | None, facts: Mapping[str, Any]) -> Identity:
    """What the profile knows to ask about model, version and serial number, and what `facts` say: the objects of
    IDENTITY_OIDS that the device has."""
    return identify(facts, await _said(snmp, profile) if profile else NOTHING)


async def _said(snmp: SnmpSession, profile: Profile) -> Identity:
    oids = dict.fromkeys(each.oid for each in (*profile.model, *profile.version, *profile.serial))
    answers = await snmp.get(list(oids)) if oids else {}
    return Identity(
        profile.vendor,
        _first(profile.model, answers),
        _first(profile.version, answers),
        _first(profile.serial, answers),
    )


def _first(facts: tuple[Fact, ...], answers: Mapping[str, Any]) -> str:
    return next((said for each in facts if (said := part(answers.get(each.oid), each.pattern))), "")


def _of_device(target: Target, identity: Identity, facts: Mapping[str, Any], poll: Poll) -> Iterator[Sample]:
    yield Sample(DEVICE_INFO, 1, (identity.vendor, identity.model, identity.version, identity.serial))
    up = uptime(facts, poll.monotonic)
    if up is not None:
        yield Sample(DEVICE_UPTIME, up.seconds)
    planned = poll.registers.changes.covers
    approved = [planned(target.id, each, each) for each in restarts(up, poll)]
    yield Sample(RESTARTS, approved.count(False))
    yield Sample(RESTARTS_APPROVED, approved.count(True))


def by_snmp(target: Target) -> bool:
    return target.login is not None and target.login.snmp is not None


COLLECTOR = Collector(
    name="device", kinds=("switch", "machine_room"), metrics=METRICS, collect=collect, watches=by_snmp
)
