"""What the store takes, it gives back: now, after a restart, and beside a running agent."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from agent.core.checklist import Result
from agent.core.database import Refused
from agent.core.incident import new_id
from agent.core.lock import StateHeld
from agent.core.store import Store
from tests.core.made import NOON, closing, finding, incident, noting, opening, raising


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path / "var")
    yield opened
    opened.close()


def reopened(store: Store, tmp_path: Path) -> Store:
    store.close()
    return Store.open(tmp_path / "var")


def test_a_new_directory_is_made_and_takes_writes(store: Store) -> None:
    assert store.writable
    assert store.notes == ()
    assert store.open_incidents() == []


def test_an_incident_survives_a_restart_unchanged(store: Store, tmp_path: Path) -> None:
    found = incident(subjects=('IR-04.1{mountpoint="/var"}',), value=0.5)
    store.record([opening(found)])
    assert store.open_incidents() == [found]
    again = reopened(store, tmp_path)
    assert again.open_incidents() == [found]
    assert again.incident(found.id) == found
    again.close()


def test_a_timeline_tells_everything_in_order(store: Store, tmp_path: Path) -> None:
    found = incident(class_="P3")
    raised = raising(found, "P2", NOON + 10)
    noted = noting(raised.incident, "电话报障", NOON + 20)
    ended = closing(noted.incident, NOON + 30)
    store.record([opening(found), raised])
    store.record([noted])
    store.record([ended])
    again = reopened(store, tmp_path)
    assert again.timeline(found.id) == [opening(found), raised, noted, ended]
    assert again.open_incidents() == []
    assert again.incident(found.id) == ended.incident
    again.close()


def test_incidents_are_given_page_by_page_the_newest_first(store: Store) -> None:
    made = [incident(f"line-{n}", opened=NOON + n // 2) for n in range(7)]
    store.record([opening(each) for each in made])
    pages, before = [], None
    while page := store.incidents(3, before):
        pages.append([each.target for each in page])
        before = page[-1].id
    assert pages == [["line-6", "line-5", "line-4"], ["line-3", "line-2", "line-1"], ["line-0"]]


def test_every_change_stands_in_the_ledger(store: Store) -> None:
    found = incident()
    store.record([opening(found), closing(found, NOON + 5)])
    file = io.StringIO()
    store.export(file)
    assert [line.split('"kind":"')[1].split('"')[0] for line in file.getvalue().splitlines()] == [
        "incident.opened",
        "incident.closed",
    ]
    assert store.verify(store.head()) is None


def test_hostile_text_is_kept_without_harm(store: Store) -> None:
    found = incident()
    note = noting(found, "'; DROP TABLE incidents; -- \x00 \ud800 \u202e", NOON)
    store.record([opening(found), note])
    assert store.writable
    assert store.timeline(found.id)[1].note == note.note.replace("\ud800", "?")


def test_the_latest_finding_of_each_subject_is_given(store: Store, tmp_path: Path) -> None:
    store.put_findings([finding(result=Result.FAIL), finding(subject="access-1")])
    store.put_findings([finding(at=NOON + 60)])
    again = reopened(store, tmp_path)
    assert [(each.verdict.subject, each.verdict.result, each.at) for each in again.findings()] == [
        ("access-1", Result.PASS, NOON),
        ("core", Result.PASS, NOON + 60),
    ]
    again.close()


@pytest.mark.parametrize(
    ("second", "records"),
    [
        pytest.param(finding(at=NOON + 300), 1, id="the same again is no news"),
        pytest.param(finding(at=NOON + 300, result=Result.FAIL), 2, id="another result"),
        pytest.param(finding(at=NOON + 300, who="wang"), 2, id="said by a person"),
        pytest.param(finding(at=NOON + 90_000), 2, id="once a day"),
    ],
)
def test_a_finding_is_in_the_ledger_when_it_is_news(store: Store, second: object, records: int) -> None:
    store.put_findings([finding()])
    store.put_findings([second])  # type: ignore[list-item]
    assert store.export(io.StringIO()) == records


def test_a_small_fact_is_remembered(store: Store, tmp_path: Path) -> None:
    store.remember("last_seen", {"at": NOON, "name": "守望"})
    assert store.recall("nothing") is None
    again = reopened(store, tmp_path)
    assert again.recall("last_seen") == {"at": NOON, "name": "守望"}
    again.close()


def test_a_row_of_a_later_version_is_still_read(store: Store, tmp_path: Path) -> None:
    import sqlite3

    found = incident()
    store.record([opening(found)])
    store.close()
    with sqlite3.connect(tmp_path / "var" / "shouwang.db") as connection:
        connection.execute("UPDATE incidents SET body = json_set(body, '$.mood', 'good')")
        connection.execute("INSERT INTO migrations VALUES (99, '2030')")
    connection.close()
    again = Store.open(tmp_path / "var")
    assert again.open_incidents() == [found]
    assert again.notes == ()
    again.close()


def test_a_command_reads_beside_the_running_agent_and_cannot_write(store: Store, tmp_path: Path) -> None:
    found = incident()
    store.record([opening(found)])
    looking = Store.peek(tmp_path / "var")
    assert looking.incidents() == looking.open_incidents() == [found]
    assert looking.verify(store.head()) is None
    with pytest.raises(PermissionError, match="through the running agent"):
        looking.record([opening(incident())])
    looking.close()


def test_looking_where_no_agent_ever_ran_says_so(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="no agent has worked in this state directory yet"):
        Store.peek(tmp_path)


def test_a_second_agent_is_refused_and_told_who_holds_the_directory(store: Store, tmp_path: Path) -> None:
    with pytest.raises(StateHeld, match=f"pid {os.getpid()}") as refused:
        Store.open(tmp_path / "var")
    assert refused.value.pid == os.getpid()


def test_a_killed_agent_leaves_the_directory_free(tmp_path: Path) -> None:
    code = f"""
import time
from pathlib import Path
from agent.core.store import Store
store = Store.open(Path({str(tmp_path)!r}))
print("held", flush=True)
time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"held\n"
        with pytest.raises(StateHeld) as refused:
            Store.open(tmp_path)
        assert refused.value.pid == child.pid
        child.send_signal(signal.SIGKILL)
        child.wait(10)
    Store.open(tmp_path).close()


def test_a_closed_store_leaves_the_directory_free(tmp_path: Path) -> None:
    Store.open(tmp_path).close()
    Store.open(tmp_path).close()


def test_ids_sort_by_time_and_do_not_repeat_however_many_open_at_once() -> None:
    assert len({new_id(NOON) for _ in range(10_000)}) == 10_000
    made = [new_id(NOON + n) for n in range(100)]
    assert made == sorted(made)
    assert new_id(NOON).startswith("20261124-120000-")


def test_an_incident_closed_twice_or_noted_after_its_end_makes_no_delivery(store: Store) -> None:
    found = incident()
    ended = closing(found, NOON + 5)
    store.record([opening(found), ended])
    store.assign(["http://am"])
    store.record([noting(replace(ended.incident), "复盘", NOON + 9000)])
    assert store.deliveries("http://am") == []
