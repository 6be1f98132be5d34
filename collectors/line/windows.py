"""What a line's probes have seen over time: loss, jitter, 95th percentile. Pure; times in seconds."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from agent.core.reach import Refusal
from collectors.line.loss import Loss
from collectors.line.trouble import WELL, Lately, State
from collectors.nqa_result import Held

LOSS_PACKETS = 600  # fewer say nothing: one lost packet would be 1 %
LOSS_SECONDS = 6 * 3600.0  # packets older than this are no longer about the line as it is
RECENT_SECONDS = 300.0
JITTER_STEPS = 16  # the gain of the estimator is 1/16: before that many steps it is still on its way up from 0
PERCENTILE_VALUES = 5
MUTE_AFTER = 2  # runs in which a farther probe was answered and this one was not


@dataclass
class Recent:
    """The round trips of the last 5 minutes, in the order sent."""

    values: list[float] = field(default_factory=list)
    _bursts: deque[tuple[float, int]] = field(default_factory=deque)  # when, and how many of the values are from then

    def add(self, at: float, received: Sequence[float]) -> None:
        self._bursts.append((at, len(received)))
        self.values += received
        while self._bursts[0][0] <= at - RECENT_SECONDS:
            _, old = self._bursts.popleft()
            del self.values[:old]

    @property
    def jitter(self) -> float | None:
        """Interarrival jitter (RFC 3550, 6.4.1) of the round trips, since only one clock is ours."""
        if len(self.values) <= JITTER_STEPS:
            return None
        jitter, before = 0.0, self.values[0]
        for value in self.values:
            jitter += (abs(value - before) - jitter) / 16
            before = value
        return jitter

    @property
    def p95(self) -> float | None:
        return quantile(self.values, 0.95) if len(self.values) >= PERCENTILE_VALUES else None


def quantile(values: Sequence[float], share: float) -> float:
    """Between the two nearest ranks, as PromQL's quantile_over_time."""
    ranked = sorted(values)
    rank = share * (len(ranked) - 1)
    low = math.floor(rank)
    high = min(low + 1, len(ranked) - 1)
    return ranked[low] + (ranked[high] - ranked[low]) * (rank - low)


@dataclass
class ProbeMemory:
    """What is kept of one probe between polls. `held`: the latest result of a test that a device makes by itself;
    `duplicates` and `reordered` count packets since it is asked, `state` is how it is now and `since` when it ceased to
    be well, or to answer (on the clock that never steps); `refusal` what a router has said since it is silent: they say
    it seldom. `unheard`: runs in a row in which a farther probe was answered and this one was not."""

    loss: Loss = field(default_factory=lambda: Loss(LOSS_PACKETS, LOSS_SECONDS))
    recent: Recent = field(default_factory=Recent)
    held: Held | None = None
    lately: Lately = field(default_factory=Lately)
    state: State = State.UNSURE
    since: float | None = None
    refusal: Refusal | None = None
    duplicates: int = 0
    reordered: int = 0
    unheard: int = 0
    _silent: bool = False

    @property
    def mute(self) -> bool:
        """Whether it is silent as ever: many routers answer no echoes, and pass on all."""
        return self._silent and self.unheard >= MUTE_AFTER

    def felt(self, state: State, now: float) -> None:
        """How it is at `now`."""
        silent = state is State.SILENT
        if state in WELL:
            self.since = None
        elif self.since is None or (silent and not self._silent):
            self.since = now
        self.state, self._silent = state, silent

    def told(self, behind: float) -> dict[str, Any]:
        """What `recall` takes up after a restart, as JSON; `behind`: the wall clock less the one that never steps."""
        since = None if self.since is None else round(self.since + behind, 3)
        return {"usual": self.lately.usual.told(), "unheard": self.unheard, "since": since, "silent": self._silent}

    def recall(self, told: Mapping[str, Any], now: float, behind: float) -> None:
        self.lately.usual.recall(told.get("usual", ()))
        self.unheard, self._silent, since = told.get("unheard", 0), told.get("silent", False), told.get("since")
        self.since = None if since is None else min(since - behind, now)
