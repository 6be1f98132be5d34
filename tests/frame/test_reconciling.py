"""`ledger verify` finds what was changed, removed or put in beside the agent in any of its tables."""

from __future__ import annotations

import json
import random
import sqlite3
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from agent import attestations, changes, restores, tickets, waivers
from agent.core.attestations import Attestation, File
from agent.core.checklist import Result
from agent.core.database import NAME, looking
from agent.core.restores import Restore
from agent.core.store import Store
from agent.core.text import Text
from agent.core.tickets import Ticket
from agent.core.waivers import Waiver
from agent.core.write import of_fact, of_record
from agent.reconciling import REGISTERS, mismatches
from tests.core.made import NOON, finding, incident, noting, opening
from tests.core.made import closing as ending

PROOF = File("方针.pdf", "ab" * 32, 7)
ATTESTED = Attestation("ATT-0001", "POL-01", "zhou", "full_time_deputy_director", NOON, NOON + 9e7, files=(PROOF,))
WAIVER = Waiver("EXC-0001", "HOST-04", "wang", NOON, NOON + 9e6, "旧设备", "人工查看", "self")
TICKET = Ticket("RMD-0001", "HOST-04", "host", "self", "high", NOON, "wang", NOON + 9e5, owner="wang")
RESTORE = Restore("RST-0001", "restored", "nas", NOON, True, "wang", NOON, sha256="ab" * 32)


def on_record(place: Path, name: str) -> None:
    """A centre as an agent leaves it: some of everything."""
    store = Store.open(place)
    one, two = incident(opened=NOON), incident("core", opened=NOON + 1)
    store.record([opening(one), opening(two)])
    store.record([noting(one, name, NOON + 5), ending(replace(two, revision=1), NOON + 6)])
    found = [finding("NET-05", Result.FAIL), finding("NET-05", subject="access"), finding("NET-06", Result.WARN)]
    store.put_findings(found)
    store.put_findings([replace(each, at=each.at + 60) for each in found])  # as before: not in the ledger again
    left = (
        Text("有效至 11-30,还有 6 天", "6 days left"),
        Text("还有 5 天", "5 days left"),
    )  # the day after, of one entry
    said = finding("POL-01", subject="test", who="zhou")
    for each in left:
        store.put_findings([replace(said, verdict=replace(said.verdict, observed=each))])
    for key, kind, steps in (
        (
            attestations.REGISTER.key,
            "checklist.",
            [("attested", ATTESTED), ("confirmed", replace(ATTESTED, confirmed=NOON))],
        ),
        (waivers.REGISTER.key, "checklist.waiver.", [("asked", WAIVER), ("approved", replace(WAIVER, approved=NOON))]),
        (tickets.REGISTER.key, "checklist.ticket.", [("opened", TICKET), ("taken", replace(TICKET, owner="li"))]),
        (restores.REGISTER.key, "backup.", [("restored", RESTORE)]),
    ):
        for word, entry in steps:
            store.write([of_record(kind + word, asdict(entry), NOON), of_fact(key, [asdict(entry)])])
    changes.enter(store, {"action": "approved", "target": "core", "who": "wang", "text": name}, NOON)
    planned = changes.begin(
        store, {"targets": ["core"], "start": NOON, "end": NOON + 60, "reason": name, "by": "wang"}, ["core"], NOON
    )
    changes.finish(store, {"id": planned.id, "by": "wang", "kept": True, "approved": {"core": "x"}}, NOON + 9)
    store.close()


@pytest.fixture
def place(tmp_path: Path) -> Path:
    on_record(tmp_path / "var", "电信已修复")
    return tmp_path / "var"


def found(place: Path) -> list[str]:
    with looking(place / NAME) as connection:
        connection.execute("BEGIN")
        return [each.en for each in mismatches(connection, NOON + 60)]


def beside(place: Path, *statements: str) -> None:
    """What somebody with the file can do. Each statement does something."""
    with closing(sqlite3.connect(place / NAME)) as connection:
        for statement in statements:
            assert connection.execute(statement).rowcount > 0, statement
        connection.commit()


def test_what_the_agent_wrote_is_what_the_ledger_says(place: Path) -> None:
    assert found(place) == []


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (
            "UPDATE findings SET body = replace(body, '\"fail\"', '\"pass\"')",
            "finding NET-05 switch core: not of its own",
        ),
        ("UPDATE findings SET body = replace(body, '已见', '正常')", "finding NET-05 switch access: not of its own"),
        (
            "UPDATE findings SET recorded = recorded - 9 WHERE item = 'NET-06'",
            "finding NET-06 switch core: not what record",
        ),
        ("DELETE FROM findings WHERE subject = 'access'", "finding NET-05 switch access: is gone; record"),
        ("UPDATE findings SET subject = 'other' WHERE subject = 'access'", "finding NET-05 switch other: no record"),
        (
            "INSERT INTO findings SELECT 'NET-09', kind, subject, recorded, body FROM findings LIMIT 1",
            "NET-09 switch access: no",
        ),
        ("UPDATE findings SET body = 'x' WHERE item = 'NET-06'", "finding NET-06 switch core: not of its own"),
        ("DELETE FROM incidents WHERE closed IS NULL", "is gone; record 3"),
        ("UPDATE incidents SET closed = 1 WHERE closed IS NULL", "not what record 3"),
        ("UPDATE incidents SET body = replace(body, 'P2', 'P4') WHERE closed IS NULL", "not what record 3"),
        (
            "INSERT INTO incidents SELECT 'x', opened, closed, revision, body FROM incidents LIMIT 1",
            "incident x: no record",
        ),
        ("DELETE FROM timeline WHERE seq = 2", "line 3 of the timeline: not what record 2"),
        ("DELETE FROM timeline WHERE seq = 4", "is gone; record 4"),
        ("UPDATE timeline SET at = at + 1 WHERE seq = 1", "line 1 of the timeline: not what record 1"),
        ("UPDATE timeline SET body = replace(body, '修复', '恢复')", "line 3 of the timeline: not what record 3"),
        (
            "INSERT INTO timeline SELECT 99, incident, at, late, body FROM timeline LIMIT 1",
            "line 99 of the timeline: no record",
        ),
        *(
            (f"DELETE FROM memory WHERE key = '{each.remembered.key}'", f"{each.name.en} ")
            for each in REGISTERS
            if each.remembered.key != "inspections"
        ),
        (
            "UPDATE memory SET value = replace(value, 'zhou', 'chen') WHERE key = 'attestations'",
            "attestation ATT-0001: not what",
        ),
        (
            "UPDATE memory SET value = replace(value, 'abab', 'cdcd') WHERE key = 'attestations'",
            "attestation ATT-0001: not what",
        ),
        ("UPDATE memory SET value = replace(value, 'self', '') WHERE key = 'waivers'", "waiver EXC-0001: not what"),
        (
            "UPDATE memory SET value = replace(value, '0001', '0009') WHERE key = 'tickets'",
            "ticket RMD-0009: no record",
        ),
        ("UPDATE memory SET value = '[{}]' WHERE key = 'tickets'", "ticket RMD-0001: is gone"),
        ("UPDATE memory SET value = 'x' WHERE key = 'waivers'", "waiver: cannot be understood"),
        ("UPDATE memory SET value = '{}' WHERE key = 'changes'", "change: cannot be understood"),
        ("UPDATE memory SET value = '[1]' WHERE key = 'restores'", "restore: cannot be understood"),
        (
            "INSERT INTO memory VALUES ('inspections', '[{\"number\": \"2026-11-24-1\"}]')",
            "sheet 2026-11-24-1: no record",
        ),
    ],
)
def test_what_was_done_beside_the_agent_is_found_and_named(place: Path, statement: str, said: str) -> None:
    beside(place, statement)
    told = found(place)
    assert any(said in each for each in told), told


def mutation(dice: random.Random, rows: list[tuple[Any, ...]], text: int) -> tuple[int, str | None]:
    """The place of a row, and its text with one character other; None: without the row."""
    at = dice.randrange(len(rows))
    body = str(rows[at][text])
    place = dice.randrange(len(body))
    other = dice.choice([each for each in '0123456789abcxyz"{}医' if each != body[place]])
    return at, None if dice.random() < 0.2 else body[:place] + other + body[place + 1 :]


TABLES = (
    ("findings", "item || kind || subject", "body"),
    ("incidents", "id", "body"),
    ("timeline", "seq", "body"),
    ("memory", "key", "value"),
)


@pytest.mark.parametrize("table", TABLES, ids=[each[0] for each in TABLES])
def test_every_one_of_hundreds_of_random_changes_is_found(place: Path, table: tuple[str, str, str]) -> None:
    """1,000 in all: one character of one row becomes another, or the row is gone."""
    name, key, text = table
    known = {each.remembered.key for each in REGISTERS}
    with closing(sqlite3.connect(place / NAME, isolation_level=None)) as connection:
        rows = connection.execute(f"SELECT {key}, {text} FROM {name}").fetchall()
        rows = [each for each in rows if name != "memory" or each[0] in known]
        for number in range(250):
            at, body = mutation(random.Random(number), rows, 1)
            connection.execute("BEGIN")
            if body is None:
                connection.execute(f"DELETE FROM {name} WHERE {key} = ?", (rows[at][0],))
            else:
                connection.execute(f"UPDATE {name} SET {text} = ? WHERE {key} = ?", (body, rows[at][0]))
            told = list(mismatches(connection, NOON + 60))
            connection.execute("ROLLBACK")
            assert told, (number, body)
        assert list(mismatches(connection, NOON + 60)) == []


def test_what_is_dropped_from_a_long_register_is_no_mismatch(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    for number in range(changes.REGISTER.most + 5):
        changes.enter(store, {"action": "approved", "target": "core", "who": "wang", "text": str(number)}, NOON)
    store.close()
    assert found(tmp_path) == []
    rows = json.loads(stored(tmp_path, changes.REGISTER.key))
    assert len(rows) == changes.REGISTER.most
    text = json.dumps(rows[1:], ensure_ascii=False).replace("'", "''")
    beside(tmp_path, f"UPDATE memory SET value = '{text}' WHERE key = 'changes'")
    assert found(tmp_path) == ["change CHG-0006: is gone; record 6 of the ledger has it"]


def stored(place: Path, key: str) -> str:
    with closing(sqlite3.connect(place / NAME)) as connection:
        return str(connection.execute("SELECT value FROM memory WHERE key = ?", (key,)).fetchone()[0])


def test_a_file_that_began_anew_has_its_registers_in_its_own_ledger(place: Path) -> None:
    store = Store.open(place)
    kept = [(each.remembered.key, store.recall(each.remembered.key)) for each in REGISTERS]
    store.carry.append(lambda: [of_fact(key, entries) for key, entries in kept if entries])
    for each in place.glob(NAME + "*"):
        each.unlink()
    store.record([opening(incident("after"))])
    store.close()
    assert "ATT-0001" in stored(place, attestations.REGISTER.key)
    assert found(place) == []
    beside(place, "UPDATE memory SET value = replace(value, 'zhou', 'chen') WHERE key = 'attestations'")
    assert [each.split(";")[0] for each in found(place)] == [
        "attestation ATT-0001: not what record 3 of the ledger says"
    ]
