"""The machine room's air and contacts as its sensors tell them by SNMP, with dew point and margin to condensation."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, MutableMapping, Sequence
from typing import Any, Literal

from agent.core.model import Collector, Sample, Target
from agent.core.reach import Poll, ReachError, Unanswered
from collectors.contact_states import Wired
from collectors.contact_watch import OF_CONTACTS, Sights, contact_samples, watch
from collectors.device import by_snmp, is_sensor
from collectors.machine_room import MachineRoomOptions
from collectors.profiles.form import ABSENT, OPEN, UNUSED
from collectors.profiles.meaning import Found
from collectors.profiles.reading import read, recognised
from collectors.room_air import OF_AIR, Air, air_samples
from collectors.room_door import with_doors
from collectors.room_inputs import Input, inputs, remarks
from collectors.room_metrics import CONTACT, HUMIDITY, SENSOR_FAULT, TEMPERATURE

DEFAULT_PLACE = "room"
SILENT = (
    "the device answers, but tells nothing of the room; look on its own page whether it sees its sensors; if it is "
    "no sensor, put `kind` right"
)
QUANTITIES: dict[str, Literal["temperature", "humidity"]] = {
    TEMPERATURE.name: "temperature",
    HUMIDITY.name: "humidity",
}


async def collect(target: Target, options: MachineRoomOptions, poll: Poll) -> AsyncIterator[Sample]:
    """Yields nothing for a device without such sensors, and fails where a sensor tells nothing of the room."""
    began = asyncio.get_running_loop().time()
    found = await _look(target, options, poll)
    air = [each for each in found if each.metric in QUANTITIES]
    for sample in air_samples([_air(each, options) for each in air if not each.fault], poll.memory, poll.monotonic):
        yield sample
    for sample in _broken(air, options, poll.memory):
        yield sample
    read_ = _inputs(found, options, poll)
    poll.remarks.extend(remarks(f"{target.kind} {target.id}", read_, options.contacts))
    contacts = [each.wired for each in read_]

    async def again(waiting: Sequence[Wired]) -> Sights:
        try:
            return _seen(_inputs(await _look(target, options, poll), options, poll))
        except ReachError:
            return {}  # the next poll says what is wrong

    known = await watch(contacts, _seen(read_), again, poll, began=began, timeout=target.timeout)
    for sample in with_doors(contact_samples(contacts, known), target, options, poll):
        yield sample


async def _look(target: Target, options: MachineRoomOptions, poll: Poll) -> list[Found]:
    async with poll.reach.snmp.session(target) as snmp:
        profile = await recognised(snmp, options.device)
        sensor = is_sensor(options, profile)
        found = [each async for each in read(snmp, profile, "room", poll.memory, poll.monotonic, sensor=sensor)]
    if sensor and not found:
        raise Unanswered("missing", f"{target.id}: {SILENT}")
    return found


def _inputs(found: Iterable[Found], options: MachineRoomOptions, poll: Poll) -> list[Input]:
    contacts = (each for each in found if each.metric == CONTACT.name)
    return inputs(contacts, options.contacts, poll.memory.get("contacts", {}))


def _seen(read_: Iterable[Input]) -> Sights:
    return {each.wired.name: each.seen for each in read_ if each.seen is not None}


def _air(found: Found, options: MachineRoomOptions) -> Air:
    place = options.place.get(found.label, DEFAULT_PLACE)
    return Air(found.label, place, QUANTITIES[found.metric], float(found.value))


def _broken(air: Iterable[Found], options: MachineRoomOptions, memory: MutableMapping[str, Any]) -> Iterator[Sample]:
    """Of each probe whose faults the device tells. One that is not plugged in is broken only where one should be: it
    has a place in agent.yaml, or was there before."""
    there: set[tuple[str, str]] = memory.setdefault("probes", set())
    for each in air:
        if not each.fault:
            there.add((each.metric, each.label))
        if each.fault in UNUSED and each.label not in options.place and (each.metric, each.label) not in there:
            continue
        fault = OPEN if each.fault == ABSENT else each.fault
        for said in each.entry.told:
            yield Sample(SENSOR_FAULT, float(said == fault), (each.label, QUANTITIES[each.metric], said))


COLLECTOR = Collector(
    name="room",
    kinds=("machine_room",),
    metrics=(*OF_AIR, CONTACT, *OF_CONTACTS),
    collect=collect,
    watches=by_snmp,
)
