"""Known: what the latest readings say of other targets, by the snapshot and what agent.yaml says of counters."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from agent.core.calendar import Calendar
from agent.core.impact import Reliance, self_down
from agent.core.model import Reading, Target
from agent.core.site import Person, Site
from agent.core.snapshot import Snapshot

FRESH = 3  # intervals that a reading is believed for


class Latest:
    """Implements agent.core.others.Known. `site` gives the site as it is now."""

    def __init__(self, snapshot: Snapshot, site: Callable[[], Site], clock: Callable[[], float] = time.time) -> None:
        self._snapshot, self._site, self._clock = snapshot, site, clock
        self._reliance: tuple[Site, Reliance] | None = None

    @property
    def calendar(self) -> Calendar:
        return self._site().calendar

    @property
    def people(self) -> Sequence[Person]:
        return self._site().people

    def target(self, identity: str) -> Target | None:
        return self._site().target(identity)

    def targets(self) -> Sequence[Target]:
        return self._site().targets

    def reading(self, identity: str, metric: str) -> Reading | None:
        now = self._clock()
        found = [
            reading
            for reading in self._snapshot.of(identity)
            if reading.target is not None
            and metric in reading.by_metric
            and now - reading.ended <= FRESH * reading.target.every
        ]
        return max(found, key=lambda reading: reading.ended, default=None)

    def counters(self, identity: str) -> Sequence[str]:
        site = self._site()
        if self._reliance is None or self._reliance[0] is not site:
            self._reliance = site, Reliance(site)
        return [counter.id for counter in self._reliance[1].stopped(identity, self._down)]

    def _down(self, identity: str) -> bool:
        target = self.target(identity)
        return target is not None and self_down(target, self._snapshot.of(identity))
