"""Remediation tickets (整改单): one per failing checklist item and subject, with an owner (首问责任人) and a limit.

Pure; times in Unix seconds. A limit in working days ends with the work of the last of them; the day of opening does not
count, and no limit nor extension goes beyond 60 days.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import timedelta
from typing import Any, Literal

from agent.core.calendar import Calendar
from agent.core.checklist import Finding, Severity

OVERDUE = "checklist_overdue"
EXTENDED = "checklist_remediation_extended"
OLDEST = "checklist_remediation_oldest_seconds"

DAY = 86400.0
LONGEST = 60  # days from opening
WORKING_DAYS: Mapping[Severity, int] = {"critical": 2, "high": 2, "medium": 10}
DAYS: Mapping[Severity, int] = {"low": 30}

State = Literal["open", "overdue", "closed"]
Key = tuple[str, str, str]  # item, kind and id of the subject


@dataclass(frozen=True, slots=True)
class Ticket:
    """`offered` is to whom the owner wants to hand it over; `wanted`, `wanted_by` and `why_wanted` an extension that
    waits for agreement, `extended_by` who agreed to the last one. `evidence` are hashes of files, or what the agent
    read when the item passed."""

    id: str
    item: str
    kind: str
    subject: str
    severity: Severity
    opened: float
    opened_by: str
    due: float
    owner: str = ""
    found: str = ""
    offered: str = ""
    wanted: float | None = None
    wanted_by: str = ""
    why_wanted: str = ""
    extended: float | None = None
    extended_by: str = ""
    closed: float | None = None
    closed_by: str = ""
    why_closed: str = ""
    evidence: tuple[Any, ...] = ()

    @property
    def key(self) -> Key:
        return self.item, self.kind, self.subject

    def state(self, now: float) -> State:
        if self.closed is not None:
            return "closed"
        return "overdue" if now > self.due else "open"


def due(calendar: Calendar, severity: Severity, opened: float) -> float:
    """Until when what was opened then is to be put right."""
    first, latest = calendar.local(opened).date(), opened + LONGEST * DAY
    if severity in DAYS:
        return min(calendar.moment(first + timedelta(days=DAYS[severity]), 24 * 60), latest)
    left = WORKING_DAYS[severity]
    for days in range(1, LONGEST + 1):
        day = first + timedelta(days=days)
        spans = calendar.spans("working", day)
        left -= bool(spans)
        if not left:
            return min(calendar.moment(day, spans[-1][1]), latest)
    return latest


def unticketed(findings: Iterable[Finding], tickets: Iterable[Ticket]) -> list[Finding]:
    """Failures that no open ticket is about."""
    known = {each.key for each in tickets if each.closed is None}
    failing = [each for each in findings if each.verdict.result.value == "fail"]
    return [each for each in failing if (each.item, each.kind, each.verdict.subject) not in known]


def passing(findings: Iterable[Finding], tickets: Iterable[Ticket]) -> list[tuple[Ticket, Finding]]:
    """Open tickets about what passes since, with the finding."""
    well = {
        (each.item, each.kind, each.verdict.subject): each for each in findings if each.verdict.result.value == "pass"
    }
    return [(each, well[each.key]) for each in tickets if each.closed is None and each.key in well]


def body_of(entry: Ticket) -> dict[str, Any]:
    """As it stands in the ledger and on disk."""
    return asdict(entry)


def read(body: Mapping[str, Any]) -> Ticket:
    """What `body_of` made, of this version or a later one."""
    names = {each.name for each in fields(Ticket)}
    known = {name: value for name, value in body.items() if name in names}
    return Ticket(**{**known, "evidence": tuple(body.get("evidence", ()))})
