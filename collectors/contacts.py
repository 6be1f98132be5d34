"""A machine room's contacts and sensors over Modbus TCP: water, smoke, door, cooling, temperature, humidity."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping

from agent.core.model import Collector, Metric, Sample, Target
from agent.core.reach import Poll, ReachError
from collectors import room_metrics as metrics
from collectors.contact_states import Contact, follow, told
from collectors.machine_room import MachineRoomOptions
from collectors.modbus_options import AIR, CONTACTS, Modbus, Point
from collectors.modbus_points import Seen, Span, Words, contact, faults, number, read, span, spans
from collectors.room_air import OF_AIR, Air, air_samples

LOOPS: Mapping[str, Metric] = {"water": metrics.WATER, "smoke": metrics.SMOKE, "door": metrics.DOOR}
LOOKS = 3  # equal shares of the timeout: a first look, the debounce, a second look
Known = dict[str, tuple[Contact, Seen]]


async def collect(target: Target, options: MachineRoomOptions, poll: Poll) -> AsyncIterator[Sample]:
    """What was read is told before a failure passes through."""
    modbus: Modbus = target.options.modbus
    clock, share = asyncio.get_running_loop().time, target.timeout / LOOKS
    began = clock()
    points = [point for point in modbus.points if point.watched]
    found, failure = await _look(target, points, poll)
    known = _follow(points, found, poll, poll.monotonic + clock() - began)
    waiting = [each for each in points if each.name in known and known[each.name][0].waiting]
    waiting = [each for each in waiting if (each.debounce or 0.0) <= share]
    if waiting and clock() - began <= share:
        # An alarm is told as soon as it has held for its debounce, not at the next poll.
        await asyncio.sleep(max(each.debounce or 0.0 for each in waiting))
        known |= _follow(waiting, await _second_look(target, waiting, poll), poll, poll.monotonic + clock() - began)
    for sample in _samples(options, points, found, known, poll):
        yield sample
    if failure is not None:
        raise failure


async def _look(target: Target, points: Iterable[Point], poll: Poll) -> tuple[Mapping[Span, Words], ReachError | None]:
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


async def _second_look(target: Target, points: Iterable[Point], poll: Poll) -> Mapping[Span, Words]:
    """Nothing where it fails: the contacts go on waiting, and the next poll says what is wrong."""
    try:
        async with asyncio.timeout(target.timeout / LOOKS * 0.9):
            found, _ = await _look(target, points, poll)
            return found
    except TimeoutError:
        return {}


def _follow(points: Iterable[Point], found: Mapping[Span, Words], poll: Poll, at: float) -> Known:
    """What is held of each contact that was read; the poll's memory holds it of all."""
    held: dict[str, Contact] = poll.memory.setdefault("contacts", {})
    known: Known = {}
    for point in points:
        if point.measures in CONTACTS and (seen := contact(point, found)) is not None:
            held[point.name] = follow(held.get(point.name, Contact()), seen, at, point.debounce or 0.0)
            known[point.name] = held[point.name], seen
    return known


def _samples(
    options: MachineRoomOptions, points: list[Point], found: Mapping[Span, Words], known: Known, poll: Poll
) -> Iterator[Sample]:
    active = {name: is_so for name, each in known.items() if (is_so := told(*each)) is not None}
    for point in points:
        if point.measures in LOOPS and point.name in active:
            yield Sample(LOOPS[point.measures], float(active[point.name]), (point.label,))
        if point.name in known:
            yield from _supervision(point, *known[point.name])
    yield from _cooling(points, active)
    air = list(_air(options, points, found))
    yield from air_samples(air, poll.memory, poll.monotonic)
    yield from _differences(air)


def _supervision(point: Point, held: Contact, seen: Seen) -> Iterator[Sample]:
    if held.fault is not None and seen.fault is not None:
        for fault in faults(point):
            labels = (point.label, point.measures, fault)
            yield Sample(metrics.SENSOR_FAULT, float(held.fault.value == fault), labels)


def _cooling(points: Iterable[Point], active: Mapping[str, bool]) -> Iterator[Sample]:
    units = {each.name: each.label for each in points if each.measures == "cooling"}
    running = {label: active[name] for name, label in units.items() if name in active}
    for label, runs in running.items():
        yield Sample(metrics.COOLING_UP, float(runs), (label,))
    # None of those that were read runs: that says nothing while others were not read.
    if running and (any(running.values()) or len(running) == len(units)):
        yield Sample(metrics.COOLING_RUNNING, float(sum(running.values())))
    alarms: dict[str, list[bool | None]] = {}
    for each in points:
        if each.measures == "cooling_alarm":
            alarms.setdefault(each.label, []).append(active.get(each.name))
    for label, contacts in alarms.items():
        if any(contacts) or None not in contacts:
            yield Sample(metrics.COOLING_ALARM, float(any(contacts)), (label,))


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


COLLECTOR = Collector(
    name="contacts",
    kinds=("machine_room",),
    metrics=(
        *LOOPS.values(),
        metrics.SENSOR_FAULT,
        metrics.COOLING_UP,
        metrics.COOLING_RUNNING,
        metrics.COOLING_ALARM,
        metrics.COOLING_DIFFERENCE,
        *OF_AIR,
    ),
    collect=collect,
    watches=lambda target: target.options.modbus is not None,
)
