"""Item, Rule, Verdict, Finding: what the six-area checklist asks and what it found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

from agent.core.incident import Condition
from agent.core.text import Text


class Result(StrEnum):
    PASS = "pass"  # noqa: S105 - a result, not a password
    WARN = "warn"
    FAIL = "fail"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"
    NOT_CONNECTED = "not_connected"


Severity = Literal["critical", "high", "medium", "low"]
Mode = Literal["automatic", "semi_automatic", "attested"]


@dataclass(frozen=True, slots=True)
class Rule:
    """`condition` true for `for_seconds` gives `result` (warn or fail)."""

    condition: Condition
    result: Result
    for_seconds: float = 0


@dataclass(frozen=True, slots=True)
class Words:
    """How an operator is told a metric's value: `says` with {value} and label names; `values` names 0 and 1, and
    `labels` the values of a label, by its name."""

    says: Text
    values: Mapping[float, Text] = field(default_factory=dict)
    labels: Mapping[str, Mapping[str, Text]] = field(default_factory=dict)


@dataclass(frozen=True)
class Item:
    """One line of the checklist. `needs` are the ways in, alternatives joined by |; `judge` names a Python judge."""

    id: str
    area: str
    title: Text
    verify: Text
    mode: Mode
    severity: Severity
    level: Literal[2, 3]
    metrics: tuple[str, ...]
    rules: tuple[Rule, ...]
    needs: tuple[str, ...]
    remedy: Text
    playbooks: tuple[str, ...] = ()
    source: str = ""
    origin: str = ""
    cadence: str = ""
    judge: str = ""
    kinds: tuple[str, ...] = ()  # kinds of targets it is asked of; empty: every kind whose collectors have its metrics
    words: Mapping[str, Words] = field(default_factory=dict)  # by metric name: how its values are said


@dataclass(frozen=True, slots=True)
class Verdict:
    """One judgement about one subject (a target id, or the centre): what is so, what it should be, what to do."""

    result: Result
    subject: str
    observed: Text
    expected: Text
    remedy: Text | None = None


@dataclass(frozen=True)
class Finding:
    """A verdict with item, area, time (Unix seconds), who judged, and the evidence: samples as name, labels, value."""

    item: str
    area: str
    kind: str
    verdict: Verdict
    at: float
    who: str = "shouwang"
    evidence: tuple[Mapping[str, Any], ...] = field(default_factory=tuple)


@dataclass(frozen=True)
class Area:
    """One of the areas that the founding document asks for, with its items in their order."""

    id: str
    title: Text
    items: tuple[Item, ...]


Colour = Literal["red", "amber", "green", "none"]


@dataclass(frozen=True, slots=True)
class Score:
    """An area's result: colour, ratio 0-1 (None without any result), and the onboarding meter beside it, in items."""

    area: str
    colour: Colour
    ratio: float | None
    connected: int
    automatic: int
