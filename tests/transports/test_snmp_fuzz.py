"""Some thousand mutated replies per version and report type; benchmarks/snmp_fuzz.py plays a hundred thousand each."""

from __future__ import annotations

import pytest

from tests.snmp_fuzz import KINDS, Kind, play


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())
def test_mutated_replies_end_a_session_in_its_time_with_values_or_a_plain_error(kind: Kind) -> None:
    outcome = play(kind, 3000, seed=7)
    assert outcome.escaped == []
    assert outcome.sent >= 3000
    assert outcome.sessions > 3
    assert outcome.overrun < 5
    assert "defect" not in outcome.failures
