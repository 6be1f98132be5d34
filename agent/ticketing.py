"""Tickets that the agent opens and closes by itself, and what it tells of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from agent import tickets
from agent.attesting import Desk
from agent.core import tickets as names
from agent.core.model import Metric, Sample
from agent.core.tickets import Ticket
from checks.book import items_of
from checks.options import evidence_of

if TYPE_CHECKING:
    from agent.app import Agent

OPENING = 8 * 60 + 10  # minutes since midnight: the opening check
DAY = "tickets_opened"  # remembered: the day on which they were last opened

OVERDUE = Metric(names.OVERDUE, "gauge", "tickets", (), "Remediation tickets past their limit")
OLDEST = Metric(
    names.OLDEST, "gauge", "seconds", (), "Age of the oldest open remediation ticket; 0 where there is none"
)
EXTENDED = Metric(
    names.EXTENDED, "gauge", "tickets", (), "Open remediation tickets whose limit was extended with consent"
)
METRICS = (OVERDUE, OLDEST, EXTENDED)


def samples(entries: Sequence[Ticket], now: float) -> Iterator[Sample]:
    """At `now`, Unix seconds."""
    open_ = [each.opened for each in entries if each.closed is None]
    yield OVERDUE.sample(sum(each.state(now) == "overdue" for each in entries))
    yield EXTENDED.sample(sum(each.closed is None and each.extended is not None for each in entries))
    yield OLDEST.sample(max(0.0, now - min(open_, default=now)))


async def turn(agent: Agent) -> None:
    """Closes what passes again; at the opening check of a working day opens what fails without a ticket."""
    findings, now = agent.checklist.findings, agent.clock.now()
    if not findings or not agent.store.writable:
        return
    items = {each.id: each for each in items_of(agent.checklist.areas)}
    desk = Desk(agent.site, items, evidence_of(agent.site), lambda item, target: False)
    local, calendar = agent.site.calendar.local(now), agent.site.calendar
    due = bool(calendar.spans("working", local.date())) and local.hour * 60 + local.minute >= OPENING

    def done() -> None:
        tickets.settle(agent.store, findings, now)
        if due and agent.store.recall(DAY) != local.date().isoformat():
            tickets.daily(agent.store, desk, findings, agent.checklist.level, now)
            agent.store.remember(DAY, local.date().isoformat())
        agent.registry.reload()

    await agent.journal.ask(done)
