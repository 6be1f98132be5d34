"""Rows: incidents, timelines, findings and deliveries as SQLite keeps them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import asdict, fields
from hashlib import sha256
from typing import Any, TypeVar

from agent.core import ledger
from agent.core.checklist import Finding, Result, Verdict
from agent.core.delivery import Delivery, Key
from agent.core.incident import Change, Incident
from agent.core.ledger import canonical
from agent.core.text import Text

SCHEMA = (
    """CREATE TABLE incidents (id TEXT PRIMARY KEY, opened REAL NOT NULL, closed REAL, revision INTEGER NOT NULL,
       body TEXT NOT NULL) WITHOUT ROWID""",
    "CREATE INDEX incidents_by_time ON incidents (opened, id)",
    "CREATE INDEX incidents_open ON incidents (id) WHERE closed IS NULL",
    """CREATE TABLE timeline (seq INTEGER PRIMARY KEY, incident TEXT NOT NULL, at REAL NOT NULL, late INTEGER NOT NULL,
       body TEXT NOT NULL)""",
    "CREATE INDEX timeline_by_incident ON timeline (incident, seq)",
    """CREATE TABLE deliveries (receiver TEXT, playbook TEXT, target TEXT, class TEXT, body TEXT NOT NULL,
       PRIMARY KEY (receiver, playbook, target, class)) WITHOUT ROWID""",
    """CREATE TABLE findings (item TEXT, kind TEXT, subject TEXT, recorded REAL NOT NULL, body TEXT NOT NULL,
       PRIMARY KEY (item, kind, subject)) WITHOUT ROWID""",
    "CREATE TABLE memory (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
)
REMIND_SECONDS = 86_400.0  # a finding that stays as it is stands in the ledger once a day

T = TypeVar("T")


def _known(kind: type[T], body: Mapping[str, Any]) -> dict[str, Any]:
    """What this version knows of a body, so that a row of a later version is still read. Lists become tuples."""
    names = {each.name for each in fields(kind)}  # type: ignore[arg-type]  # called with dataclasses only
    return {name: tuple(value) if isinstance(value, list) else value for name, value in body.items() if name in names}


def write_change(connection: sqlite3.Connection, change: Change, late: bool) -> None:
    """Incident, timeline and ledger. `late`: it was only in memory for a while, since the disk refused it."""
    incident, body = change.incident, incident_body(change.incident)
    connection.execute(
        """INSERT INTO incidents VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET opened = excluded.opened,
           closed = excluded.closed, revision = excluded.revision, body = excluded.body""",
        (incident.id, incident.opened, incident.closed, incident.revision, canonical(body)),
    )
    row = {"kind": change.kind, "who": change.who, "note": change.note, "was": change.was, "incident": body}
    connection.execute(
        "INSERT INTO timeline (incident, at, late, body) VALUES (?, ?, ?, ?)",
        (incident.id, change.at, late, canonical(row)),
    )
    ledger.append(connection, change.at, f"incident.{change.kind}", row | {"late": True} if late else row)


def incident_body(incident: Incident) -> dict[str, Any]:
    body = asdict(incident)
    del body["recorded"]  # says where the row is, not what happened
    return body


def read_incident(body: str) -> Incident:
    return Incident(**_known(Incident, json.loads(body)))


def read_change(at: float, body: str) -> Change:
    row = json.loads(body)
    incident = Incident(**_known(Incident, row["incident"]))
    return Change(row["kind"], incident, at, row["who"], row["note"], row["was"])


def open_incidents(connection: sqlite3.Connection) -> list[Incident]:
    found = connection.execute("SELECT body FROM incidents WHERE closed IS NULL ORDER BY opened, id")
    return [read_incident(body) for (body,) in found]


def incident(connection: sqlite3.Connection, identity: str) -> Incident | None:
    row = connection.execute("SELECT body FROM incidents WHERE id = ?", (identity,)).fetchone()
    return read_incident(row[0]) if row else None


def incidents(connection: sqlite3.Connection, limit: int, before: str | None) -> list[Incident]:
    """The newest first; `before` is the id after which the next page begins."""
    found = connection.execute(
        """SELECT body FROM incidents
           WHERE ?1 IS NULL OR (opened, id) < (SELECT opened, id FROM incidents WHERE id = ?1)
           ORDER BY opened DESC, id DESC LIMIT ?2""",
        (before, limit),
    )
    return [read_incident(body) for (body,) in found]


def incidents_between(connection: sqlite3.Connection, start: float, end: float) -> list[Incident]:
    """Those that were open at some moment in between, the oldest first."""
    found = connection.execute(
        "SELECT body FROM incidents WHERE opened < ? AND coalesce(closed, ?) >= ? ORDER BY opened, id",
        (end, start, start),
    )
    return [read_incident(body) for (body,) in found]


def timeline(connection: sqlite3.Connection, identity: str) -> list[Change]:
    found = connection.execute("SELECT at, body FROM timeline WHERE incident = ? ORDER BY seq", (identity,))
    return [read_change(at, body) for at, body in found]


def write_delivery(connection: sqlite3.Connection, key: Key, row: Delivery | None) -> None:
    if row is None:
        connection.execute(
            "DELETE FROM deliveries WHERE receiver = ? AND playbook = ? AND target = ? AND class = ?", key
        )
        return
    body = asdict(row)
    del body["tried"]
    connection.execute("INSERT OR REPLACE INTO deliveries VALUES (?, ?, ?, ?, ?)", (*key, canonical(body)))


def deliveries(connection: sqlite3.Connection) -> dict[Key, Delivery]:
    """Every row; after a restart each counts as tried, since nobody knows whether the last message got through."""
    found = connection.execute("SELECT body FROM deliveries")
    rows = [Delivery(**_known(Delivery, json.loads(body) | {"tried": True})) for (body,) in found]
    return {row.key: row for row in rows}


def write_finding(connection: sqlite3.Connection, finding: Finding, late: bool) -> None:
    """The latest finding of this item about this subject; a ledger record where it says something new."""
    key = (finding.item, finding.kind, finding.verdict.subject)
    old = connection.execute(
        "SELECT recorded, body FROM findings WHERE item = ? AND kind = ? AND subject = ?", key
    ).fetchone()
    body = asdict(finding)
    recorded = old[0] if old else finding.at
    if old is None or news(read_finding(old[1]), finding) or not 0 <= finding.at - recorded < REMIND_SECONDS:
        recorded = finding.at
        ledger.append(connection, finding.at, "finding", body | {"late": True} if late else body)
    connection.execute("INSERT OR REPLACE INTO findings VALUES (?, ?, ?, ?, ?)", (*key, recorded, sealed(body)))


def sealed(body: Mapping[str, Any]) -> str:
    """As JSON with the SHA-256 of itself: what was observed changes with every run, and not each is in the ledger."""
    text = canonical(body)
    return f'{text[:-1]},"seal":"{sha256(text.encode()).hexdigest()}"}}'


def broken(body: dict[str, Any]) -> bool:
    """Whether it is not what was sealed; takes the seal off. One that an earlier version wrote has none."""
    seal = body.pop("seal", None)
    return seal is not None and seal != sha256(canonical(body).encode()).hexdigest()


def news(old: Finding, new: Finding) -> bool:
    """A measured value in the words changes with every run; the result and who gave it are what counts, and when, where
    somebody did."""
    if (old.verdict.result, old.who, old.waiver, old.found) != (new.verdict.result, new.who, new.waiver, new.found):
        return True
    return new.who != "shouwang" and new.at != old.at


def read_finding(body: str) -> Finding:
    row = json.loads(body)
    verdict = row.pop("verdict")
    remedy = Text(**verdict["remedy"]) if verdict["remedy"] else None
    observed, expected = Text(**verdict["observed"]), Text(**verdict["expected"])
    row["verdict"] = Verdict(Result(verdict["result"]), verdict["subject"], observed, expected, remedy)
    return Finding(**_known(Finding, row))


def findings(connection: sqlite3.Connection) -> list[Finding]:
    found = connection.execute("SELECT body FROM findings ORDER BY item, kind, subject")
    return [read_finding(body) for (body,) in found]


def write_fact(connection: sqlite3.Connection, key: str, value: str) -> None:
    connection.execute("INSERT OR REPLACE INTO memory VALUES (?, ?)", (key, value))


def facts(connection: sqlite3.Connection, prefix: str) -> dict[str, str]:
    """Values as JSON, by key, of all whose key begins so."""
    found = connection.execute("SELECT key, value FROM memory WHERE substr(key, 1, ?) = ?", (len(prefix), prefix))
    return dict(found.fetchall())


def forget(connection: sqlite3.Connection, key: str) -> None:
    connection.execute("DELETE FROM memory WHERE key = ?", (key,))


def recall(connection: sqlite3.Connection, key: str) -> str | None:
    row = connection.execute("SELECT value FROM memory WHERE key = ?", (key,)).fetchone()
    return str(row[0]) if row else None
