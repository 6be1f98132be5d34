"""The engine: judges every item about every target that it concerns, from readings and what was seen before.

Pure; checks.running keeps its memory for the frame. No reading is never a pass: a source that never spoke is
not connected; one that fell silent lets the last verdict stand for three cycles (at least 15 minutes), is unknown then,
and after another 24 hours a failure where the item is critical or high.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from agent.core.calendar import Calendar
from agent.core.checklist import WORST_FIRST, Finding, Item, Result, Verdict
from agent.core.model import Collector, Target
from agent.core.site import Site
from agent.core.snapshot import Snapshot
from checks import rules, silence, sources, words
from checks.judges import JUDGES
from checks.memory import About, Memory
from checks.opinion import Facts, Opinion
from checks.rules import Series, Watch

MOST_EVIDENCE = 20


@dataclass(frozen=True)
class Round:
    """One run: what was found, and the memory for the next."""

    findings: tuple[Finding, ...]
    memory: Memory


Steps = Generator[None, None, Round]


@dataclass(frozen=True)
class _Judged:
    finding: Finding
    watches: Mapping[Series, Watch] = field(default_factory=dict)
    rests_on_readings: bool = False


def judge(
    items: Iterable[Item],
    snapshot: Snapshot,
    site: Site,
    collectors: Mapping[str, Collector],
    memory: Memory,
    now: float,
) -> Round:
    """Findings of all items in their order, per target in the order of agent.yaml. `now` in Unix seconds."""
    return at_once(judging(items, snapshot, site, collectors, memory, now))


def at_once(steps: Steps) -> Round:
    while True:
        try:
            next(steps)
        except StopIteration as end:
            found: Round = end.value
            return found


def judging(
    items: Iterable[Item],
    snapshot: Snapshot,
    site: Site,
    collectors: Mapping[str, Collector],
    memory: Memory,
    now: float,
) -> Steps:
    """The same in steps, one per item and target, so that others may run between them."""
    taken, spoke = _Taken(memory), memory.spoke()
    for item in items:
        concerned = sources.targets(item, site, collectors)
        asked = False
        for target in concerned:
            heard = sources.of(item, target, collectors.values(), snapshot, memory.connected, now)
            if item.asked == "any" and all(source.last is None for source in heard):
                continue
            asked = True
            wanted = sources.wanted(item, target, heard, collectors.values(), memory.connected)
            last = spoke.get((item.id, target.kind, target.id))
            case = _Case(item.of_target(target.id), target, heard, wanted, last, site.calendar, now)
            taken.add(case, _judge(case, memory))
            yield
        if not asked:
            kinds = () if concerned else sorted(sources.kinds(item, collectors))
            taken.findings.append(silence.no_target(item, kinds, site, now))
    return taken.round


class _Taken:
    """What a run has found so far, and what the next must know."""

    def __init__(self, before: Memory) -> None:
        self.findings: list[Finding] = []
        self._before = before
        self._watches: dict[Series, Watch] = {}
        self._verdicts: dict[About, Finding] = {}
        self._connected: dict[str, float] = dict(before.connected)

    def add(self, case: _Case, judged: _Judged) -> None:
        self.findings.append(judged.finding)
        self._watches.update(judged.watches)
        about = (case.item.id, case.target.kind, case.target.id)
        standing = judged.finding if judged.rests_on_readings else self._before.verdicts.get(about)
        if standing is not None:
            self._verdicts[about] = standing
        spoke = {source.key: source.last for source in (*case.heard, *case.wanted) if source.last is not None}
        self._connected.update(spoke)

    @property
    def round(self) -> Round:
        return Round(tuple(self.findings), Memory(self._watches, self._verdicts, self._connected))


@dataclass(frozen=True)
class _Case:
    """`wanted`: what the rules ask, by metric: where one was never heard of this target, a fault can be seen but no
    pass. `spoke`: when any source last spoke, also one that was taken out since."""

    item: Item
    target: Target
    heard: Sequence[sources.Source]
    wanted: Sequence[sources.Source]
    spoke: float | None
    calendar: Calendar
    now: float


def _judge(case: _Case, memory: Memory) -> _Judged:
    item, target, heard, now = case.item, case.target, case.heard, case.now
    if all(source.last is None for source in heard):
        return _Judged(silence.never(item, target, heard, case.spoke, now))
    readings = tuple(source.reading for source in heard if source.fresh and source.reading is not None)
    lost = [source for source in (*heard, *case.wanted) if source.last is not None and not source.fresh]
    facts = Facts(item, target, readings, now, case.calendar)
    said, watches = rules.opinions(facts, memory.watches)
    if item.judge:
        said.extend(JUDGES[item.judge](facts))
    if lost:
        watches = {**_of_target(memory.watches, item, target), **watches}
    seen = _finding(item, target, worst(said), _read_at(facts)) if said else None
    if lost:
        standing = memory.verdicts.get((item.id, target.kind, target.id))
        return _worse(seen, silence.lost(item, target, lost, standing, now), watches)
    return _Judged(seen, watches, True) if seen else _calm(case, facts, watches)


def _worse(seen: Finding | None, missing: Finding, watches: Mapping[Series, Watch]) -> _Judged:
    """What is seen of the one part hides nothing of what the other part, which is silent, may hold."""
    if seen and WORST_FIRST.index(seen.verdict.result) <= WORST_FIRST.index(missing.verdict.result):
        return _Judged(seen, watches, True)
    return _Judged(missing, watches)


def _calm(case: _Case, facts: Facts, watches: Mapping[Series, Watch]) -> _Judged:
    item, target, heard, now = case.item, case.target, case.heard, case.now
    calm = rules.calm(facts)
    if not _asked(item, heard):
        return _Judged(silence.not_connected(item, target, (), now), watches)
    if any(source.last is None for source in case.wanted):
        return _Judged(silence.partly_connected(item, target, heard, case.wanted, calm, now), watches)
    if item.rules and not calm.evidence:
        return _Judged(silence.lost(item, target, heard, None, now), watches)
    return _Judged(_finding(item, target, calm, _read_at(facts)), watches, True)


def _asked(item: Item, heard: Sequence[sources.Source]) -> bool:
    """Whether somebody who speaks can tell what the rules ask: a judge may hear of faults from others too."""
    metrics = {rule.condition.metric for rule in item.rules}
    return not metrics or any(metrics & source.metrics for source in heard if source.last is not None)


def worst(said: Sequence[Opinion]) -> Opinion:
    """The opinions of the gravest result as one; of several about the same samples the last, which says the most."""
    result = min((opinion.result for opinion in said), key=WORST_FIRST.index)
    grave = list({_samples(opinion): opinion for opinion in said if opinion.result is result}.values())
    evidence = tuple(sample for opinion in grave for sample in opinion.evidence)
    return Opinion(
        result,
        words.joined(opinion.observed for opinion in grave),
        words.joined(opinion.expected for opinion in grave),
        evidence[:MOST_EVIDENCE],
    )


def _samples(opinion: Opinion) -> str:
    return repr([(each["collector"], each["metric"], each["labels"]) for each in opinion.evidence] or opinion)


def _output_once(evidence: Iterable[Mapping[str, Any]]) -> tuple[Mapping[str, Any], ...]:
    """What a device answered stands beside the first of the samples that rest on it."""
    shown: set[str] = set()
    kept = []
    for each in evidence:
        new = [one for one in each.get("output", ()) if repr(one) not in shown]
        shown.update(map(repr, new))
        kept.append(
            {name: value for name, value in each.items() if name != "output"} | ({"output": new} if new else {})
        )
    return tuple(kept)


def _finding(item: Item, target: Target, opinion: Opinion, at: float) -> Finding:
    remedy = None if opinion.result is Result.PASS else item.remedy
    verdict = Verdict(opinion.result, target.id, opinion.observed, opinion.expected, remedy)
    return Finding(item.id, item.area, target.kind, verdict, at, evidence=_output_once(opinion.evidence))


def _read_at(facts: Facts) -> float:
    """A finding is as old as the oldest reading that it rests on."""
    return min((reading.ended for reading in facts.readings), default=facts.now)


def _of_target(watches: Mapping[Series, Watch], item: Item, target: Target) -> dict[Series, Watch]:
    return {key: watch for key, watch in watches.items() if key[:3] == (item.id, target.kind, target.id)}
