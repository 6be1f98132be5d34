"""Calendar: when the centre serves applicants and when its staff works. Times are Unix seconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Hours = Literal["service", "working", "all"]


@dataclass(frozen=True)
class Calendar:
    def open(self, hours: Hours, at: float) -> bool:
        """Whether `at` lies inside these hours."""
        return True
