"""Loss, jitter and percentile over a line's time, against plain counting."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.line.loss import Loss
from collectors.line.windows import LOSS_PACKETS, LOSS_SECONDS, Recent, quantile

Bursts = list[list[bool]]


@given(st.lists(st.lists(st.booleans(), min_size=1, max_size=300), min_size=1, max_size=30))
def test_loss_is_that_of_the_newest_bursts_that_hold_600_packets(bursts: Bursts) -> None:
    window = Loss(LOSS_PACKETS, LOSS_SECONDS)
    for place, burst in enumerate(bursts):
        window.add(30.0 * place, len(burst), sum(burst))
        newest: list[bool] = []
        for each in reversed(bursts[: place + 1]):
            newest = [*each, *newest]
            if len(newest) >= 600:
                break
        assert window.ratio == (sum(newest) / len(newest) if len(newest) >= 600 else None)


def test_one_lost_packet_of_600_is_a_sixth_of_a_percent() -> None:
    window = Loss(LOSS_PACKETS, LOSS_SECONDS)
    for place in range(20):
        window.add(30.0 * place, 30, int(place == 7))
    assert window.ratio == 1 / 600


def test_after_a_long_pause_old_packets_say_nothing() -> None:
    window = Loss(LOSS_PACKETS, LOSS_SECONDS)
    window.add(0, 600, 600)
    assert window.ratio == 1
    window.add(7 * 3600, 30, 0)
    assert window.ratio is None


def test_a_window_stays_bounded_whatever_the_size_of_its_bursts() -> None:
    window, recent = Loss(LOSS_PACKETS, LOSS_SECONDS), Recent()
    for place in range(5000):
        window.add(30.0 * place, 1, 0)
        recent.add(30.0 * place, [0.01])
    assert len(window._bursts) == 600
    assert len(recent.values) == 10


def test_jitter_is_the_estimator_of_rfc_3550() -> None:
    # RFC 3550, A.8: J += (|D| - J) / 16; with a constant step it approaches the step.
    recent = Recent()
    recent.add(0, [0.010, 0.020] * 150)
    assert recent.jitter == pytest.approx(0.010, rel=1e-6)
    recent = Recent()
    recent.add(0, [0.0, *[0.016] * 17])
    assert recent.jitter == pytest.approx(0.001 * (15 / 16) ** 16)


def test_jitter_of_even_round_trips_is_nothing() -> None:
    recent = Recent()
    recent.add(0, [0.010] * 20)
    assert recent.jitter == 0


def test_jitter_and_percentile_need_enough_round_trips() -> None:
    recent = Recent()
    recent.add(0, [0.01] * 4)
    assert (recent.jitter, recent.p95) == (None, None)
    recent.add(30, [0.01])
    assert (recent.jitter, recent.p95) == (None, 0.01)
    recent.add(60, [0.01] * 12)
    assert recent.jitter == 0


def test_only_the_last_five_minutes_count() -> None:
    recent = Recent()
    for place in range(20):
        recent.add(30.0 * place, [1.0 if place < 10 else 0.01] * 2)
    assert recent.values == [0.01] * 20


@given(st.lists(st.floats(0, 10), min_size=1, max_size=50), st.floats(0, 1))
def test_a_quantile_lies_between_the_extremes_and_grows_with_its_share(values: list[float], share: float) -> None:
    got = quantile(values, share)
    assert min(values) - 1e-9 <= got <= max(values) + 1e-9
    assert quantile(values, 0) == min(values)
    assert quantile(values, 1) == max(values)


def test_a_quantile_is_that_of_promql() -> None:
    # quantile_over_time(0.95, …) over 1 … 10 gives 9.55: linear between the ranks.
    shuffled = random.Random(1).sample(range(1, 11), 10)
    assert quantile([float(each) for each in shuffled], 0.95) == pytest.approx(9.55)
