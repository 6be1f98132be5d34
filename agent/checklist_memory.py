"""What the checklist knows that the next agent on this state directory must know too, from and to the store."""

from __future__ import annotations

from agent.core.store import Store
from agent.core.write import of_fact
from agent.journal import Journal
from checks.memory import Left
from checks.running import Checklist

CONNECTED = "checklist.connected"  # remembered: when each source last spoke
WATCHES = "checklist.watches"  # remembered: what holds or is raised, and since when
EVERY = 300.0  # seconds: their times are new in every run


def left(store: Store, now: float) -> Left:
    """By the agent before. Refused or Damaged for one who peeks."""
    return Left(store.recall(CONNECTED) or {}, store.findings(), store.recall(WATCHES) or (), now)


class Remembering:
    """Of a running agent: what must outlive a kill is written at once, the rest now and then."""

    def __init__(self, store: Store, journal: Journal, checklist: Checklist) -> None:
        self._store, self._journal, self._checklist = store, journal, checklist
        self._known = self._now_known()
        self._written = float("-inf")

    async def turn(self, now: float) -> None:
        """After a run: a source that was heard for the first time, a limit that is passed, or not any more."""
        if self._now_known() != self._known or not 0 <= now - self._written < EVERY:
            self._written = now
            await self.write()

    async def write(self) -> None:
        self._known = self._now_known()
        facts = [of_fact(CONNECTED, dict(self._checklist.connected)), of_fact(WATCHES, self._checklist.watches)]
        await self._journal.ask(self._store.write, facts)

    def _now_known(self) -> tuple[object, object]:
        return frozenset(self._checklist.connected), self._checklist.raised
