"""How configurations on record stand, and what planned changes cover. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from agent.core.changes import MARGIN, Planned, Register, body_of, read
from agent.core.configurations import Form, Standing, Version, as_read, digest

A, B, C = (digest(each) for each in "abc")


def standing(running: Sequence[str], approved: str | None = None) -> Standing:
    """Read every 100 s, from 100 s on; the newest last."""
    found = Standing(approved=approved)
    for place, text in enumerate(running, 1):
        found = as_read(found, text, text, 100.0 * place, Form())
    return found


def test_the_same_again_is_no_version_and_is_as_it_was_seen_last() -> None:
    found = standing("aaa")
    assert found.versions == (Version(100.0, A, A),)
    assert (found.seen, found.changed, found.saved) == (300.0, 100.0, True)


def test_a_change_lies_between_two_readings() -> None:
    found = standing("aab", approved=A)
    assert found.changed == 300.0
    assert list(found.drifts()) == [(200.0, 300.0)]


def test_every_change_since_the_approved_one_is_a_drift_until_that_is_back() -> None:
    assert list(standing("abac", approved=A).drifts()) == [(300.0, 400.0)]
    assert list(standing("abc", approved=A).drifts()) == [(200.0, 300.0), (100.0, 200.0)]
    assert list(standing("aba", approved=A).drifts()) == []
    assert list(standing("ab", approved=B).drifts()) == []


def test_where_the_approved_one_was_never_read_the_first_is_a_drift_as_well() -> None:
    assert list(standing("ab", approved=C).drifts()) == [(100.0, 200.0), (100.0, 100.0)]


def test_saving_is_a_version_and_no_change() -> None:
    found = as_read(as_read(Standing(approved=A), "b", "a", 100.0, Form()), "b", "b", 200.0, Form())
    assert [version.saved for version in found.versions] == [B, A]
    assert (found.changed, found.saved) == (100.0, True)
    assert list(found.drifts()) == [(100.0, 100.0)]


def test_a_saved_one_that_cannot_be_read_is_not_known_and_one_that_is_not_there_is_not_saved() -> None:
    assert as_read(Standing(), "a", None, 1.0, Form()).saved is None
    assert as_read(Standing(), "a", "", 1.0, Form()).saved is False
    once = as_read(Standing(), "a", "a", 1.0, Form())
    assert as_read(once, "a", None, 2.0, Form()).versions == once.versions
    assert Standing().saved is None


PLANNED = Planned("CHG-0001", ("core",), 10_000.0, 20_000.0, "VLAN 66", "wang", 9_000.0)


@pytest.mark.parametrize(
    ("start", "end", "covered"),
    [
        (12_000.0, 12_100.0, True),
        (10_000.0 - MARGIN - 60, 10_000.0 - MARGIN + 1, True),
        (10_000.0 - MARGIN - 60, 10_000.0 - MARGIN - 1, False),
        (20_000.0 + MARGIN - 1, 30_000.0, True),
        (20_000.0 + MARGIN + 1, 30_000.0, False),
        (0.0, 90_000.0, True),
    ],
)
def test_what_may_have_happened_in_its_time_is_covered(start: float, end: float, covered: bool) -> None:
    register = Register([PLANNED])
    assert register.covers("core", start, end) is covered
    assert register.covers("core", start, end, lasting=True) is covered
    assert register.covers("other", start, end) is False


def test_after_the_end_of_a_change_only_what_is_over_is_covered() -> None:
    closed = Planned(**(body_without_action(PLANNED) | {"closed": 15_000.0, "kept": True}))
    assert closed.covers(14_000.0, 14_000.0)
    assert not closed.covers(14_000.0, 14_000.0, lasting=True)
    assert not closed.covers(15_000.0 + MARGIN + 1, 16_900.0)


def body_without_action(planned: Planned) -> dict[str, object]:
    return {name: value for name, value in body_of(planned).items() if name != "action"}


def test_a_row_of_a_later_version_is_read_and_of_another_kind_is_none() -> None:
    assert read(body_of(PLANNED) | {"invented": 1}) == PLANNED
    assert read({"action": "onboard", "id": "CHG-0002", "target": "core"}) is None
