"""What the ledger and the registers have about some checklist items, and the evidence that they name. Blocks."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections import deque
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from agent import attestations, tickets, waivers
from agent.core import attestations as attested
from agent.core import ledger, rows
from agent.core import tickets as ticketed
from agent.core import waivers as waived
from agent.core.checklist import Finding, Item
from agent.core.ledger import Fault, Record
from agent.core.pack import OnRecord
from agent.core.text import Text
from agent.numbered import Remembered
from agent.reconciling import mismatches

T = TypeVar("T")

HISTORY = 100  # records of an item that are told in short
# Entries of the register of restores prove the items that ask for one of these metrics.
RESTORES = {
    "backup.restored": "backup_restore_timestamp_seconds",
    "backup.offline": "backup_offline_copy_timestamp_seconds",
}
PERSONS = ("by", "confirmed_by", "withdrawn_by", "approved_by", "ended_by", "owner", "closed_by", "extended_by", "who")


@dataclass
class Proof:
    """What was found. `unlike`: what is other in the tables than the ledger says. `seqs` are the records concerned,
    `files` names and records by SHA-256, `people` ids."""

    head: str = ledger.BEFORE_FIRST
    count: int = 0
    fault: Fault | None = None
    unlike: list[Text] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    items: Mapping[str, OnRecord] = field(default_factory=dict)
    seqs: set[int] = field(default_factory=set)
    files: dict[str, tuple[list[str], list[int]]] = field(default_factory=dict)
    people: set[str] = field(default_factory=set)


def proof_of(connection: sqlite3.Connection, wanted: Collection[Item], now: float) -> Proof:
    """Of these items. The connection's caller holds a transaction, so that all of it is of one moment."""
    proof = Proof(fault=ledger.verify(ledger.records(connection)), findings=list(_findings(connection)))
    proof.unlike = [] if proof.fault else list(mismatches(connection, now))
    seen = {item.id: _Seen(item) for item in wanted}
    attestation_of: dict[str, str] = {}
    for record in ledger.records(connection):
        proof.count, proof.head = proof.count + 1, record.hash
        body = _body(record)
        for item in sorted(_concerned(record.kind, body, seen, attestation_of)):
            seen[item].take(record, body)
            proof.seqs.add(record.seq)
            proof.people |= _people(body)
            for sha256, name in files_of(body):
                names, records = proof.files.setdefault(sha256, ([], []))
                names += [name] if name not in names else []
                records += [record.seq] if record.seq not in records else []
    standing = _registers(connection, now)
    proof.items = {item: each.on_record(standing) for item, each in seen.items()}
    return proof


def files_of(body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Hash and name of each file that an attestation or a ticket has as evidence."""
    for each in (*_list(body.get("files")), *_list(body.get("evidence"))):
        if isinstance(each, Mapping) and len(str(each.get("sha256", ""))) == 64 and each.get("name"):
            yield str(each["sha256"]), str(each["name"])


class _Seen:
    """What the ledger says of one item, record by record."""

    def __init__(self, item: Item) -> None:
        self.item = item
        self._seqs: list[int] = []
        self._latest: dict[tuple[str, str], Mapping[str, Any]] = {}
        self._history: deque[Mapping[str, Any]] = deque(maxlen=HISTORY)

    def take(self, record: Record, body: Mapping[str, Any]) -> None:
        self._seqs.append(record.seq)
        verdict = body.get("verdict")
        subject, result = str(body.get("target") or body.get("subject") or ""), str(body.get("result") or "")
        if isinstance(verdict, Mapping):
            subject, result = str(verdict.get("subject")), str(verdict.get("result"))
            place = {"seq": record.seq, "hash": record.hash, "at": _unix(record.at), "result": result}
            self._latest[str(body.get("kind")), subject] = place
        identity = str(body.get("id") or body.get("number") or "")
        short = {"seq": record.seq, "at": _unix(record.at), "kind": record.kind, "id": identity}
        self._history.append({**short, "subject": subject, "result": result})

    def on_record(self, registers: Mapping[str, list[dict[str, Any]]]) -> OnRecord:
        of_item = {key: [each for each in found if each["item"] == self.item.id] for key, found in registers.items()}
        return OnRecord(self._seqs, self._latest, tuple(self._history), **of_item)


def _concerned(
    kind: str, body: Mapping[str, Any], seen: Mapping[str, _Seen], attestation_of: dict[str, str]
) -> set[str]:
    """The items that a record is about; a signed sheet is about those of its attestations, which stand before it."""
    item = str(body.get("item") or "")
    if item in seen:
        if kind == "checklist.attested":
            attestation_of[str(body.get("id"))] = item
        return {item}
    if kind == "checklist.sheet_signed":
        return {attestation_of[each] for each in _list(body.get("entries")) if each in attestation_of}
    metric = RESTORES.get(kind)
    return {each for each, of in seen.items() if metric in of.item.metrics} if metric else set()


def _findings(connection: sqlite3.Connection) -> Iterator[Finding]:
    """Those that can be read: one that was tampered with until it cannot is told by `unlike`."""
    for (text,) in connection.execute("SELECT body FROM findings ORDER BY item, kind, subject"):
        with contextlib.suppress(ValueError, KeyError, TypeError, AttributeError):
            yield rows.read_finding(text)


def _registers(connection: sqlite3.Connection, now: float) -> Mapping[str, list[dict[str, Any]]]:
    """Their entries as documents, each with the state that it is in."""

    def entries(register: Remembered[T]) -> list[T]:
        """None of a register that cannot be read, as `unlike` tells."""
        try:
            return [register.read(each) for each in json.loads(rows.recall(connection, register.key) or "[]")]
        except (ValueError, KeyError, TypeError, AttributeError):
            return []

    said = attested.Register(entries(attestations.REGISTER))
    standing = {each.id for each in said.standing.values()}
    return {
        "attestations": [
            {**attested.body_of(each), "state": each.state(now), "stands": each.id in standing} for each in said.entries
        ],
        "waivers": [{**waived.body_of(each), "state": each.state(now)} for each in entries(waivers.REGISTER)],
        "tickets": [{**ticketed.body_of(each), "state": each.state(now)} for each in entries(tickets.REGISTER)],
    }


def _people(body: Mapping[str, Any]) -> set[str]:
    return {each for name in PERSONS if isinstance(each := body.get(name), str) and each}


def _body(record: Record) -> Mapping[str, Any]:
    """Nothing of a record that was tampered with until it is no JSON."""
    try:
        body = json.loads(record.body)
    except (TypeError, ValueError):
        return {}
    return body if isinstance(body, dict) else {}


def _list(said: Any) -> list[Any]:
    return said if isinstance(said, list) else []


def _unix(at: str) -> float | None:
    try:
        return datetime.fromisoformat(at).timestamp()
    except (TypeError, ValueError):
        return None
