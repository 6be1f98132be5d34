"""An uninterruptible power supply over Modbus TCP: whether there is mains, voltages, currents, load."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence

from agent.core.model import Collector, Sample, Target
from agent.core.reach import Poll
from collectors import ups_metrics as metrics
from collectors.contact_states import Seen, Wired, told
from collectors.contact_watch import Known, Sights, watch
from collectors.contacts import look
from collectors.device_metrics import CURRENT
from collectors.machine_room import MachineRoomOptions
from collectors.modbus_options import Modbus, Point
from collectors.modbus_points import Span, Words, contact, number, span, wired
from collectors.profiles.units import plausible
from collectors.ups_battery import on_battery

OF_POINTS = {
    ("voltage", "input"): metrics.INPUT_VOLTS,
    ("voltage", "output"): metrics.OUTPUT_VOLTS,
    ("voltage", "battery"): metrics.BATTERY_VOLTS,
    ("current", "input"): CURRENT,
    ("current", "output"): metrics.OUTPUT_AMPERES,
    ("current", "battery"): CURRENT,
    ("load", "output"): metrics.PHASE_LOAD,
}


async def collect(target: Target, options: MachineRoomOptions, poll: Poll) -> AsyncIterator[Sample]:
    """What was read is told before a failure passes through."""
    modbus: Modbus = target.options.modbus
    began = asyncio.get_running_loop().time()
    points = {point.name: point for point in modbus.points if point.of_ups}
    mains = [wired(point) for point in points.values() if point.measures == "mains"]
    found, failure = await look(target, points.values(), poll)

    async def again(waiting: Sequence[Wired]) -> Sights:
        asked = [points[each.name] for each in waiting]
        return _seen(asked, (await look(target, asked, poll))[0])

    seen = _seen((points[each.name] for each in mains), found)
    known = await watch(mains, seen, again, poll, began=began, timeout=target.timeout)
    for sample in (*_power(mains, known, poll), *_numbers(points.values(), found)):
        yield sample
    if failure is not None:
        raise failure


def _seen(points: Iterable[Point], found: Mapping[Span, Words]) -> dict[str, Seen]:
    return {point.name: seen for point in points if (seen := contact(point, found)) is not None}


def _power(mains: Sequence[Wired], known: Known, poll: Poll) -> Iterator[Sample]:
    """On battery where one contact says that its mains is gone; on mains only where all that there are say so."""
    there = [told(*known[each.name]) if each.name in known else None for each in mains]
    if False in there or (there and None not in there):
        yield from on_battery({metrics.ON_BATTERY.name: float(False in there)}, poll.kept, poll.now)


def _numbers(points: Iterable[Point], found: Mapping[Span, Words]) -> Iterator[Sample]:
    loads = []
    for point in points:
        metric, words = OF_POINTS.get((point.measures, point.at or "output")), found.get(span(point))
        if metric is None or words is None or (value := number(point, words)) is None:
            continue
        if point.measures == "load":
            value /= 100
            loads.append(value)
        if plausible(metric.name, metric.unit, value):
            yield Sample(metric, value, (point.label,) if metric.labels else ())
    if loads and plausible(metrics.LOAD.name, metrics.LOAD.unit, max(loads)):
        yield Sample(metrics.LOAD, max(loads))


COLLECTOR = Collector(
    name="ups_modbus",
    kinds=("machine_room",),
    metrics=(metrics.ON_BATTERY, metrics.ON_BATTERY_SECONDS, metrics.LOAD, *dict.fromkeys(OF_POINTS.values())),
    collect=collect,
    watches=lambda target: (
        target.options.modbus is not None and any(each.of_ups for each in target.options.modbus.points)
    ),
)
