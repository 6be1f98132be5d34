"""Rules over time: a condition counts once it held for its duration, and until it was false for twice as long."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from agent.core.checklist import Result, Rule
from agent.core.incident import Condition, joined_on
from agent.core.model import Reading, Sample
from agent.core.text import Text
from checks import words
from checks.opinion import Facts, Opinion, evidence

BETWEEN_RUNS = 30.0  # seconds at most: readings between two runs of a checklist are not looked at
SAME = 0.001  # seconds: a reading whose time was shifted with the clock may differ in its last bits

AHEAD = 3600.0  # seconds that a time may lie ahead, as where a time zone is wrong
PRESENT = Text("有此读数", "such a reading")

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
        if rule.absent:
            continue
        key = (facts.item.id, facts.target.kind, facts.target.id, position, sample.labels)
        at = facts.now if rule.condition.aged else reading.ended
        watch = after[key] = _stepped(facts, rule, before.get(key), _holds(facts, rule, sample), at)
        if (result := verdict(watch, rule)) is not None:
            said.append(_opinion(facts, rule, watch, result, (reading, sample)))
        elif _ahead(rule, sample, facts.now):
            said.append(_to_come(facts, rule, watch, (reading, sample)))
    for position, rule in _absent(facts):
        key = (facts.item.id, facts.target.kind, facts.target.id, position, ())
        missing = not any(True for _ in facts.of(rule.condition))
        at = max(reading.ended for reading in facts.readings)
        watch = after[key] = _stepped(facts, rule, before.get(key), missing, at)
        if (result := verdict(watch, rule)) is not None:
            said.append(_missing(facts, rule, watch, result))
    return said, after


def _stepped(facts: Facts, rule: Rule, before: Watch | None, holds: bool, at: float) -> Watch:
    holds = holds and facts.calendar.during(rule.during, facts.now)
    every = facts.target.every
    gap = max(3 * every, every + BETWEEN_RUNS) + facts.target.timeout
    return step(before, holds, at, rule.for_seconds, gap)


def _holds(facts: Facts, rule: Rule, sample: Sample) -> bool:
    """The condition, and each of `and_also` on a series that goes with this one."""
    return rule.condition.holds(sample.value, facts.now) and all(
        any(other.holds(found.value, facts.now) for found in _partners(facts, rule.condition, sample, other))
        for other in rule.and_also
    )


def _partners(facts: Facts, condition: Condition, sample: Sample, other: Condition) -> Iterator[Sample]:
    for _, found in facts.of(other):
        names = joined_on(condition, other, sample.metric.labels, found.metric.labels)
        if all(found.label(name) == sample.label(name) for name in names):
            yield found


def _absent(facts: Facts) -> Iterator[tuple[int, Rule]]:
    return ((position, rule) for position, rule in enumerate(facts.item.rules) if rule.absent and facts.readings)


def calm(facts: Facts) -> Opinion:
    """The pass: of each metric the series nearest to its limit, and every band."""
    nearest: dict[str, tuple[Reading, Sample]] = {}
    for rule in facts.item.rules:
        for reading, sample in facts.heard(rule.condition):
            best = nearest.get(rule.condition.metric)
            if best is None or _nearer(rule, sample.value, best[1].value):
                nearest[rule.condition.metric] = (reading, sample)
    shown = [each for each in nearest.values() if abs(each[1].value) != float("inf")] or list(nearest.values())
    item = facts.item
    return Opinion(
        Result.PASS,
        words.joined(words.said(item.words.get(sample.metric.name), sample, facts.now) for _, sample in shown),
        words.joined(_band(facts, sample) for _, sample in shown),
        tuple(evidence(reading, sample) for reading, sample in nearest.values()),
    )


def _judged(facts: Facts) -> Iterator[tuple[int, Rule, Reading, Sample]]:
    for position, rule in enumerate(facts.item.rules):
        for reading, sample in facts.of(rule.condition):
            yield position, rule, reading, sample


def _nearer(rule: Rule, value: float, other: float) -> bool:
    return value > other if rule.condition.above is not None else value < other


def _opinion(facts: Facts, rule: Rule, watch: Watch, result: Result, seen: tuple[Reading, Sample]) -> Opinion:
    reading, sample = seen
    observed = words.said(facts.item.words.get(sample.metric.name), sample, facts.now)
    note = _note(watch, rule)
    return Opinion(
        result,
        Text(observed.zh + note.zh, observed.en + note.en),
        _band(facts, sample),
        (evidence(reading, sample, watch.holds_since),),
    )


def _ahead(rule: Rule, sample: Sample, now: float) -> bool:
    """Of something that has happened, a time to come: one of two clocks is wrong, and nobody knows how old it is."""
    return (rule.condition.age_above or -1) >= 0 and AHEAD < sample.value - now < float("inf")


def _to_come(facts: Facts, rule: Rule, watch: Watch, seen: tuple[Reading, Sample]) -> Opinion:
    said = _opinion(facts, rule, watch, Result.WARN, seen)
    zh, en = said.observed.zh, said.observed.en
    return replace(
        said, observed=Text(f"{zh}(时间在将来,请核对两边的时钟)", f"{en} (a time to come: compare the clocks)")
    )


def _missing(facts: Facts, rule: Rule, watch: Watch, result: Result) -> Opinion:
    says = facts.item.words[rule.condition.metric].absent or Text("无此读数", "there is no such reading")
    note = _note(watch, rule)
    return Opinion(result, Text(says.zh + note.zh, says.en + note.en), PRESENT)


def _note(watch: Watch, rule: Rule) -> Text:
    """What the value alone does not say: that it has only just recovered, or, where the rule asks, for how long. Else
    two subjects of which one was read a poll earlier would be told of in different words."""
    if watch.raised and watch.clear_since is not None:
        rest = words.duration(2 * rule.for_seconds)
        return Text(f"(恢复未满 {rest.zh})", f" (recovered for less than {rest.en})")
    if not watch.raised:
        limit = words.duration(rule.for_seconds)
        return Text(f"(是否已持续 {limit.zh}尚未观察到)", f" (not yet observed for {limit.en})")
    if rule.for_seconds and watch.holds_since is not None and watch.at > watch.holds_since:
        held = words.duration(watch.at - watch.holds_since)
        return Text(f"(已 {held.zh})", f" (for {held.en})")
    return Text("", "")


def _band(facts: Facts, sample: Sample) -> Text:
    rules = [rule for rule in facts.item.rules if rule.condition.matches(sample, facts.target)]
    if all(rule.absent for rule in rules):
        return PRESENT
    rules = [rule for rule in rules if not rule.absent]
    return words.band(rules, facts.item.words.get(sample.metric.name), sample.metric.unit)
