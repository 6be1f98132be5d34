"""When a contact flips, by hand-made times; and that no order of readings makes it flip too early or too late."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from collectors.contact_states import Contact, Seen, follow, told


def run(readings: list[tuple[float, Seen]], debounce: float) -> list[tuple[bool | None, str | None]]:
    contact, found = Contact(), []
    for at, seen in readings:
        contact = follow(contact, seen, at, debounce)
        found.append((told(contact, seen), contact.fault.value if contact.fault else None))
    return found


QUIET, ACTIVE, UNKNOWN = Seen(False), Seen(True), Seen(None)


@pytest.mark.parametrize(
    ("readings", "expected"),
    [
        ([(0, QUIET), (10, ACTIVE), (20, ACTIVE), (40, ACTIVE)], [False, False, False, True]),
        ([(0, QUIET), (10, ACTIVE), (20, QUIET), (40, ACTIVE)], [False, False, False, False]),
        ([(0, QUIET), (10, ACTIVE), (20, UNKNOWN), (40, ACTIVE)], [False, False, None, True]),
        ([(0, ACTIVE), (10, QUIET), (39, QUIET), (40, QUIET)], [True, True, True, False]),
        ([(0, UNKNOWN), (10, ACTIVE)], [None, True]),
    ],
)
def test_a_contact_flips_after_thirty_seconds(readings: list[tuple[float, Seen]], expected: list[bool | None]) -> None:
    assert [active for active, _ in run(readings, 30)] == expected


def test_a_loop_that_chatters_does_not_hold_up_its_alarm() -> None:
    readings = [(0.0, Seen(False, "")), *((10.0 * n, Seen(True, ("", "open")[n % 2])) for n in range(1, 6))]
    assert [active for active, _ in run(readings, 30)] == [False, False, False, False, True, True]


def test_a_broken_loop_is_active_or_unknown_but_never_quiet() -> None:
    assert run([(0, Seen(False, "open"))], 0) == [(None, "open")]
    assert run([(0, Seen(True, "open"))], 0) == [(True, "open")]
    assert run([(0, Seen(None, "open"))], 0) == [(None, "open")]


READINGS = some.lists(some.tuples(some.floats(0.1, 60), some.sampled_from([True, False, None])), max_size=40)


@given(READINGS, some.floats(0, 120))
def test_no_flip_comes_before_its_debounce_or_later_than_the_first_reading_after_it(
    steps: list[tuple[float, bool | None]], debounce: float
) -> None:
    contact, at, state = Contact(), 0.0, None
    since: float | None = None
    for step, reading in steps:
        at += step
        contact = follow(contact, Seen(reading), at, debounce)
        held = contact.active.value if contact.active else None
        if reading is None:
            assert held == state
            continue
        if state is None or reading == state:
            since = None
            assert held == reading
        else:
            since = at if since is None else since
            assert held == (reading if at - since >= debounce else state)
            since = None if held == reading else since
        state = held
