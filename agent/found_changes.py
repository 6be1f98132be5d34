"""Changes that were found and that nobody approved: counted by how long they have stood (item POL-05)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from agent.core.calendar import WORKING_DAY, Calendar
from agent.core.model import Metric, Reading, Sample
from agent.core.snapshot import Snapshot

UNAPPROVED = Metric(
    "checklist_changes_unapproved",
    "gauge",
    "changes",
    (),
    "Changes found without an approved change, for longer than one working day",
)
PENDING = Metric(
    "checklist_changes_pending", "gauge", "changes", (), "Changes found without an approved change, not yet so long"
)
METRICS = (UNAPPROVED, PENDING)
FOUND = ("device_config_unapproved", "host_file_changes_unapproved")
SINCE = "device_config_changed_timestamp_seconds"  # where the device's configuration tells when it changed

Place = tuple[str, str, str]  # metric, kind, target


def stand(before: Mapping[Place, float], snapshot: Snapshot, now: float) -> dict[Place, float]:
    """Since when each target has had a change that nobody approved, Unix seconds. What could not be read this time
    stays as it was."""
    found: dict[Place, float] = {}
    heard: set[Place] = set()
    for metric in FOUND:
        for reading, sample in snapshot.series(metric):
            place = _place(metric, reading)
            heard.add(place)
            if sample.value > 0:
                found[place] = before.get(place, _began(reading, now))
    kept = {place: since for place, since in before.items() if place not in heard}
    return kept | found


def samples(standing: Mapping[Place, float], snapshot: Snapshot, calendar: Calendar, now: float) -> Iterable[Sample]:
    """Nothing before anything that could be changed was read."""
    if not standing and not any(True for metric in FOUND for _ in snapshot.series(metric)):
        return
    late = sum(calendar.time_within("working", since, now) > WORKING_DAY for since in standing.values())
    yield UNAPPROVED.sample(late)
    yield PENDING.sample(len(standing) - late)


class FoundChanges:
    """What stands now, kept from one look to the next; a restart begins anew where nothing tells since when."""

    def __init__(self) -> None:
        self.standing: Mapping[Place, float] = {}

    def look(self, snapshot: Snapshot, calendar: Calendar, now: float) -> tuple[Sample, ...]:
        self.standing = stand(self.standing, snapshot, now)
        return tuple(samples(self.standing, snapshot, calendar, now))


def _place(metric: str, reading: Reading) -> Place:
    return (metric, reading.target.kind, reading.target.id) if reading.target else (metric, "", "")


def _began(reading: Reading, now: float) -> float:
    told = [sample.value for sample in reading.by_metric.get(SINCE, ())]
    return min([now, *told])
