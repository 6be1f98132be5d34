"""Standing: open incidents, and what each receiver must still hear, in memory. Thread-safe; waits for no disk."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import replace

from agent.core.delivery import CLASSES, Delivery, Key, Updates
from agent.core.incident import Incident

Boots = Mapping[str, str | None]  # receiver: what it last said about the start of its process


class Standing:
    """`rows` and `boots` are read by the one who writes them; others ask the methods."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._incidents: dict[str, Incident] = {}  # open ones, and closed ones that a delivery still speaks of
        self._late: frozenset[str] = frozenset()
        self.rows: dict[Key, Delivery] = {}
        self.boots: Boots = {}

    def load(self, incidents: Iterable[Incident], rows: Mapping[Key, Delivery], boots: Boots) -> None:
        with self._lock:
            self._incidents |= {incident.id: incident for incident in incidents}
            self.rows, self.boots = dict(rows), boots

    def add(self, incidents: Iterable[Incident]) -> list[Incident]:
        """Takes in those that are not known yet; gives all."""
        with self._lock:
            for incident in incidents:
                self._incidents.setdefault(incident.id, incident)
            return list(self._incidents.values())

    def change(self, found: Iterable[Incident], updates: Updates, late: frozenset[str]) -> None:
        """`late` are the ids of which the disk has not taken something."""
        with self._lock:
            self._late = late
            touched = {row.incident for key in updates if (row := self.rows.get(key))}
            for incident in found:
                self._incidents[incident.id] = incident
                touched.add(incident.id)
            for key, row in updates.items():
                self._set(key, row)
            for identity in touched:
                self._prune(identity)

    def open(self) -> list[Incident]:
        """The oldest first; `recorded` is False on what the disk has not taken."""
        with self._lock:
            found = [self._marked(incident) for incident in self._incidents.values() if incident.open]
        return sorted(found, key=age)

    def deliveries(self, receiver: str) -> list[tuple[Delivery, Incident]]:
        with self._lock:
            return [
                (row, self._marked(self._incidents[row.incident]))
                for row in self.rows.values()
                if row.receiver == receiver and row.incident in self._incidents
            ]

    def trying(self, rows: Iterable[Delivery]) -> set[Key]:
        """Marks those that are still so as tried, and gives their keys."""
        with self._lock:
            current = {
                row.key for row in rows if (now := self.rows.get(row.key)) and replace(row, tried=now.tried) == now
            }
            for key in current:
                self.rows[key] = replace(self.rows[key], tried=True)
        return current

    def _set(self, key: Key, row: Delivery | None) -> None:
        before = self.rows.pop(key, None)
        if row is not None:
            # `trying` may have come between the decision and this.
            self.rows[key] = replace(row, tried=row.tried or (before is not None and before.tried))

    def _prune(self, identity: str) -> None:
        incident = self._incidents.get(identity)
        if incident is None or incident.open:
            return
        alerts = (self.rows.get((name, incident.playbook, incident.target, c)) for name in self.boots for c in CLASSES)
        if not any(row and row.incident == identity for row in alerts):
            del self._incidents[identity]

    def _marked(self, incident: Incident) -> Incident:
        return unrecorded(incident) if incident.id in self._late else incident


def age(incident: Incident) -> tuple[float, str]:
    return incident.opened, incident.id


def unrecorded(incident: Incident) -> Incident:
    return replace(incident, recorded=False)
