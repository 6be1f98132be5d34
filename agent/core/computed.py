"""Computed: a reading of a target that was not read of it, but worked out by the frame or told by another target."""

from __future__ import annotations

from dataclasses import dataclass

from agent.core.model import Reading


@dataclass(frozen=True)
class Computed(Reading):
    """Holds samples of its target; it does not say whether the target can be read now."""


@dataclass(frozen=True)
class OfAnother(Computed):
    """What a collector found out about its target by asking another, `by`: a second vantage, a log store."""

    by: str = ""


def read_of_target(reading: Reading) -> bool:
    """Whether a collector read a target, well or not."""
    return reading.target is not None and not isinstance(reading, Computed)


def part_of(collector: str, by: str) -> str:
    """What stands for the collector in a reading that is OfAnother: each that is asked tells for itself."""
    return f"{collector} by {by}"
