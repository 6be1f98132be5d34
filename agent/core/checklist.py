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
