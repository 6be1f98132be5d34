"""Rule durations as properties, against a slow reference that looks at the whole history every time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as some

from checks.rules import Watch, step

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
