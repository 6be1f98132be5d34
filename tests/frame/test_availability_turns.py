"""What the agent does with what it saw: turn by turn, with a clock that steps and a disk that refuses."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from agent.availability import Availability
from agent.clock import Clock
from agent.core.availability import Interval
from agent.core.calendar import Calendar
from agent.core.database import NAME
from agent.core.maintenance import Maintenance
from agent.core.model import Metric, Reading, Target
from agent.core.site import Center, Site
from agent.core.snapshot import Snapshot
from agent.core.states import history, of_seen
from agent.core.store import Store
from agent.journal import Journal
from tests.core.made import NOON

LINE_UP = Metric("line_up", "gauge", "0/1", (), "")
YIBAO = Target("line", "yibao", "医保专线", every=30, timeout=10)
CALENDAR = Calendar()
TUESDAY = CALENDAR.moment(date(2026, 11, 24))
assert NOON == TUESDAY + 12 * 3600


class Time:
    """A wall clock and one that never steps, both by hand."""

    def __init__(self, wall: float) -> None:
        self.wall, self.steady = wall, 1000.0
        self.clock = Clock(lambda: self.wall, lambda: self.steady)

    def pass_(self, seconds: float) -> None:
        """Second by second, as the agent looks."""
        for _ in range(int(seconds)):
            self.wall, self.steady = self.wall + 1, self.steady + 1
            self.clock.now()


class Scene:
    def __init__(self, place: Path, at: float = NOON, **bounds: float) -> None:
        self.time = Time(at)
        self.store = Store.open(place / "var", **bounds)
        self.snapshot = Snapshot()
        self.site = Site(Center("a", "b", "c"), CALENDAR, place / "agent.yaml", place / "var", targets=(YIBAO,))
        self.part = self.started()

    def started(self) -> Availability:
        journal = Journal(self.store, lambda changes: None)
        return Availability(self.site, self.store, journal, self.snapshot, self.time.clock)

    def read(self, up: bool = True) -> None:
        self.snapshot.put(Reading(YIBAO, "line", self.time.clock.now(), 0.0, (LINE_UP.sample(up),)))

    def told(self) -> dict[tuple[str, ...], float]:
        asyncio.run(self.part.tell())
        reading = self.snapshot.get("availability", YIBAO)
        assert reading is not None
        return {sample.labels: sample.value for sample in reading.samples}

    def kept(self) -> list[Interval]:
        nothing: dict[tuple[str, str], list[Interval]] = {}
        found = self.store.ask(history, nothing).get(("line", "yibao"), [])
        return [Interval(each.start - NOON, each.end - NOON, each.up) for each in found]


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    made = Scene(tmp_path, patience=0.05)
    yield made
    made.store.close()


@pytest.mark.parametrize("step", [-3600.0, 86_400.0, 2.0, 40.0])
def test_the_time_around_a_step_of_the_clock_is_unknown(scene: Scene, step: float) -> None:
    scene.read()
    scene.time.pass_(30)
    scene.read()
    scene.time.wall += step
    scene.time.pass_(30)
    scene.read()
    scene.time.pass_(30)
    scene.read()
    asyncio.run(scene.part.write())
    assert sorted(scene.kept()) == sorted([Interval(0, 30, True), Interval(60 + step, 90 + step, True)])


def test_windows_and_hours_are_told_apart(scene: Scene) -> None:
    """Down in yesterday's lunch, in service, on Sunday, in the month before; today all is well."""
    day = 86_400
    down = (
        (TUESDAY - day + 12 * 3600, 1800),  # lunch
        (TUESDAY - day + 9 * 3600, 3600),  # service
        (TUESDAY - 2 * day + 9 * 3600, 7200),  # a Sunday
        (TUESDAY - 30 * day + 16.5 * 3600, 1800),  # staff hours after service, Sunday 25 October is none: none
        (CALENDAR.moment(date(2026, 10, 23), 16 * 60 + 30), 1800),  # a Friday in October, staff hours
    )
    edges = sorted(down)
    start, seen = CALENDAR.moment(date(2026, 1, 1)), []
    for begin, lasts in edges:
        seen += [
            ("line", "yibao", Interval(start, begin, True)),
            ("line", "yibao", Interval(begin, begin + lasts, False)),
        ]
        start = begin + lasts
    seen.append(("line", "yibao", Interval(start, NOON, True)))
    scene.store.write([of_seen(seen)])
    scene.part = scene.started()
    told = scene.told()
    assert {told["today", hours] for hours in ("service", "working", "all")} == {1.0}
    service_days = 16  # Monday 2 to Monday 23 November, and 3 hours of Tuesday
    assert told["month", "service"] == pytest.approx(1 - 1 / (service_days * 6 + 3))
    assert told["month", "working"] == pytest.approx(1 - 1 / (service_days * 6.5 + 3))
    assert told["month", "all"] == pytest.approx(1 - 3.5 / (23 * 24 + 12))
    hours = CALENDAR.time_within("working", CALENDAR.moment(date(2026, 1, 1)), NOON) / 3600
    assert told["year", "working"] == pytest.approx(1 - 1.5 / hours)
    planned = Maintenance("1", ("yibao",), TUESDAY - day + 9 * 3600, TUESDAY - day + 10 * 3600, "x", "x", 0)
    scene.part.plan([planned])
    assert scene.told()["month", "service"] == 1


def test_the_day_before_is_whole_once_the_interval_that_spans_midnight_goes_on(scene: Scene) -> None:
    scene.time.wall = TUESDAY + 86_400 - 45
    scene.time.clock.now()
    scene.read(False)
    scene.time.pass_(30)
    scene.read(False)  # 15 s before midnight
    scene.time.pass_(20)
    assert scene.told()[("month", "all")] == 0
    scene.time.pass_(10)
    scene.read()
    scene.time.pass_(30)
    scene.read()
    assert scene.told()[("today", "all")] == pytest.approx(30 / 45)
    assert scene.told()[("month", "all")] == pytest.approx(30 / 90)


def test_while_the_disk_refuses_what_was_seen_waits_apart_and_is_written_once_it_takes_it(scene: Scene) -> None:
    scene.read()
    asyncio.run(scene.part.write())
    with contextlib.closing(sqlite3.connect(scene.site.state / NAME, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        scene.time.pass_(30)
        scene.read()
        asyncio.run(scene.part.write())  # finds out that the disk refuses
        assert not scene.store.writable
        waiting = scene.store.unwritten
        for up in (False, True, False):
            scene.time.pass_(30)
            scene.read(up)
            asyncio.run(scene.part.write())
        assert scene.store.unwritten == waiting
        other.execute("ROLLBACK")
    scene.store.retry()
    asyncio.run(scene.part.write())
    expected = [Interval(0, 60, True), Interval(60, 90, False), Interval(90, 120, True), Interval(120, 120, False)]
    assert scene.kept() == expected


def test_what_could_not_be_read_at_the_start_is_read_later_and_nothing_is_planned_before(tmp_path: Path) -> None:
    first = Scene(tmp_path)
    first.read()
    first.time.pass_(30)
    first.read(False)
    asyncio.run(first.part.write())
    first.store.close()
    file, away = tmp_path / "var" / NAME, tmp_path / "away"
    file.rename(away)
    file.mkdir()  # no file can be opened there
    scene = Scene(tmp_path, NOON + 600)
    assert (scene.part.remembers, scene.store.writable) == (False, False)
    scene.read()
    file.rmdir()
    away.rename(file)
    scene.store.retry()
    asyncio.run(scene.part.turn())
    assert scene.part.remembers
    scene.time.pass_(10)
    scene.read()
    asyncio.run(scene.part.write())
    expected = [Interval(0, 30, True), Interval(30, 30, False), Interval(600, 610, True)]
    assert scene.kept() == expected
    scene.store.close()


def test_an_application_carries_its_role(tmp_path: Path) -> None:
    up = Metric("application_up", "gauge", "0/1", ("role",), "")
    scene = Scene(tmp_path)
    target = Target("application", "queue", "排队叫号", type("Options", (), {"role": "queue"}), every=30)
    scene.site = replace(scene.site, targets=(target,))
    scene.part.reload(scene.site)
    for _ in range(2):
        scene.snapshot.put(Reading(target, "http", scene.time.clock.now(), 0.0, (up.sample(1, role="queue"),)))
        scene.time.pass_(30)
    asyncio.run(scene.part.tell())
    reading = scene.snapshot.get("availability", target)
    assert reading is not None
    assert [(sample.metric.name, sample.labels, sample.value) for sample in reading.samples] == [
        ("application_availability_ratio", ("queue", window, "all"), 1.0) for window in ("today", "month", "year")
    ]
    scene.store.close()


def test_a_reload_while_the_ratios_are_told_stops_that_telling_and_the_next_one_is_whole(scene: Scene) -> None:
    others = tuple(replace(YIBAO, id=f"line-{number}") for number in range(200))
    scene.part.reload(replace(scene.site, targets=others))

    async def reload_meanwhile() -> None:
        telling = asyncio.ensure_future(scene.part.tell())
        while not scene.snapshot.readings():
            await asyncio.sleep(0)
        scene.part.reload(scene.site)
        await telling

    asyncio.run(reload_meanwhile())
    scene.read()
    scene.time.pass_(60)
    scene.read()
    assert scene.told()
