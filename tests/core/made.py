"""Incidents and their changes, made for tests."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

from agent.core.checklist import Finding, Result, Verdict
from agent.core.incident import Change, Class, Incident
from agent.core.text import Text

NOON = 1_795_492_800.0  # 2026-11-24 12:00 in Shanghai
NUMBERS = itertools.count(1)


def incident(target: str = "yibao", class_: Class = "P2", opened: float = NOON, **more: Any) -> Incident:
    return Incident(f"20261124-120000-{next(NUMBERS):04d}", "IR-04", "line", target, class_, opened, **more)


def opening(found: Incident) -> Change:
    return Change("opened", found, found.opened)


def raising(found: Incident, class_: Class, at: float) -> Change:
    return Change("class", replace(found, class_=class_, revision=found.revision + 1), at, was=found.class_)


def closing(found: Incident, at: float) -> Change:
    return Change("closed", replace(found, closed=at, revision=found.revision + 1), at)


def noting(found: Incident, note: str, at: float) -> Change:
    return Change("note", replace(found, revision=found.revision + 1), at, who="wang", note=note)


def finding(item: str = "NET-05", result: Result = Result.PASS, subject: str = "core", **more: Any) -> Finding:
    said = Text("已见", "seen")
    return Finding(item, "network", "switch", Verdict(result, subject, said, said), more.pop("at", NOON), **more)
