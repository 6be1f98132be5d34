"""What was seen up and down is on disk as far as it was seen, and never further."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from agent.core.availability import Interval
from agent.core.computed import Computed
from agent.core.database import MIGRATIONS, NAME, migrate
from agent.core.model import Failure, Metric, Reading, Target
from agent.core.states import Place, history, of_pruning, of_seen
from agent.core.store import Store
from agent.core.witness import Witness
from tests.core.made import NOON

LINE_UP = Metric("line_up", "gauge", "0/1", (), "")
YIBAO = Target("line", "yibao", "医保专线", every=30, timeout=10)
PLACE = ("line", "yibao")
FAILED = Failure("timeout", "no answer")


def reading(at: float, up: bool | None = True, target: Target = YIBAO, **more: object) -> Reading:
    samples = () if up is None else (LINE_UP.sample(up),)
    return Reading(target, "line", NOON + at, 0.0, samples, **more)  # type: ignore[arg-type]


def seen(*readings: Reading) -> list[Interval]:
    witness = Witness()
    for each in readings:
        witness.observe(each)
    return told(witness)


def told(witness: Witness, place: Place = PLACE) -> list[Interval]:
    return [Interval(each.start - NOON, each.end - NOON, each.up) for each in witness.history.get(place, [])]


def test_a_state_lasts_until_the_reading_that_shows_another() -> None:
    assert seen(reading(0), reading(30), reading(60, False), reading(90, False), reading(120)) == [
        Interval(0, 60, True),
        Interval(60, 120, False),
        Interval(120, 120, True),
    ]


@pytest.mark.parametrize("blind", [reading(60, None), reading(60, None, failure=FAILED)])
def test_a_reading_that_says_nothing_makes_the_time_since_the_last_good_one_unknown(blind: Reading) -> None:
    assert seen(reading(0), reading(30), blind, reading(90)) == [Interval(0, 30, True), Interval(90, 90, True)]


def test_a_verdict_that_came_before_a_failure_counts() -> None:
    assert seen(reading(0, False, failure=FAILED), reading(30, False, failure=FAILED)) == [Interval(0, 30, False)]


def test_another_collectors_silence_says_nothing() -> None:
    other = replace(reading(20, None), collector="port")
    assert seen(reading(0), other, reading(30)) == [Interval(0, 30, True)]


def test_three_intervals_without_a_reading_are_unknown() -> None:
    assert seen(reading(0), reading(100)) == [Interval(0, 100, True)]
    assert seen(reading(0), reading(101)) == [Interval(0, 0, True), Interval(101, 101, True)]


def test_a_pause_and_a_step_of_the_clock_are_unknown() -> None:
    witness = Witness()
    witness.observe(reading(0))
    witness.observe(reading(30))
    witness.interrupt()
    witness.observe(reading(50))
    assert told(witness) == [Interval(0, 30, True), Interval(50, 50, True)]


def test_what_a_clock_that_is_set_back_shows_again_replaces_what_it_showed_first() -> None:
    witness = Witness()
    for at in (0, 60, 120, 180):
        witness.observe(reading(at))
    witness.interrupt()
    for at in (30, 60):
        witness.observe(reading(at, False))
    assert told(witness) == [Interval(0, 30, True), Interval(30, 60, False), Interval(60, 180, True)]
    assert witness.revised[PLACE]


def test_what_is_not_watched_any_more_is_unknown_from_its_last_reading_and_its_past_stays() -> None:
    witness = Witness()
    witness.observe(reading(0))
    witness.observe(reading(30))
    witness.keep(set())
    assert witness.seen(PLACE) is None
    witness.observe(reading(60))
    assert told(witness) == [Interval(0, 30, True), Interval(60, 60, True)]


def test_other_kinds_and_computed_readings_are_no_witnesses() -> None:
    switch = replace(YIBAO, kind="switch")
    computed = Computed(YIBAO, "availability", NOON, 0.0, (LINE_UP.sample(1),))
    assert seen(reading(0, target=switch), computed) == []


# On disk


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path / "var")
    yield opened
    opened.close()


def kept(store: Store) -> list[Interval]:
    found = store.ask(history, {PLACE: [Interval(0, 0, False)]})  # the disk's own word
    return [Interval(each.start - NOON, each.end - NOON, each.up) for each in found.get(PLACE, [])]


def written(store: Store, witness: Witness) -> None:
    assert store.write([of_seen(witness.take())])


def test_what_goes_on_is_on_disk_as_far_as_it_was_last_written(store: Store) -> None:
    witness = Witness()
    witness.observe(reading(0))
    written(store, witness)
    witness.observe(reading(30))
    assert kept(store) == [Interval(0, 0, True)]
    written(store, witness)
    witness.observe(reading(60))  # never written: a kill comes first
    assert kept(store) == [Interval(0, 30, True)]


def test_the_next_start_leaves_the_last_word_of_a_killed_agent_as_it_was(store: Store) -> None:
    witness = Witness()
    for at in (0, 30):
        witness.observe(reading(at))
        written(store, witness)
    after = Witness()
    after.remember(store.ask(history, {}))
    after.observe(reading(3600))
    written(store, after)
    after.observe(reading(3630, False))
    after.observe(reading(3660, False))
    written(store, after)
    expected = [Interval(0, 30, True), Interval(3600, 3630, True), Interval(3630, 3660, False)]
    assert kept(store) == expected == told(after)


def test_only_changes_are_rows(store: Store) -> None:
    witness = Witness()
    for at in range(0, 3000, 30):
        witness.observe(reading(at, at < 1500))
        written(store, witness)
    assert store.ask(lambda connection: connection.execute("SELECT count(*) FROM states").fetchone()[0], 0) == 2


def test_a_file_with_states_is_read_beside_the_agent_and_after_it(store: Store, tmp_path: Path) -> None:
    witness = Witness()
    witness.observe(reading(0))
    witness.observe(reading(30))
    written(store, witness)
    assert kept(Store.peek(tmp_path / "var")) == [Interval(0, 30, True)]
    store.close()
    assert kept(Store.peek(tmp_path / "var")) == [Interval(0, 30, True)]


def test_what_is_too_old_and_the_oldest_of_too_much_is_forgotten(store: Store) -> None:
    store.write([of_seen([("line", "yibao", Interval(NOON + at, NOON + at + 1, True)) for at in range(0, 30, 2)])])
    store.write([of_seen([("line", "old", Interval(at, at + 1, True)) for at in range(5)])])
    assert store.write([of_pruning(NOON, most=10)])
    assert [each.start for each in kept(store)] == list(range(10, 30, 2))
    assert ("line", "old") not in store.ask(history, {})


def test_a_file_of_the_version_before_is_brought_up(tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    connection = sqlite3.connect(tmp_path / "var" / NAME, isolation_level=None)
    migrate(connection, MIGRATIONS[:1])
    connection.close()
    peek = Store.peek(tmp_path / "var")
    assert peek.ask(history, {("line", "other"): []}) == {}
    store = Store.open(tmp_path / "var")
    assert store.write([of_seen([("line", "yibao", Interval(NOON, NOON + 9, True))])])
    assert kept(store) == [Interval(0, 9, True)]
    assert store.notes == ()
    store.close()


def test_a_new_file_in_the_place_of_a_damaged_one_begins_with_what_is_carried(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "var")
    witness = Witness()
    witness.observe(reading(0))
    witness.observe(reading(30))
    written(store, witness)
    store.carry.append(lambda: [of_seen(witness.everything())])
    (tmp_path / "var" / NAME).unlink()  # lost while the agent runs
    store.remember("x", 1)
    assert store.writable
    assert kept(store) == [Interval(0, 30, True)]
    store.close()
