"""Promises of the state machine of a trigger."""

from __future__ import annotations

import pytest

from agent.core.incident import Condition, Trigger
from playbooks.triggers import IDLE, Mark, advance, at_clear, due

TRIGGER = Trigger("T-01.1", "T-01", Condition("m", above=0.9), "P2", for_seconds=90, clear_seconds=60)


def run(trigger: Trigger, *steps: tuple[float, bool, bool]) -> list[str]:
    """The phases after evaluations (now, enter, hold)."""
    mark, phases = IDLE, []
    for now, enter, hold in steps:
        mark = advance(mark, trigger, enter, hold, now)
        phases.append(mark.phase)
    return phases


def test_it_fires_when_the_condition_has_held_for_its_time():
    assert run(TRIGGER, (0, True, True), (89, True, True), (90, True, True)) == ["pending", "pending", "firing"]


def test_one_good_evaluation_sets_a_pending_trigger_back():
    steps = ((0, True, True), (60, False, True), (61, True, True), (120, True, True), (151, True, True))
    assert run(TRIGGER, *steps) == ["pending", "idle", "pending", "pending", "firing"]


def test_without_a_duration_it_fires_at_once():
    trigger = Trigger("T-01.1", "T-01", Condition("m", above=0.9), "P2")
    assert run(trigger, (0, True, True)) == ["firing"]


def test_holding_never_opens():
    assert run(TRIGGER, (0, False, True), (500, False, True)) == ["idle", "idle"]


def test_it_closes_only_after_its_time_without_being_active():
    firing = Mark("firing", 0.0)
    cleared = advance(firing, TRIGGER, False, False, 100.0)
    assert cleared == Mark("firing", 0.0, 100.0)
    assert advance(cleared, TRIGGER, False, False, 159.0).phase == "firing"
    assert advance(cleared, TRIGGER, False, False, 160.0) == IDLE


def test_active_again_while_closing_is_as_if_it_never_cleared():
    closing = Mark("firing", 0.0, 100.0)
    assert advance(closing, TRIGGER, False, True, 150.0) == Mark("firing", 0.0)


def test_it_says_when_time_alone_will_change_it():
    assert due(IDLE, TRIGGER) is None
    assert due(Mark("pending", 10.0), TRIGGER) == 100.0
    assert due(Mark("firing", 10.0), TRIGGER) is None
    assert due(Mark("firing", 10.0, 200.0), TRIGGER) == 260.0


@pytest.mark.parametrize(
    ("condition", "clear", "expected"),
    [
        (Condition("m", above=0.9), 0.8, Condition("m", above=0.8)),
        (Condition("m", below=900), 1200, Condition("m", below=1200)),
        (Condition("m", age_above=3600), 60, Condition("m", age_above=60)),
        (Condition("m", equals=0), None, Condition("m", equals=0)),
    ],
)
def test_hysteresis_moves_the_threshold_that_keeps_it_open(condition, clear, expected):
    assert at_clear(Trigger("T-01.1", "T-01", condition, "P2", clear=clear)) == expected


def test_a_state_has_no_hysteresis():
    with pytest.raises(ValueError, match="clear needs"):
        at_clear(Trigger("T-01.1", "T-01", Condition("m", equals=0), "P2", clear=1))
