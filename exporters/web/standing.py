"""Standing: how each target is, in one of seven words, and why. Pure functions of a Picture.

From worst to best; the first that is true holds:

- fault: an open incident of class P1 or P2, or the target's own `*_up` is 0 in its latest reading
- nodata: not one collector has read it, or the latest reading of each failed; never shown as good
- late: its latest reading is older than three of its intervals
- warn: an open incident of class P3 or P4, or one of several collectors could not read it
- ok: read in time, nothing open

Aside from that order: maintenance, where a planned change covers the target (it goes before everything else), and
unwatched, where no collector reads it yet (it is not counted as missing data).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from agent.core.computed import read_of_target
from agent.core.impact import self_down
from agent.core.incident import Incident
from agent.core.model import Reading, Target
from agent.core.snapshot import LATE_AFTER
from agent.core.text import Said, Text
from exporters.web.failures import said
from exporters.web.view import Picture

LAST_GOOD = "shouwang_target_read_timestamp_seconds"
NO_COLLECTOR = Text("还没有采集器读取它", "no collector reads it yet")
NEVER_READ = Text("还没有读到过", "not read yet")
OVERDUE = Text("超过 3 个周期没有新数据", "no new data for more than 3 intervals")


class State(StrEnum):
    FAULT = "fault"
    NODATA = "nodata"
    LATE = "late"
    WARN = "warn"
    OK = "ok"
    MAINTENANCE = "maintenance"
    UNWATCHED = "unwatched"


ORDER = {state: place for place, state in enumerate(State)}


@dataclass(frozen=True)
class Standing:
    """`read` is when its data was last good (Unix seconds; None if never); `incidents` its open ones, gravest first;
    `detail` is what a collector said word for word, where `reason` comes of a failure."""

    target: Target
    state: State
    reason: Text | None
    read: float | None
    readings: tuple[Reading, ...]
    incidents: tuple[Incident, ...]
    detail: str = ""

    @property
    def remarks(self) -> tuple[Said, ...]:
        """What its collectors remarked in their latest readings."""
        return tuple(dict.fromkeys(remark for reading in self.readings for remark in reading.remarks))


def standings(picture: Picture) -> tuple[Standing, ...]:
    """Every target of the site, worst first, then in the order of agent.yaml."""
    readings: dict[tuple[str, str], list[Reading]] = {}
    for reading in picture.readings:
        if reading.target is not None:
            readings.setdefault((reading.target.kind, reading.target.id), []).append(reading)
    incidents: dict[str, list[Incident]] = {}
    for incident in gravest_first(picture.incidents):
        incidents.setdefault(incident.target, []).append(incident)
    found = [
        _stand(picture, target, readings.get((target.kind, target.id), ()), incidents.get(target.id, ()))
        for target in picture.site.targets
    ]
    return tuple(sorted(found, key=lambda standing: ORDER[standing.state]))


def gravest_first(incidents: Iterable[Incident]) -> list[Incident]:
    """By class, then those that nobody owns, then the newest."""
    return sorted(incidents, key=lambda each: (each.class_, each.acknowledged_by is not None, -each.opened))


def counts(found: Iterable[Standing]) -> Mapping[State, int]:
    """How many targets are in each state; 0 where none is."""
    counted = Counter(standing.state for standing in found)
    return {state: counted[state] for state in State}


def last_good(readings: Iterable[Reading]) -> float | None:
    """When any of these collectors last read the target well; a failed reading still says it of the run before."""
    known = [reading.ended for reading in readings if reading.up]
    known += [sample.value for reading in readings for sample in reading.by_metric.get(LAST_GOOD, ())]
    return max(known, default=None)


def _stand(picture: Picture, target: Target, readings: Sequence[Reading], incidents: Sequence[Incident]) -> Standing:
    read = [reading for reading in readings if read_of_target(reading)]
    state, reason = _judge(picture, target, read, incidents)
    failure = next((reading.failure for reading in read if reading.failure is not None), None)
    detail = failure.message if failure is not None and reason == said(failure) else ""
    return Standing(target, state, reason, last_good(read), tuple(readings), tuple(incidents), detail)


def _judge(
    picture: Picture, target: Target, readings: Sequence[Reading], incidents: Sequence[Incident]
) -> tuple[State, Text | None]:
    failed = [reading.failure for reading in readings if reading.failure is not None]
    failure = said(failed[0]) if failed else None
    grave = any(incident.class_ <= "P2" for incident in incidents)
    old = any(picture.at - reading.ended > LATE_AFTER * target.every for reading in readings)
    rules = (
        (State.MAINTENANCE, target.id in picture.maintenance, None),
        (State.FAULT, grave or self_down(target, readings), failure),
        (State.UNWATCHED, target.id in picture.unwatched, NO_COLLECTOR),
        (State.NODATA, not readings, NEVER_READ),
        (State.NODATA, len(failed) == len(readings), failure),
        (State.LATE, old, OVERDUE),
        (State.WARN, bool(incidents or failed), failure),
    )
    return next(((state, reason) for state, holds, reason in rules if holds), (State.OK, None))
