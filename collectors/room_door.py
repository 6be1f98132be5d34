"""A door of the machine room that is open when nobody may be there: outside its window, and nobody is registered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from agent.core.calendar import Calendar, Span
from agent.core.model import Sample, Target
from agent.core.reach import Poll
from collectors.machine_room import MachineRoomOptions
from collectors.room_metrics import DOOR, DOOR_UNEXPECTED


def with_doors(samples: Iterable[Sample], target: Target, options: MachineRoomOptions, poll: Poll) -> Iterator[Sample]:
    """These samples, and for each door whether it is open unexpectedly. A planned change of the target that has its
    contact is the entry of who goes in: `shouwang change open`, which the playbook gives ten minutes for."""
    allowed = expected(options.door_window, poll.known.calendar, poll.now)
    registered = poll.registers.changes.covers(target.id, poll.now, poll.now)
    for sample in samples:
        yield sample
        if sample.metric is DOOR:
            yield Sample(DOOR_UNEXPECTED, float(sample.value == 1 and not allowed and not registered), sample.labels)


def expected(window: Iterable[Span], calendar: Calendar, at: float) -> bool:
    """Whether the door may be open: within the window of a day on which applicants are served."""
    local = calendar.local(at)
    minute = local.hour * 60 + local.minute
    served = bool(calendar.spans("service", local.date()))
    return served and any(start <= minute < end for start, end in window)
