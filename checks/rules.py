"""Rules over time: a condition counts once it held for its duration, and until it was false for twice as long."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from agent.core.checklist import Result, Rule
from agent.core.model import Reading, Sample
from agent.core.text import Text
from checks import words
from checks.opinion import Facts, Opinion, evidence

SAME = 0.001  # seconds: a reading whose time was shifted with the clock may differ in its last bits

# (item, kind, target, position of the rule in the item, label values of the series)
Series = tuple[str, str, str, int, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Watch:
    """One rule on one series between runs. All times are ends of readings: only what was read counts as observed.

    `unwitnessed`: the condition already held at the first reading, so how long it has held is not known.
    """

    at: float
    holds_since: float | None = None
    clear_since: float | None = None
    raised: bool = False
    unwitnessed: bool = False

    def shifted(self, by: float) -> Watch:
        """After the wall clock was moved by so many seconds."""
        since = None if self.holds_since is None else self.holds_since + by
        clear = None if self.clear_since is None else self.clear_since + by
        return replace(self, at=self.at + by, holds_since=since, clear_since=clear)


def step(watch: Watch | None, holds: bool, at: float, for_seconds: float, gap: float) -> Watch:
    """The next state after a reading at `at`. After a longer pause than `gap` (or a clock set back) what was pending
    begins anew, since nobody saw what happened meanwhile; what was raised stays raised. A reading already seen changes
    nothing."""
    if watch is not None and abs(at - watch.at) < SAME:
        return watch
    known = watch is not None and 0 < at - watch.at <= gap
    raised = watch is not None and watch.raised
    if holds:
        began = watch.holds_since if known and watch else None
        since = at if began is None else began
        unwitnessed = not known if began is None else bool(watch and watch.unwitnessed)
        return Watch(at, since, None, raised or at - since >= for_seconds, unwitnessed)
    began = watch.clear_since if known and watch else None
    since = at if began is None else began
    return Watch(at, None, since, raised and at - since < 2 * for_seconds)


def verdict(watch: Watch, rule: Rule) -> Result | None:
    """What the rule says now. A condition whose duration was never witnessed is a warning: neither pass nor proven."""
    if watch.raised:
        return rule.result
    return Result.WARN if watch.holds_since is not None and watch.unwitnessed else None


def opinions(facts: Facts, before: Mapping[Series, Watch]) -> tuple[list[Opinion], dict[Series, Watch]]:
    """What every rule of the item says about every series of the target, and the watches to carry to the next run."""
    said: list[Opinion] = []
    after: dict[Series, Watch] = {}
    for position, rule, reading, sample in _judged(facts):
        key = (facts.item.id, facts.target.kind, facts.target.id, position, sample.labels)
        at = reading.ended if rule.condition.age_above is None else facts.now
        holds = rule.condition.holds(sample.value, facts.now)
        watch = step(before.get(key), holds, at, rule.for_seconds, 3 * facts.target.every + facts.target.timeout)
        after[key] = watch
        result = verdict(watch, rule)
        if result is not None:
            said.append(_opinion(facts, rule, watch, result, (reading, sample)))
    return said, after


def calm(facts: Facts) -> Opinion:
    """The pass: of each metric the series nearest to its limit, and every band."""
    nearest: dict[str, tuple[Reading, Sample]] = {}
    for _, rule, reading, sample in _judged(facts):
        best = nearest.get(rule.condition.metric)
        if best is None or _nearer(rule, sample.value, best[1].value):
            nearest[rule.condition.metric] = (reading, sample)
    shown = [each for each in nearest.values() if abs(each[1].value) != float("inf")] or list(nearest.values())
    item = facts.item
    return Opinion(
        Result.PASS,
        words.joined(words.said(item.words.get(sample.metric.name), sample) for _, sample in shown),
        words.joined(_band(facts, sample) for _, sample in shown),
        tuple(evidence(reading, sample) for reading, sample in nearest.values()),
    )


def _judged(facts: Facts) -> Iterator[tuple[int, Rule, Reading, Sample]]:
    for position, rule in enumerate(facts.item.rules):
        for reading, sample in facts.samples(rule.condition.metric):
            if rule.condition.matches(sample, facts.target):
                yield position, rule, reading, sample


def _nearer(rule: Rule, value: float, other: float) -> bool:
    return value > other if rule.condition.above is not None else value < other


def _opinion(facts: Facts, rule: Rule, watch: Watch, result: Result, seen: tuple[Reading, Sample]) -> Opinion:
    reading, sample = seen
    observed = words.said(facts.item.words.get(sample.metric.name), sample)
    note = _note(watch, rule)
    return Opinion(
        result,
        Text(observed.zh + note.zh, observed.en + note.en),
        _band(facts, sample),
        (evidence(reading, sample),),
    )


def _note(watch: Watch, rule: Rule) -> Text:
    """What the value alone does not say: for how long, or that it has only just recovered."""
    if watch.raised and watch.clear_since is not None:
        rest = words.duration(2 * rule.for_seconds)
        return Text(f"(恢复未满 {rest.zh})", f" (recovered for less than {rest.en})")
    if not watch.raised:
        limit = words.duration(rule.for_seconds)
        return Text(f"(是否已持续 {limit.zh}尚未观察到)", f" (not yet observed for {limit.en})")
    if watch.holds_since is not None and watch.at > watch.holds_since:
        held = words.duration(watch.at - watch.holds_since)
        return Text(f"(已 {held.zh})", f" (for {held.en})")
    return Text("", "")


def _band(facts: Facts, sample: Sample) -> Text:
    rules = [rule for rule in facts.item.rules if rule.condition.matches(sample, facts.target)]
    return words.band(rules, facts.item.words.get(sample.metric.name), sample.metric.unit)
