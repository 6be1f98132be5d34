"""A damaged file never keeps the agent from starting: SQLite recovers it, or it is set aside, and both are said."""

from __future__ import annotations

import random
import shutil
import sqlite3
from pathlib import Path

import pytest

from agent.core.database import NAME
from agent.core.store import Store
from tests.core.made import NOON, closing, incident, opening

WAL = NAME + "-wal"


def left_by_a_crash(directory: Path, count: int = 30) -> list[str]:
    """A state directory as a killed agent leaves it: committed changes in the WAL. Gives the targets recorded."""
    working = directory.with_name("working")
    store = Store.open(working)
    store.assign(["http://am"])
    targets = [f"line-{n}" for n in range(count)]
    for target in targets:
        store.record([opening(incident(target))])
    shutil.copytree(working, directory)
    store.close()
    assert (directory / WAL).stat().st_size > 0
    return targets


def opens(directory: Path) -> tuple[list[str], tuple[str, ...]]:
    """What an agent started on this directory finds, after it proved that it can write there."""
    store = Store.open(directory)
    targets = [each.target for each in store.open_incidents()]
    store.record([opening(incident("afterwards"))])
    assert store.writable
    assert store.verify(store.head()) is None
    notes = store.notes
    store.close()
    with sqlite3.connect(directory / NAME) as connection:
        assert connection.execute("PRAGMA quick_check").fetchone() == ("ok",)
    connection.close()
    return targets, notes


def set_aside(directory: Path) -> list[Path]:
    """The damaged files, without the WAL that may lie beside each."""
    return sorted(directory.glob(NAME + ".damaged-*Z"))


def test_a_crash_alone_loses_nothing(tmp_path: Path) -> None:
    targets = left_by_a_crash(tmp_path / "var")
    assert opens(tmp_path / "var") == (targets, ())


@pytest.mark.parametrize("share", [0.0, 0.001, 0.3, 0.77, 0.999])
def test_a_torn_wal_keeps_what_was_whole_before_the_tear(tmp_path: Path, share: float) -> None:
    targets = left_by_a_crash(tmp_path / "var")
    wal = tmp_path / "var" / WAL
    with wal.open("r+b") as file:
        file.truncate(int(wal.stat().st_size * share))
    found, notes = opens(tmp_path / "var")
    assert found == targets[: len(found)]
    assert bool(notes) == bool(set_aside(tmp_path / "var"))


@pytest.mark.parametrize("seed", range(8))
def test_flipped_bytes_in_the_wal_never_keep_it_from_starting(tmp_path: Path, seed: int) -> None:
    targets = left_by_a_crash(tmp_path / "var")
    wal = tmp_path / "var" / WAL
    content = bytearray(wal.read_bytes())
    chance = random.Random(seed)
    for _ in range(3):
        content[chance.randrange(len(content))] ^= 0xFF
    wal.write_bytes(content)
    found, _ = opens(tmp_path / "var")
    assert found == targets[: len(found)]


@pytest.mark.parametrize(
    "content", [b"not a database at all" * 400, b"SQLite format 3\x00" + b"\xff" * 8000, b"\x00" * 4096]
)
def test_a_file_that_is_no_database_is_set_aside_and_said(tmp_path: Path, content: bytes) -> None:
    (tmp_path / NAME).write_bytes(content)
    found, notes = opens(tmp_path)
    assert found == []
    assert len(set_aside(tmp_path)) == 1
    assert "set aside as shouwang.db.damaged-" in notes[0]
    assert set_aside(tmp_path)[0].read_bytes() == content


def test_an_empty_file_is_a_new_database(tmp_path: Path) -> None:
    (tmp_path / NAME).touch()
    assert opens(tmp_path) == ([], ())


@pytest.mark.parametrize("seed", range(8))
def test_a_damaged_database_is_set_aside_and_what_can_be_read_is_carried_over(tmp_path: Path, seed: int) -> None:
    left_by_a_crash(tmp_path / "var")
    Store.open(tmp_path / "var").close()  # all of it in the file now, no WAL
    path = tmp_path / "var" / NAME
    content = bytearray(path.read_bytes())
    chance = random.Random(seed)
    for page in chance.sample(range(1, len(content) // 4096), 3):
        content[page * 4096 : page * 4096 + 64] = chance.randbytes(64)
    path.write_bytes(content)
    found, notes = opens(tmp_path / "var")
    assert len(set_aside(tmp_path / "var")) == 1
    assert notes
    assert set(found) <= {f"line-{n}" for n in range(30)}


def test_open_incidents_are_carried_into_the_new_file(tmp_path: Path) -> None:
    """A broken index over the timeline leaves the incidents readable."""
    targets = left_by_a_crash(tmp_path / "var")
    store = Store.open(tmp_path / "var")
    noted = store.head()
    store.close()
    connection = sqlite3.connect(tmp_path / "var" / NAME, isolation_level=None)
    (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'timeline_by_incident'").fetchone()
    connection.close()
    with (tmp_path / "var" / NAME).open("r+b") as file:
        file.seek((root - 1) * 4096)
        file.write(b"\xff" * 512)
    again = Store.open(tmp_path / "var")
    assert [each.target for each in again.open_incidents()] == targets
    assert again.writable
    again.assign(["http://am"])
    assert len(again.deliveries("http://am")) == len(targets)
    assert [change.note for change in again.timeline(again.open_incidents()[0].id)] == [
        f"carried over from {set_aside(tmp_path / 'var')[0].name}"
    ]
    lines = tmp_path / "ledger.jsonl"
    with lines.open("w") as file:
        again.export(file)
    assert noted in lines.read_text().splitlines()[0]  # the new ledger names the head of the old one
    again.close()


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE timeline",
        "DROP TABLE migrations",
        "UPDATE incidents SET body = 'no json'",
        "UPDATE incidents SET body = '{}'",
        "UPDATE deliveries SET body = '[1]'",
    ],
)
def test_a_database_that_somebody_spoiled_is_set_aside(tmp_path: Path, statement: str) -> None:
    left_by_a_crash(tmp_path / "var")
    with sqlite3.connect(tmp_path / "var" / NAME) as connection:
        connection.execute(statement)
    connection.close()
    _, notes = opens(tmp_path / "var")
    assert notes
    assert len(set_aside(tmp_path / "var")) == 1


def test_a_file_removed_under_a_running_agent_is_made_anew_with_what_is_open(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    first = incident("first")
    store.assign(["http://am"])
    store.record([opening(first)])
    for name in (NAME, WAL, NAME + "-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    store.record([opening(incident("second"))])
    assert "was removed or replaced" in store.notes[0]
    store.close()
    again = Store.open(tmp_path)
    assert [each.target for each in again.open_incidents()] == ["first", "second"]
    assert len(again.deliveries("http://am")) == 2
    again.close()


def test_damage_under_a_running_agent_loses_nothing_that_is_open(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    found = [incident(f"line-{n}") for n in range(40)]
    store.record([opening(each) for each in found])
    other = sqlite3.connect(tmp_path / NAME)
    other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    other.close()
    with (tmp_path / NAME).open("r+b") as file:
        for page in range(1, (tmp_path / NAME).stat().st_size // 4096):
            file.seek(page * 4096)
            file.write(b"\xff" * 100)
    # The running connection has its pages cached; another process's write makes it read them again.
    for each in found[:20]:
        store.record([closing(each, NOON + 60)])
    assert "set aside" in store.notes[0]
    assert [each.target for each in store.open_incidents()] == [f"line-{n}" for n in range(20, 40)]
    store.close()
    again = Store.open(tmp_path)
    assert {f"line-{n}" for n in range(20, 40)} <= {each.target for each in again.open_incidents()}
    assert again.writable
    again.close()
