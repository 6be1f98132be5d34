"""Snapshot: the latest Reading of each (collector, target)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from agent.core.model import Reading, Sample, Target

Key = tuple[str, str, str]
LATE_AFTER = 3  # intervals of its target after which a reading is old


def key_of(reading: Reading) -> Key:
    """(collector, kind, target id); kind and id are empty for what describes the centre or the agent."""
    target = reading.target
    return (reading.collector, "", "") if target is None else (reading.collector, target.kind, target.id)


class Snapshot:
    """Latest readings; `watch` callbacks run in `put`, in the order in which they were added.

    A reading replaces the one before it whole, so a series that was not read this time is gone at once.
    """

    def __init__(self) -> None:
        self._readings: dict[Key, Reading] = {}
        self._keys: dict[str, set[Key]] = {}  # by the target's id, which is unique over all sections
        self._watchers: list[Callable[[Reading], None]] = []

    def watch(self, callback: Callable[[Reading], None]) -> None:
        self._watchers.append(callback)

    def put(self, reading: Reading) -> None:
        key = key_of(reading)
        self._readings[key] = reading
        self._keys.setdefault(key[2], set()).add(key)
        for callback in self._watchers:
            callback(reading)

    def get(self, collector: str, target: Target | None = None) -> Reading | None:
        kind, identity = ("", "") if target is None else (target.kind, target.id)
        return self._readings.get((collector, kind, identity))

    def keep(self, wanted: set[Key]) -> None:
        """Forget the readings of targets and collectors that a reload took out; the centre's own stay."""
        for key in [key for key in self._readings if key[1] and key not in wanted]:
            del self._readings[key]
            self._keys[key[2]].discard(key)

    def shift(self, by: float) -> None:
        """The wall clock was moved by so many seconds: every reading stays as old as it is. Watchers are not told."""
        for key, reading in self._readings.items():
            self._readings[key] = replace(reading, started=reading.started + by)

    def readings(self) -> list[Reading]:
        return list(self._readings.values())

    def of(self, identity: str) -> list[Reading]:
        """The readings of the target with this id."""
        return [self._readings[key] for key in self._keys.get(identity, ())]

    def series(self, metric: str) -> Iterator[tuple[Reading, Sample]]:
        """Every current sample of a metric, with the reading that it came from."""
        for reading in list(self._readings.values()):
            for sample in reading.by_metric.get(metric, ()):
                yield reading, sample
