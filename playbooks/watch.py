"""Watch: the playbooks at work. Readings and time go in, changes of incidents come out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence

from agent.core.calendar import Calendar
from agent.core.incident import Change, Incident, Playbook
from agent.core.model import Reading, Sample
from playbooks import incidents, metrics
from playbooks.evaluator import Evaluator
from playbooks.pairs import Key, Place

NOT_WATCHED = "目标已不再监视 / the target is no longer watched"
NOT_TRIGGERED = "触发条件已不在剧本中 / its triggers are no longer in the playbooks"


class Watch:
    """Holds the open incidents and hands every change to `sink` at once, in order; `sink` must not raise.

    It starts from the open incidents of the store. `center` is the target of incidents about the centre as a whole.
    """

    def __init__(
        self,
        playbooks: Iterable[Playbook],
        calendar: Calendar,
        open_incidents: Iterable[Incident],
        sink: Callable[[Sequence[Change]], None],
        center: str = "",
    ) -> None:
        self._calendar, self._sink = calendar, sink
        self._open = {incidents.key_of(each): each for each in open_incidents if each.open}
        self._evaluator = Evaluator(playbooks, calendar, center)
        self._evaluator.restore(self._open.values())

    @property
    def open(self) -> tuple[Incident, ...]:
        """The open incidents, the gravest first, then by age."""
        return tuple(sorted(self._open.values(), key=lambda each: (each.class_, each.opened, each.id)))

    def incident(self, identity: str) -> Incident | None:
        """The open incident with this id."""
        return next((each for each in self._open.values() if each.id == identity), None)

    def observe(self, reading: Reading, now: float | None = None) -> None:
        """A fresh reading, judged as of its end."""
        at = reading.ended if now is None else now
        self._follow(self._evaluator.observe(reading, at), at)

    def tick(self, now: float) -> None:
        """To be called each second: durations and opening hours pass."""
        self._follow(self._evaluator.tick(now), now)

    @property
    def next_due(self) -> float | None:
        return self._evaluator.next_due

    def stepped(self, by: float) -> None:
        """The wall clock was moved by so many seconds."""
        self._evaluator.shift(by)

    def reload(
        self,
        playbooks: Iterable[Playbook],
        calendar: Calendar,
        places: Collection[Place],
        now: float,
        center: str,
    ) -> None:
        """New playbooks, hours, targets or another id of the centre; what did not change keeps its state."""
        self._calendar = calendar
        self._follow(self._evaluator.reload(playbooks, calendar, now, center), now, NOT_TRIGGERED)
        self.keep(places, now)

    def keep(self, places: Collection[Place], now: float) -> None:
        """Close the incidents of targets, by (kind, id), that are not watched, and those that nothing can close: whose
        triggers left the playbooks. To be called once after the start, too."""
        self._follow(self._evaluator.keep(places), now, NOT_WATCHED)
        self._follow(set(self._open), now, NOT_TRIGGERED)

    def samples(self, now: float) -> tuple[Sample, ...]:
        return tuple(metrics.samples(self._open.values(), self._calendar, now))

    def acknowledge(self, incident: Incident, who: str, now: float, note: str = "") -> None:
        """ValueError if it cannot be; see playbooks.incidents."""
        self._tell((incidents.acknowledge(self._current(incident), who, now, note),))

    def add_note(self, incident: Incident, who: str, now: float, note: str) -> None:
        self._tell((incidents.add_note(self._current(incident), who, now, note),))

    def close(self, incident: Incident, who: str, now: float, note: str = "") -> None:
        change = incidents.close(self._current(incident), who, now, note)
        self._evaluator.reset(incidents.key_of(incident))
        self._tell((change,))

    def _current(self, incident: Incident) -> Incident:
        current = self._open.get(incidents.key_of(incident))
        return current if current is not None and current.id == incident.id else incident

    def _follow(self, keys: Iterable[Key], now: float, note: str = "") -> None:
        firing = {key: self._evaluator.firing(key) for key in keys}
        if firing:
            self._tell(incidents.follow(self._open, firing, now, note))

    def _tell(self, changes: Sequence[Change]) -> None:
        for change in changes:
            key = incidents.key_of(change.incident)
            if change.incident.open:
                self._open[key] = change.incident
            elif key in self._open and self._open[key].id == change.incident.id:
                del self._open[key]
        if changes:
            self._sink(changes)
