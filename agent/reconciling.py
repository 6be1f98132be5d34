"""Whether what the database and the state directory say now is what the ledger says: found is what was changed, removed
or put in beside the agent. Blocks."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from agent import attestations, changes, inspections, reports, restores, tickets, waivers
from agent.core import ledger, rows
from agent.core.checklist import Finding
from agent.core.ledger import Record
from agent.core.text import Text, clean
from agent.core.write import CARRIED
from agent.numbered import Remembered

OTHER = Text(
    "{what}:与台账第 {seq} 条不符,在守望之外被改过", "{what}: not what record {seq} of the ledger says; changed outside"
)
ADDED = Text("{what}:台账里没有,在守望之外被加入", "{what}: no record of the ledger has it; put in outside")
GONE = Text("{what}:不见了,台账第 {seq} 条有它", "{what}: is gone; record {seq} of the ledger has it")
SEAL = Text("{what}:内容与自身的校验值不符,在守望之外被改过", "{what}: not of its own checksum; changed outside")
UNREADABLE = Text("{what}:读不懂,在守望之外被改过", "{what}: cannot be understood; changed outside")
FINDING, ENTRY = Text("检查结果 {key}", "finding {key}"), Text("{register} {id}", "{register} {id}")
INCIDENT, LINE = Text("事件 {id}", "incident {id}"), Text("事件时间线第 {seq} 行", "line {seq} of the timeline")
REPORT = Text("报告 {name}", "report {name}")

Body = Mapping[str, Any]
Latest = dict[str, tuple[int, Any]]  # by number: the record's place, and what it says


@dataclass(frozen=True)
class Register:
    """`kinds` are how those of its records in the ledger begin. `read`: what of a record's body stands in the register,
    where that is not what the register reads."""

    remembered: Remembered[Any]
    name: Text
    kinds: tuple[str, ...]
    read: Callable[[Body], Any]


def _change(body: Body) -> Body:
    return {name: value for name, value in body.items() if name != "approved"}  # in the ledger alone


def _of(remembered: Remembered[Any], name: Text, *kinds: str) -> Register:
    return Register(remembered, name, kinds, remembered.read)


REGISTERS = (
    _of(
        attestations.REGISTER,
        Text("人工登记", "attestation"),
        "checklist.attested",
        "checklist.confirmed",
        "checklist.withdrawn",
    ),
    _of(waivers.REGISTER, Text("豁免", "waiver"), "checklist.waiver."),
    _of(tickets.REGISTER, Text("整改单", "ticket"), "checklist.ticket."),
    _of(inspections.REGISTER, Text("巡检单", "sheet"), "checklist.sheet_signed"),
    _of(restores.REGISTER, Text("恢复登记", "restore"), "backup."),
    Register(changes.REGISTER, Text("变更", "change"), ("change.",), _change),
)


@dataclass
class Said:
    """What the ledger says last."""

    findings: dict[tuple[str, str, str], tuple[int, Body]] = field(default_factory=dict)
    incidents: Latest = field(default_factory=dict)
    registers: dict[str, Latest] = field(default_factory=lambda: {each.remembered.key: {} for each in REGISTERS})


def mismatches(connection: sqlite3.Connection, now: float | None = None) -> Iterator[Text]:
    """Of a sound ledger. The connection's caller holds a transaction, so that all of it is of one moment."""
    said = Said()
    yield from _timeline(connection, said)
    yield from _findings(connection, said)
    yield from _incidents(connection, said)
    moment = time.time() if now is None else now
    for each in REGISTERS:
        yield from _register(connection, each, said.registers[each.remembered.key], moment)


def unlike(connection: sqlite3.Connection, state: Path) -> Iterator[Text]:
    """The same of the reports that are kept beside the database."""
    said, found = reports.entered(connection), reports.on_disk(state)
    for number in sorted({*said, *found}):
        known, files = said.get(number, {}), found.get(number, {})
        if not known and number in found:
            if not _before(connection, state, number):
                yield ADDED.format(what=REPORT.format(name=number))
            continue
        for name in sorted({*known, *files}):
            what = REPORT.format(name=clean(f"{number}/{name}"))
            if name not in known:
                yield ADDED.format(what=what)
            elif name not in files:
                yield GONE.format(what=what, seq=known[name][0])
            elif files[name] != known[name][1]:
                yield OTHER.format(what=what, seq=known[name][0])


def _before(connection: sqlite3.Connection, state: Path, number: str) -> bool:
    """Whether it is older than this ledger, which began anew after the file before it was damaged."""
    began = connection.execute("SELECT min(at) FROM ledger WHERE kind = 'ledger.start' AND seq = 1").fetchone()[0]
    made = reports.made_at(state, number)
    return bool(began) and made is not None and made < datetime.fromisoformat(began).timestamp()


def _timeline(connection: sqlite3.Connection, said: Said) -> Iterator[Text]:
    """Each record of an incident has its line, in the same order; what the ledger says last is noted on the way."""
    lines = connection.execute("SELECT seq, incident, at, body FROM timeline ORDER BY seq")
    alike = True  # behind the first that is not, all are one off
    for record in ledger.records(connection):
        body = json.loads(record.body)
        if not record.kind.startswith("incident."):
            _note(said, record, body)
            continue
        said.incidents[body["incident"]["id"]] = record.seq, body["incident"]
        line = next(lines, None) if alike else None
        if alike and line is None:
            yield GONE.format(what=INCIDENT.format(id=body["incident"]["id"]), seq=record.seq)
            alike = False
        elif line is not None and not _same_line(line, record, body):
            yield OTHER.format(what=LINE.format(seq=line[0]), seq=record.seq)
            alike = False
    if alike:
        yield from (ADDED.format(what=LINE.format(seq=seq)) for seq, *_ in lines)


def _same_line(line: Sequence[Any], record: Record, body: Body) -> bool:
    _, incident, at, text = line
    said = {name: value for name, value in body.items() if name != "late"}
    when = datetime.fromtimestamp(at, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    return (incident, when, _read(text)) == (body["incident"]["id"], record.at, said)


def _note(said: Said, record: Record, body: Any) -> None:
    if record.kind == "finding":
        key = (body["item"], body["kind"], body["verdict"]["subject"])
        said.findings[key] = record.seq, {name: value for name, value in body.items() if name != "late"}
    elif record.kind == CARRIED:
        known = said.registers.get(body["register"], {})
        known.update({_number(each): (record.seq, each) for each in body["entries"]})
    for register in REGISTERS:
        if record.kind.startswith(register.kinds):
            said.registers[register.remembered.key][_number(body)] = record.seq, body


def _findings(connection: sqlite3.Connection, said: Said) -> Iterator[Text]:
    left = dict(said.findings)
    for *columns, recorded, text in connection.execute("SELECT item, kind, subject, recorded, body FROM findings"):
        key = (str(columns[0]), str(columns[1]), str(columns[2]))
        what, known, body = FINDING.format(key=clean(" ".join(key))), left.pop(key, None), _read(text)
        if known is None:
            yield ADDED.format(what=what)
        elif not isinstance(body, dict) or rows.broken(body):
            yield SEAL.format(what=what)
        elif not _same_finding(key, recorded, body, known[1]):
            yield OTHER.format(what=what, seq=known[0])
    for key, (seq, _) in left.items():
        yield GONE.format(what=FINDING.format(key=clean(" ".join(key))), seq=seq)


def _same_finding(key: tuple[str, str, str], recorded: float, now: Body, then: Body) -> bool:
    """What was measured may be other since, but not the result, who gave it, and what it is about."""
    try:
        ours = (now["item"], now["kind"], now["verdict"]["subject"])
        told = [(each["verdict"]["result"], each["who"]) for each in (now, then)]
        more = [(each.get("waiver", ""), each.get("found", "")) for each in (now, then)]
    except (KeyError, TypeError):
        return False
    known = {each.name for each in fields(Finding)} | set(then)
    return ours == key and recorded == then["at"] and told[0] == told[1] and more[0] == more[1] and set(now) <= known


def _incidents(connection: sqlite3.Connection, said: Said) -> Iterator[Text]:
    left = dict(said.incidents)
    for identity, opened, closed, revision, text in connection.execute(
        "SELECT id, opened, closed, revision, body FROM incidents"
    ):
        what, known = INCIDENT.format(id=clean(str(identity))), left.pop(identity, None)
        if known is None:
            yield ADDED.format(what=what)
        elif _read(text) != known[1] or (opened, closed, revision) != tuple(
            known[1][name] for name in ("opened", "closed", "revision")
        ):
            yield OTHER.format(what=what, seq=known[0])
    for identity, (seq, _) in left.items():
        yield GONE.format(what=INCIDENT.format(id=identity), seq=seq)


def _register(connection: sqlite3.Connection, register: Register, said: Latest, now: float) -> Iterator[Text]:
    remembered = register.remembered
    found = _read(rows.recall(connection, remembered.key) or "[]")
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        yield UNREADABLE.format(what=register.name)
        return
    entries = {_number(each): each for each in found}
    for number, entry in entries.items():
        what = ENTRY.format(register=register.name, id=clean(number, 40))
        known = said.get(number)
        if known is None:
            yield ADDED.format(what=what)
        elif not _same(register, entry, known[1]):
            yield OTHER.format(what=what, seq=known[0])
    needed = remembered.needed([register.read(body) for _, body in said.values()], now)
    for number in sorted({*list(said)[-remembered.most :], *needed} - set(entries)):
        yield GONE.format(what=ENTRY.format(register=register.name, id=number), seq=said[number][0])
    if len(entries) < len(found):
        yield UNREADABLE.format(what=register.name)


def _same(register: Register, entry: Body, said: Body) -> bool:
    """A later version may have written fields into the register that the record of an earlier one has not."""
    try:
        ours, theirs = register.read(entry), register.read(said)
    except (AttributeError, KeyError, TypeError, ValueError):
        return False
    if isinstance(ours, Mapping):
        return bool(ours == theirs)
    known = {each.name for each in fields(ours)} | set(said)
    return bool(ours == theirs) and set(entry) <= known and all(entry.get(name, ...) == said[name] for name in said)


def _number(body: Body) -> str:
    return str(body.get("id") or body.get("number") or "")


def _read(text: Any) -> Any:
    try:
        return json.loads(text)
    except (TypeError, ValueError):
        return None
