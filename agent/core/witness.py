"""Witness: who was seen up or down from when to when. Pure memory: readings go in, intervals of state come out.

A state holds from the reading that shows it to the last that still does, or to the first that shows the other. Time is
unknown where the reading failed or said nothing, where none came for three of the target's intervals, where the agent
stood still or did not run, and around a step of the clock.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

from agent.core.availability import Interval, entered
from agent.core.computed import Computed
from agent.core.model import Reading, Target
from agent.core.snapshot import LATE_AFTER
from agent.core.states import KEEP_ROWS, Place, Seen

WATCHED = {"line": "line_up", "application": "application_up"}  # by kind: what says whether such a target is up
SLEW = 1.0  # seconds by which a clock may be set back without a step


class _Open(NamedTuple):
    """An interval that goes on, and the collector that says so."""

    interval: Interval
    collector: str


class Witness:
    """`history` is what is known by target; `revised` counts by target how often its past was written anew. `news` says
    that a state began, so that the rows should not wait."""

    def __init__(self) -> None:
        self.history: dict[Place, list[Interval]] = {}
        self.revised: dict[Place, int] = {}
        self.news = False
        self._open: dict[Place, _Open] = {}
        self._unwritten: dict[tuple[str, str, float], Seen] = {}

    def observe(self, reading: Reading) -> None:
        target = reading.target
        if target is None or isinstance(reading, Computed) or target.kind not in WATCHED:
            return
        place = (target.kind, target.id)
        samples = reading.by_metric.get(WATCHED[target.kind], ())
        if samples:
            self._see(target, all(sample.value == 1 for sample in samples), reading)
        elif (held := self._open.get(place)) is not None and held.collector == reading.collector:
            del self._open[place]  # its last moment is the last good reading

    def remember(self, history: Mapping[Place, list[Interval]]) -> None:
        """Takes up what was seen before; what was seen since goes on."""
        for place, known in history.items():
            since = self.history.get(place, [])
            self.history[place] = list(known)
            for interval in since:
                entered(self.history[place], interval)
            self.revised[place] = self.revised.get(place, 0) + 1

    def interrupt(self) -> None:
        """The clock was stepped, or nothing ran for a while: what goes on was seen until then, and begins anew."""
        self._open.clear()

    def keep(self, places: Collection[Place]) -> None:
        """Those that are not among these are not watched any more."""
        self._open = {place: held for place, held in self._open.items() if place in places}

    def seen(self, place: Place) -> float | None:
        """The last moment of the interval that goes on."""
        held = self._open.get(place)
        return None if held is None else held.interval.end

    @property
    def unwritten(self) -> int:
        return len(self._unwritten)

    def take(self) -> list[Seen]:
        """What is to be written, in order, each at most once."""
        found, self._unwritten, self.news = list(self._unwritten.values()), {}, False
        return found

    def everything(self) -> list[Seen]:
        """All that is known, for a file that has nothing. From any thread."""
        return [(*place, each) for place, history in list(self.history.items()) for each in list(history)]

    def _see(self, target: Target, up: bool, reading: Reading) -> None:
        place, at = (target.kind, target.id), reading.ended
        held = self._open.get(place)
        if held is not None:
            last = held.interval.end
            if last - SLEW < at < last:
                at = last
            if 0 <= at - last <= LATE_AFTER * target.every + target.timeout:
                self._note(place, held.interval._replace(end=at), reading.collector)
                if held.interval.up == up:
                    return
        self._note(place, Interval(at, at, up), reading.collector)
        self.news = True

    def _note(self, place: Place, interval: Interval, collector: str) -> None:
        history = self.history.setdefault(place, [])
        before = history[-1] if history else None
        entered(history, interval)
        if before is not None and interval.start < before.end and interval.start != before.start:
            self.revised[place] = self.revised.get(place, 0) + 1
        if len(history) > KEEP_ROWS:
            del history[: KEEP_ROWS // 10]
            self.revised[place] = self.revised.get(place, 0) + 1
        self._open[place] = _Open(interval, collector)
        key = (*place, interval.start)
        self._unwritten[key] = (*place, interval)
        if len(self._unwritten) > KEEP_ROWS:  # a disk that refuses for weeks
            del self._unwritten[next(iter(self._unwritten))]
