"""How a line's round trip compares with what is usual at this time of day."""

from __future__ import annotations

import json
from typing import Any

from collectors.line.baseline import ratio

DAY, NOON = 86400.0, 20_000 * 86400.0 + 43200


def half_hour(kept: dict[str, Any], at: float, p95: float) -> float | None:
    """A poll every 30 seconds; the last value."""
    for poll in range(60):
        found = ratio(kept, at + poll * 30, p95)
    return found


def test_it_is_known_after_three_days_and_only_for_hours_that_were_seen() -> None:
    kept: dict[str, Any] = {}
    found = [half_hour(kept, NOON + day * DAY, 0.02) for day in range(5)]
    assert found[:3] == [None] * 3
    assert found[3:] == [1.0, 1.0]
    assert half_hour(kept, NOON + 5 * DAY, 0.12) == 6.0
    assert half_hour(kept, NOON + 5 * DAY + 1800, 0.12) is None


def test_one_slow_day_does_not_become_what_is_usual() -> None:
    kept: dict[str, Any] = {}
    for day, p95 in enumerate((0.02, 0.02, 0.5, 0.02)):
        half_hour(kept, NOON + day * DAY, p95)
    assert half_hour(kept, NOON + 4 * DAY, 0.02) == 1.0


def test_what_is_older_than_14_days_is_forgotten() -> None:
    kept: dict[str, Any] = {}
    for day in range(3):
        half_hour(kept, NOON + day * DAY, 0.02)
    assert half_hour(kept, NOON + 14 * DAY, 0.02) == 1.0
    assert half_hour(kept, NOON + 16 * DAY, 0.02) is None
    for day in range(17, 60):
        half_hour(kept, NOON + day * DAY, 0.02)
    assert len(kept["days"]["24"]) <= 14


def test_it_goes_on_after_a_restart_and_stays_small() -> None:
    kept: dict[str, Any] = {}
    for half in range(15 * 48):
        for poll in range(3):
            ratio(kept, NOON + half * 1800 + poll * 600, 0.0123456789)
    text = json.dumps(kept)
    assert len(text) < 20_000
    assert ratio(json.loads(text), NOON + 15 * DAY, 0.02) is not None


def test_a_half_hour_of_one_poll_is_none() -> None:
    kept: dict[str, Any] = {}
    for day in range(5):
        ratio(kept, NOON + day * DAY, 0.02)
    assert ratio(kept, NOON + 5 * DAY, 0.02) is None
