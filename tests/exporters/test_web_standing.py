"""How each target stands."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.core.computed import Computed
from agent.core.incident import Incident
from agent.core.model import Failure, Target
from exporters.web.standing import State, counts, standings
from exporters.web.view import Picture
from tests.exporters.web_pictures import AT, GOOD, LINE_UP, SITE, busy, playbooks, reading

LINE = Target("line", "yibao", "医保专线", every=30)
FAILED = Failure("timeout", "no answer")


def picture(*readings: object, incidents: tuple[Incident, ...] = (), target: Target = LINE, **more: object) -> Picture:
    site = replace(SITE, targets=(target,))
    return Picture(site, AT, "1", readings=readings, incidents=incidents, playbooks=playbooks(), **more)  # type: ignore[arg-type]


def incident(class_: str, target: str = "yibao") -> Incident:
    return Incident("1", "IR-04", "line", target, class_, AT - 60, subjects=("IR-04.1",))  # type: ignore[arg-type]


def state(shown: Picture) -> State:
    return standings(shown)[0].state


UP, DOWN = reading(LINE, LINE_UP.sample(1)), reading(LINE, LINE_UP.sample(0))
BROKEN = reading(LINE, failure=FAILED)


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (picture(UP), State.OK),
        (picture(DOWN), State.FAULT),
        (picture(UP, incidents=(incident("P2"),)), State.FAULT),
        (picture(UP, incidents=(incident("P3"),)), State.WARN),
        (picture(UP, incidents=(incident("P1", "another"),)), State.OK),
        (picture(), State.NODATA),
        (picture(BROKEN), State.NODATA),
        (picture(BROKEN, incidents=(incident("P3"),)), State.NODATA),
        (picture(BROKEN, incidents=(incident("P2"),)), State.FAULT),
        (picture(UP, replace(BROKEN, collector="snmp")), State.WARN),
        (picture(reading(LINE, LINE_UP.sample(1), age=91)), State.LATE),
        (picture(reading(LINE, LINE_UP.sample(1), age=89)), State.OK),
        (picture(reading(LINE, LINE_UP.sample(0), age=500)), State.FAULT),
        (picture(DOWN, maintenance=frozenset({"yibao"})), State.MAINTENANCE),
        (picture(unwatched=frozenset({"yibao"})), State.UNWATCHED),
    ],
)
def test_the_worst_that_is_true_is_the_state(shown: Picture, expected: State) -> None:
    assert state(shown) is expected


def test_the_age_of_data_is_that_of_the_last_good_reading() -> None:
    failed = reading(LINE, GOOD.sample(AT - 600, collector="line"), failure=FAILED)
    assert standings(picture(failed))[0].read == AT - 600
    assert standings(picture(BROKEN))[0].read is None


def test_what_the_frame_worked_out_does_not_make_a_target_read() -> None:
    """A ratio of the month is known while the line cannot be read."""
    ratio = Computed(LINE, "availability", AT, 0.0, (LINE_UP.sample(1),))
    assert state(picture(BROKEN, ratio)) is State.NODATA
    assert state(picture(ratio)) is State.NODATA
    (found,) = standings(picture(BROKEN, ratio))
    assert found.read is None
    assert ratio in found.readings


def test_every_target_is_counted_once() -> None:
    found = standings(busy())
    assert sum(counts(found).values()) == len(SITE.targets)
    assert [standing.state for standing in found] == sorted((s.state for s in found), key=list(State).index)
