"""Rule durations as properties, against a slow reference that looks at the whole history every time."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as some

from agent.app import CHECKLIST_EVERY
from agent.core.model import Sample
from checks.rules import BETWEEN_RUNS, Watch, step
from tests.checks.scene import HOST, INODES, LINE, LINE_UP, NOON, TO_FULL, USAGE, Watchers

STEP = 30.0
GAP = 100.0


def _reference(history: list[bool], for_seconds: float) -> bool:
    """Raised after `for` of holding without a break, cleared after twice that of not holding without a break."""
    raised, run = False, 0
    for position, holds in enumerate(history):
        run = run + 1 if position and holds == history[position - 1] else 0
        if holds and run * STEP >= for_seconds:
            raised = True
        if not holds and run * STEP >= 2 * for_seconds:
            raised = False
    return raised


@given(some.lists(some.booleans(), min_size=1, max_size=60), some.sampled_from([0.0, 30.0, 90.0, 300.0]))
def test_a_rule_is_raised_exactly_when_its_history_says_so(history: list[bool], for_seconds: float) -> None:
    watch: Watch | None = None
    for position, holds in enumerate(history):
        watch = step(watch, holds, position * STEP, for_seconds, GAP)
    assert watch is not None
    assert watch.raised == _reference(history, for_seconds)


@given(some.lists(some.tuples(some.booleans(), some.floats(1, 1000)), min_size=1, max_size=40))
def test_nothing_is_raised_sooner_than_its_duration_of_witnessed_holding(history: list[tuple[bool, float]]) -> None:
    watch: Watch | None = None
    now, witnessed = 0.0, 0.0
    for position, (holds, pause) in enumerate(history):
        before = watch
        now += pause
        watch = step(watch, holds, now, 90.0, GAP)
        carried = position and holds and history[position - 1][0] and pause <= GAP
        witnessed = witnessed + pause if carried else 0.0
        if watch.raised and not (before and before.raised):
            assert witnessed >= 90.0 - 1e-6


@pytest.mark.parametrize("every", [5.0, 10.0, 30.0, 60.0])
def test_a_duration_is_witnessed_however_much_oftener_a_target_is_read_than_judged(every: float) -> None:
    line = replace(LINE, every=every)
    scene = Watchers("NET-01", line)
    scene.read(line, NOON, Sample(LINE_UP, 1.0))
    assert scene.result(NOON) == "pass"
    for run in range(1, 7):
        now = NOON + run * max(every, CHECKLIST_EVERY)
        scene.read(line, now - every / 2, Sample(LINE_UP, 0.0))
        found = scene.result(now)
    assert found == "fail"
    assert CHECKLIST_EVERY <= BETWEEN_RUNS


def test_what_no_duration_is_asked_of_is_said_in_the_same_words_at_each_run() -> None:
    full = [Sample(USAGE, 0.95, ("/",)), Sample(INODES, 0.1, ("/",)), Sample(TO_FULL, 1e9, ("/",))]
    at_once, lasting = Watchers("HOST-04", HOST), Watchers("NET-01", LINE)
    said: dict[str, list[str]] = {"HOST-04": [], "NET-01": []}
    for at in (NOON, NOON + 30, NOON + 60, NOON + 90, NOON + 120):
        at_once.read(HOST, at, *full)
        lasting.read(LINE, at, Sample(LINE_UP, 0.0))
        for watch in (at_once, lasting):
            said[watch.item.id].append(watch.found(at).verdict.observed.zh)
    assert len(set(said["HOST-04"])) == 1, "so that two hosts with the same fault are one row of the report"
    assert "2 分钟" in said["NET-01"][-1], "where a rule asks for a duration it is said"
