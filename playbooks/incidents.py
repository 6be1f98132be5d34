"""Incidents: what firing triggers and people make of them. Pure but for the id of a new one.

At most one incident of a playbook is open on a target. Its class is that of the gravest trigger that fires and never
falls while it is open; it closes when none of its triggers fires any more. An incident that names no subjects was
opened by people, and only people close it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from agent.core.incident import Change, Incident, new_id
from playbooks.pairs import Firing, Key


def key_of(incident: Incident) -> Key:
    return (incident.playbook, incident.kind, incident.target)


def follow(
    incidents: Mapping[Key, Incident], firing: Mapping[Key, Sequence[Firing]], now: float, note: str = ""
) -> tuple[Change, ...]:
    """What changed. `firing` holds the keys to look at, each with all that fires for it, the gravest first."""
    changes = (_change(key, incidents.get(key), found, now, note) for key, found in firing.items())
    return tuple(change for change in changes if change is not None)


def _change(key: Key, incident: Incident | None, firing: Sequence[Firing], now: float, note: str) -> Change | None:
    if incident is None:
        return Change("opened", _opened(key, firing, now), now) if firing else None
    if not firing:
        return Change("closed", _next(incident, closed=now), now, note=note) if incident.subjects else None
    subjects = tuple(str(each.subject) for each in firing)
    value = incident.value if firing[0].value is None else firing[0].value
    highest = min(incident.class_, firing[0].trigger.raises_to)
    if highest != incident.class_:
        raised = _next(incident, class_=highest, subjects=subjects, value=value)
        return Change("class", raised, now, was=incident.class_)
    if set(subjects) != set(incident.subjects):
        return Change("subjects", _next(incident, subjects=subjects, value=value), now)
    return None


def _opened(key: Key, firing: Sequence[Firing], now: float) -> Incident:
    playbook, kind, target = key
    return Incident(
        id=new_id(now),
        playbook=playbook,
        kind=kind,
        target=target,
        class_=firing[0].trigger.raises_to,
        opened=now,
        subjects=tuple(str(each.subject) for each in firing),
        value=firing[0].value,
    )


def acknowledge(incident: Incident, who: str, now: float, note: str = "") -> Change:
    """`who` owns it from now on (首问责任人). ValueError if it is closed or somebody else's."""
    _must_be_open(incident)
    if incident.acknowledged_by not in (None, who):
        raise ValueError(f"{incident.id} is owned by {incident.acknowledged_by}; it can be handed over, not taken")
    return Change("acknowledged", _next(incident, acknowledged_by=who, acknowledged_at=now), now, who, note)


def add_note(incident: Incident, who: str, now: float, note: str) -> Change:
    """A line in the timeline; allowed after closing too."""
    return Change("note", _next(incident), now, who, note)


def close(incident: Incident, who: str, now: float, note: str = "") -> Change:
    """Closed by a person. If its triggers still hold, a new incident opens after their `for`."""
    _must_be_open(incident)
    return Change("closed", _next(incident, closed=now), now, who, note)


def _must_be_open(incident: Incident) -> None:
    if not incident.open:
        raise ValueError(f"{incident.id} is closed already")


def _next(incident: Incident, **facts: object) -> Incident:
    return replace(incident, revision=incident.revision + 1, **facts)  # type: ignore[arg-type]  # fields by name
