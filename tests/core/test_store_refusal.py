"""While the disk refuses, nothing stops: changes wait in memory, marked, and are written in order afterwards."""

from __future__ import annotations

import contextlib
import io
import json
import resource
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from agent.core.checklist import Result
from agent.core.database import NAME
from agent.core.store import Store
from tests.core.made import NOON, closing, finding, incident, noting, opening

RECEIVER = "http://am"


class Holder:
    """Another process's write lock on the database: the disk refuses, for real, until it lets go."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute("BEGIN IMMEDIATE")

    def let_go(self) -> None:
        self._connection.close()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path, limit=50, patience=0.05)
    opened.assign([RECEIVER])
    yield opened
    opened.close()


@pytest.fixture
def holder(store: Store, tmp_path: Path) -> Iterator[Holder]:
    held = Holder(tmp_path / NAME)
    yield held
    held.let_go()


def test_what_the_disk_refuses_is_known_and_marked(store: Store, holder: Holder) -> None:
    found = incident()
    store.record([opening(found)])
    assert not store.writable
    assert "locked" in str(store.refusal)
    assert [(each.id, each.recorded) for each in store.open_incidents()] == [(found.id, False)]
    assert [(each.id, each.recorded) for each in store.incidents()] == [(found.id, False)]
    assert store.incident(found.id) is not None
    assert len(store.timeline(found.id)) == 1
    [(row, told)] = store.deliveries(RECEIVER)
    assert (row.word, told.recorded) == ("firing", False)


def test_what_waited_is_written_in_order_and_marked_late(store: Store, holder: Holder, tmp_path: Path) -> None:
    before, found = incident("before"), incident("meanwhile")
    noted = noting(found, "断了", NOON + 5)
    store.record([opening(found), noted])
    store.record([closing(noted.incident, NOON + 9)])
    store.record([opening(before)])
    assert store.unwritten > 0
    holder.let_go()
    store.retry()
    assert store.writable
    assert store.unwritten == 0
    assert [each.recorded for each in store.open_incidents()] == [True]
    store.close()
    again = Store.open(tmp_path)
    assert [change.kind for change in again.timeline(found.id)] == ["opened", "note", "closed"]
    assert [each.target for each in again.open_incidents()] == ["before"]
    assert {row.target: row.word for row, _ in again.deliveries(RECEIVER)} == {
        "before": "firing",
        "meanwhile": "resolved",
    }
    file = io.StringIO()
    again.export(file)
    assert [json.loads(line)["body"].get("late") for line in file.getvalue().splitlines()] == [True] * 4
    assert again.verify() is None
    again.close()


def test_the_next_change_writes_what_waited_too(store: Store, holder: Holder) -> None:
    first, second = incident("first"), incident("second")
    store.record([opening(first)])
    holder.let_go()
    store.record([opening(second)])
    assert store.writable
    assert [each.recorded for each in store.open_incidents()] == [True, True]


def test_findings_and_facts_wait_as_well(store: Store, holder: Holder) -> None:
    store.put_findings([finding(result=Result.FAIL)])
    store.remember("key", 7)
    assert [each.verdict.result for each in store.findings()] == [Result.FAIL]
    assert store.recall("key") == 7
    holder.let_go()
    store.retry()
    assert [each.verdict.result for each in store.findings()] == [Result.FAIL]
    assert store.recall("key") == 7


def test_memory_is_bounded_and_the_ledger_says_what_was_dropped(store: Store, holder: Holder) -> None:
    found = incident()
    store.record([opening(found)])
    store.put_findings([finding(subject=f"switch-{n}") for n in range(200)])
    assert store.unwritten == 50
    assert [each.id for each in store.open_incidents()] == [found.id]
    holder.let_go()
    store.retry()
    file = io.StringIO()
    store.export(file)
    assert json.loads(file.getvalue().splitlines()[0])["body"] == {"dropped": 152}
    # What happened goes last: the checklist makes its findings again.
    assert [change.kind for change in store.timeline(found.id)] == ["opened"]


CHILD = """
import resource, sys
from pathlib import Path
from agent.core.store import Store
from tests.core.made import incident, opening
if sys.argv[2] != "none":
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), hard))
store = Store.open(Path(sys.argv[1]))
store.assign(["http://am"])
print(store.writable, len(store.open_incidents()), len(store.notes), flush=True)
for line in sys.stdin:
    count = int(line)
    for n in range(count):
        store.record([opening(incident(f"line-{len(store.open_incidents())}"))])
    store.retry()
    unrecorded = sum(not each.recorded for each in store.open_incidents())
    print(store.writable, len(store.open_incidents()), unrecorded, flush=True)
store.close()
"""


class Child:
    """An agent's store in a process of its own, whose files may be kept from growing: a full disk without root."""

    def __init__(self, directory: Path, file_limit: int | None = None) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", CHILD, str(directory), "none" if file_limit is None else str(file_limit)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.started = self._line()

    def opens(self, count: int) -> list[str]:
        """Records this many openings; gives [writable, open incidents, unrecorded ones]."""
        stdin: IO[str] = self._process.stdin  # type: ignore[assignment]  # a pipe
        stdin.write(f"{count}\n")
        stdin.flush()
        return self._line()

    def limit(self, file_size: int | None) -> None:
        """None: no limit any more."""
        _, hard = resource.prlimit(self._process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(self._process.pid, resource.RLIMIT_FSIZE, (hard if file_size is None else file_size, hard))

    def kill(self) -> None:
        self._process.kill()

    def __enter__(self) -> Child:
        return self

    def __exit__(self, *error: object) -> None:
        self._process.communicate(timeout=20)

    def _line(self) -> list[str]:
        stdout: IO[str] = self._process.stdout  # type: ignore[assignment]  # a pipe
        return stdout.readline().split()


def test_a_full_disk_stops_history_and_nothing_else(tmp_path: Path) -> None:
    with Child(tmp_path) as child:
        assert child.opens(3) == ["True", "3", "0"]
        child.limit(1)  # no file may grow, and none be written beyond its first byte
        assert child.opens(4) == ["False", "7", "4"]
        child.limit(None)
        assert child.opens(0) == ["True", "7", "0"]
    again = Store.open(tmp_path)
    assert [each.target for each in again.open_incidents()] == [f"line-{n}" for n in range(7)]
    assert again.verify() is None
    again.close()


def test_a_disk_that_is_full_from_the_start_does_not_keep_an_agent_from_starting(tmp_path: Path) -> None:
    with Child(tmp_path, file_limit=1) as child:
        assert child.started == ["False", "0", "2"]
        assert child.opens(2) == ["False", "2", "2"]
        child.limit(None)
        assert child.opens(1) == ["True", "3", "0"]


def test_an_agent_started_on_a_full_disk_knows_what_was_open_before(tmp_path: Path) -> None:
    before = Store.open(tmp_path)
    before.record([opening(incident())])
    before.close()
    with Child(tmp_path, file_limit=1) as child:
        assert child.started[:2] == ["False", "1"]


def test_killed_while_the_disk_refuses_keeps_what_was_recorded_before(tmp_path: Path) -> None:
    with Child(tmp_path) as child:
        assert child.opens(5) == ["True", "5", "0"]
        child.limit(1)
        assert child.opens(2) == ["False", "7", "2"]
        child.kill()
    again = Store.open(tmp_path)
    assert len(again.open_incidents()) == 5
    assert again.notes == ()
    again.close()


def test_a_damaged_file_set_aside_while_the_new_one_is_refused_is_carried_over_later(tmp_path: Path) -> None:
    before = Store.open(tmp_path)
    before.record([opening(incident(f"before-{n}")) for n in range(3)])
    before.close()
    path = tmp_path / NAME
    with contextlib.closing(sqlite3.connect(path)) as connection:
        [[root]] = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'timeline_by_incident'")
    with path.open("r+b") as file:
        file.seek((root - 1) * 4096)
        file.write(b"\xff" * 512)
    with Child(tmp_path, file_limit=40_000) as child:  # enough to see the damage, too little for a new schema
        assert len(list(tmp_path.glob(NAME + ".damaged-*Z"))) == 1
        assert child.opens(1)[0] == "False"
        child.limit(None)
        assert child.opens(1)[0] == "True"
        child.kill()
    again = Store.open(tmp_path)
    assert {each.target for each in again.open_incidents()} >= {"before-0", "before-1", "before-2"}
    assert again.verify() is None
    again.close()
