"""A thousand things that somebody can do to a ledger: in its table, and in an exported file, which our code and the ten
lines of docs/verify_ledger.py must find, and name the first record that is bad."""

from __future__ import annotations

import io
import json
import random
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agent.core import ledger

RECORDS, MUTATIONS = 40, 1000
SCRIPT = Path(__file__).parents[2] / "docs" / "verify_ledger.py"
Lines = list[dict[str, Any]]


def chain() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    for statement in ledger.SCHEMA:
        connection.execute(statement)
    for number in range(RECORDS):
        body = {"number": number, "value": number / 7, "name": '医保专线 "主"', "at": {"b": 1e20, "a": None}}
        ledger.append(connection, 1_795_492_800 + number / 4, ("note", "finding")[number % 2], body)
    return connection


def exported(connection: sqlite3.Connection) -> Lines:
    text = io.StringIO()
    ledger.export(connection, text)
    return [json.loads(line) for line in text.getvalue().splitlines()]


LINES = exported(chain())
HEAD = LINES[-1]["hash"]


def change(lines: Lines, dice: random.Random) -> int:
    """Something in a record becomes something else; gives the number of the first bad record, as all of these."""
    at = dice.randrange(len(lines))
    record = lines[at]
    key = dice.choice(["at", "kind", "prev", "hash", "seq", "body"])
    if key == "body":
        record["body"] = {**record["body"], dice.choice(["number", "name", "new"]): dice.random()}
    elif key == "seq":
        record["seq"] += dice.choice([-1, 1, 100])
    else:
        place = dice.randrange(len(record[key]))
        letter = dice.choice([each for each in "0123456789abcdef医" if each != record[key][place]])
        record[key] = record[key][:place] + letter + record[key][place + 1 :]
    return at + 1


def remove(lines: Lines, dice: random.Random) -> int:
    at = dice.randrange(len(lines))
    del lines[at : at + dice.randint(1, 5)]
    return at + 1


def swap(lines: Lines, dice: random.Random) -> int:
    first, second = sorted(dice.sample(range(len(lines)), 2))
    lines[first], lines[second] = lines[second], lines[first]
    return first + 1


def insert(lines: Lines, dice: random.Random) -> int:
    at = dice.randrange(len(lines) + 1)
    lines.insert(at, dict(dice.choice(lines)))
    return at + 1 + (lines[at : at + 1] == lines[at + 1 : at + 2])


def forge(lines: Lines, dice: random.Random) -> int:
    """A record is changed and its own hash made anew: the next one does not follow it any more."""
    at = dice.randrange(len(lines))
    record = lines[at] = {**lines[at], "body": {"number": -1}}
    plain = {key: value for key, value in record.items() if key != "hash"}
    record["hash"] = ledger.sha256(ledger.canonical(plain).encode()).hexdigest()
    return at + 2


MUTANTS: tuple[Callable[[Lines, random.Random], int], ...] = (change, remove, swap, insert, forge)


def mutated(number: int) -> tuple[Lines, int]:
    dice = random.Random(number)
    lines = json.loads(json.dumps(LINES))
    return lines, MUTANTS[number % len(MUTANTS)](lines, dice)


def text(lines: Lines) -> str:
    return "".join(
        json.dumps(line, ensure_ascii=False, sort_keys=number % 2 == 0) + "\n" for number, line in enumerate(lines)
    )


def found(lines: Lines) -> int | None:
    fault = ledger.verify(ledger.read_lines(text(lines).splitlines()), HEAD)
    return fault and fault.seq


@pytest.mark.parametrize("number", range(0, MUTATIONS, 20))
def test_what_was_done_to_an_export_is_found_and_placed(number: int) -> None:
    for each in range(number, number + 20):
        lines, first = mutated(each)
        assert lines != LINES
        assert found(lines) == first, (each, MUTANTS[each % len(MUTANTS)].__name__)


@pytest.mark.parametrize("number", range(0, MUTATIONS, 100))
def test_what_was_done_to_the_table_is_found_and_placed(number: int) -> None:
    for each in range(number, number + 100):
        if MUTANTS[each % len(MUTANTS)] is swap:
            continue  # a table has no order
        connection = chain()
        lines, first = mutated(each)
        for trigger in ("ledger_unchanged", "ledger_undeleted"):
            connection.execute(f"DROP TRIGGER {trigger}")
        connection.executescript("CREATE TABLE forged AS SELECT * FROM ledger WHERE 0; DROP TABLE ledger")
        connection.execute("ALTER TABLE forged RENAME TO ledger")
        rows = [
            [line[key] for key in ("seq", "at", "kind")] + [ledger.canonical(line["body"]), line["prev"], line["hash"]]
            for line in lines
        ]
        connection.executemany("INSERT INTO ledger VALUES (?, ?, ?, ?, ?, ?)", rows)
        assert ledger.verify(ledger.records(connection), HEAD) is not None, (each, first)


BYTES = "".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in LINES).encode()


def garbled(number: int) -> tuple[bytes, int]:
    """The export with one byte that is another, is gone, or is too many, and the number of its record."""
    dice = random.Random(number)
    at = dice.randrange(len(BYTES) - 1)
    new = {0: bytes([dice.choice([each for each in range(256) if each != BYTES[at]])]), 1: b"", 2: dice.randbytes(1)}
    kind = number % 3
    return BYTES[:at] + new[kind] + BYTES[at + (kind != 2) :], BYTES.count(b"\n", 0, at) + 1


def same(data: bytes) -> bool:
    """Whether every record still says the same, each on its line: a 1e+20 that became 1E+20."""
    try:
        return [json.loads(line) for line in data.decode().split("\n")[:-1]] == LINES
    except ValueError:
        return False


def found_in(data: bytes) -> int | None:
    try:
        fault = ledger.verify(ledger.read_lines(io.BytesIO(data)), HEAD)
    except ValueError as error:
        (line,) = re.findall(r"^line (\d+) is not a ledger record", str(error))
        return int(line)
    return fault and fault.seq


@pytest.mark.parametrize("number", range(0, MUTATIONS, 50))
def test_a_byte_that_is_another_is_found_and_placed(number: int) -> None:
    for each in range(number, number + 50):
        data, record = garbled(each)
        assert same(data) or found_in(data) == record, (each, data)


@pytest.mark.parametrize("number", range(45))
def test_the_script_that_stands_alone_names_the_record_with_a_byte_that_is_another(tmp_path: Path, number: int) -> None:
    data, record = garbled(number)
    (tmp_path / "ledger.jsonl").write_bytes(data)
    done = script(tmp_path / "ledger.jsonl", HEAD)
    assert same(data) or (done.returncode, f"record {record} is bad" in done.stderr) == (1, True), done.stderr
    assert "Traceback" not in done.stderr


TWICE = [('"kind":"note"', '"kind":"other","kind":"note"'), ('"number":0', '"number":9,"number":0')]


@pytest.mark.parametrize(("once", "twice"), TWICE)
def test_a_key_that_stands_twice_is_found(tmp_path: Path, once: str, twice: str) -> None:
    data = BYTES.replace(once.encode(), twice.encode(), 1)
    assert [json.loads(line) for line in data.decode().splitlines()] == LINES, "other readers see nothing"
    assert found_in(data) == 1
    (tmp_path / "ledger.jsonl").write_bytes(data)
    assert "record 1 is bad" in script(tmp_path / "ledger.jsonl", HEAD).stderr


def script(path: Path, *head: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-I", SCRIPT, path, *head], capture_output=True, text=True, check=False)


def test_the_script_that_stands_alone_finds_no_fault_in_what_is_whole(tmp_path: Path) -> None:
    (tmp_path / "ledger.jsonl").write_text(text(LINES), "utf-8")
    done = script(tmp_path / "ledger.jsonl", LINES[9]["hash"])
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{RECORDS} {HEAD}\n", "")


@pytest.mark.parametrize("number", range(30))
def test_the_script_that_stands_alone_names_the_first_bad_record(tmp_path: Path, number: int) -> None:
    lines, first = mutated(number)
    (tmp_path / "ledger.jsonl").write_text(text(lines), "utf-8")
    done = script(tmp_path / "ledger.jsonl", HEAD)
    assert done.returncode == 1
    assert f"record {first} is bad" in done.stderr or (first > len(lines) and "cut off" in done.stderr)


def test_the_script_is_ten_lines() -> None:
    assert len([line for line in SCRIPT.read_text("utf-8").splitlines() if line and not line.startswith('"""')]) <= 10
