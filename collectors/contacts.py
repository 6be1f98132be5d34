"""A machine room's contacts and sensors over Modbus TCP: water, smoke, door, cooling, temperature, humidity."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence

from agent.core.model import Collector, Sample, Target
from agent.core.reach import Poll, ReachError
from collectors import room_metrics as metrics
from collectors.contact_options import CONTACTS
from collectors.contact_states import Seen, Wired
from collectors.contact_watch import OF_CONTACTS, Sights, contact_samples, watch
from collectors.machine_room import MachineRoomOptions
from collectors.modbus_options import AIR, Modbus, Point
from collectors.modbus_points import Span, Words, contact, number, read, span, spans, wired
from collectors.room_air import OF_AIR, Air, air_samples
from collectors.room_door import with_doors


async def collect(target: Target, options: MachineRoomOptions, poll: Poll) -> AsyncIterator[Sample]:
    """What was read is told before a failure passes through."""
    modbus: Modbus = target.options.modbus
    began = asyncio.get_running_loop().time()
    points = {point.name: point for point in modbus.points if point.of_room}
    contacts = [wired(point) for point in points.values() if point.measures in CONTACTS]
    found, failure = await look(target, points.values(), poll)

    async def again(waiting: Sequence[Wired]) -> Sights:
        asked = [points[each.name] for each in waiting]
        return _seen(asked, (await look(target, asked, poll))[0])

    seen = _seen((points[each.name] for each in contacts), found)
    known = await watch(contacts, seen, again, poll, began=began, timeout=target.timeout)
    for sample in with_doors(contact_samples(contacts, known), target, options, poll):
        yield sample
    air = list(_air(options, points.values(), found))
    for sample in (*air_samples(air, poll.memory, poll.monotonic), *_differences(air)):
        yield sample
    if failure is not None:
        raise failure


def _seen(points: Iterable[Point], found: Mapping[Span, Words]) -> dict[str, Seen]:
    return {point.name: seen for point in points if (seen := contact(point, found)) is not None}


async def look(target: Target, points: Iterable[Point], poll: Poll) -> tuple[Mapping[Span, Words], ReachError | None]:
    """What a unit gives of these points, and the first failure."""
    modbus: Modbus = target.options.modbus
    found: dict[Span, Words] = {}
    try:
        async with poll.reach.modbus.session(target, port=modbus.port, unit=modbus.unit) as session:
            failure: ReachError | None = await read(
                session, spans(points), poll.memory.setdefault("apart", set()), found
            )
    except ReachError as error:
        failure = error
    return found, failure


def _air(options: MachineRoomOptions, points: Iterable[Point], found: Mapping[Span, Words]) -> Iterator[Air]:
    places = options.place
    for point in points:
        words = found.get(span(point)) if point.measures in AIR else None
        if words is None or (value := number(point, words)) is None:
            continue
        place = point.place or places.get(point.name) or places.get(point.label) or "room"
        if point.measures == "temperature":
            yield Air(point.label, place, "temperature", value)
        else:
            yield Air(point.label, place, "humidity", value / 100)


def _differences(air: Iterable[Air]) -> Iterator[Sample]:
    """Return minus supply air of each unit that has both."""
    ends = {(each.sensor, each.place): each.value for each in air if each.quantity == "temperature"}
    for (unit, place), value in ends.items():
        if place == "return" and (supply := ends.get((unit, "supply"))) is not None:
            yield Sample(metrics.COOLING_DIFFERENCE, value - supply, (unit,))


def _only_ups(modbus: Modbus) -> bool:
    return all(point.of_ups for point in modbus.points)


COLLECTOR = Collector(
    name="contacts",
    kinds=("machine_room",),
    metrics=(*OF_CONTACTS, metrics.COOLING_DIFFERENCE, *OF_AIR),
    collect=collect,
    watches=lambda target: target.options.modbus is not None and not _only_ups(target.options.modbus),
)
