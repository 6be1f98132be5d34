"""The machine room's air and contacts as its sensors tell them by SNMP, with dew point and margin to condensation."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

from agent.core.model import Collector, Sample, Target
from agent.core.reach import Poll
from collectors.device import by_snmp, is_sensor
from collectors.profiles.meaning import Found
from collectors.profiles.metrics import GIVEN
from collectors.profiles.reading import read, recognised
from collectors.room_air import OF_AIR, Air, air_samples
from collectors.room_metrics import HUMIDITY, METRICS, TEMPERATURE

DEFAULT_PLACE = "room"


async def collect(target: Target, options: Any, poll: Poll) -> AsyncIterator[Sample]:
    """Yields nothing for a device without such sensors."""
    found: list[Found] = []
    async with poll.reach.snmp.session(target) as snmp:
        profile = await recognised(snmp, options.device)
        sensor = is_sensor(options, profile)
        async for each in read(snmp, profile, "room", poll.memory, poll.monotonic, sensor=sensor):
            found.append(each)
    air = [_air(each, options.place) for each in found if each.metric in (TEMPERATURE.name, HUMIDITY.name)]
    for sample in air_samples(air, poll.memory, poll.monotonic):
        yield sample
    for each in found:
        if each.metric not in (TEMPERATURE.name, HUMIDITY.name):
            yield Sample(GIVEN[each.metric], float(each.value), (each.label,))


def _air(found: Found, places: Mapping[str, str]) -> Air:
    place = places.get(found.label, DEFAULT_PLACE)
    return Air(
        found.label, place, "temperature" if found.metric == TEMPERATURE.name else "humidity", float(found.value)
    )


COLLECTOR = Collector(
    name="room",
    kinds=("machine_room",),
    metrics=tuple(dict.fromkeys((*METRICS, *OF_AIR))),
    collect=collect,
    watches=by_snmp,
)
