"""Sheet: the availability of lines and applications over a period, line by line, with every outage."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from agent.core.availability import Interval, Outage, Tally, common, length, tally, within, without
from agent.core.calendar import Calendar, Hours, Stretch
from agent.core.incident import Incident
from agent.core.maintenance import Schedule
from agent.core.model import Target
from agent.core.snapshot import LATE_AFTER
from agent.core.states import Place


@dataclass(frozen=True, slots=True)
class Break:
    """One outage as it lies in the period: `counted` and `service` are its seconds down in the hours of the sheet and
    in service hours, `planned` those under maintenance, which the two leave out. `incidents` were open meanwhile."""

    outage: Outage
    counted: float
    service: float
    planned: float
    incidents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One target. `breaks` are the outages that count, `planned` those that are maintenance or lie outside the hours;
    `retroactive` is how much of the maintenance was entered afterwards (seconds)."""

    place: Place
    name: str
    tally: Tally
    breaks: tuple[Break, ...]
    others: tuple[Break, ...]
    retroactive: float

    @property
    def longest(self) -> float:
        return max((each.counted for each in self.breaks), default=0.0)


@dataclass(frozen=True, slots=True)
class Span:
    """What a sheet is about: from `start` to `end` (Unix seconds), as far as that is past at `now`; `running`: an agent
    is at work, so the last seconds are not unknown, only not judged yet."""

    start: float
    end: float
    hours: Hours
    now: float
    running: bool


class Sheets:
    """Makes rows; the calendar's hours are worked out once."""

    def __init__(self, calendar: Calendar, schedule: Schedule, span: Span) -> None:
        self._schedule, self._span = schedule, span
        self._end = min(span.end, span.now)
        self._opened = calendar.stretches(span.hours, span.start, self._end)
        self._service = calendar.stretches("service", span.start, self._end)

    def row(
        self,
        place: Place,
        target: Target | None,
        history: Sequence[Interval],
        broken: Iterable[Outage],
        incidents: Iterable[Incident],
    ) -> Row:
        """`target` is None for one that agent.yaml does not name any more; `broken` are the outages of its history."""
        start, end = self._span.start, self._until(target, history)
        opened = common(self._opened, [(start, end)])
        planned = self._schedule.stretches(place[1], start, end)
        retroactive = self._schedule.stretches(place[1], start, end, retroactive=True)
        own = [each for each in incidents if (each.kind, each.target) == place]
        breaks = [
            self._break(each, own, planned)
            for each in broken
            if each.end > start and each.start < end and common(each.stretches, [(start, end)])
        ]
        return Row(
            place,
            target.name if target else place[1],
            tally(within(history, start, end), opened, planned),
            tuple(each for each in breaks if each.counted > 0),
            tuple(each for each in breaks if each.counted <= 0),
            length(common(opened, retroactive)),
        )

    def _until(self, target: Target | None, history: Sequence[Interval]) -> float:
        """Now, or the last reading where the next is still to come."""
        last = history[-1].end if history else 0.0
        if target is None or not self._span.running or last > self._end:
            return self._end
        fresh = self._span.now - last <= LATE_AFTER * target.every + target.timeout
        return last if fresh and last > self._span.start else self._end

    def _break(self, outage: Outage, incidents: Iterable[Incident], planned: Sequence[Stretch]) -> Break:
        down = common(outage.stretches, [(self._span.start, self._end)])
        counted = without(down, planned)
        return Break(
            outage,
            length(common(counted, self._opened)),
            length(common(counted, self._service)),
            length(down) - length(counted),
            tuple(each.id for each in incidents if _meet(outage, each)),
        )


def _meet(outage: Outage, incident: Incident) -> bool:
    """Whether an incident was open during an outage. It opens later than that, and closes later."""
    return incident.opened < outage.end + 1 and (incident.closed is None or incident.closed > outage.start)


def places(
    history: Mapping[Place, Sequence[Interval]], targets: Iterable[Place], wanted: Sequence[str], span: Span
) -> list[Place]:
    """The wanted ones, or all: those of agent.yaml in its order, then those that were watched within the span."""
    known = dict.fromkeys(targets)
    past = (place for place, found in history.items() if place not in known)
    known |= dict.fromkeys(place for place in sorted(past) if place[1] in wanted or _seen(history[place], span))
    return [place for place in known if not wanted or place[1] in wanted]


def _seen(history: Sequence[Interval], span: Span) -> bool:
    return any(each.end > span.start for each in within(history, span.start, span.end))
