"""Availability: keeps what was seen up and down as rows, and says of each line and application how much of its known
time it was up, today, this month and this year."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from agent import maintenance
from agent.clock import Clock
from agent.core import states
from agent.core.availability import Interval, Tally, common, tally, within
from agent.core.calendar import Calendar, Hours, Stretch
from agent.core.computed import Computed
from agent.core.maintenance import Maintenance, Schedule
from agent.core.model import Metric, Sample, Target
from agent.core.site import Site
from agent.core.snapshot import Snapshot
from agent.core.states import Place
from agent.core.store import Store
from agent.core.turns import in_turns
from agent.core.witness import WATCHED, Witness
from agent.core.write import Write
from agent.journal import Journal

LINE = Metric(
    "line_availability_ratio",
    "gauge",
    "ratio",
    ("window", "hours"),
    "Share of known time up, planned maintenance left out; window today, month, year; hours service, working, all",
)
APPLICATION = Metric(
    "application_availability_ratio",
    "gauge",
    "ratio",
    ("role", "window", "hours"),
    "Share of known time up, planned maintenance left out; window today, month, year; hours service, working, all",
)
METRICS = (LINE, APPLICATION)

TURN = 1.0  # seconds between two looks whether there is something to write or to say
HEARTBEAT = 30.0  # a kill takes at most so much of what was seen: it is unknown then, never up
TOLD_EVERY = 60.0
TOLD_SOONEST = 5.0  # after a change of state
PRUNED_EVERY = 86_400.0  # and not before the clock went steadily for so long: one that is years ahead must cost nothing
HOURS: tuple[Hours, ...] = ("service", "working", "all")
PAST = ("month", "year")


class _Day(NamedTuple):
    """The local day, and what was open in it and before it in each window."""

    day: date
    starts: Mapping[str, float]
    end: float
    opened: Mapping[tuple[str, Hours], Sequence[Stretch]]


class _Past(NamedTuple):
    """What a target's windows held before today. `stamp` says what it was made of."""

    stamp: tuple[object, ...]
    tallies: Mapping[tuple[str, Hours], Tally]


_Stored = tuple[dict[Place, list[Interval]], tuple[Maintenance, ...]]


class Availability:
    """`turn` is to be called each second. `schedule` is what is planned."""

    def __init__(self, site: Site, store: Store, journal: Journal, snapshot: Snapshot, clock: Clock) -> None:
        self._site, self._store, self._journal, self._snapshot, self._clock = site, store, journal, snapshot, clock
        self.witness = Witness()
        self.schedule = Schedule((), site.calendar)
        self._day: _Day | None = None
        self._past: dict[Place, _Past] = {}
        self._batch: list[states.Seen] = []  # in the journal's hands
        self._wrote = self._pruned = time.monotonic()
        self._told: float | None = None
        self._changed = False  # since it was told
        self.remembers = False  # what is on disk
        self._remember(self._stored())
        store.carry.append(self._carry)
        snapshot.watch(self.witness.observe)
        clock.stepped(self._stepped)
        clock.paused(lambda seconds: self.witness.interrupt())

    def plan(self, entries: Sequence[Maintenance]) -> None:
        """What is planned from now on."""
        self.schedule = Schedule(entries, self._site.calendar)
        self._past.clear()
        self._told = None

    def reload(self, site: Site) -> None:
        """Other targets or hours. What is not watched any more is unknown from now on; its past stays."""
        self._site, self._day = site, None
        self.witness.keep({(target.kind, target.id) for target in site.targets})
        self.plan(self.schedule.entries)

    def _stored(self) -> _Stored | None:
        """This year's states and what is planned; None where the disk cannot be read."""
        began = year_start(self._site.calendar, self._clock.now())
        return self._store.ask(
            lambda connection: (states.history(connection, began), maintenance.stored(connection)), None
        )

    def _remember(self, stored: _Stored | None) -> None:
        if stored is not None:
            history, entries = stored
            self.remembers = True
            self.witness.remember(history)
            self.plan(entries)

    async def turn(self) -> None:
        now = time.monotonic()
        if not self.remembers and self._store.writable:  # the disk could not be read at the start
            self._remember(await self._journal.ask(self._stored))
        since = float("inf") if self._told is None else now - self._told
        self._changed |= self.witness.news
        due = since >= TOLD_EVERY or (self._changed and since >= TOLD_SOONEST)
        if self.witness.news or now - self._wrote >= HEARTBEAT:
            await self.write()
        if now - self._pruned >= PRUNED_EVERY:
            self._pruned = now
            before = self._clock.now() - states.KEEP_SECONDS
            await self._journal.ask(self._store.write, [states.of_pruning(before)])
        if due:
            self._told, self._changed = now, False
            await self.tell()

    async def write(self) -> None:
        """What was seen since the last time. While the disk refuses, it waits here, not among what alerts need."""
        if not self._store.writable:
            return
        self._wrote = time.monotonic()
        self._batch += self.witness.take()
        if self._batch:
            await self._journal.ask(self._store.write, [states.of_seen(tuple(self._batch))])
            self._batch = []

    async def tell(self) -> None:
        """The ratios of every target into the snapshot."""
        now = self._clock.now()
        targets = [target for kind in WATCHED for target in self._site.of_kind(kind)]
        day = self._day
        if day is None or not day.starts["today"] <= now < day.end:
            day = self._day = await _day_of(self._site.calendar, now)
        async for target in in_turns(targets):
            if self._day is not day:
                return  # another agent.yaml was taken up meanwhile: told anew at the next turn
            samples = tuple(self._samples(target, day, now))
            self._snapshot.put(Computed(target, "availability", now, 0.0, samples))

    def _samples(self, target: Target, day: _Day, now: float) -> Iterator[Sample]:
        role = (getattr(target.options, "role", "other"),) if target.kind == "application" else ()
        metric = APPLICATION if role else LINE
        for (window, hours), found in self._tallies((target.kind, target.id), day, now).items():
            if found.ratio is not None:
                yield Sample(metric, found.ratio, (*role, window, hours))

    def _tallies(self, place: Place, day: _Day, now: float) -> Mapping[tuple[str, Hours], Tally]:
        """By window and hours, until now."""
        history, begin = self.witness.history.get(place, []), day.starts["today"]
        past = self._before(place, history, day)
        seen = within(history, begin, now)
        planned = self.schedule.stretches(place[1], begin, now)
        found: dict[tuple[str, Hours], Tally] = {}
        for hours in HOURS:
            today = tally(seen, common(day.opened["today", hours], [(begin, now)]), planned)
            found["today", hours] = today
            found.update({(window, hours): past[window, hours].plus(today) for window in PAST})
        return found

    def _before(self, place: Place, history: list[Interval], day: _Day) -> Mapping[tuple[str, Hours], Tally]:
        """Of the days before today, worked out once a day."""
        begin = day.starts["today"]
        settled = min(history[-1].end, begin) if history else 0.0
        stamp = (day.day, settled, self.witness.revised.get(place, 0))
        past = self._past.get(place)
        if past is None or past.stamp != stamp:
            found: dict[tuple[str, Hours], Tally] = {}
            for window in PAST:
                seen = within(history, day.starts[window], begin)
                planned = self.schedule.stretches(place[1], day.starts[window], begin)
                found.update({(window, hours): tally(seen, day.opened[window, hours], planned) for hours in HOURS})
            past = self._past[place] = _Past(stamp, found)
        return past.tallies

    def _stepped(self, by: float) -> None:
        self.witness.interrupt()
        self._pruned = time.monotonic()

    def _carry(self) -> list[Write]:
        """What a new file must know: this year's states, and what is planned."""
        return [states.of_seen(self.witness.everything()), maintenance.as_fact(self.schedule.entries)]


def year_start(calendar: Calendar, now: float) -> float:
    return calendar.moment(calendar.local(now).date().replace(month=1, day=1))


async def _day_of(calendar: Calendar, now: float) -> _Day:
    """The hours of a year take 10 ms each: others have a turn in between."""
    day = calendar.local(now).date()
    begin, end = calendar.moment(day), calendar.moment(day, 1440)
    month, year = calendar.moment(day.replace(day=1)), year_start(calendar, now)
    opened: dict[tuple[str, Hours], Sequence[Stretch]] = {}
    for hours in HOURS:
        opened["year", hours] = calendar.stretches(hours, year, begin)
        opened["month", hours] = common(opened["year", hours], [(month, begin)])
        opened["today", hours] = calendar.stretches(hours, begin, end)
        await asyncio.sleep(0)
    return _Day(day, {"today": begin, "month": month, "year": year}, end, opened)
