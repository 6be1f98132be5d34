"""View: everything that the page and the API show, handed over as one frozen Picture; and what may be asked of the
agent from outside. The agent's composition implements both; pages are functions of a Picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from agent.core.checklist import Area, Changed, Finding, Score
from agent.core.incident import Change, Incident, Playbook
from agent.core.model import Reading
from agent.core.site import Site
from agent.core.text import Text


@dataclass(frozen=True, slots=True)
class Receiver:
    """Where incidents go. `reachable` is None before the first try; `since` is when it became so (Unix seconds);
    `waiting` counts what it has still to take; `error` is the last failure, for people."""

    name: str
    kind: str = "alertmanager"
    reachable: bool | None = None
    since: float | None = None
    waiting: int = 0
    error: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """Something about the agent itself that a person must know: the new configuration was refused, the disk takes no
    writes, the holidays of a year are unknown. `detail` is shown as it is, line by line."""

    level: Literal["fault", "warn", "info"]
    text: Text
    since: float | None = None
    detail: str = ""


@dataclass(frozen=True)
class Picture:
    """The state of the centre at one moment. Times are Unix seconds.

    `readings` are the latest of each collector and target; `incidents` the open ones; `changes` the newest changes of
    incidents, newest first, at most some hundred; `maintenance` the ids of targets under a planned change;
    `unwatched` the ids of targets that no collector reads yet. `areas`, `findings` and `scores` are of the last run of
    the checklist, empty before the first; `scores` stand in the order of `areas`. `readiness` are the last
    opening and closing check as documents, `due` what is due today or on the next service day, `trend` the scores by
    day and area. `changed` are the limits that the site changed, `limits` the same in words. `polling` is False until
    the scheduler runs. `level` is the centre's; items above it are advice, and `advice` says what of it fails.
    """

    site: Site
    at: float
    version: str
    readings: tuple[Reading, ...] = ()
    incidents: tuple[Incident, ...] = ()
    changes: tuple[Change, ...] = ()
    playbooks: Mapping[str, Playbook] = field(default_factory=dict)
    areas: tuple[Area, ...] = ()
    advice: Text | None = None
    level: int = 2
    findings: tuple[Finding, ...] = ()
    scores: tuple[Score, ...] = ()
    readiness: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    due: Mapping[str, Any] = field(default_factory=dict)
    trend: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)
    changed: tuple[Changed, ...] = ()
    limits: tuple[Text, ...] = ()
    receivers: tuple[Receiver, ...] = ()
    notes: tuple[Note, ...] = ()
    maintenance: frozenset[str] = frozenset()
    unwatched: frozenset[str] = frozenset()
    polling: bool = True


class View(Protocol):
    """What the agent shows. Called from the event loop; never raising because the disk is gone. What is not awaited is
    quick."""

    def picture(self) -> Picture: ...

    async def timeline(self, incident: str) -> tuple[Change, ...]:
        """Every change of one incident, open or closed, oldest first; empty if there is none of that id."""
        ...

    def checklist(self) -> Mapping[str, Any]:
        """The last run of the checklist as the command line's JSON document; empty before the first run."""
        ...

    async def ledger_head(self) -> Mapping[str, Any]:
        """`hash` of the ledger's last record; None, and an `error` for people, where it cannot be read."""
        ...


class Actions(Protocol):
    async def reload(self) -> tuple[str, ...]:
        """Read agent.yaml again. The errors; empty if the new configuration is in force, else the old one stays."""
        ...
