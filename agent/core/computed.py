"""Computed: a reading that the frame worked out from what was read before."""

from __future__ import annotations

from dataclasses import dataclass

from agent.core.model import Reading


@dataclass(frozen=True)
class Computed(Reading):
    """Holds samples of its target; it does not say whether the target can be read now."""


def read_of_target(reading: Reading) -> bool:
    """Whether a collector read a target, well or not."""
    return reading.target is not None and not isinstance(reading, Computed)
