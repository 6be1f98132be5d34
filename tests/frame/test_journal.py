"""Every change is a row before anybody hears of it, and whoever made it learns what became of it."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from agent.core.database import NAME
from agent.core.incident import Change
from agent.core.store import Store
from agent.journal import ALIVE, Journal
from tests.core.made import NOON, incident, noting, opening


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path, patience=0.05)
    yield opened
    opened.close()


def with_journal(
    store: Store, story: Callable[[Journal], Awaitable[Any]], written: Callable[[Sequence[Change]], None] = len
) -> Any:
    async def main() -> Any:
        journal = Journal(store, written)
        try:
            return await story(journal)
        finally:
            await journal.close()

    return asyncio.run(main())


@contextlib.contextmanager
def held(store: Path) -> Iterator[None]:
    """Another process's write lock on the database: the disk refuses."""
    with contextlib.closing(sqlite3.connect(store / NAME, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield


def test_nobody_hears_of_a_change_before_it_is_on_disk(store: Store, tmp_path: Path) -> None:
    found = incident()
    on_disk: list[bool] = []

    def heard(changes: Sequence[Change]) -> None:
        looking = Store.peek(tmp_path)
        on_disk.append(looking.incident(found.id) is not None)
        looking.close()

    async def story(journal: Journal) -> bool:
        return await journal.write([opening(found)])

    assert with_journal(store, story, heard) is True
    assert on_disk == [True]


def test_while_the_disk_refuses_one_hears_of_it_and_is_told_that_it_is_in_memory(store: Store, tmp_path: Path) -> None:
    heard: list[Change] = []

    async def story(journal: Journal) -> bool:
        with held(tmp_path):
            return await journal.write([opening(incident())])

    assert with_journal(store, story, heard.extend) is False
    assert [change.kind for change in heard] == ["opened"]


def test_the_order_of_changes_is_the_order_of_rows(store: Store) -> None:
    found = incident()

    async def story(journal: Journal) -> None:
        journal.write([opening(found)])
        for number in range(40):
            journal.write([noting(found, f"{number}", NOON + number)])
            if number % 7 == 0:
                await asyncio.sleep(0.005)
        assert journal.latest is not None
        await journal.latest

    with_journal(store, story)
    assert [change.note for change in store.timeline(found.id)] == ["", *map(str, range(40))]


def test_a_change_that_cannot_be_written_is_told_and_keeps_no_other_from_it(store: Store) -> None:
    found = incident()
    unfit = noting(found, b"no text at all", NOON)  # type: ignore[arg-type]  # a defect somewhere else

    async def story(journal: Journal) -> list[bool]:
        return [await journal.write([each]) for each in (opening(found), unfit, noting(found, "text", NOON + 1))]

    assert with_journal(store, story) == [True, False, True]
    assert [change.note for change in store.timeline(found.id)] == ["", "text"]
    assert "could not be written down" in store.notes[-1]
    assert store.verify() is None


def test_after_the_end_nothing_is_said_to_be_written(store: Store) -> None:
    async def story(journal: Journal) -> None:
        await journal.close()
        with pytest.raises(RuntimeError, match="stopping"):
            await journal.write([opening(incident())])

    with_journal(store, story)


def test_the_end_waits_for_what_was_queued(store: Store) -> None:
    found = incident()

    async def story(journal: Journal) -> None:
        journal.write([opening(found)])
        assert await journal.flush() is True

    with_journal(store, story)
    assert store.incident(found.id) == found


async def beaten(journal: Journal, store: Store, now: float) -> bool:
    journal.beat(now)
    await asyncio.sleep(0)
    await journal.ask(lambda: None)  # after it
    return store.writable


def test_a_disk_that_takes_nothing_is_known_within_a_minute_though_nothing_happens(
    store: Store, tmp_path: Path
) -> None:
    async def story(journal: Journal) -> list[bool]:
        found = [await beaten(journal, store, NOON)]
        assert store.recall(ALIVE) == NOON
        with held(tmp_path):
            found += [await beaten(journal, store, NOON + 30), await beaten(journal, store, NOON + 61)]
        return [*found, await beaten(journal, store, NOON + 65)]

    assert with_journal(store, story) == [True, True, False, True]
