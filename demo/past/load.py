"""Day and night load: how series run that are never still. Pure; the same each time for the same moment."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from zlib import crc32

from agent.core.calendar import Calendar
from agent.core.model import Target
from agent.core.past import Level, Turn
from agent.core.site import Site

Load = Callable[[float], float]
MORNING, AFTERNOON = 9.75, 14.5  # hours at which most people come
STILL, STAFF, LEAST, MOST = (
    0.04,
    0.2,
    0.45,
    0.5,
)  # at night; staff alone; while it is open, and on top of that at a peak
BACKUPS = (1.0, 3.0)  # hours in which backups run
REST, NIGHTLY = (0.11, 0.36), (0.12, 0.55)  # the processor's, and how much of it load and backups make
WARM, DAILY = 22.4, 0.5  # Celsius
MOMENTS = 20_000


def levels(site: Site, turns: Iterable[Turn]) -> Iterator[Level]:
    """What runs up and down with the people who come; nothing is measured of what does not answer."""
    people = _people(site.calendar)
    silent = _silent(turns)
    for target in site.targets:
        for metric, labels, value in _of(target, people, site.calendar):
            yield Level(target.kind, target.id, metric, _while(value, silent.get((target.kind, target.id), [])), labels)


Run = tuple[str, tuple[tuple[str, str], ...], Load]


def _of(target: Target, people: Load, calendar: Calendar) -> Iterator[Run]:
    shake, options = _shaken(target.id), target.options
    if target.kind == "line":
        share = 0.1 if options.backup_of else 1.0
        for way, most in (("receive", 0.55), ("transmit", 0.2)):
            yield "line_utilization_ratio", (("direction", way),), _mixed(0.02, share * most, people, shake)
        yield "line_round_trip_p95_seconds", (), _mixed(0.0086, 0.0012 * share, people, shake)
    elif target.kind == "application" and options.role in ("acceptance", "queue"):
        labels = (("role", options.role), ("phase", "total"))
        yield "application_response_seconds", labels, _mixed(0.014, 0.06, people, shake)
    elif target.kind == "host" and options.role == "server":
        nightly = "backup" in target.id
        still, busy = NIGHTLY if nightly else REST
        yield "host_cpu_usage_ratio", (), _mixed(still, busy, _nights(calendar) if nightly else people, shake)
    elif getattr(options, "kind", "") == "ups":
        yield "ups_load_ratio", (), _mixed(0.33, 0.06, people, shake)
    elif getattr(options, "kind", "") == "sensor":
        for sensor, place in options.place.items():
            if place == "inlet":
                labels = (("sensor", sensor), ("place", place))
                yield "room_temperature_celsius", labels, _mixed(WARM, DAILY, people, shake)


def _people(calendar: Calendar) -> Load:
    @lru_cache(maxsize=MOMENTS)
    def people(at: float) -> float:
        """From 0 to 1."""
        if not calendar.open("service", at):
            return STAFF if calendar.open("working", at) else STILL
        local = calendar.local(at)
        hour = local.hour + local.minute / 60
        return LEAST + MOST * max(math.exp(-((hour - MORNING) ** 2)), 0.8 * math.exp(-((hour - AFTERNOON) ** 2)))

    return people


def _nights(calendar: Calendar) -> Load:
    @lru_cache(maxsize=MOMENTS)
    def nights(at: float) -> float:
        first, last = BACKUPS
        return float(first <= calendar.local(at).hour < last)

    return nights


def _mixed(still: float, most: float, load: Load, shake: Load) -> Load:
    """`still` without any load, `most` more with all of it, shaken a little."""
    return lambda at: still + most * load(at) * (1 + 0.2 * shake(at)) + 0.02 * still * shake(at + 77)


def _shaken(identity: str) -> Load:
    """From -1 to 1, another for each id."""
    phase = crc32(identity.encode()) % 1000
    return lambda at: 0.6 * math.sin(at / 631 + phase) + 0.4 * math.sin(at / 173 + 2 * phase)


def _silent(turns: Iterable[Turn]) -> Mapping[tuple[str, str], list[float]]:
    """By target the moments at which it ceased to answer and answered again, in turn."""
    found: dict[tuple[str, str], list[float]] = {}
    for turn in turns:
        if turn.metric.endswith("_up"):
            moments = found.setdefault((turn.kind, turn.target), [])
            if (turn.value == 0) != len(moments) % 2:
                moments.append(turn.at)
    return found


def _while(value: Load, silent: Sequence[float]) -> Load:
    if not silent:
        return value
    return lambda at: math.nan if bisect_right(silent, at) % 2 else value(at)
