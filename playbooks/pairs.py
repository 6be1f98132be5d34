"""Pairs of a trigger and a series that are pending, firing, or may become so by time or hours alone; their agenda."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count

from agent.core.incident import Condition, Incident, Trigger, joined_on
from agent.core.model import Reading, Sample
from agent.core.subject import Subject
from playbooks.index import Rule
from playbooks.triggers import IDLE, Mark

CENTER = "center"  # the kind of what describes the centre as a whole; its target is the centre's id

Place = tuple[str, str]  # kind, target
Key = tuple[str, str, str]  # playbook, kind, target: the identity of an open incident
Series = tuple[str, tuple[str, ...]]  # metric name, label values


@dataclass(frozen=True, slots=True)
class Firing:
    """A trigger that fires on one series. `value` is None while the series is unknown."""

    trigger: Trigger
    subject: Subject
    value: float | None


class State:
    """What is known of one target: its latest readings by collector, its pairs by series and trigger id, and the
    pairs that a restart brought back and whose series were not seen since."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.readings: dict[str, Reading] = {}
        self.pairs: dict[Series, dict[str, Pair]] = {}
        self.restored: list[Pair] = []

    def all(self) -> Iterator[Pair]:
        for pairs in self.pairs.values():
            yield from pairs.values()
        yield from self.restored

    def firing(self, playbook: str) -> list[Pair]:
        return [pair for pair in self.all() if pair.firing and pair.rule.trigger.playbook == playbook]


class Pair:
    """One trigger over one series. `sample` is None while the series is unknown, `reading` the one it was last in.

    `met`: the conditions hold, whatever the hours. `due`: when the agenda has it.
    """

    __slots__ = ("due", "mark", "met", "reading", "rule", "sample", "series", "state", "subject")

    def __init__(self, state: State, rule: Rule, series: Series | None, subject: Subject, mark: Mark = IDLE) -> None:
        self.state, self.rule, self.series, self.subject, self.mark = state, rule, series, subject, mark
        self.sample: Sample | None = None
        self.reading: Reading | None = None
        self.met = False
        self.due: float | None = None

    @property
    def firing(self) -> bool:
        return self.mark.phase == "firing"

    @property
    def key(self) -> Key:
        return (self.rule.trigger.playbook, *self.state.place)

    def drop(self) -> None:
        """Forget this pair."""
        self.due, self.mark = None, IDLE
        if self.series is None:
            self.state.restored.remove(self)
            return
        pairs = self.state.pairs[self.series]
        del pairs[self.rule.trigger.id]
        if not pairs:
            del self.state.pairs[self.series]


class Agenda:
    """Pairs by the time at which they are due. One that moved or was dropped stays in the heap and is passed over."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Pair]] = []
        self._order = count()

    def put(self, pair: Pair, at: float | None) -> None:
        if at != pair.due:
            pair.due = at
            if at is not None:
                heapq.heappush(self._heap, (at, next(self._order), pair))

    def ripe(self, now: float) -> list[Pair]:
        """Takes out what is due by now."""
        found = []
        while self._heap and self._heap[0][0] <= now:
            at, _, pair = heapq.heappop(self._heap)
            if pair.due == at:
                pair.due = None
                found.append(pair)
        return found

    @property
    def first(self) -> float | None:
        while self._heap and self._heap[0][2].due != self._heap[0][0]:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None


def subject_of(trigger: Trigger, sample: Sample) -> Subject:
    return Subject(trigger.id, tuple(sorted(zip(sample.metric.labels, sample.labels, strict=True))))


def restored(incident: Incident, rules: Mapping[str, Rule], state: State) -> Iterator[Pair]:
    """The pairs that hold an open incident by its own account. A subject whose trigger is gone holds nothing."""
    for text in incident.subjects:
        try:
            subject = Subject.parse(text)
        except ValueError:
            continue
        rule = rules.get(subject.trigger)
        if rule is not None and rule.trigger.playbook == incident.playbook:
            yield Pair(state, rule, None, subject, Mark("firing", incident.opened))


def adopted(state: State, trigger: Trigger, series: Series, sample: Sample) -> Pair | None:
    """The restored pair that this sample's series belongs to, taken in; the metric may have got more labels since."""
    labels = set(zip(sample.metric.labels, sample.labels, strict=True))
    for pair in state.restored:
        if pair.rule.trigger.id == trigger.id and labels.issuperset(pair.subject.labels):
            state.restored.remove(pair)
            pair.series, pair.subject = series, subject_of(trigger, sample)
            return pair
    return None


def partners(pair: Pair, sample: Sample, other: Condition) -> Iterator[Sample]:
    """The current samples of an `and_also` condition that speak of the same thing as this sample."""
    mine = sample.metric.labels
    for reading in pair.state.readings.values():
        for found in reading.by_metric.get(other.metric, ()):
            names = joined_on(pair.rule.trigger.condition, other, mine, found.metric.labels)
            same = all(found.label(name) == sample.label(name) for name in names)
            if same and other.matches(found, reading.target):
                yield found
