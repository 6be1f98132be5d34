"""The ledger finds every change of its past."""

from __future__ import annotations

import io
import json
import math
import sqlite3
from collections.abc import Callable, Iterator
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core import ledger
from agent.core.text import spoken


@pytest.fixture
def chain() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    for statement in ledger.SCHEMA:
        connection.execute(statement)
    for number in range(1, 6):
        ledger.append(connection, 1_795_492_800 + number / 4, "note", {"number": number, "name": "医保专线"})
    yield connection
    connection.close()


def fault(connection: sqlite3.Connection, known: str | None = None) -> ledger.Fault | None:
    return ledger.verify(ledger.records(connection), known)


def unguarded(connection: sqlite3.Connection, *statements: str) -> None:
    """What somebody with the file and no scruples can do."""
    for trigger in ("ledger_unchanged", "ledger_undeleted"):
        connection.execute(f"DROP TRIGGER {trigger}")
    for statement in statements:
        connection.execute(statement)


def test_an_untouched_chain_has_no_fault(chain: sqlite3.Connection) -> None:
    assert fault(chain) is None
    assert fault(chain, ledger.head(chain)) is None


def test_an_empty_ledger_has_no_fault_and_a_head() -> None:
    assert ledger.verify([]) is None
    assert ledger.verify([], ledger.BEFORE_FIRST) is None


def test_a_head_noted_earlier_is_still_found_after_the_ledger_grew(chain: sqlite3.Connection) -> None:
    noted = ledger.head(chain)
    ledger.append(chain, 1_795_492_900, "note", {})
    assert fault(chain, noted) is None


@pytest.mark.parametrize(
    ("tampering", "first_bad"),
    [
        pytest.param(["UPDATE ledger SET body = '{}' WHERE seq = 3"], 3, id="body changed"),
        pytest.param(["UPDATE ledger SET at = '2020-01-01T00:00:00.000000Z' WHERE seq = 2"], 2, id="time changed"),
        pytest.param(["UPDATE ledger SET kind = 'other' WHERE seq = 5"], 5, id="kind of the last changed"),
        pytest.param(["UPDATE ledger SET body = NULL WHERE seq = 4"], 4, id="body emptied"),
        pytest.param(["DELETE FROM ledger WHERE seq = 3"], 3, id="one deleted"),
        pytest.param(["DELETE FROM ledger WHERE seq = 1"], 1, id="the first deleted"),
        pytest.param(
            ["DELETE FROM ledger WHERE seq = 3", "UPDATE ledger SET seq = seq - 1 WHERE seq > 3"],
            3,
            id="one deleted and the rest renumbered",
        ),
        pytest.param(
            [
                "UPDATE ledger SET seq = 99 WHERE seq = 2",
                "UPDATE ledger SET seq = 2 WHERE seq = 3",
                "UPDATE ledger SET seq = 3 WHERE seq = 99",
            ],
            2,
            id="two exchanged",
        ),
    ],
)
def test_tampering_is_found_at_the_first_bad_record(
    chain: sqlite3.Connection, tampering: list[str], first_bad: int
) -> None:
    chain.execute("CREATE TABLE loose AS SELECT * FROM ledger")
    chain.execute("DROP TABLE ledger")
    chain.execute("ALTER TABLE loose RENAME TO ledger")  # without the constraints, so that NULL can be written too
    for statement in tampering:
        chain.execute(statement)
    found = fault(chain)
    assert found is not None
    assert found.seq == first_bad


def test_a_cut_end_is_found_against_a_known_head(chain: sqlite3.Connection) -> None:
    noted = ledger.head(chain)
    unguarded(chain, "DELETE FROM ledger WHERE seq > 3")
    assert fault(chain) is None
    found = fault(chain, noted)
    assert found is not None
    assert found.seq == 4
    assert noted in spoken(found.what, "zh")
    assert spoken(found.what, "zh").startswith("缺失")


def test_an_end_cut_and_written_anew_is_found_against_a_known_head(chain: sqlite3.Connection) -> None:
    noted = ledger.head(chain)
    unguarded(chain, "DELETE FROM ledger WHERE seq > 3")
    ledger.append(chain, 1_795_492_801, "note", {"number": 4, "name": "别的"})
    ledger.append(chain, 1_795_492_801, "note", {"number": 5})
    assert fault(chain, noted) is not None


@pytest.mark.parametrize("statement", ["DELETE FROM ledger", "UPDATE ledger SET kind = 'x'"])
def test_the_database_itself_refuses_to_change_the_past(chain: sqlite3.Connection, statement: str) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        chain.execute(statement)


def test_where_times_run_backwards_is_told_and_no_fault(chain: sqlite3.Connection) -> None:
    ledger.append(chain, 1_795_492_790, "note", {})  # less than a minute: several are written at once
    assert ledger.examine(ledger.records(chain)).backwards == ()
    ledger.append(chain, 1_795_000_000, "finding", {"who": "wang"})  # what people say has the time of their word
    assert ledger.latest(chain) == 1_795_492_790
    ledger.append(chain, 1_795_400_000, "checklist.attested", {})
    found = ledger.examine(ledger.records(chain))
    assert (found.count, found.fault, found.head) == (8, None, ledger.head(chain))
    assert [each.seq for each in found.backwards] == [8]
    assert ledger.latest(chain) == 1_795_400_000


def test_an_export_stands_alone(chain: sqlite3.Connection) -> None:
    """Checked here with nothing but json and sha256."""
    file = io.StringIO()
    assert ledger.export(chain, file) == 5
    prev = "0" * 64
    for line in file.getvalue().splitlines():
        record = json.loads(line)
        found = record.pop("hash")
        text = json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert sha256(text.encode()).hexdigest() == found
        assert record["prev"] == prev
        prev = found


@pytest.mark.parametrize(
    ("tampering", "first_bad"),
    [
        pytest.param(lambda lines: lines[:2] + lines[3:], 3, id="deleted"),
        pytest.param(lambda lines: [*lines[:1], lines[2], lines[1], *lines[3:]], 2, id="reordered"),
        pytest.param(lambda lines: [line.replace("医保", "社保") for line in lines], 1, id="changed"),
    ],
)
def test_a_tampered_export_is_found(
    chain: sqlite3.Connection, tampering: Callable[[list[str]], list[str]], first_bad: int
) -> None:
    file = io.StringIO()
    ledger.export(chain, file)
    lines = file.getvalue().splitlines()
    assert ledger.verify(ledger.read_lines(lines), ledger.head(chain)) is None
    found = ledger.verify(ledger.read_lines(tampering(lines)))
    assert found is not None
    assert found.seq == first_bad


@pytest.mark.parametrize(
    "line",
    [
        *("", "[]", "{}", '{"seq":"x"}', "not json", b"\xff", "[" * 100_000),
        '{"seq":true,"at":"","kind":"","body":{},"prev":"","hash":""}',
        '{"seq":1,"at":"","kind":"","body":{},"prev":"","hash":"","more":1}',
        '{"seq":1,"at":"","kind":"","body":"{}","prev":"","hash":""}',
        '{"seq":1,"at":"","kind":"","body":{"a":"\\ud800"},"prev":"","hash":""}',
    ],
)
def test_a_line_that_is_no_record_is_named(line: str | bytes) -> None:
    with pytest.raises(ValueError, match="line 1 is not a ledger record"):
        list(ledger.read_lines([line]))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(VALUES)
def test_canonical_text_reads_back_to_the_same_text(value: object) -> None:
    text = ledger.canonical({"value": value})
    text.encode()
    assert ledger.canonical(json.loads(text)) == text


def test_values_that_json_lacks_are_kept_as_text() -> None:
    assert ledger.canonical([math.nan, math.inf, -math.inf, 1.0, 0.5, "\ud800"]) == '["NaN","+Inf","-Inf",1,0.5,"?"]'
