"""The state directory or its file may vanish, be replaced and come back: what memory has is on disk again, once it is
said to be, and never do two agents work in one directory."""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.core.database import NAME, connect
from agent.core.lock import NAME as LOCK
from agent.core.lock import StateHeld
from agent.core.store import Store
from tests.core.made import NOON, closing, incident, noting, opening

RECEIVER = "http://am"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "centre" / "var"


@pytest.fixture
def store(place: Path) -> Iterator[Store]:
    opened = Store.open(place, patience=0.05)
    opened.assign([RECEIVER])
    yield opened
    opened.close()


def on_disk(place: Path) -> tuple[list[str], list[str]]:
    """The open incidents and the alerts that a next agent would find."""
    looking = Store.peek(place)
    found = [each.target for each in looking.open_incidents()]
    told = [row.target for row, _ in looking.deliveries(RECEIVER)]
    assert looking.verify() is None
    looking.close()
    return found, told


def in_the_way(place: Path) -> None:
    """Where the directory stood is a file: it can neither be used nor made."""
    shutil.rmtree(place)
    place.touch()


def test_a_directory_that_vanished_is_made_again_with_all_that_is_open(store: Store, place: Path) -> None:
    store.record([opening(incident("before"))])
    shutil.rmtree(place.parent)
    assert store.record([opening(incident("after"))])
    assert store.writable
    assert on_disk(place) == (["before", "after"], ["after", "before"])


def test_what_is_open_is_written_again_however_long_the_directory_was_gone(store: Store, place: Path) -> None:
    found = incident("before")
    store.record([opening(found)])
    in_the_way(place)
    assert not store.record([opening(incident("meanwhile"))])
    store.retry()
    assert not store.writable
    assert "not a directory" in str(store.refusal)
    place.unlink()
    store.retry()
    assert store.writable
    assert on_disk(place) == (["before", "meanwhile"], ["before", "meanwhile"])
    store.record([noting(found, "afterwards", NOON + 9)])
    assert [change.note for change in store.timeline(found.id)] == ["carried over from memory", "afterwards"]


def test_a_new_file_is_not_taken_for_begun_before_its_beginning_is_written(store: Store, place: Path) -> None:
    """The disk takes the file, and then refuses the first transaction."""
    store.record([opening(incident("before"))])
    for each in place.glob(NAME + "*"):
        each.unlink()
    other = connect(place / NAME)
    other.execute("BEGIN IMMEDIATE")
    assert not store.record([opening(incident("meanwhile"))])
    store.retry()
    assert not store.writable
    other.close()
    store.retry()
    assert store.writable
    assert on_disk(place)[0] == ["before", "meanwhile"]


def test_the_same_file_come_back_goes_on_where_it_was(store: Store, place: Path) -> None:
    found = incident("before")
    store.record([opening(found)])
    away = place.with_name("away")
    place.rename(away)
    place.touch()
    noted = noting(found, "meanwhile", NOON + 5)
    assert not store.record([noted])
    place.unlink()
    away.rename(place)
    store.retry()
    assert store.writable
    store.record([closing(noted.incident, NOON + 9)])
    assert [change.kind for change in store.timeline(found.id) if change.kind != "note" or change.who == "wang"] == [
        "opened",
        "note",
        "closed",
    ]
    assert store.verify() is None


def test_an_agent_whose_lock_file_was_refused_is_still_alone(place: Path) -> None:
    (place / LOCK).mkdir(parents=True)  # no file of that name can be had
    first = Store.open(place)
    (place / LOCK).rmdir()
    with pytest.raises(StateHeld):
        Store.open(place)
    assert first.record([opening(incident())])
    first.close()
    Store.open(place).close()


def test_a_lock_on_the_file_alone_counts_too(place: Path) -> None:
    """Where a directory cannot be locked (network mounts), the file is what tells."""
    place.mkdir(parents=True)
    held = os.open(place / LOCK, os.O_RDWR | os.O_CREAT)
    fcntl.flock(held, fcntl.LOCK_EX)
    with pytest.raises(StateHeld):
        Store.open(place)
    os.close(held)
    Store.open(place).close()


def test_an_agent_whose_directory_another_took_over_writes_nothing_there(store: Store, place: Path) -> None:
    store.record([opening(incident("first's"))])
    shutil.rmtree(place)
    second = Store.open(place)
    second.record([opening(incident("second's"))])
    assert not store.record([opening(incident("first's too"))])
    assert f"in use by another agent (pid {os.getpid()})" in str(store.refusal)
    assert on_disk(place)[0] == ["second's"]
    second.close()
    store.retry()
    assert store.writable
    assert set(on_disk(place)[0]) == {"first's", "first's too", "second's"}


def test_a_directory_made_again_is_locked_again(store: Store, place: Path) -> None:
    shutil.rmtree(place)
    store.record([opening(incident())])
    with pytest.raises(StateHeld):
        Store.open(place)


def test_the_number_of_an_agent_that_is_gone_is_not_told(place: Path) -> None:
    place.mkdir(parents=True)
    (place / LOCK).write_text("4194305\n")  # above the highest number that Linux gives
    (place / LOCK).chmod(0o400)
    held = os.open(place, os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_EX)
    with pytest.raises(StateHeld) as refused:
        Store.open(place)
    assert refused.value.pid is None
    os.close(held)


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_the_record_is_for_the_agents_user_and_group_alone(place: Path, mask: int) -> None:
    place.mkdir(parents=True)
    place.chmod(0o777)
    before = os.umask(mask)
    try:
        store = Store.open(place)
        store.record([opening(incident())])
        modes = [stat.S_IMODE(each.stat().st_mode) for each in place.iterdir()]
    finally:
        os.umask(before)
    assert len(modes) == 4  # database, WAL and its index, lock
    assert {mode & ~0o640 for mode in modes} == {0}
    store.close()


def test_a_record_that_everybody_could_read_is_closed_to_them(place: Path) -> None:
    Store.open(place).close()
    (place / NAME).chmod(0o644)
    Store.open(place).close()
    assert stat.S_IMODE((place / NAME).stat().st_mode) == 0o640


def test_a_commit_waits_for_the_platter(place: Path) -> None:
    """FULL in WAL mode: a power cut takes nothing that was acknowledged."""
    place.mkdir(parents=True)
    connection = connect(place / NAME)
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()
