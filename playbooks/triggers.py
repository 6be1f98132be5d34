"""What one trigger thinks of one series: a state machine of pure functions. Times are Unix seconds.

The same machine stands in a district's Prometheus (exporters.rules.raw): an alert with `for`, `keep_firing_for` and a
look at its own ALERTS series. At each evaluation

    enter  = the condition and every one of and_also hold, and the hours of `during` are open
    hold   = the condition holds at the `clear` threshold (no more and_also, no hours), or the series is unknown
    active = enter, or firing and hold

    idle     active: pending since now
    pending  not active: idle.  active for `for_seconds`: firing (at once where that is 0)
    firing   not active for `clear_seconds`: idle.  Active again in that time: as if it had never been inactive

A series that its collector no longer gives (a failed reading, a port that vanished) is unknown: that opens nothing, it
sets a pending trigger back to idle, and it closes nothing. What is still pending is lost when the agent restarts, as it
is in Prometheus, which sees the series end with the agent.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from agent.core.incident import Condition, Trigger

Phase = Literal["idle", "pending", "firing"]


@dataclass(frozen=True, slots=True)
class Mark:
    """Where the machine stands: since when pending or firing, and since when a firing one is no longer active."""

    phase: Phase
    since: float = 0.0
    clear_since: float | None = None

    def shifted(self, by: float) -> Mark:
        """The same on a clock that was moved by so many seconds."""
        return Mark(self.phase, self.since + by, None if self.clear_since is None else self.clear_since + by)


IDLE = Mark("idle")


def advance(mark: Mark, trigger: Trigger, enter: bool, hold: bool, now: float) -> Mark:
    """One evaluation."""
    if enter or (mark.phase == "firing" and hold):
        return _active(mark, trigger, now)
    if mark.phase != "firing":
        return IDLE
    since = now if mark.clear_since is None else mark.clear_since
    return IDLE if now - since >= trigger.clear_seconds else Mark("firing", mark.since, since)


def _active(mark: Mark, trigger: Trigger, now: float) -> Mark:
    if mark.phase == "firing":
        return mark if mark.clear_since is None else Mark("firing", mark.since)
    since = mark.since if mark.phase == "pending" else now
    return Mark("firing" if now - since >= trigger.for_seconds else "pending", since)


def due(mark: Mark, trigger: Trigger) -> float | None:
    """When time alone will change the mark."""
    if mark.phase == "pending":
        return mark.since + trigger.for_seconds
    return None if mark.clear_since is None else mark.clear_since + trigger.clear_seconds


def at_clear(trigger: Trigger) -> Condition:
    """The main condition at the threshold that keeps an incident open."""
    condition, clear = trigger.condition, trigger.clear
    if clear is None:
        return condition
    if condition.above is not None:
        return replace(condition, above=clear)
    if condition.below is not None:
        return replace(condition, below=clear)
    if condition.age_above is not None:
        return replace(condition, age_above=clear)
    raise ValueError(f"trigger {trigger.id}: clear needs above, below or age_above")
