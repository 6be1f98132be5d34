"""Delivery: what one receiver must hear about one alert, and what it has taken so far. Pure decisions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal, get_args

from agent.core.incident import Change, Class, Incident

Word = Literal["firing", "resolved"]
Key = tuple[str, str, str, str]  # receiver, playbook, target, class
CLASSES: tuple[Class, ...] = get_args(Class)


@dataclass(frozen=True, slots=True)
class Delivery:
    """The state of one alert at one receiver. A receiver knows alerts by playbook, target and class, not by incident:
    a new incident of the same identity takes the row over.

    `word` is what it must hear, as of `revision` of the incident. `fired` and `resolved` are when it first took those
    words (Unix seconds); `told` the revision it took last. `ended` is when the alert ended. `overtaken`: another class
    of the incident fires instead, or the end was told before; then nobody waits for a firing that must come first.
    `tried` is False only while nothing was ever sent (then an overtaken class need not be resolved); not on disk.
    """

    receiver: str
    playbook: str
    target: str
    class_: Class
    incident: str
    word: Word
    revision: int
    ended: float | None = None
    fired: float | None = None
    told: int = 0
    resolved: float | None = None
    overtaken: bool = False
    tried: bool = False

    @property
    def key(self) -> Key:
        return self.receiver, self.playbook, self.target, self.class_

    @property
    def waiting(self) -> bool:
        """Whether the receiver has still to take something."""
        if self.word == "resolved":
            return self.resolved is None and (self.tried or not self.overtaken)
        return self.fired is None or self.told < self.revision


Rows = Mapping[Key, "Delivery | None"]
Updates = dict[Key, Delivery | None]  # None: the row is done with


def due(rows: Rows, changes: Iterable[Change], receivers: Iterable[str]) -> Updates:
    """The rows that changes, in their order, make or alter, for every receiver."""
    updates: Updates = {}
    for change in changes:
        for receiver in receivers:
            _hear(receiver, rows, updates, change)
    return updates


def _hear(receiver: str, rows: Rows, updates: Updates, change: Change) -> None:
    incident = change.incident
    for class_ in CLASSES:
        key = (receiver, incident.playbook, incident.target, class_)
        row = updates[key] if key in updates else rows.get(key)
        if class_ != incident.class_:
            if row and row.incident == incident.id and row.word == "firing":
                updates[key] = _overtake(row, change)
        elif incident.open:
            updates[key] = open_row(receiver, incident, row)
        elif new := _close(receiver, change, row):
            updates[key] = new


def open_row(receiver: str, incident: Incident, row: Delivery | None = None) -> Delivery:
    """What a receiver must hear about an open incident, given what it knows of the same alert."""
    fresh = Delivery(
        receiver, incident.playbook, incident.target, incident.class_, incident.id, "firing", incident.revision
    )
    if row is None or row.resolved is not None:
        return fresh
    # An alert whose end was not told yet goes on firing: told later, that end would resolve the new incident.
    told = row.told if row.incident == incident.id else 0
    return replace(fresh, fired=row.fired, told=told, tried=row.tried)


def _overtake(row: Delivery, change: Change) -> Delivery:
    return replace(row, word="resolved", revision=change.incident.revision, ended=change.at, overtaken=True)


def _close(receiver: str, change: Change, row: Delivery | None) -> Delivery | None:
    incident = change.incident
    if row is None:
        if change.kind != "closed":
            return None  # a note to what was told long ago
        row = open_row(receiver, incident)
    if row.incident != incident.id or row.word == "resolved":
        return None
    return replace(row, word="resolved", revision=incident.revision, ended=incident.closed)


def taken(row: Delivery, word: Word, incident: str, revision: int, at: float) -> Delivery:
    """The row after its receiver took `word` about `incident`, which may be older news than the row by now."""
    if word == "firing":
        told = max(row.told, revision) if row.incident == incident else row.told
        return replace(row, fired=row.fired or at, told=told, tried=True)
    if row.word == "firing":
        return replace(row, fired=None, told=0)  # it fires again, and the receiver has just heard its end
    return replace(row, resolved=at, told=revision) if row.incident == incident else row


def forgotten(row: Delivery) -> Delivery:
    """The row after its receiver lost its memory in a restart: what fires must be said again.

    An end is said again too, without a firing before it: a receiver that logs what it notified tells the end from that.
    """
    if row.resolved is not None:
        return replace(row, resolved=None, overtaken=True)
    return replace(row, fired=None, told=0)


def assigned(rows: Rows, receivers: Iterable[str], incidents: Iterable[Incident]) -> Updates:
    """The rows of receivers that are no more are done with; each other one hears of every open incident."""
    wanted = set(receivers)
    updates: Updates = {key: None for key in rows if key[0] not in wanted}
    for incident in incidents:
        for receiver in wanted:
            key = (receiver, incident.playbook, incident.target, incident.class_)
            row = rows.get(key)
            if row is None or row.incident != incident.id or row.word != "firing":
                updates[key] = open_row(receiver, incident, row)
    return updates


def expired(rows: Rows, now: float, keep_seconds: float) -> Updates:
    """Rows that are done with: their end was told long ago (or, the clock was set back, in the future), or nobody
    ever heard of them."""
    return {key: None for key, row in rows.items() if row and _expired(row, now, keep_seconds)}


def _expired(row: Delivery, now: float, keep_seconds: float) -> bool:
    if row.resolved is not None:
        return not 0 <= now - row.resolved < keep_seconds
    return row.overtaken and not row.tried
