"""Past: what befell a centre before its agent was there, as a description. Times are Unix seconds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple


class Turn(NamedTuple):
    """From `at` on, this series of a target has this value; `labels` are those of the metric, by name."""

    at: float
    kind: str
    target: str
    metric: str
    value: float
    labels: tuple[tuple[str, str], ...] = ()


class Level(NamedTuple):
    """How a series of a target ran: `value` at any moment, NaN where there was none."""

    kind: str
    target: str
    metric: str
    value: Callable[[float], float]
    labels: tuple[tuple[str, str], ...] = ()


class Deed(NamedTuple):
    """What somebody did about what befell a target after `since`: took it over (`owns`), or only wrote it down."""

    at: float
    kind: str
    target: str
    since: float
    who: str
    note: str
    owns: bool


class Work(NamedTuple):
    """Planned maintenance, and when it was written down."""

    entered: float
    targets: tuple[str, ...]
    start: float
    end: float
    reason: str
    by: str


@dataclass(frozen=True)
class Past:
    """From `start` to `end`. Nobody did anything about what was no incident: such a deed is left out."""

    start: float
    end: float
    turns: tuple[Turn, ...] = ()
    deeds: tuple[Deed, ...] = ()
    works: tuple[Work, ...] = ()
    levels: tuple[Level, ...] = ()
