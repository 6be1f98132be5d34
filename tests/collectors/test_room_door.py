"""A door that is open outside its window is told at once, unless a planned change says who is there."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from agent.core.calendar import Calendar, HolidayTable
from agent.core.changes import Planned, Register
from agent.core.model import Sample, Target
from agent.core.others import NothingKnown
from agent.core.reach import Poll
from agent.core.registers import Registers
from collectors.machine_room import MachineRoomOptions
from collectors.room_door import with_doors
from collectors.room_metrics import DOOR, DOOR_UNEXPECTED, WATER

WEDNESDAY = "2026-11-25 "
NATIONAL_DAY = date(2026, 10, 1)
CENTRE = Calendar(holidays="closed", table=HolidayTable(frozenset({2026}), frozenset({NATIONAL_DAY})))


class Centre(NothingKnown):
    calendar = CENTRE


def moment(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Shanghai")).timestamp()


def unexpected(at: str, *planned: Planned, opened: bool = True, **options: Any) -> float:
    """What is told of a door, at this local time."""
    target = Target("machine_room", "room-1", "room-1")
    nothing: Any = None
    poll = Poll(nothing, moment(at), 1000.0, {}, known=Centre(), registers=Registers(changes=Register(planned)))
    room = MachineRoomOptions.model_validate({"id": "room-1", "address": "10.0.0.1", **options})
    read = [Sample(WATER, 1.0, ("floor",)), Sample(DOOR, float(opened), ("front",))]
    *before, told = with_doors(read, target, room, poll)
    assert before == read
    assert (told.metric, told.labels) == (DOOR_UNEXPECTED, ("front",))
    return told.value


@pytest.mark.parametrize(
    ("at", "told"),
    [
        (f"{WEDNESDAY}07:29", 1),
        (f"{WEDNESDAY}07:30", 0),
        (f"{WEDNESDAY}12:30", 0),  # nobody is served, but the staff is there
        (f"{WEDNESDAY}17:59", 0),
        (f"{WEDNESDAY}18:00", 1),
        ("2026-11-29 10:00", 1),  # a Sunday
        ("2026-10-01 10:00", 1),  # a Thursday, and a public holiday
    ],
)
def test_a_door_may_be_open_in_its_window_on_service_days(at: str, told: float) -> None:
    assert unexpected(at) == told
    assert unexpected(at, opened=False) == 0


def test_the_site_says_when_it_may_be_open() -> None:
    at_night = {"door_window": ["06:00-08:00", "22:00-24:00"]}
    assert unexpected(f"{WEDNESDAY}23:30", **at_night) == 0
    assert unexpected(f"{WEDNESDAY}10:00", **at_night) == 1


@pytest.mark.parametrize(
    ("target", "start", "end", "told"),
    [
        ("room-1", "20:00", "22:00", 0),
        ("core", "20:00", "22:00", 1),  # of something else
        ("room-1", "18:00", "20:00", 1),  # over by now
    ],
)
def test_who_is_registered_may_be_there(target: str, start: str, end: str, told: float) -> None:
    first, last = moment(WEDNESDAY + start), moment(WEDNESDAY + end)
    planned = Planned("C-1", (target,), first, last, reason="UPS", by="wang", opened=first)
    assert unexpected(f"{WEDNESDAY}21:00", planned) == told
