"""The past, told to the parts that keep the present: the playbooks judge it, and the store writes it down, with the
clock of then. So an incident of the past has the class, the duration and the records that it would have had."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from operator import itemgetter
from typing import Protocol

from agent import maintenance
from agent.core import states
from agent.core.availability import Interval
from agent.core.incident import Change, Incident
from agent.core.model import Metric, Reading, Sample
from agent.core.past import Deed, Past, Turn, Work
from agent.core.site import Site
from agent.core.states import Place
from agent.core.store import Store
from agent.core.witness import WATCHED

COLLECTOR = "past"
BATCH = 200  # changes that are written together
Event = tuple[float, Callable[[], None]]


class Judge(Protocol):
    """What is needed of playbooks.watch.Watch."""

    @property
    def next_due(self) -> float | None: ...
    def observe(self, reading: Reading) -> None: ...
    def tick(self, now: float) -> None: ...
    def incident(self, identity: str) -> Incident | None: ...
    def acknowledge(self, incident: Incident, who: str, now: float, note: str) -> None: ...
    def add_note(self, incident: Incident, who: str, now: float, note: str) -> None: ...


class Remembering:
    """`judge` makes one that hands every change to its argument; `metrics` are all there are, by name. For a store in
    which nothing stands yet, since rows and records are in the order of time."""

    def __init__(
        self,
        site: Site,
        store: Store,
        metrics: Mapping[str, Metric],
        judge: Callable[[Callable[[Sequence[Change]], None]], Judge],
    ) -> None:
        self._site, self._store, self._metrics = site, store, metrics
        self._judge = judge(self._changed)
        self._latest: dict[Place, Incident] = {}
        self._changes: list[Change] = []
        self._values: dict[Place, dict[tuple[str, tuple[str, ...]], Sample]] = {}

    def remember(self, past: Past) -> None:
        """Writes it all down. ValueError where it speaks of what agent.yaml or the metrics do not have."""
        self._store.write([states.of_seen(_seen(past))])
        for at, event in heapq.merge(self._hours(past), self._turns(past), self._people(past), key=itemgetter(0)):
            self._pass(at)
            event()
            if len(self._changes) > BATCH:
                self._write()
        self._pass(past.end)
        self._write()

    def _pass(self, until: float) -> None:
        """What comes by time alone."""
        before = -math.inf
        while (due := self._judge.next_due) is not None and before < due <= until:
            self._judge.tick(due)
            before = due

    def _hours(self, past: Past) -> Iterator[Event]:
        """Opening hours, which a judge sees only when it is called."""
        calendar = self._site.calendar
        both = [calendar.stretches(hours, past.start, past.end) for hours in ("service", "working")]
        for at in sorted({edge for stretches in both for stretch in stretches for edge in stretch}):
            yield at, partial(self._judge.tick, at)

    def _turns(self, past: Past) -> Iterator[Event]:
        moments: dict[tuple[float, Place], list[Turn]] = {}
        for turn in sorted(past.turns):
            moments.setdefault((turn.at, (turn.kind, turn.target)), []).append(turn)
        for (at, place), turns in moments.items():
            yield at, partial(self._turn, at, place, turns)

    def _people(self, past: Past) -> Iterator[Event]:
        deeds: list[Event] = [(each.at, partial(self._do, each)) for each in past.deeds]
        works: list[Event] = [(each.entered, partial(self._plan, each)) for each in past.works]
        yield from sorted(deeds + works, key=itemgetter(0))

    def _turn(self, at: float, place: Place, turns: Sequence[Turn]) -> None:
        """A reading holds all series of its target, also those that are as they were."""
        target = self._site.target(place[1])
        if target is None or target.kind != place[0]:
            raise ValueError(f"the past speaks of {place[0]} {place[1]}, which {self._site.source} does not name")
        values = self._values.setdefault(place, {})
        for turn in turns:
            if turn.metric not in self._metrics:
                raise ValueError(f"the past of {place[1]} speaks of {turn.metric}, which is no metric")
            sample = self._metrics[turn.metric].sample(turn.value, **dict(turn.labels))
            values[turn.metric, sample.labels] = sample
        self._judge.observe(Reading(target, COLLECTOR, at, 0.0, tuple(values.values())))

    def _do(self, deed: Deed) -> None:
        incident = self._latest.get((deed.kind, deed.target))
        if incident is None or incident.opened < deed.since:
            return
        if not deed.owns:
            self._judge.add_note(incident, deed.who, deed.at, deed.note)
        elif self._judge.incident(incident.id) is not None and incident.acknowledged_by is None:
            self._judge.acknowledge(incident, deed.who, deed.at, deed.note)

    def _plan(self, work: Work) -> None:
        self._write()  # what came before stands before it in the ledger
        request = {**work._asdict(), "targets": list(work.targets)}
        known = [target.id for target in self._site.targets]
        step = maintenance.add(maintenance.recall(self._store), request, known, work.entered)
        self._store.write(step.writes)

    def _changed(self, changes: Sequence[Change]) -> None:
        self._changes += changes
        for change in changes:
            self._latest[change.incident.kind, change.incident.target] = change.incident

    def _write(self) -> None:
        if self._changes:
            self._store.record(self._changes)
            self._changes = []


def _seen(past: Past) -> tuple[states.Seen, ...]:
    """The intervals of what is watched for availability."""
    watched = [turn for turn in past.turns if WATCHED.get(turn.kind) == turn.metric]
    since: dict[Place, Turn] = {}
    found: list[states.Seen] = []
    for turn in sorted(watched):
        place = (turn.kind, turn.target)
        before = since.get(place)
        if before is not None and before.value == turn.value:
            continue
        if before is not None:
            found.append((*place, Interval(before.at, turn.at, before.value == 1)))
        since[place] = turn
    found += [(*place, Interval(turn.at, past.end, turn.value == 1)) for place, turn in since.items()]
    return tuple(sorted(found, key=lambda each: each[2].start))
