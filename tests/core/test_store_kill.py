"""kill -9 loses nothing that was acknowledged: ten rounds of benchmarks/durability.py."""

from __future__ import annotations

from benchmarks.durability import run


def test_what_was_acknowledged_before_a_kill_is_there_afterwards() -> None:
    outcome = run(10)
    assert outcome.acknowledged > 0
    assert (outcome.lost, outcome.damaged, outcome.broken) == (0, 0, 0)
