"""Site: what agent.yaml says, as frozen data. Past agent.config nobody sees a dict that came from YAML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from agent.core.calendar import Calendar
from agent.core.model import Dependency, Target
from agent.core.reach import Login
from agent.core.text import Language, Text

# Roles of the founding document, of 三员分立, and of those outside who are called.
Role = Literal[
    "director",
    "deputy_director",
    "full_time_deputy_director",
    "business_supervisor",
    "chief_duty_officer",
    "network_administrator",
    "system_administrator",
    "security_administrator",
    "audit_administrator",
    "archivist",
    "accountant",
    "district_it",
    "vendor",
    "carrier",
    "other",
]


@dataclass(frozen=True, slots=True)
class Center:
    id: str
    name: str
    district: str


@dataclass(frozen=True, slots=True)
class Person:
    id: str
    name: str
    role: Role
    phone: str = ""
    mobile: str = ""
    mail: str = ""
    substitutes: tuple[str, ...] = ()
    covers: tuple[str, ...] = ()
    until: date | None = None  # the last day in this post
    accounts: tuple[str, ...] = ()  # what this person logs in as on hosts


@dataclass(frozen=True, slots=True)
class Counter:
    """A window of the front desk and what it depends on (target ids)."""

    id: str
    name: str
    depends_on: tuple[Dependency, ...] = ()


@dataclass(frozen=True)
class Site:
    """One centre. `sections` holds the typed options of sections without targets of their own (notify, checklist,
    thresholds, …), by key, as the packages that own them declared them. `source` is the file, `state` the directory
    for SQLite, evidence and reports, both absolute."""

    center: Center
    calendar: Calendar
    source: Path
    state: Path
    language: Language = "zh"
    listen: str = "127.0.0.1:9780"
    targets: tuple[Target, ...] = ()
    people: tuple[Person, ...] = ()
    counters: tuple[Counter, ...] = ()
    logins: Mapping[str, Login] = field(default_factory=dict)
    sections: Mapping[str, Any] = field(default_factory=dict)
    remarks: tuple[Text, ...] = ()  # what agent.yaml says that is allowed and yet should be known

    def target(self, identity: str) -> Target | None:
        """The target with this id (ids are unique over all sections)."""
        return self._by_id.get(identity)

    @cached_property
    def _by_id(self) -> Mapping[str, Target]:
        return {target.id: target for target in self.targets}

    def of_kind(self, kind: str) -> tuple[Target, ...]:
        return tuple(target for target in self.targets if target.kind == kind)
