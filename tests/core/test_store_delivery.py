"""Rows before messages: what each receiver must hear follows from what happened and what it has taken."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.core.delivery import Delivery, Key, due
from agent.core.incident import Change
from agent.core.store import Store, Told
from tests.core.made import NOON, closing, incident, noting, opening, raising

ONE, TWO = "http://one", "http://two"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path)
    opened.assign([ONE, TWO])
    yield opened
    opened.close()


def rows(store: Store, receiver: str = ONE) -> list[Delivery]:
    return [row for row, _ in store.deliveries(receiver)]


def take(store: Store, receiver: str = ONE, at: float = NOON + 1) -> None:
    """The receiver takes everything that waits."""
    waiting = [row for row in rows(store, receiver) if row.waiting]
    store.trying(waiting)
    store.delivered([Told(row.key, row.word, row.incident, row.revision) for row in waiting], at)


def words(store: Store, receiver: str = ONE) -> dict[str, tuple[str, bool]]:
    return {row.class_: (row.word, row.waiting) for row in rows(store, receiver)}


def test_every_receiver_must_hear_of_an_opening(store: Store) -> None:
    store.record([opening(incident())])
    assert words(store, ONE) == words(store, TWO) == {"P2": ("firing", True)}


def test_what_one_receiver_took_waits_for_the_other(store: Store) -> None:
    store.record([opening(incident())])
    take(store, ONE)
    assert words(store, ONE) == {"P2": ("firing", False)}
    assert words(store, TWO) == {"P2": ("firing", True)}


def test_a_change_is_told_again(store: Store) -> None:
    found = incident()
    store.record([opening(found)])
    take(store)
    store.record([noting(found, "已报障", NOON + 5)])
    [row] = rows(store)
    assert (row.fired, row.told, row.revision, row.waiting) == (NOON + 1, 1, 2, True)


def test_an_end_keeps_when_the_firing_was_taken(store: Store) -> None:
    found = incident()
    store.record([opening(found)])
    take(store)
    store.record([closing(found, NOON + 60)])
    [row] = rows(store)
    assert (row.word, row.fired, row.ended, row.waiting) == ("resolved", NOON + 1, NOON + 60, True)


def test_the_end_of_what_nobody_took_still_waits_for_its_firing(store: Store) -> None:
    found = incident()
    store.record([opening(found), closing(found, NOON + 60)])
    [row] = rows(store)
    assert (row.word, row.fired, row.overtaken, row.waiting) == ("resolved", None, False, True)


def test_a_class_change_ends_one_alert_and_begins_another(store: Store) -> None:
    found = incident(class_="P3")
    store.record([opening(found)])
    take(store)
    store.record([raising(found, "P2", NOON + 30)])
    assert words(store) == {"P3": ("resolved", True), "P2": ("firing", True)}
    old = next(row for row in rows(store) if row.class_ == "P3")
    assert (old.overtaken, old.ended) == (True, NOON + 30)


def test_a_class_that_nobody_ever_heard_of_need_not_be_resolved(store: Store) -> None:
    found = incident(class_="P3")
    store.record([opening(found), raising(found, "P2", NOON + 30)])
    assert words(store) == {"P3": ("resolved", False), "P2": ("firing", True)}
    take(store)
    assert words(store) == {"P2": ("firing", False)}


def test_a_class_that_was_sent_and_never_answered_is_resolved(store: Store) -> None:
    found = incident(class_="P3")
    store.record([opening(found)])
    store.trying(rows(store))
    store.record([raising(found, "P2", NOON + 30)])
    assert words(store) == {"P3": ("resolved", True), "P2": ("firing", True)}


def test_what_has_changed_since_it_was_planned_must_not_be_sent(store: Store) -> None:
    found = incident(class_="P3")
    store.record([opening(found)])
    planned = rows(store)
    assert store.trying(planned) == {row.key for row in planned}
    assert store.trying(planned) == {row.key for row in planned}
    store.record([raising(found, "P2", NOON + 30)])
    assert store.trying(planned) == set()


def test_a_class_that_comes_back_fires_again(store: Store) -> None:
    found = incident(class_="P3")
    store.record([opening(found)])
    take(store)
    raised = raising(found, "P2", NOON + 30)
    store.record([raised])
    take(store)
    store.record([raising(raised.incident, "P3", NOON + 60)])
    assert words(store) == {"P3": ("firing", True), "P2": ("resolved", True)}


def test_a_new_incident_of_the_same_identity_goes_on_where_the_end_was_not_told(store: Store) -> None:
    first = incident()
    store.record([opening(first)])
    take(store)
    store.record([closing(first, NOON + 60)])
    second = incident(opened=NOON + 70)
    store.record([opening(second)])
    [row] = rows(store)
    assert (row.incident, row.word, row.fired, row.waiting) == (second.id, "firing", NOON + 1, True)


def test_a_new_incident_after_a_told_end_fires_afresh(store: Store) -> None:
    first = incident()
    store.record([opening(first)])
    take(store)
    store.record([closing(first, NOON + 60)])
    take(store)
    store.record([opening(incident(opened=NOON + 70))])
    [row] = rows(store)
    assert (row.word, row.fired, row.resolved, row.waiting) == ("firing", None, None, True)


def test_an_end_taken_while_it_fires_again_makes_it_fire_again_there(store: Store) -> None:
    first = incident()
    store.record([opening(first)])
    take(store)
    ended = closing(first, NOON + 60)
    store.record([ended])
    [row] = rows(store)
    store.record([opening(incident(opened=NOON + 61))])
    store.delivered([Told(row.key, "resolved", first.id, row.revision)], NOON + 62)
    [row] = rows(store)
    assert (row.word, row.fired, row.waiting) == ("firing", None, True)


def test_a_late_answer_about_an_older_revision_leaves_the_newer_waiting(store: Store) -> None:
    found = incident()
    store.record([opening(found)])
    [row] = rows(store)
    store.record([noting(found, "已报障", NOON + 5)])
    store.delivered([Told(row.key, "firing", found.id, row.revision)], NOON + 6)
    [row] = rows(store)
    assert (row.fired, row.told, row.waiting) == (NOON + 6, 1, True)


def test_deliveries_survive_a_restart_and_count_as_tried(store: Store, tmp_path: Path) -> None:
    found, ended = incident("a"), incident("b")
    store.record([opening(found), opening(ended)])
    take(store)
    store.record([closing(ended, NOON + 60)])
    before = {(row.target, row.word, row.fired, row.told, row.ended) for row in rows(store)}
    store.close()
    again = Store.open(tmp_path)
    assert {(row.target, row.word, row.fired, row.told, row.ended) for row in rows(again)} == before
    assert all(row.tried for row in rows(again, TWO))
    assert {told.target: told.open for _, told in again.deliveries(ONE)} == {"a": True, "b": False}
    again.close()


def test_a_new_receiver_hears_of_every_open_incident(store: Store) -> None:
    store.record([opening(incident("a")), opening(incident("b"))])
    store.assign([ONE, TWO, "http://three"])
    assert [row.target for row in rows(store, "http://three") if row.waiting] == ["a", "b"]


def test_a_receiver_that_is_gone_is_forgotten(store: Store, tmp_path: Path) -> None:
    store.record([opening(incident())])
    store.assign([ONE])
    assert rows(store, TWO) == []
    store.close()
    again = Store.open(tmp_path)
    assert rows(again, TWO) == []
    again.close()


def test_assigning_the_same_receivers_again_keeps_what_they_took(store: Store) -> None:
    store.record([opening(incident())])
    take(store)
    before = rows(store)
    store.assign([TWO, ONE])
    assert rows(store) == before


def test_changes_recorded_before_the_receivers_are_named_after_a_restart_still_reach_them(
    store: Store, tmp_path: Path
) -> None:
    store.close()
    again = Store.open(tmp_path)
    found = incident()
    again.record([opening(found), closing(found, NOON + 9)])
    again.assign([ONE, TWO])
    assert words(again) == {"P2": ("resolved", True)}
    again.close()


def test_what_was_resolved_is_forgotten_after_a_while(store: Store) -> None:
    found = incident()
    store.record([opening(found)])
    take(store)
    store.record([closing(found, NOON + 60)])
    take(store, at=NOON + 100)
    assert words(store) == {"P2": ("resolved", False)}
    store.delivered([], NOON + 900)
    assert words(store) == {"P2": ("resolved", False)}
    store.delivered([], NOON + 1000)
    assert words(store) == {}
    assert words(store, TWO) == {"P2": ("resolved", True)}


def test_a_restarted_receiver_must_hear_again_what_fires_and_what_just_ended(store: Store) -> None:
    firing, ending, ended = incident("firing"), incident("ending"), incident("ended")
    store.booted(ONE, "monday")
    store.record([opening(each) for each in (firing, ending, ended)])
    take(store)
    store.record([closing(ended, NOON + 60)])
    take(store)
    store.record([closing(ending, NOON + 70)])
    store.booted(ONE, "monday")
    assert {row.target for row in rows(store) if row.waiting} == {"ending"}
    store.booted(ONE, "tuesday")
    assert store.boot(ONE) == "tuesday"
    found = {row.target: (row.word, row.fired, row.overtaken, row.waiting) for row in rows(store)}
    assert found["firing"] == ("firing", None, False, True)
    assert found["ending"] == ("resolved", None, False, True)
    assert found["ended"][0] == "resolved"
    assert found["ended"][2:] == (True, True)


def test_an_acknowledgement_by_a_person_does_not_change_the_word(store: Store) -> None:
    found = incident()
    store.record([opening(found)])
    take(store)
    store.record([Change("acknowledged", found, NOON + 3, who="wang")])
    assert words(store) == {"P2": ("firing", False)}


class Looked(dict[Key, "Delivery | None"]):
    """Rows in which one looks up what one needs, and never goes through all."""

    def __iter__(self) -> Iterator[Key]:
        raise AssertionError("every row was gone through for one change")

    keys = values = items = copy = __or__ = __iter__  # type: ignore[assignment]  # none of them may be called


def test_what_a_change_makes_due_costs_the_same_however_much_is_due_already() -> None:
    found = incident()
    first = due(Looked(), [opening(found)], [ONE])
    assert [row.word for row in first.values() if row] == ["firing"]
    both = due(Looked(first), [raising(found, "P1", NOON + 5), closing(incident(), NOON + 6)], [ONE])
    assert sorted((key[3], row.word) for key, row in both.items() if row) == [("P1", "firing"), ("P2", "resolved")]


@pytest.mark.parametrize("seed", range(5))
def test_the_count_of_what_waits_is_what_one_would_count(store: Store, seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    opened = [incident(f"line-{n}") for n in range(6)]
    store.record([opening(each) for each in opened])
    for step in range(60):
        found, receiver = chance.choice(opened), chance.choice([ONE, TWO])
        match chance.randrange(6):
            case 0:
                store.record([raising(found, chance.choice(["P1", "P3"]), NOON + step)])
            case 1:
                store.record([closing(found, NOON + step)])
            case 2:
                store.record([opening(found)])
            case 3:
                take(store, receiver, NOON + 400 * step)
            case 4:
                store.booted(receiver, f"boot {step}")
            case 5:
                store.assign(chance.choice([[ONE, TWO], [TWO], [ONE]]))
        for each in (ONE, TWO):
            assert store.waiting(each) == sum(row.waiting for row in rows(store, each))
    store.close()
    again = Store.open(tmp_path)
    assert [again.waiting(each) for each in (ONE, TWO)] == [
        sum(row.waiting for row in rows(again, each)) for each in (ONE, TWO)
    ]
    again.close()
