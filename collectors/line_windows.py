"""What a line's probes have seen over time: loss, jitter, 95th percentile. Pure; times in seconds."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

LOSS_PACKETS = 600  # fewer say nothing: one lost packet would be 1 %
LOSS_SECONDS = 6 * 3600.0  # packets older than this are no longer about the line as it is
RECENT_SECONDS = 300.0
JITTER_STEPS = 16  # the gain of the estimator is 1/16: before that many steps it is still on its way up from 0
PERCENTILE_VALUES = 5

RoundTrips = Sequence[float | None]


@dataclass
class LossWindow:
    """The newest bursts that hold at least 600 packets."""

    _bursts: deque[tuple[float, int, int]] = field(default_factory=deque)
    _sent: int = 0
    _lost: int = 0

    def add(self, at: float, round_trips: RoundTrips) -> None:
        lost = sum(each is None for each in round_trips)
        self._bursts.append((at, len(round_trips), lost))
        self._sent += len(round_trips)
        self._lost += lost
        while self._sent - self._bursts[0][1] >= LOSS_PACKETS or self._bursts[0][0] < at - LOSS_SECONDS:
            _, sent, lost = self._bursts.popleft()
            self._sent -= sent
            self._lost -= lost

    @property
    def ratio(self) -> float | None:
        """Lost packets of those sent; None before 600 were sent."""
        return self._lost / self._sent if self._sent >= LOSS_PACKETS else None


@dataclass
class Recent:
    """The round trips of the last 5 minutes, in the order sent."""

    _bursts: deque[tuple[float, tuple[float, ...]]] = field(default_factory=deque)

    def add(self, at: float, round_trips: RoundTrips) -> None:
        self._bursts.append((at, tuple(each for each in round_trips if each is not None)))
        while self._bursts[0][0] <= at - RECENT_SECONDS:
            self._bursts.popleft()

    @property
    def values(self) -> list[float]:
        return [each for _, burst in self._bursts for each in burst]

    @property
    def jitter(self) -> float | None:
        """Interarrival jitter (RFC 3550, 6.4.1) of the round trips, since only one clock is ours."""
        values = self.values
        if len(values) <= JITTER_STEPS:
            return None
        jitter, before = 0.0, values[0]
        for value in values[1:]:
            jitter += (abs(value - before) - jitter) / 16
            before = value
        return jitter

    @property
    def p95(self) -> float | None:
        values = self.values
        return quantile(values, 0.95) if len(values) >= PERCENTILE_VALUES else None


def quantile(values: Sequence[float], share: float) -> float:
    """Between the two nearest ranks, as PromQL's quantile_over_time."""
    ranked = sorted(values)
    rank = share * (len(ranked) - 1)
    low = math.floor(rank)
    high = min(low + 1, len(ranked) - 1)
    return ranked[low] + (ranked[high] - ranked[low]) * (rank - low)


@dataclass
class ProbeMemory:
    """What is kept of one probe between polls."""

    loss: LossWindow = field(default_factory=LossWindow)
    recent: Recent = field(default_factory=Recent)
