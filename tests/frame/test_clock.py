"""The clock tells a step of wall time from its ordinary going."""

from __future__ import annotations

from agent.clock import Clock


class Times:
    """Two clocks that a test moves: what the kernel would say."""

    def __init__(self) -> None:
        self.wall = 1_000_000.0
        self.monotonic = 50.0

    def pass_(self, seconds: float, drift: float = 0.0) -> None:
        self.wall += seconds + drift
        self.monotonic += seconds


def test_ordinary_time_is_no_step() -> None:
    times, steps = Times(), list[float]()
    clock = Clock(lambda: times.wall, lambda: times.monotonic)
    clock.stepped(steps.append)
    times.pass_(3600)
    assert clock.now() == times.wall
    assert steps == []


def test_a_step_is_told_with_its_size_before_the_new_time_is_given() -> None:
    times, steps = Times(), list[float]()
    clock = Clock(lambda: times.wall, lambda: times.monotonic)
    clock.stepped(steps.append)
    times.pass_(10)
    times.wall += 86400
    assert clock.now() == times.wall
    times.pass_(10)
    times.wall -= 3600
    clock.now()
    assert [round(step) for step in steps] == [86400, -3600]


def test_slewing_never_adds_up_to_a_step() -> None:
    times, steps = Times(), list[float]()
    clock = Clock(lambda: times.wall, lambda: times.monotonic)
    clock.stepped(steps.append)
    for _ in range(1000):
        times.pass_(1, drift=0.0005)
        clock.now()
    assert steps == []


def test_a_time_in_which_nothing_ran_is_told_and_is_no_step() -> None:
    times, steps, pauses = Times(), list[float](), list[float]()
    clock = Clock(lambda: times.wall, lambda: times.monotonic)
    clock.stepped(steps.append)
    clock.paused(pauses.append)
    for _ in range(5):
        times.pass_(1)
        clock.now()
    times.pass_(60)
    clock.now()
    clock.now()
    assert pauses == [60]
    assert steps == []
