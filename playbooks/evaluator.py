"""Evaluator: the triggers of all playbooks over readings as they come. What a trigger decides: playbooks.triggers.

Only what a reading touches is looked at, and a series whose value alarms no trigger costs one comparison. Whatever is
pending, firing, or met outside its hours is kept as a pair of a trigger and a series (playbooks.pairs).
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable

from agent.core.calendar import Calendar, During
from agent.core.incident import Incident, Playbook, Trigger
from agent.core.model import Reading, Sample
from playbooks.index import Index, Rule
from playbooks.pairs import CENTER, Agenda, Firing, Key, Pair, Place, State, adopted, partners, restored, subject_of
from playbooks.triggers import advance, due


class Evaluator:
    """`observe`, `tick` and the rest return the keys of incidents whose firing triggers changed; `firing` gives them.

    Readings without a target are about the centre: kind "center", target `center`.
    """

    def __init__(self, playbooks: Iterable[Playbook], calendar: Calendar, center: str = "") -> None:
        self._center: Place = (CENTER, center)
        self._index, self._calendar = Index(playbooks), calendar
        self._states: dict[Place, State] = {}
        self._agenda = Agenda()
        self._open: dict[During, bool] = {}

    def observe(self, reading: Reading, now: float) -> set[Key]:
        """Judge a fresh reading: series that its collector gave before and not this time become unknown."""
        target = reading.target
        place = self._center if target is None else (target.kind, target.id)
        state = self._states.get(place)
        if state is None:
            state = self._states[place] = State(place)
        before = state.readings.get(reading.collector)
        state.readings[reading.collector] = reading
        changed: set[Key] = set()
        watches, busy = self._index.by_metric, state.pairs
        for name, samples in reading.by_metric.items():
            watch = watches.get(name)
            if watch is None:
                continue
            for sample in samples:
                if watch.quiet(sample.value) and (name, sample.labels) not in busy and not state.restored:
                    continue
                for rule in watch.rules:
                    self._judge(state, rule, sample, reading, now, changed)
        self._judge_joined(state, reading, before, now, changed)
        if busy:
            self._lose(state, reading, now, changed)
        return changed

    def tick(self, now: float) -> set[Key]:
        """Let time pass: what is due by `now`, and every pair that waits for hours which opened or closed."""
        changed: set[Key] = set()
        for pair in self._agenda.ripe(now):
            self._step(pair, now, changed)
        turned = self._turned(now)
        if turned:
            for state in self._states.values():
                for pair in [pair for pair in state.all() if pair.rule.trigger.during in turned]:
                    self._step(pair, now, changed)
        return changed

    @property
    def next_due(self) -> float | None:
        """When `tick` will have something to do by time alone; opening hours it sees only by being called."""
        return self._agenda.first

    def firing(self, key: Key) -> tuple[Firing, ...]:
        """The triggers that fire for this incident, gravest first."""
        state = self._states.get(key[1:])
        found = [] if state is None else state.firing(key[0])
        found.sort(key=lambda pair: (pair.rule.trigger.raises_to, pair.subject))
        return tuple(Firing(p.rule.trigger, p.subject, None if p.sample is None else p.sample.value) for p in found)

    def restore(self, incidents: Iterable[Incident]) -> None:
        """Take up open incidents after a restart: their subjects fire, unknown until their series are read again."""
        for incident in incidents:
            place = (incident.kind, incident.target)
            state = self._states.setdefault(place, State(place))
            state.restored += restored(incident, self._index.by_id, state)

    def reset(self, key: Key) -> None:
        """Forget what fires for this incident: a person closed it. What still holds opens anew after its `for`."""
        state = self._states.get(key[1:])
        for pair in [] if state is None else state.firing(key[0]):
            pair.drop()

    def keep(self, wanted: Collection[Place]) -> set[Key]:
        """Forget the targets that are not among the `wanted`; the centre itself stays."""
        changed: set[Key] = set()
        for place in [place for place in self._states if place not in wanted and place != self._center]:
            for pair in list(self._states.pop(place).all()):
                if pair.firing:
                    changed.add(pair.key)
                pair.drop()
        return changed

    def reload(self, playbooks: Iterable[Playbook], calendar: Calendar, now: float, center: str) -> set[Key]:
        """New playbooks or hours. Unchanged triggers keep their state; a changed one keeps only that it fires. A centre
        that goes by another id is another place: what is about it counts from now, and `keep` ends what was."""
        self._index, self._calendar, self._center = Index(playbooks), calendar, (CENTER, center)
        changed: set[Key] = set()
        for state in self._states.values():
            for pair in list(state.all()):
                rule = self._index.by_id.get(pair.rule.trigger.id)
                if rule is not None and _carries(pair, rule.trigger):
                    pair.rule = rule
                else:
                    if pair.firing:
                        changed.add(pair.key)
                    pair.drop()
        for state in list(self._states.values()):
            for reading in list(state.readings.values()):
                changed |= self.observe(reading, now)
        return changed | self.tick(now)

    def shift(self, by: float) -> None:
        """The wall clock was stepped by so many seconds: what is in progress goes along, nothing matures by a step."""
        for state in self._states.values():
            for pair in state.all():
                pair.mark = pair.mark.shifted(by)
                self._agenda.put(pair, -math.inf)  # the next tick looks at it by the new clock

    def _judge(self, state: State, rule: Rule, sample: Sample, reading: Reading, now: float, changed: set[Key]) -> None:
        """One trigger on one sample of its metric."""
        trigger = rule.trigger
        series = (sample.metric.name, sample.labels)
        pair = state.pairs.get(series, {}).get(trigger.id)
        if pair is None:
            if not trigger.condition.matches(sample, reading.target):
                return
            pair = adopted(state, trigger, series, sample)
            if pair is None:
                if not rule.aged and not trigger.condition.holds(sample.value, now):
                    return
                pair = Pair(state, rule, series, subject_of(trigger, sample))
            state.pairs.setdefault(series, {})[trigger.id] = pair
        pair.reading, pair.sample = reading, sample
        self._step(pair, now, changed)

    def _judge_joined(
        self, state: State, reading: Reading, before: Reading | None, now: float, changed: set[Key]
    ) -> None:
        """Triggers that hang on this reading by `and_also` while their main series is another collector's."""
        names = self._index.joined.keys() & (reading.by_metric.keys() | (before.by_metric.keys() if before else set()))
        for rule in {rule.trigger.id: rule for name in names for rule in self._index.joined[name]}.values():
            for other in state.readings.values():
                if other.collector != reading.collector:
                    for sample in other.by_metric.get(rule.trigger.condition.metric, ()):
                        self._judge(state, rule, sample, other, now, changed)

    def _lose(self, state: State, reading: Reading, now: float, changed: set[Key]) -> None:
        for pair in list(state.all()):
            last = pair.reading
            if last is not None and last is not reading and last.collector == reading.collector:
                pair.sample = None
                self._step(pair, now, changed)

    def _step(self, pair: Pair, now: float, changed: set[Key]) -> None:
        trigger, sample = pair.rule.trigger, pair.sample
        fired = pair.firing
        pair.met = sample is not None and trigger.condition.holds(sample.value, now) and _also(pair, sample, now)
        enter = pair.met and self._calendar.during(trigger.during, now)
        hold = sample is None or pair.rule.hold.holds(sample.value, now)
        pair.mark = advance(pair.mark, trigger, enter, hold, now)
        if fired != pair.firing:
            changed.add(pair.key)
        if pair.mark.phase == "idle" and not pair.met and (sample is None or not pair.rule.aged):
            pair.drop()
            return
        times = [due(pair.mark, trigger)]
        if pair.rule.aged and sample is not None:
            times += _ages(pair, sample, now)
        self._agenda.put(pair, min((at for at in times if at is not None), default=None))

    def _turned(self, now: float) -> set[During]:
        """The hours that opened or closed since the last tick."""
        is_open: dict[During, bool] = {during: self._calendar.during(during, now) for during in self._index.hours}
        turned = {during for during, state in is_open.items() if self._open.get(during) != state}
        self._open = is_open
        return turned


def _carries(pair: Pair, trigger: Trigger) -> bool:
    """Whether a pair goes on under this version of its trigger."""
    was = pair.rule.trigger
    same_series = (was.condition.metric, was.condition.labels) == (trigger.condition.metric, trigger.condition.labels)
    return trigger == was or (pair.firing and same_series and trigger.playbook == was.playbook)


def _also(pair: Pair, sample: Sample, now: float) -> bool:
    """Whether every one of `and_also` holds on a series that goes with this one."""
    return all(
        any(other.holds(found.value, now) for found in partners(pair, sample, other))
        for other in pair.rule.trigger.and_also
    )


def _ages(pair: Pair, sample: Sample, now: float) -> list[float]:
    """When conditions that time alone makes true will become so."""
    trigger = pair.rule.trigger
    values = [(trigger.condition, sample.value), (pair.rule.hold, sample.value)]
    values += [(other, found.value) for other in trigger.and_also for found in partners(pair, sample, other)]
    ages = [value + each.age_above for each, value in values if each.age_above is not None]
    return [at for at in ages if at >= now]
