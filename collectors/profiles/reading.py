"""Asks a device what its profile names, in few questions: one GET and one walk of all columns for its own profile, and
one of each for what the standard MIBs may add. What it lacks is asked more and more seldom."""

from __future__ import annotations

import asyncio
import difflib
from collections.abc import AsyncIterator, Iterable, Mapping, MutableMapping
from dataclasses import replace
from typing import Any

from agent.core.reach import CannotAsk, SnmpSession
from agent.core.text import clean
from collectors.device_identity import SYS_DESCR, SYS_OBJECT_ID
from collectors.profiles.book import Book, shipped
from collectors.profiles.form import Entry, Profile, scalar
from collectors.profiles.lacking import Lacking, lacking
from collectors.profiles.meaning import ALSO_OF_STANDARD, Answers, Found, meanings, settled
from collectors.profiles.units import plausible

DESCR_LIMIT = 400
# For a device whose work is to measure the room, what the standard MIB calls its temperature is the room's.
OF_ROOM = {
    "device_temperature_celsius": "room_temperature_celsius",
    "device_humidity_ratio": "room_humidity_ratio",
}

Parts = list[tuple[Profile, list[Entry]]]


async def book() -> Book:
    """Read in a thread at first use: a hundred small files."""
    return await asyncio.to_thread(shipped)


async def recognised(snmp: SnmpSession, device: str | None, facts: Mapping[str, Any] | None = None) -> Profile | None:
    """The profile named in agent.yaml (CannotAsk if there is none), else the one that sysObjectID leads to."""
    known = await book()
    if device is not None:
        return _named(known, device)
    facts = facts or await snmp.get((SYS_DESCR, SYS_OBJECT_ID))
    descr, object_id = facts.get(SYS_DESCR), facts.get(SYS_OBJECT_ID)
    said = clean(descr, DESCR_LIMIT) if isinstance(descr, bytes) else ""
    candidates = known.candidates(object_id if isinstance(object_id, str) else "", said)
    wanted = [has for _, has in candidates if has]
    there = await snmp.get(wanted) if wanted else {}
    return next((profile for profile, has in candidates if has is None or has in there), None)


def _named(known: Book, device: str) -> Profile:
    if device not in known.profiles:
        close = difflib.get_close_matches(device, known.profiles, 3)
        hint = f"near: {', '.join(close)}" if close else f"there are {', '.join(sorted(known.profiles))}"
        raise CannotAsk("missing", f"no device profile {device!r}; {hint}; leave `device` out to have it found out")
    return known.profiles[device]


async def read(
    snmp: SnmpSession,
    profile: Profile | None,
    group: str,
    memory: MutableMapping[str, Any],
    now: float,
    *,
    sensor: bool = False,
    uptime: int | None = None,
) -> AsyncIterator[Found]:
    """What a device says of one group of metrics: device, ups or room. `now` is monotonic, `sensor`: it measures rooms,
    `uptime`: its sysUpTime, where the caller knows it.

    Its own profile first, then the standard MIBs for the metrics that it did not give.
    """
    known = await book()
    lacks = lacking(memory, profile.id if profile else "")
    lacks.told(uptime)
    own: Parts = [(each, list(each.entries(group))) for each in known.own(profile)]
    found = await _parts(snmp, own, lacks, now)
    given = {(each.metric, each.label) for each in found if each.metric not in ALSO_OF_STANDARD and not each.fault}
    metrics = {metric for metric, _ in given}
    standard: Parts = [(each, _standard(each, group, metrics, sensor)) for each in known.standard(profile)]
    for each in await _parts(snmp, standard, lacks, now, fallback=True):
        metric = OF_ROOM.get(each.metric, each.metric) if group == "room" else each.metric
        if (metric, each.label) not in given and plausible(metric, each.entry.about.unit, each.value):
            found.append(replace(each, metric=metric))
    states = settled([each for each in found if each.metric in ALSO_OF_STANDARD])
    for each in [*(each for each in found if each.metric not in ALSO_OF_STANDARD), *states]:
        yield each


def _standard(profile: Profile, group: str, given: set[str], sensor: bool) -> list[Entry]:
    entries = list(profile.entries(group))
    if sensor and group == "device":
        entries = [each for each in entries if each.metric not in OF_ROOM]
    if sensor and group == "room":
        entries += [each for each in profile.entries("device") if each.metric in OF_ROOM]
        return [each for each in entries if OF_ROOM.get(each.metric, each.metric) not in given]
    return [each for each in entries if profile.always or each.metric not in given]


async def _parts(snmp: SnmpSession, parts: Parts, lacks: Lacking, now: float, *, fallback: bool = False) -> list[Found]:
    """`fallback`: what one part gave, no later part gives."""
    oids = lacks.wanted((oid for profile, entries in parts for oid in _oids(profile, entries)), now)
    if not oids:
        return []
    answers = await _ask(snmp, oids)
    lacks.answered(oids, answers.single.keys() | answers.columns.keys(), now)
    found: list[Found] = []
    for profile, entries in parts:
        given = {each.metric for each in found} if fallback and not profile.always else set()
        found.extend(meanings(profile, [each for each in entries if each.metric not in given], answers))
    return settled(found)


def _oids(profile: Profile, entries: Iterable[Entry]) -> Iterable[str]:
    for entry in entries:
        yield from entry.needs
        yield from (profile.columns[name].oid for name in profile.looked_up(entry))


async def _ask(snmp: SnmpSession, oids: list[str]) -> Answers:
    single = [oid for oid in oids if scalar(oid)]
    columns: dict[str, dict[str, Any]] = {}
    values = await snmp.get(single) if single else {}
    if table := [oid for oid in oids if not scalar(oid)]:
        async for index, row in snmp.columns(table):
            for oid, raw in row.items():
                columns.setdefault(oid, {})[index] = raw
    return Answers(values, columns)
