"""The composition root: which parts there are, how they are joined, and how they start, reload and stop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from contextlib import AsyncExitStack

from agent import inventory, sweeping
from agent.asset_file import AssetFile
from agent.availability import TURN, Availability
from agent.checklist_memory import Remembering, left
from agent.clock import Clock
from agent.control import Control
from agent.core.aside import aside
from agent.core.computed import read_of_target
from agent.core.incident import Change, Playbook
from agent.core.kept import Kept
from agent.core.known import Latest
from agent.core.lock import StateHeld
from agent.core.model import Collector, Target
from agent.core.site import Site
from agent.core.snapshot import Snapshot
from agent.core.store import Store
from agent.host_keys import HostKeys
from agent.journal import Journal
from agent.reaching import reaching
from agent.registering import Registry
from agent.reloading import Reloading, books_of
from agent.runner import Runner
from agent.scheduler import Job, Scheduler
from agent.self_testing import LOOK_EVERY as TEST_LOOK
from agent.self_testing import SelfTesting
from agent.showing import Showing
from agent.starting import cannot_listen, held
from agent.telling import VITALS_EVERY, Telling
from agent.verbs import verbs_of
from agent.vitals import watched
from checks.book import shipped
from checks.running import Checklist
from collectors import COLLECTORS
from exporters.outbox import Outbox
from exporters.probe.ask import Probes
from exporters.prometheus import Exposition
from exporters.snmp.scrape import Scrapes
from exporters.web.peers import Peers
from exporters.web.server import Server
from playbooks.watch import Watch

log = logging.getLogger(__name__)

TICK = 1.0
KEEP_EVERY = 300.0
CHECKLIST_EVERY = 30.0
LOCKING = ("authentication", "host_key")  # not asked again sooner: a host locks accounts that fail to log in
HASTE = 1.0  # seconds that a disk which hangs may hold up the end, each time it is asked


class Agent:
    """One centre's agent. `start` returns when it listens; `stop` leaves nothing unsaid or unwritten."""

    polling = False
    paused: tuple[float, float] | None = None  # when the last pause ended, how long it was

    def __init__(self, site: Site) -> None:
        self.site = site
        self.clock = Clock()
        self.snapshot = Snapshot()
        self.books = books_of(site)
        self.assets = AssetFile(site.sections["assets"])
        self.store = _open_store(site)
        self.kept = Kept(self.store)
        self.journal = Journal(self.store, self._written)
        self.availability = Availability(site, self.store, self.journal, self.snapshot, self.clock)
        self.inventory = _inventory(self)
        self.host_keys = HostKeys(self.snapshot, lambda: self.site, self.clock.now)
        self.watch = Watch(
            self.books.values(), site.calendar, self.store.open_incidents(), self._changed, center=site.center.id
        )
        self.checklist = _checklist(self)
        self.remembering = Remembering(self.store, self.journal, self.checklist)
        self._ways = AsyncExitStack()
        self.scheduler = Scheduler()
        self.showing = Showing(self)
        self.outbox = Outbox(self.store, self.showing.alertname, self.showing.describe, site)
        self.exposition = Exposition(self.snapshot)
        self.reloading = Reloading(self)
        self.self_testing = SelfTesting(self)
        self.telling = Telling(self)
        self.server = Server(self.showing, self.exposition, self.reloading, peers=_peers(self))
        self.control = Control(site.state, verbs_of(self))
        self.snapshot.watch(self.watch.observe)
        self.clock.stepped(self._stepped)
        self.clock.paused(self._paused)

    async def start(self) -> None:
        """Listens, then polls. StartError if the address is taken."""
        ways = reaching(site=lambda: self.site, noticed=self.host_keys.noticed)
        self.reach = await self._ways.enter_async_context(ways)
        known = Latest(self.snapshot, lambda: self.site, self.clock.now)
        self.registry = await self.journal.ask(Registry, lambda: self.site, self.store)
        self.runner = Runner(
            self.reach,
            self.snapshot,
            self.clock.now,
            assets=lambda: self.assets.assets,
            known=known,
            kept=self.kept,
            registers=self.registry.registers,
        )
        await self.journal.ask(self.kept.load)
        self.kept.keep(_keys(self.site))
        await aside(self.assets.look)
        self.showing.remember()
        self.watch.keep(_places(self.site), self.clock.now())
        for text in self.site.calendar.warnings(self.clock.now()):
            log.warning("%s", text[self.site.language])
        # Before anybody can scrape: a centre seen without its open incidents would resolve them in the district.
        await self.telling.vitals()
        await self.listen(self.site.listen)
        await self.control.start()
        await self.outbox.start()
        self._schedule()
        sweeping.begin()
        log.info("watching %d targets; page on http://%s/", len(self.site.targets), self.site.listen)

    async def stop(self) -> None:
        """Nothing is resolved by the agent's end; what is in the queue is written and, within seconds, sent."""
        await self.scheduler.stop()
        self.store.hasten(HASTE)
        await self.control.stop()
        await self.journal.flush()
        await asyncio.gather(self.outbox.stop(), self.server.stop())
        await self.remembering.write()
        await self.availability.write()
        await self.keep()
        await self.journal.close()
        await self._ways.aclose()
        self.store.close()
        sweeping.end()
        log.info("stopped")

    def adopt(self, site: Site, books: dict[str, Playbook], assets: AssetFile) -> None:
        """Everything that can fail has been done by now. What is as it was keeps its state and its rhythm."""
        pairs = watched(site, COLLECTORS.values())
        before = {(target.kind, target.id): target for target in self.site.targets}
        unchanged = {
            (each.name, target.kind, target.id)
            for each, target in pairs
            if before.get((target.kind, target.id)) == target
        }
        self.site, self.books, self.assets = site, books, assets
        self.runner.keep(unchanged)
        self.kept.keep(_keys(site))
        self.snapshot.keep(unchanged | self.runner.of_others(unchanged))
        self.reach.ssh.keep(site.targets)
        self.host_keys.reload()
        self._schedule()
        self.watch.reload(self.books.values(), site.calendar, _places(site), self.clock.now(), site.center.id)
        self.checklist.reload(site)
        self.availability.reload(site)
        self.outbox.reload(site)

    async def listen(self, listen: str) -> None:
        host, _, port = listen.rpartition(":")
        try:
            await self.server.start(host.strip("[]"), int(port))
        except OSError as error:
            raise cannot_listen(listen, error) from None

    # What runs by itself

    def _schedule(self) -> None:
        # Lines first: they mostly wait, and are what a centre asks about first.
        pairs = sorted(watched(self.site, COLLECTORS.values()), key=lambda pair: pair[1].kind != "line")
        jobs = [self._poll(each, target) for each, target in pairs]
        own = [
            Job(("agent", "tick"), TICK, self._tick),
            Job(("agent", "vitals"), VITALS_EVERY, self._look),
            Job(("agent", "assets"), VITALS_EVERY, self._look_at_assets),
            Job(("agent", "availability"), TURN, self.availability.turn),
            Job(("agent", "inventory"), inventory.LOOK_EVERY, self._look_around),
            Job(("agent", "kept"), KEEP_EVERY, self.keep),
            Job(("agent", "sweep"), sweeping.EVERY, sweeping.sweep),
            Job(("agent", "self_test"), TEST_LOOK, self.self_testing.turn),
            *self.telling.jobs(),
        ]
        # The checklist last: its first run should find what the first polls read.
        self.scheduler.set([*own, *jobs, Job(("agent", "checklist"), CHECKLIST_EVERY, self.check)])
        self.polling = True

    def _poll(self, collector: Collector, target: Target) -> Job:
        async def once() -> bool:
            failure = (await self.runner.run(collector, target)).failure
            return failure is None or failure.kind in LOCKING

        return Job((collector.name, target.kind, target.id), target.every, once, target)

    async def _tick(self) -> None:
        self.watch.tick(self.clock.now())

    async def _look(self) -> None:
        """Waits for no disk: that it hangs is what must be told."""
        await self.telling.vitals()
        self.journal.beat(self.clock.now())
        await self.control.start()

    async def _look_at_assets(self) -> None:
        await aside(self.assets.look)

    async def _look_around(self) -> None:
        self.inventory.look()

    async def check(self) -> None:
        """Run the checklist now, unless nothing was read yet."""
        if not any(map(read_of_target, self.snapshot.readings())):
            return
        now = self.clock.now()
        findings = await self.checklist.run_in_turns(now)
        self.telling.tell("checklist", self.checklist.samples())
        await self.remembering.turn(findings, now)

    async def keep(self) -> None:
        """What collectors keep and what was found of the assets, while the disk takes it: what it refuses would pile up
        in memory."""
        self.inventory.look()
        if self.store.writable and (writes := [*self.kept.due(), *self.inventory.due()]):
            await self.journal.ask(self.store.write, writes)

    # From a change to a row to a message

    def _changed(self, changes: Sequence[Change]) -> None:
        for change in changes:
            what = change.incident
            log.warning("incident %s %s: %s on %s %s", what.id, change.kind, what.playbook, what.target, what.class_)
        self.showing.changed(changes)
        self.journal.write(changes)
        self.telling.tell("incidents", self.watch.samples(self.clock.now()))

    def _written(self, changes: Sequence[Change]) -> None:
        self.outbox.wake()

    def _stepped(self, by: float) -> None:
        log.warning("the wall clock was moved by %+.0f s; durations in progress are moved along", by)
        self.watch.stepped(by)
        self.snapshot.shift(by)
        self.checklist.stepped(by)

    def _paused(self, seconds: float) -> None:
        """Nothing was read meanwhile: that time proves neither that a fault lasted nor that it was over."""
        if not self.polling:
            return
        log.warning("the agent stood still for %.0f s; nothing was read, and that time does not count", seconds)
        self.paused = (self.clock.now(), seconds)
        self.watch.stepped(seconds)


def _open_store(site: Site) -> Store:
    try:
        return Store.open(site.state)
    except StateHeld as error:
        raise held(error) from None


def _inventory(agent: Agent) -> inventory.Watching:
    known = agent.store.recall(inventory.FACT)
    found = inventory.Watching(agent.snapshot, agent.clock, lambda: agent.site, lambda: agent.assets.assets, known)
    agent.store.carry.append(found.everything)
    return found


def _checklist(agent: Agent) -> Checklist:
    told = lambda: agent.registry.written.attestations  # noqa: E731 - it is read with the other registers, once it listens
    waived = lambda: agent.registry.written.waivers  # noqa: E731
    return Checklist(
        shipped(), COLLECTORS, agent.snapshot, agent.site, left(agent.store, agent.clock.now()), told, waivers=waived
    )


def _peers(agent: Agent) -> Peers:
    return Peers(Scrapes(lambda: agent.site, lambda: agent.reach.snmp), Probes(lambda: agent.site, lambda: agent.reach))


def _keys(site: Site) -> set[tuple[str, str, str]]:
    return {(each.name, target.kind, target.id) for each, target in watched(site, COLLECTORS.values())}


def _places(site: Site) -> list[tuple[str, str]]:
    return [(target.kind, target.id) for target in site.targets]
