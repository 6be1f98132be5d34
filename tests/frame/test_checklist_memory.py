"""What the agent writes of the checklist: what is new at once, what only differs by a digit now and then."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from agent.checklist_memory import EVERY, Remembering, left
from agent.core.checklist import Finding
from agent.core.store import Store
from agent.journal import Journal
from checks.running import Checklist
from tests.checks import scene
from tests.checks.scene import LINE, LINE_UP, NOON, Watchers


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path / "var")
    yield opened
    opened.close()


class Run:
    def __init__(self, store: Store) -> None:
        self.store, self.watch = store, Watchers("NET-01", LINE)
        self.checklist = Checklist(scene.AREAS, scene.COLLECTORS, self.watch.snapshot, self.watch.site)
        self.remembering = Remembering(store, Journal(store, lambda changes: None), self.checklist)

    def at(self, now: float, up: float) -> Finding:
        """As it is written after a run on this reading."""
        self.watch.read(LINE, now, LINE_UP.sample(up))
        asyncio.run(self.remembering.turn(self.checklist.run(now), now))
        return next(each for each in self.store.findings() if each.item == "NET-01")


def test_a_new_result_is_written_at_once_and_a_new_time_within_five_minutes(store: Store) -> None:
    run = Run(store)
    assert run.at(NOON, 1).at == NOON
    assert [run.at(NOON + second, 1).at for second in (30, EVERY - 30)] == [NOON, NOON]
    assert run.at(NOON + EVERY, 1).at == NOON + EVERY
    found = run.at(NOON + EVERY + 30, 0)
    assert (found.verdict.result, found.at) == ("warn", NOON + EVERY + 30)


def test_what_is_raised_is_in_the_store_before_anything_can_kill_the_agent(store: Store) -> None:
    run = Run(store)
    for second in range(0, 150, 30):
        run.at(NOON + second, 0 if second else 1)
    before = left(store, NOON + 150)
    after = Checklist(scene.AREAS, scene.COLLECTORS, run.watch.snapshot, run.watch.site, before)
    run.watch.read(LINE, NOON + 150, LINE_UP.sample(1))
    found = next(each for each in after.run(NOON + 150) if each.item == "NET-01")
    assert found.verdict.result == "fail", "recovered for less than twice its duration"


def test_at_the_end_the_last_run_is_written_as_it_was(store: Store) -> None:
    run = Run(store)
    run.at(NOON, 1)
    run.at(NOON + 30, 1)
    asyncio.run(run.remembering.write())
    (found,) = [each for each in store.findings() if each.item == "NET-01"]
    assert found == replace(found, at=NOON + 30)
