"""Write: one thing to be written, kept as an object while the disk refuses it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from agent.core import ledger, rows
from agent.core.checklist import Finding
from agent.core.delivery import Delivery, Key, Updates
from agent.core.incident import Change, Incident
from agent.core.ledger import canonical

CARRIED = "register.carried"  # kind of a record


@dataclass(frozen=True, slots=True)
class Write:
    """`put(connection, late)` writes `what` within a transaction. `late`: the disk refused it at first."""

    what: Any
    put: Callable[[sqlite3.Connection, bool], Any]
    late: bool = False


class Fact(NamedTuple):
    key: str
    value: str  # JSON


def of_change(change: Change) -> Write:
    return Write(change, lambda connection, late: rows.write_change(connection, change, late))


def of_notes(incidents: Iterable[Incident], note: str, at: float) -> list[Write]:
    return [of_change(Change("note", incident, at, note=note)) for incident in incidents]


def of_finding(finding: Finding) -> Write:
    return Write(finding, lambda connection, late: rows.write_finding(connection, finding, late))


def of_fact(key: str, value: Any) -> Write:
    fact = Fact(key, canonical(value))
    return Write(fact, lambda connection, late: rows.write_fact(connection, fact.key, fact.value))


def of_record(kind: str, body: Mapping[str, Any], at: float) -> Write:
    return Write((kind, body), lambda connection, late: ledger.append(connection, at, kind, body))


def of_deliveries(updates: Updates) -> list[Write]:
    return [_of_delivery(key, row) for key, row in updates.items()]


def _of_delivery(key: Key, row: Delivery | None) -> Write:
    return Write(row, lambda connection, late: rows.write_delivery(connection, key, row))


def of_carried(writes: Iterable[Write], at: float) -> list[Write]:
    """Records of the registers that a new file begins with: what they have, its ledger has too."""
    facts = [each.what for each in writes if isinstance(each.what, Fact)]
    lists = [(fact.key, found) for fact in facts if isinstance(found := json.loads(fact.value), list)]
    return [of_record(CARRIED, {"register": key, "entries": found}, at) for key, found in lists]
