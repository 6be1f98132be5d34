"""What the checklist knows that the next agent on this state directory must know too, from and to the store."""

from __future__ import annotations

from collections.abc import Sequence

from agent.core.checklist import Finding
from agent.core.rows import news
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
    """Of a running agent: what must outlive a kill is written at once; what differs in every run, if only by a digit,
    now and then."""

    def __init__(self, store: Store, journal: Journal, checklist: Checklist) -> None:
        self._store, self._journal, self._checklist = store, journal, checklist
        self._known = self._now_known()
        self._findings: dict[object, Finding] = {}
        self._written = float("-inf")

    async def turn(self, findings: Sequence[Finding], now: float) -> None:
        """After a run: a result that is another, a source that was heard for the first time, a limit that is passed."""
        if not 0 <= now - self._written < EVERY:
            self._written = now
            await self.write()
            return
        if new := [each for each in findings if self._news(each)]:
            self._findings |= {_key(each): each for each in new}
            await self._journal.ask(self._store.put_findings, new)
        if self._now_known() != self._known:
            await self._memory()

    async def write(self) -> None:
        """All of it, as it was found last."""
        findings = self._checklist.findings
        self._findings = {_key(each): each for each in findings}
        await self._journal.ask(self._store.put_findings, findings)
        await self._memory()

    async def _memory(self) -> None:
        self._known = self._now_known()
        facts = [of_fact(CONNECTED, dict(self._checklist.connected)), of_fact(WATCHES, self._checklist.watches)]
        await self._journal.ask(self._store.write, facts)

    def _news(self, finding: Finding) -> bool:
        before = self._findings.get(_key(finding))
        return before is None or news(before, finding)

    def _now_known(self) -> tuple[object, object]:
        return frozenset(self._checklist.connected), self._checklist.raised


def _key(finding: Finding) -> object:
    return finding.item, finding.kind, finding.verdict.subject
