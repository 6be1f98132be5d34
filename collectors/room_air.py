"""What the air of a machine room tells over time: dew point, margin to condensation, changes, sensors that stand still.

Shared by whoever reads temperature and humidity. Pure but for the memory handed in; times in seconds on the clock that
never steps.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from agent.core.model import Sample
from collectors import room_metrics as metrics
from collectors.room_metrics import dew_point

Quantity = Literal["temperature", "humidity"]
Point = tuple[float, float]  # time and value
Key = tuple[str, str, str]  # quantity, sensor, place

TEMPERATURE_WINDOWS = {"15m": 900.0, "1h": 3600.0}
HUMIDITY_WINDOWS = {"2h": 7200.0}
KNOWN_SHARE = 2 / 3  # of a window that must be known before anything is said about it
SPACING = 20.0  # seconds between kept points, so that a device polled every second holds no more than others
VALUES = {"temperature": metrics.TEMPERATURE, "humidity": metrics.HUMIDITY}
COLD = ("supply", "surface")
FORGOTTEN = 7200.0  # seconds after which a sensor that is not read any more is forgotten
OF_AIR = (
    metrics.TEMPERATURE,
    metrics.TEMPERATURE_CHANGE,
    metrics.HUMIDITY,
    metrics.HUMIDITY_CHANGE,
    metrics.DEW_POINT,
    metrics.CONDENSATION_MARGIN,
    metrics.SENSOR_CONSTANT,
)


@dataclass(frozen=True, slots=True)
class Air:
    """One value of one sensor: Celsius, or relative humidity as a ratio."""

    sensor: str
    place: str
    quantity: Quantity
    value: float

    @property
    def key(self) -> Key:
        return self.quantity, self.sensor, self.place


@dataclass(frozen=True, slots=True)
class Course:
    """One sensor's value over time, oldest first. `since`: from when on it has been exactly `last`."""

    points: tuple[Point, ...]
    last: float
    since: float


def air_samples(read: Sequence[Air], memory: MutableMapping[str, Any], at: float) -> Iterator[Sample]:
    """Everything that follows from these values; `memory` is the poll's. A sensor that was not read is not told."""
    known: dict[Key, Course] = memory.get("air", {})
    courses = {key: course for key, course in known.items() if course.points[-1][0] > at - FORGOTTEN}
    for each in read:
        courses[each.key] = follow(courses.get(each.key), each, at)
    memory["air"] = courses
    for each in read:
        yield Sample(VALUES[each.quantity], each.value, (each.sensor, each.place))
    yield from _moist(read)
    # One course per sensor: what has a second place, as the two ends of a cooling unit have, is told by the first.
    firsts = {(each.sensor, each.quantity): courses[each.key] for each in reversed(read)}
    for (sensor, quantity), course in firsts.items():
        yield Sample(metrics.SENSOR_CONSTANT, at - course.since, (sensor, quantity))
        yield from _changes(sensor, quantity, course, at)


def follow(course: Course | None, air: Air, at: float) -> Course:
    """The course after one more value."""
    if course is None:
        return Course(((at, air.value),), air.value, at)
    longest = max(_windows(air.quantity).values())
    points = course.points
    if at - points[-1][0] >= SPACING:
        points = (*(each for each in points if each[0] >= at - longest), (at, air.value))
    since = course.since if air.value == course.last else at
    return Course(points, air.value, since)


def _windows(quantity: str) -> Mapping[str, float]:
    return TEMPERATURE_WINDOWS if quantity == "temperature" else HUMIDITY_WINDOWS


def _moist(read: Sequence[Air]) -> Iterator[Sample]:
    """Dew point of each humidity with the temperature beside it, and how far the coldest surface is above it."""
    coldest = min((each.value for each in read if each.quantity == "temperature" and each.place in COLD), default=None)
    for humidity in read:
        if humidity.quantity != "humidity" or (temperature := _beside(humidity, read)) is None:
            continue
        point = dew_point(temperature, humidity.value)
        if point is None:
            continue
        yield Sample(metrics.DEW_POINT, point, (humidity.sensor,))
        if coldest is not None:
            yield Sample(metrics.CONDENSATION_MARGIN, coldest - point, (humidity.sensor,))


def _beside(humidity: Air, read: Iterable[Air]) -> float | None:
    """The temperature that belongs to a humidity: of the same sensor, else the only one at the same place."""
    here = [each for each in read if each.quantity == "temperature" and each.place == humidity.place]
    same = [each for each in here if each.sensor == humidity.sensor]
    found = same or (here if len(here) == 1 else [])
    return found[0].value if found else None


def _changes(sensor: str, quantity: str, course: Course, at: float) -> Iterator[Sample]:
    for window, seconds in _windows(quantity).items():
        points = [each for each in course.points if each[0] >= at - seconds]
        if not points or points[-1][0] - points[0][0] < seconds * KNOWN_SHARE:
            continue
        if quantity == "temperature":
            yield Sample(metrics.TEMPERATURE_CHANGE, fitted_change(points), (sensor, window))
        else:
            yield Sample(metrics.HUMIDITY_CHANGE, points[-1][1] - points[0][1], (sensor, window))


def fitted_change(points: Sequence[Point]) -> float:
    """What the straight line through the points (least squares) rises over the time that they cover."""
    count = len(points)
    mean_time = sum(time for time, _ in points) / count
    mean = sum(value for _, value in points) / count
    spread = sum((time - mean_time) ** 2 for time, _ in points)
    slope = sum((time - mean_time) * (value - mean) for time, value in points) / spread
    return slope * (points[-1][0] - points[0][0])
