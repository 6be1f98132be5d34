"""Numbers and moments as people read them."""

from __future__ import annotations

import pytest

from agent.core.calendar import Calendar
from agent.core.units import duration, moment, percent
from tests.core.made import NOON


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-3, "0 秒"),
        (12.9, "12 秒"),
        (1110, "18 分"),
        (7300, "2 小时 1 分"),
        (7200, "2 小时"),
        (270000, "3 天 3 小时"),
        (18316800, "212 天"),
        (float("inf"), "∞"),
    ],
)
def test_durations_are_said_in_two_units(seconds: float, said: str) -> None:
    assert duration(seconds, "zh") == said


def test_percent_keeps_a_decimal_where_it_matters() -> None:
    assert [percent(value, "zh") for value in (0.0, 0.002, 0.0999, 0.42, 1.0)] == ["0%", "0.2%", "10.0%", "42%", "100%"]


def test_a_moment_has_its_date_and_is_that_of_the_centre() -> None:
    assert moment(Calendar(), NOON) == "2026-11-24 12:00"
