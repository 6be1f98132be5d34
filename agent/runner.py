"""Runner: lets a collector ask its question of a target and makes a Reading of what comes, whatever goes wrong.

It owns time, failure and the only broad `except` of polling.
"""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import aclosing
from dataclasses import replace
from typing import Any

from agent.core.assets import Assets
from agent.core.computed import OfAnother, part_of
from agent.core.kept import Kept
from agent.core.model import Collector, Failure, Metric, Reading, Sample, Target
from agent.core.others import Known, NothingKnown, Told
from agent.core.reach import Poll, Reach, ReachError
from agent.core.registers import Registers
from agent.core.snapshot import Key, Snapshot, key_of
from agent.core.text import clean

log = logging.getLogger(__name__)

SERIES_CAP = 5000  # per target and collector: a 48-port switch yields about 1,000

UP = Metric("shouwang_target_up", "gauge", "0/1", ("collector",), "The last run of this collector read the target")
READ_SECONDS = Metric(
    "shouwang_target_read_seconds", "gauge", "seconds", ("collector",), "How long the last run of this collector took"
)
READ_TIMESTAMP = Metric(
    "shouwang_target_read_timestamp_seconds",
    "gauge",
    "Unix seconds",
    ("collector",),
    "When the last good run of this collector ended",
)
SERIES_CUT = Metric(
    "shouwang_target_series_cut", "gauge", "series", ("collector",), "Series dropped by the cap of this target"
)
METRICS = (UP, READ_SECONDS, READ_TIMESTAMP, SERIES_CUT)


class Runner:
    """`memories` and the time of the last good run live here, by (collector, kind, target id). `assets` gives the list
    as it is at the start of a run, `known` tells a collector of other targets, `kept` is what outlives the agent,
    `registers` what the centre has on record. `clock` gives Unix seconds, `monotonic` seconds that never step."""

    def __init__(  # noqa: PLR0913 - what a Poll is made of
        self,
        reach: Reach,
        snapshot: Snapshot,
        clock: Callable[[], float] = time.time,
        *,
        cap: int = SERIES_CAP,
        assets: Callable[[], Assets | None] = lambda: None,
        known: Known | None = None,
        kept: Kept | None = None,
        registers: Registers | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._reach = reach
        self._snapshot = snapshot
        self._clock, self._monotonic = clock, monotonic
        self._cap = cap
        self._assets = assets
        self._known = known or NothingKnown()
        self._kept = kept or Kept()
        self._registers = registers or Registers()
        self._memories: dict[Key, dict[str, Any]] = {}
        self._good: dict[Key, float] = {}
        self._failing: dict[Key, str] = {}
        self._told: set[Key] = set()  # what ever gave a sample
        self._others: dict[Key, dict[Key, OfAnother]] = {}  # by who told them

    def keep(self, keys: set[Key]) -> None:
        """Forget the memories of what a reload took out or changed, and what that told of the centre."""
        lost = [each for key, told in self._others.items() if key not in keys for each in told.values()]
        for each in _emptied(each for each in lost if each.target is None):
            self._snapshot.put(each)
        self._memories = {key: memory for key, memory in self._memories.items() if key in keys}
        self._good = {key: good for key, good in self._good.items() if key in keys}
        self._failing = {key: kind for key, kind in self._failing.items() if key in keys}
        self._told &= keys
        self._others = {key: told for key, told in self._others.items() if key in keys}

    def of_others(self, keys: set[Key]) -> set[Key]:
        """The keys in the snapshot of what these told of each other."""
        there = {key[1:] for key in keys}
        return {key for asker in keys for key in self._others.get(asker, ()) if key[1:] in there}

    async def run(self, collector: Collector, target: Target) -> Reading:
        """One run: the Reading is put into the snapshot and returned. Only cancellation passes through."""
        key = (collector.name, target.kind, target.id)
        started, began = self._clock(), self._monotonic()
        poll = self._poll(collector, target, started, began)
        samples: list[Sample] = []
        cut, failure = 0, None
        try:
            async with asyncio.timeout(collector.patience(target)):
                cut = await self._collect(collector, target, poll, samples)
        except TimeoutError:
            seconds = collector.patience(target)
            failure = Failure("timeout", f"{target.id}: {collector.name} had no full answer in {seconds:g} s")
        except ReachError as error:
            failure = error.failure
        except Exception as error:
            # A collector's own mistake must cost one reading, not the agent.
            log.exception("collector %s failed on %s %s", collector.name, target.kind, target.id)
            failure = Failure("defect", f"{target.id}: {collector.name} failed: {type(error).__name__}")
        duration = self._monotonic() - began
        # By the clock as it is at the end: a wall clock that was stepped meanwhile must not date this reading back.
        started = self._clock() - duration
        if failure is None:
            self._good[key] = started + duration
        if self._tells(key, bool(samples or poll.others or poll.center.samples), bool(failure or poll.remarks)):
            samples += self._own(key, failure is None, duration, cut)
        self._tell(collector.name, target, failure)
        said = tuple(poll.remarks), tuple(poll.diagnoses), tuple(poll.excerpts)
        reading = Reading(target, collector.name, started, duration, tuple(samples), failure, cut, *said)
        self._publish(key, reading, poll)
        return reading

    def _publish(self, key: Key, of: Reading, poll: Poll) -> None:
        """Into the snapshot, with what was told of others and of the centre; what is not told any more leaves it."""
        self._snapshot.put(of)
        told: list[tuple[Target | None, Told]] = [
            (other, each) for name, each in poll.others.items() if (other := self._known.target(name)) is not None
        ]
        if poll.center.samples or poll.center.remarks:
            told.append((None, poll.center))
        found = [self._of_another(of, key[2], other, each) for other, each in told]
        now, before = {key_of(each): each for each in found}, self._others.get(key, {})
        for each in (*found, *_emptied(each for place, each in before.items() if place not in now)):
            if each.target is None or self._known.target(each.target.id) is not None:
                self._snapshot.put(each)
        if now or before:
            self._others[key] = now

    def _of_another(self, of: Reading, by: str, other: Target | None, told: Told) -> OfAnother:
        samples = tuple([one for one in told.samples if not math.isnan(one.value)][: self._cap])
        cut, part = max(0, len(told.samples) - self._cap), part_of(of.collector, by)
        return OfAnother(other, part, of.started, of.duration, samples, None, cut, tuple(told.remarks), by=by)

    def _poll(self, collector: Collector, target: Target, now: float, monotonic: float) -> Poll:
        memory = self._memories.setdefault((collector.name, target.kind, target.id), {})
        kept = self._kept.of(collector.name, target)
        known, registers = self._known, self._registers
        return Poll(self._reach, now, monotonic, memory, self._assets(), known=known, kept=kept, registers=registers)

    def _tells(self, key: Key, found: bool, said: bool) -> bool:
        """Whether this is part of how the target is; not what never found anything of its own there, as a printer's
        paper on a UPS."""
        if found:
            self._told.add(key)
        return said or key in self._told

    def _tell(self, name: str, target: Target, failure: Failure | None) -> None:
        """In the log, when a target can no longer be read and when it can again."""
        key = (name, target.kind, target.id)
        if failure is None and self._failing.pop(key, ""):
            log.info("%s %s: %s reads it again", target.kind, target.id, name)
        elif failure is not None and self._failing.get(key) != failure.kind:
            self._failing[key] = failure.kind
            log.warning("%s %s: %s cannot read it: %s", target.kind, target.id, name, clean(failure.message, 300))

    async def _collect(self, collector: Collector, target: Target, poll: Poll, samples: list[Sample]) -> int:
        """Fills `samples` as they come, so that what came before a failure is kept; returns how many the cap cut."""
        cut = 0
        async with aclosing(collector.collect(target, target.options, poll)) as found:  # type: ignore[type-var]  # an async def that yields gives a generator; its type says iterator
            async for sample in found:
                if math.isnan(sample.value):
                    continue
                if len(samples) < self._cap:
                    samples.append(sample)
                else:
                    cut += 1
        return cut

    def _own(self, key: Key, up: bool, duration: float, cut: int) -> list[Sample]:
        label, good = key[:1], self._good.get(key)
        own = [Sample(UP, float(up), label), Sample(READ_SECONDS, duration, label), Sample(SERIES_CUT, cut, label)]
        if good is not None:
            own.append(Sample(READ_TIMESTAMP, good, label))
        return own


def _emptied(readings: Iterable[OfAnother]) -> Iterator[OfAnother]:
    """As they are put into the snapshot when nothing of it is told any more: watchers hear that its series are gone."""
    for each in readings:
        yield replace(each, samples=(), remarks=())
