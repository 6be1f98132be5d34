"""Standing: open incidents, and what each receiver must still hear, in memory. Thread-safe; waits for no disk."""

from __future__ import annotations

import sqlite3
import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

from agent.core import rows as disk_rows
from agent.core.delivery import CLASSES, Delivery, Key, Updates
from agent.core.incident import Incident

BOOTS = "receivers"  # remembered on disk: {receiver: boot}
Boots = Mapping[str, str | None]  # receiver: what it last said about the start of its process


class Standing:
    """`rows` and `boots` are read by the one who writes them; others ask the methods. `late` are the ids of incidents
    of which the disk has not taken something."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._incidents: dict[str, Incident] = {}  # open ones, and closed ones that a delivery still speaks of
        self._waiting: Counter[str] = Counter()  # rows that a receiver has still to take
        self.late: frozenset[str] = frozenset()
        self.rows: dict[Key, Delivery] = {}
        self.boots: Boots = {}

    def load(self, incidents: Iterable[Incident], rows: Mapping[Key, Delivery], boots: Boots) -> None:
        with self._lock:
            self._incidents |= {incident.id: incident for incident in incidents}
            self.boots = boots
            for key, row in rows.items():
                if row.incident in self._incidents:
                    self._set(key, row)

    def add(self, incidents: Iterable[Incident]) -> tuple[list[Incident], dict[Key, Delivery]]:
        """Takes in those that are not known yet; gives all, and the rows."""
        with self._lock:
            for incident in incidents:
                self._incidents.setdefault(incident.id, incident)
            return list(self._incidents.values()), dict(self.rows)

    def change(self, found: Iterable[Incident], updates: Updates) -> None:
        with self._lock:
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
                self._set(key, replace(self.rows[key], tried=True))
        return current

    def waiting(self, receiver: str) -> int:
        """How many rows this receiver has still to take."""
        return self._waiting[receiver]

    def _set(self, key: Key, row: Delivery | None) -> None:
        before = self.rows.get(key)
        if before is not None:
            self._waiting[before.receiver] -= before.waiting
        if row is None:
            self.rows.pop(key, None)
            return
        # `trying` may have come between the decision and this.
        row = self.rows[key] = replace(row, tried=row.tried or (before is not None and before.tried))
        self._waiting[row.receiver] += row.waiting

    def _prune(self, identity: str) -> None:
        incident = self._incidents.get(identity)
        if incident is None or incident.open:
            return
        alerts = (self.rows.get((name, incident.playbook, incident.target, c)) for name in self.boots for c in CLASSES)
        if not any(row and row.incident == identity for row in alerts):
            del self._incidents[identity]

    def _marked(self, incident: Incident) -> Incident:
        return unrecorded(incident) if incident.id in self.late else incident


def age(incident: Incident) -> tuple[float, str]:
    return incident.opened, incident.id


def unrecorded(incident: Incident) -> Incident:
    return replace(incident, recorded=False)


def stored(connection: sqlite3.Connection) -> tuple[list[Incident], dict[Key, Delivery], str | None]:
    """Open incidents and closed ones that a delivery speaks of, the deliveries, and the receivers."""
    found = {incident.id: incident for incident in disk_rows.open_incidents(connection)}
    deliveries = disk_rows.deliveries(connection)
    for row in deliveries.values():
        if row.incident not in found and (closed := disk_rows.incident(connection, row.incident)):
            found[closed.id] = closed
    return list(found.values()), deliveries, disk_rows.recall(connection, BOOTS)
