"""Store: what must survive the process. Incidents, findings, the ledger, and what each receiver still has to hear.

All calls are synchronous and thread-safe, and come back within seconds even where the disk hangs. Those that write
cost one fsync (1-10 ms on a healthy disk, up to 1 s more where another process locks the file), and those that read a
few milliseconds, so both belong in a worker thread; `open_incidents`, `unrecorded`, `deliveries`, `waiting`, `boot`,
`trying`, `writable`, `refusal` and `notes` answer from memory and never wait for the disk.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO, Any, NamedTuple, TypeVar

from agent.core import delivery, ledger, rows
from agent.core.checklist import Finding
from agent.core.database import Damaged, Refused, Salvage, looking, make_directory
from agent.core.delivery import Delivery, Key, Updates, Word
from agent.core.disk import Bounds, Disk
from agent.core.incident import Change, Incident
from agent.core.lock import Lock
from agent.core.standing import BOOTS, Standing, age, stored, unrecorded
from agent.core.write import Fact, Write, of_carried, of_change, of_deliveries, of_fact, of_finding, of_notes

KEEP_SECONDS = 900.0  # an end is said again to a receiver that restarts within this time

OPEN_SECONDS = 15.0  # after a crash a large file is checked first, and nothing may open unseen meanwhile
CLOSE_SECONDS = 1.5

T = TypeVar("T")


class Told(NamedTuple):
    """A receiver took `word` about this revision of an incident."""

    key: Key
    word: Word
    incident: str
    revision: int


class Store:
    """Open with `Store.open` (an agent) or `Store.peek` (a command that only looks)."""

    def __init__(self, directory: Path, lock: Lock | None, bounds: Bounds) -> None:
        self._lock = lock
        self._writing = threading.RLock()  # around whole changes: one at a time
        self._standing = Standing()
        self.carry: list[Callable[[], Sequence[Write]]] = []  # what else a new file must begin with
        self._disk = Disk(directory, lock, self._carry, self._settled, bounds)

    @classmethod
    def open(cls, directory: Path, **bounds: Any) -> Store:
        """The agent's own store. StateHeld if another agent holds the directory; a disk that refuses or a damaged
        file does not keep it from opening: see `writable` and `notes`. `bounds`: those of the disk."""
        with contextlib.suppress(Refused):
            make_directory(directory)
        limits = Bounds(**bounds)
        store = cls(directory, Lock.take(directory), limits)
        store._disk.patient(max(OPEN_SECONDS, limits.hang))
        store._disk.retry()
        store._load()
        store._disk.patient(limits.hang)
        return store

    @classmethod
    def peek(cls, directory: Path) -> Store:
        """Reads beside a running agent or after it; what is open is as of now. Writing raises PermissionError. Refused
        if there is nothing, Damaged if it cannot be read."""
        store = cls(directory, None, Bounds())
        incidents, deliveries, _ = store._disk.read(stored)
        store._standing.load(incidents, deliveries, {})
        return store

    def hasten(self, seconds: float) -> None:
        """The end is near: whoever waits for a disk that hangs waits no longer than this."""
        self._disk.patient(seconds)

    def close(self) -> None:
        with self._writing:
            if self._lock is not None:
                self._disk.patient(CLOSE_SECONDS)
                self._disk.retry()
            if self._disk.close() and self._lock is not None:  # else it stays to the end of the process
                self._lock.release()

    @property
    def writable(self) -> bool:
        return self._disk.refusal is None

    @property
    def refusal(self) -> str | None:
        """Why the disk does not take writes, or None."""
        return self._disk.refusal

    @property
    def notes(self) -> tuple[str, ...]:
        """What an operator must know: damaged files set aside, refusals. The latest 20."""
        return tuple(self._disk.notes)

    @property
    def unwritten(self) -> int:
        """Writes that are only in memory."""
        return self._disk.unwritten

    @property
    def unrecorded(self) -> frozenset[str]:
        """Ids of incidents of which something is only in memory."""
        return self._standing.late

    def retry(self) -> None:
        """Tries again what the disk refused; cheap when nothing waits. To be called every few seconds."""
        with self._writing:
            self._disk.retry()

    # Incidents

    def record(self, changes: Sequence[Change]) -> bool:
        """Incident, timeline, ledger and due deliveries in one transaction; they are on disk when this returns, or in
        memory while the disk refuses or hangs (False). Does not raise for the disk."""
        with self._writing:
            updates = delivery.due(self._standing.rows, changes, self._standing.boots)
            found = [change.incident for change in changes]
            return self._save([of_change(change) for change in changes], updates, found)

    def open_incidents(self) -> list[Incident]:
        """From memory, the oldest first; `recorded` is False on what the disk has not taken."""
        return self._standing.open()

    def incidents(self, limit: int = 100, before: str | None = None) -> list[Incident]:
        """The newest first. `before` is the last id of the page before."""
        late = self._late()
        found: list[Incident] = self.ask(lambda connection: rows.incidents(connection, limit, before), [])
        known = {incident.id: late.get(incident.id, incident) for incident in found}
        if before is None:
            known |= late
        return sorted(known.values(), key=age, reverse=True)[:limit]

    def incident(self, identity: str) -> Incident | None:
        return self._late().get(identity) or self.ask(lambda connection: rows.incident(connection, identity), None)

    def timeline(self, identity: str) -> list[Change]:
        """Everything that happened to an incident, in order."""
        late = [change for change in self._disk.waiting(Change, late=True) if change.incident.id == identity]
        found: list[Change] = self.ask(lambda connection: rows.timeline(connection, identity), [])
        written = {_place(change) for change in found}  # between the two looks
        late = [each for each in late if _place(each) not in written]
        return found + [replace(each, incident=unrecorded(each.incident)) for each in late]

    # Deliveries

    def assign(self, receivers: Sequence[str]) -> None:
        """Who receives from now on. A new one hears of every open incident; one that is gone is forgotten."""
        with self._writing:
            standing = self._standing
            standing.boots = {name: standing.boots.get(name) for name in receivers}
            self._save([of_fact(BOOTS, standing.boots)], delivery.assigned(standing.rows, receivers, standing.open()))

    def deliveries(self, receiver: str) -> list[tuple[Delivery, Incident]]:
        """What this receiver knows or must hear, from memory, with the incidents that it is about."""
        return self._standing.deliveries(receiver)

    def waiting(self, receiver: str) -> int:
        """How many alerts this receiver has still to take."""
        return self._standing.waiting(receiver)

    def trying(self, deliveries: Iterable[Delivery]) -> set[Key]:
        """These are about to be sent: from now on nobody can be sure that the receiver has not heard of them. Gives the
        keys of those that are still so; what has changed meanwhile must not be sent any more."""
        return self._standing.trying(deliveries)

    def delivered(self, told: Sequence[Told], at: float) -> None:
        """The receiver took these. Writes only what is news."""
        with self._writing:
            held = self._standing.rows
            news = {
                each.key: delivery.taken(row, each.word, each.incident, each.revision, at)
                for each in told
                if (row := held.get(each.key))
            }
            updates: Updates = {key: row for key, row in news.items() if row != held[key]}
            self._save([], updates | delivery.expired(held | news, at, KEEP_SECONDS))

    def boot(self, receiver: str) -> str | None:
        """What the receiver last said about the start of its process."""
        return self._standing.boots.get(receiver)

    def booted(self, receiver: str, boot: str) -> None:
        """The receiver says that it started at `boot`: if that is new, it has forgotten what fires."""
        with self._writing:
            standing = self._standing
            before = standing.boots.get(receiver)
            if before == boot or receiver not in standing.boots:
                return
            standing.boots = {**standing.boots, receiver: boot}
            lost = [row for row in standing.rows.values() if row.receiver == receiver] if before else []
            self._save([of_fact(BOOTS, standing.boots)], {row.key: delivery.forgotten(row) for row in lost})

    # Findings, small facts, the ledger

    def put_findings(self, findings: Sequence[Finding]) -> None:
        """The latest of each item and subject; in the ledger when the result is new, people gave it, or once a day."""
        self.write([of_finding(finding) for finding in findings])

    def findings(self) -> list[Finding]:
        """The latest finding of each item about each subject."""
        late = self._disk.waiting(Finding)
        found: list[Finding] = self.ask(rows.findings, [])
        return list({(each.item, each.kind, each.verdict.subject): each for each in found + late}.values())

    def remember(self, key: str, value: Any) -> None:
        """Keeps a small JSON value."""
        self.write([of_fact(key, value)])

    def write(self, writes: Sequence[Write]) -> bool:
        """These in one transaction. Whether they are on disk; else they wait in memory, in their order."""
        with self._writing:
            return self._save(writes)

    def recall(self, key: str) -> Any:
        """What was remembered under this key, or None."""
        for fact in reversed(self._disk.waiting(Fact)):
            if fact.key == key:
                return json.loads(fact.value)
        text = self.ask(lambda connection: rows.recall(connection, key), None)
        return None if text is None else json.loads(text)

    def head(self) -> str:
        """The hash of the ledger's last record. Refused or Damaged if the disk cannot be read."""
        return self._disk.read(ledger.head)

    def verify(self, head: str | None = None) -> ledger.Fault | None:
        """The first bad record of the ledger, or None; `head` is one noted earlier. Refused if it cannot be read."""
        try:
            with looking(self._disk.path) as connection:
                return ledger.verify(ledger.records(connection), head)
        except Damaged as error:
            return ledger.Fault(0, str(error))

    def export(self, file: IO[str]) -> int:
        """Every record of the ledger as a line of JSON; gives their number. Refused or Damaged."""
        with looking(self._disk.path) as connection:
            return ledger.export(connection, file)

    def ask(self, question: Callable[[sqlite3.Connection], T], otherwise: T) -> T:
        """What the file answers; `otherwise` where the agent's own cannot be read. Refused or Damaged when peeking."""
        try:
            return self._disk.read(question)
        except (Damaged, Refused):
            if self._lock is None:
                raise
        return otherwise

    # Inside

    def _save(self, writes: Sequence[Write], updates: Updates | None = None, found: Iterable[Incident] = ()) -> bool:
        """Disk first, then memory: what others see in memory was at least offered to the disk. With `_writing` held."""
        updates = updates or {}
        on_disk = self._disk.save([*writes, *of_deliveries(updates)])
        self._standing.change(found, updates)
        return on_disk

    def _settled(self) -> None:
        self._standing.late = frozenset(self._late())

    def _late(self) -> dict[str, Incident]:
        """What the disk has not taken, as it is in memory."""
        late = self._disk.waiting(Change, late=True)
        return {change.incident.id: unrecorded(change.incident) for change in late}

    def _load(self) -> None:
        try:
            with contextlib.suppress(Damaged):  # set aside by then
                incidents, deliveries, boots = self._disk.read(stored)
                self._standing.load(incidents, deliveries, json.loads(boots or "{}"))
                self._disk.known()
        except Refused as error:
            self._disk.note(f"{error}: what was open before is not known until the agent is started again")
        except (ValueError, TypeError, KeyError) as error:
            self._disk.renew(f"{self._disk.path}: {error!r}")

    def _carry(self, salvage: Salvage) -> list[Write]:
        """What a new file must hold from the start; what is still to be written comes after it."""
        coming = {change.incident.id for change in self._disk.waiting(Change) if change.kind == "opened"}
        incidents, deliveries = self._standing.add(salvage.incidents)
        carried = [incident for incident in incidents if incident.id not in coming]
        notes = of_notes(carried, f"carried over from {salvage.name or 'memory'}", time.time())
        more = [write for each in self.carry for write in each()]
        more = [of_fact(BOOTS, self._standing.boots), *of_deliveries(dict(deliveries)), *more]
        return [*notes, *of_carried(more, time.time()), *more]


def _place(change: Change) -> tuple[str, float, int]:
    return change.kind, change.at, change.incident.revision
