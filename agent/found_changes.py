"""Changes that were found and that nobody approved: counted by how long they have stood (item POL-05)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from agent.core.calendar import WORKING_DAY, Calendar
from agent.core.model import Metric, Reading, Sample
from agent.core.site import Site
from agent.core.snapshot import Snapshot
from agent.core.store import Store

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
FACT = "checklist.changes_found"  # remembered: since when each stands
SINCE = "device_config_changed_timestamp_seconds"  # where the device's configuration tells when it changed

Place = tuple[str, str, str]  # metric, kind, target


def stand(
    before: Mapping[Place, float], snapshot: Snapshot, watched: Collection[tuple[str, str]], now: float
) -> dict[Place, float]:
    """Since when each target has had a change that nobody approved, Unix seconds. What could not be read this time
    stays as it was, where agent.yaml still names it: `watched`, kind and id."""
    found: dict[Place, float] = {}
    heard: set[Place] = set()
    for metric in FOUND:
        for reading, sample in snapshot.series(metric):
            place = _place(metric, reading)
            heard.add(place)
            if sample.value > 0:
                found[place] = before.get(place, _began(reading, now))
    kept = {place: since for place, since in before.items() if place not in heard and place[1:] in watched}
    return kept | found


def samples(standing: Mapping[Place, float], snapshot: Snapshot, calendar: Calendar, now: float) -> Iterable[Sample]:
    """Nothing before anything that could be changed was read."""
    if not standing and not any(True for metric in FOUND for _ in snapshot.series(metric)):
        return
    late = sum(calendar.time_within("working", since, now) > WORKING_DAY for since in standing.values())
    yield UNAPPROVED.sample(late)
    yield PENDING.sample(len(standing) - late)


class FoundChanges:
    """What stands now, kept from one look to the next, and over a restart in the store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.standing: Mapping[Place, float] = {_three(place): since for place, since in store.recall(FACT) or ()}

    def look(self, snapshot: Snapshot, site: Site, now: float) -> tuple[Sample, ...]:
        watched = {(target.kind, target.id) for target in site.targets}
        self.standing = stand(self.standing, snapshot, watched, now)
        return tuple(samples(self.standing, snapshot, site.calendar, now))

    def keep(self) -> None:
        """In a thread; only what is new."""
        standing = [[list(place), since] for place, since in self.standing.items()]
        if standing != (self._store.recall(FACT) or []):
            self._store.remember(FACT, standing)


def _three(place: Sequence[str]) -> Place:
    metric, kind, target = place
    return metric, kind, target


def _place(metric: str, reading: Reading) -> Place:
    return (metric, reading.target.kind, reading.target.id) if reading.target else (metric, "", "")


def _began(reading: Reading, now: float) -> float:
    told = [sample.value for sample in reading.by_metric.get(SINCE, ())]
    return min([now, *told])
