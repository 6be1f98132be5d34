"""What the agent itself tells of the centre, beside what collectors read of its targets: a table of parts.

Each part is a reading without a target, told every `every` seconds, and at once by whoever changed it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent import attestation_metrics, roster, ticketing
from agent.core import rows
from agent.core.aside import aside
from agent.core.database import Damaged, Refused
from agent.core.model import Metric, Reading, Sample
from agent.core.turns import in_turns
from agent.day_checks import LOOK_EVERY, DayChecks
from agent.evidence_look import EvidenceLook
from agent.found_changes import FoundChanges
from agent.scheduler import Job
from agent.vitals import Health, vital_samples
from collectors import COLLECTORS
from playbooks.metrics import WINDOW, in_time, info

if TYPE_CHECKING:
    from agent.app import Agent

VITALS_EVERY, MINUTE = 5.0, 60.0
LEDGER_EVERY = 600.0  # each head is a series of its own

LEDGER = Metric(
    "shouwang_ledger_info",
    "gauge",
    "1",
    ("head",),
    "Hash of the ledger's last record, at most ten minutes old: who keeps it can prove that nothing was cut off since",
)
METRICS = (LEDGER,)


@dataclass(frozen=True)
class Part:
    name: str
    every: float
    samples: Callable[[Agent], Awaitable[Sequence[Sample]]]


async def _incidents(agent: Agent) -> Sequence[Sample]:
    return agent.watch.samples(agent.clock.now())


async def _incident_texts(agent: Agent) -> Sequence[Sample]:
    return [info(each, agent.showing.describe(each)) async for each in in_turns(agent.watch.open)]


async def _center(agent: Agent) -> Sequence[Sample]:
    health = Health(not agent.reloading.problems, agent.store.writable)
    return tuple(vital_samples(agent.site, agent.snapshot, COLLECTORS.values(), health, agent.clock.now()))


async def _attestations(agent: Agent) -> Sequence[Sample]:
    said, now = agent.registry.written, agent.clock.now()
    return tuple(attestation_metrics.samples(said.attestations, said.sheets, agent.site.calendar, now))


async def _ledger(agent: Agent) -> Sequence[Sample]:
    try:
        return (LEDGER.sample(1, head=await aside(agent.store.head)),)
    except (Refused, Damaged):
        return ()


async def _acknowledged(agent: Agent) -> Sequence[Sample]:
    now = agent.clock.now()
    recent = await aside(lambda: agent.store.ask(lambda disk: rows.incidents_between(disk, now - WINDOW, now), None))
    opened = [incident for incident in recent or () if incident.opened >= now - WINDOW]
    return await aside(lambda: tuple(in_time(opened, agent.site.calendar, now)))


async def _found_changes(agent: Agent) -> Sequence[Sample]:
    found = agent.telling.found_changes.look(agent.snapshot, agent.site, agent.clock.now())
    await aside(agent.telling.found_changes.keep)
    return found


async def _self_test(agent: Agent) -> Sequence[Sample]:
    return agent.self_testing.samples()


async def _tickets(agent: Agent) -> Sequence[Sample]:
    await ticketing.turn(agent)
    return tuple(ticketing.samples(agent.registry.written.tickets, agent.clock.now()))


async def _roster(agent: Agent) -> Sequence[Sample]:
    site, now = agent.site, agent.clock.now()
    if (found := await aside(lambda: roster.of(site))) is None:
        return ()
    return roster.samples(found, site.calendar, now)


async def _opening(agent: Agent) -> Sequence[Sample]:
    return agent.telling.day.opening()


PARTS = (
    Part("incidents", VITALS_EVERY, _incidents),
    Part("incident_texts", VITALS_EVERY, _incident_texts),
    Part("center", VITALS_EVERY, _center),
    Part("attestations", VITALS_EVERY, _attestations),
    Part("self_test", VITALS_EVERY, _self_test),
    Part("roster", MINUTE, _roster),
    Part("tickets", MINUTE, _tickets),
    Part("opening", MINUTE, _opening),
    Part("found_changes", MINUTE, _found_changes),
    Part("acknowledged", 5 * MINUTE, _acknowledged),
    Part("ledger", LEDGER_EVERY, _ledger),
)


class Telling:
    def __init__(self, agent: Agent) -> None:
        self._agent = agent
        self.day = DayChecks(agent)
        self.evidence = EvidenceLook(agent)
        self.found_changes = FoundChanges(agent.store)

    async def vitals(self) -> None:
        """All that is told often, now. Waits for no disk."""
        for part in PARTS:
            if part.every == VITALS_EVERY:
                await self._tell(part)

    def jobs(self) -> list[Job]:
        """Of the parts that are told seldom, of the checks at their times of the day, and of the look at evidence."""
        told = [self._job(part) for part in PARTS if part.every != VITALS_EVERY]
        looks = (("day", self.day.turn), ("evidence", self.evidence.turn))
        return [*told, *(Job(("agent", name), LOOK_EVERY, turn) for name, turn in looks)]

    def tell(self, part: str, samples: Sequence[Sample]) -> None:
        self._agent.snapshot.put(Reading(None, part, self._agent.clock.now(), 0.0, tuple(samples)))

    async def _tell(self, part: Part) -> None:
        self.tell(part.name, await part.samples(self._agent))

    def _job(self, part: Part) -> Job:
        return Job(("agent", part.name), part.every, lambda: self._tell(part))
