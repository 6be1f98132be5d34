"""The checklist of one site, run again and again by the frame."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from time import perf_counter
from typing import Any

from agent.core import waivers as waiving
from agent.core.attestations import NOTHING, Register
from agent.core.checklist import Area, Finding, Item, Score
from agent.core.model import Collector, Sample
from agent.core.site import Site
from agent.core.snapshot import Snapshot
from checks import attested, changes, metrics, scores, thresholds, waived
from checks.book import items_of
from checks.engine import Round, Steps, at_once, judging
from checks.memory import Left, of
from checks.options import level_of
from checks.report import Report
from checks.rules import Series

NOTHING_LEFT = Left()
TURN_SECONDS = 0.004


class Checklist:
    """The checklist of one site, run again and again by the frame. What an agent before it `left` comes from the store,
    so that a restart makes nothing unknown that was just read and nothing well that was raised."""

    def __init__(
        self,
        areas: Sequence[Area],
        collectors: Mapping[str, Collector],
        snapshot: Snapshot,
        site: Site,
        left: Left = NOTHING_LEFT,
        attestations: Callable[[], Register] = lambda: NOTHING,
        *,
        waivers: Callable[[], waiving.Register] = lambda: waiving.NOTHING,
    ) -> None:
        self._shipped = tuple(areas)
        self.findings: tuple[Finding, ...] = ()
        self._attestations = attestations
        self._waivers = waivers
        self._collectors = collectors
        self._snapshot = snapshot
        self._take_up(site)
        self._memory = left.memory(self._by_id)
        self._ran = 0.0
        self._moved = 0.0
        self._running = asyncio.Lock()

    @property
    def connected(self) -> Mapping[str, float]:
        """When each source last spoke, Unix seconds, by source: to be kept over a restart."""
        return self._memory.connected

    @property
    def watches(self) -> list[Mapping[str, Any]]:
        """What holds or is raised: to be kept over a restart."""
        return of(self._memory, self._by_id)

    @property
    def raised(self) -> frozenset[Series]:
        return frozenset(series for series, watch in self._memory.watches.items() if watch.raised)

    @property
    def level(self) -> int:
        """The protection level that agent.yaml says."""
        return level_of(self._site)

    def reload(self, site: Site) -> None:
        """A new agent.yaml; what is known of targets that are still there stays known, but for what was said by a limit
        that is another now: it judges what was read already, too."""
        before = self._by_id
        self._take_up(site)
        kept = {key: watch for key, watch in self._memory.watches.items() if self._same_rule(before, key)}
        if len(kept) < len(self._memory.watches):
            self._memory = replace(self._memory, watches=kept)

    def _same_rule(self, before: Mapping[str, Item], series: Series) -> bool:
        item, _, target, place, _ = series
        return before[item].of_target(target).rules[place] == self._by_id[item].of_target(target).rules[place]

    def _take_up(self, site: Site) -> None:
        self._site = site
        self.areas = thresholds.applied(self._shipped, site.sections.get("thresholds", {}))
        self._items = items_of(self.areas)
        self._by_id = {each.id: each for each in self._items}

    def stepped(self, by: float) -> None:
        """The wall clock was moved by so many seconds; the snapshot's readings are to be shifted with it."""
        self._memory = self._memory.shifted(by)
        self._moved += by

    async def run_in_turns(self, now: float) -> tuple[Finding, ...]:
        """As `run`, but the event loop's other work goes on meanwhile. Who asks during a run gets one after it."""
        async with self._running:
            while True:
                before, moved = self._memory, self._moved
                result = await _in_turns(self._steps(now))
                if self._memory is before:
                    return self._remember(result, now)
                now += self._moved - moved  # the clock was moved under the run: judge anew

    def run(self, now: float) -> tuple[Finding, ...]:
        """Judge everything once, and remember."""
        return self._remember(at_once(self._steps(now)), now)

    def _steps(self, now: float) -> Steps:
        return judging(self._items, self._snapshot, self._site, self._collectors, self._memory, now)

    def _remember(self, result: Round, now: float) -> tuple[Finding, ...]:
        self._memory = result.memory
        self._ran = now
        said = attested.applied(result.findings, self._by_id, self._attestations(), self._site, now)
        self.findings = waived.applied(said, self._waivers(), self._site, now)
        return self.findings

    def scores(self) -> tuple[Score, ...]:
        return scores.of_areas(self.areas, self.findings, self.level)

    def report(self) -> Report:
        """The last run with its scores, for the renderers of checks.report."""
        changed = changes.of_areas(self.areas)
        return Report(self.areas, self.findings, self.scores(), self._ran, self.level, changed)

    def samples(self) -> tuple[Sample, ...]:
        """The last run as samples of the centre; none before the first run."""
        if not self._ran:
            return ()
        return tuple(metrics.samples(self.areas, self.findings, self.level, self._ran))


async def _in_turns(steps: Steps) -> Round:
    began = perf_counter()
    while True:
        try:
            next(steps)
        except StopIteration as end:
            found: Round = end.value
            return found
        if perf_counter() - began > TURN_SECONDS:
            await asyncio.sleep(0)
            began = perf_counter()
