"""One round without a running agent: poll some targets once, or judge the checklist on one round of readings."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from agent import attestation_metrics, evidence_look, ticketing
from agent.asset_file import AssetFile
from agent.checklist_memory import left
from agent.core.aside import aside
from agent.core.attestations import Register
from agent.core.computed import OfAnother
from agent.core.database import Damaged, Refused
from agent.core.facts import text_of
from agent.core.known import Latest
from agent.core.model import Collector, Reading, Target
from agent.core.site import Site
from agent.core.snapshot import Snapshot
from agent.core.store import Store
from agent.host_keys import HostKeys
from agent.reaching import reaching
from agent.registering import registers_of, written
from agent.runner import Runner
from agent.transports.ssh import Manners
from agent.vitals import watched
from checks.book import shipped
from checks.memory import Left
from checks.options import evidence_of
from checks.report import document
from checks.running import Checklist
from collectors import COLLECTORS

AT_ONCE = 50  # targets; each that is silent takes its whole time, by all its collectors at once
TURNS = 3


async def poll(site: Site, targets: Sequence[Target], snapshot: Snapshot, engine: str | None = None) -> list[Reading]:
    """Every collector of these targets once; readings in the order of agent.yaml, then what they told of others;
    also in the snapshot, and before them those of the switches by which wanted lines leave, in the snapshot alone.
    `engine`: own or pysnmp, whatever the logins say."""
    wanted = {target.id for target in targets}
    assets = AssetFile(site.sections["assets"])
    await asyncio.to_thread(assets.look)
    keys = HostKeys(snapshot, lambda: site, time.time)
    async with reaching(engine, lambda: site, keys.noticed, Manners(beside=False)) as reach:
        known, registers = Latest(snapshot, lambda: site), registers_of(site)
        runner = Runner(reach, snapshot, assets=lambda: assets.assets, known=known, registers=registers)
        slots = asyncio.Semaphore(AT_ONCE)
        pairs = _pairs(site, wanted)

        async def some(turn: int) -> None:
            of_target: dict[tuple[str, str], list[int]] = {}
            for place, pair in enumerate(pairs):
                if _turn(*pair) == turn:
                    of_target.setdefault((pair[1].kind, pair[1].id), []).append(place)
            await asyncio.gather(*[one(places) for places in of_target.values()])

        async def one(places: Sequence[int]) -> None:
            async with slots:
                found = await asyncio.gather(*[runner.run(*pairs[place]) for place in places])
            readings.update(zip(places, found, strict=True))

        readings: dict[int, Reading] = {}
        for turn in range(TURNS):
            await some(turn)
        told = [each for each in snapshot.readings() if isinstance(each, OfAnother) and each.by in wanted]
        return [*(readings[place] for place, (_, target) in enumerate(pairs) if target.id in wanted), *told]


def _pairs(site: Site, wanted: Collection[str]) -> Sequence[tuple[Collector, Target]]:
    ways = {_way_out(target) for target in site.targets if target.id in wanted}
    return [
        (each, target)
        for each, target in watched(site, COLLECTORS.values())
        if target.id in wanted or (target.id in ways and _tells_of_ports(each))
    ]


def _turn(collector: Collector, target: Target) -> int:
    """What is judged by what others say comes after them, and what takes long last: it goes by the one connection that
    a host has here, where it would keep the rest waiting."""
    if collector.lasting:
        return TURNS - 1
    return int(bool(target.depends_on or _way_out(target)))


def _way_out(target: Target) -> str:
    """The id of the switch by which a line leaves; empty where none is named."""
    return text_of(getattr(target.options, "via", None), "switch")


def _tells_of_ports(collector: Collector) -> bool:
    return any(metric.name in ("device_up", "interface_up") for metric in collector.metrics)


async def checklist_once(
    site: Site, targets: Sequence[Target] | None = None, heard: Callable[[Reading], None] = lambda reading: None
) -> Mapping[str, Any]:
    """The checklist on one round of readings, of all targets or of these, as its JSON document. `heard` is told of each
    reading as it comes."""
    snapshot = Snapshot()
    snapshot.watch(heard)
    await poll(site, site.targets if targets is None else targets, snapshot)
    said, now = written(site), time.time()
    lost = await aside(lambda: evidence_look.lost(said.attestations, evidence_of(site)))
    register = Register(said.attestations.entries, lost)
    told = tuple(attestation_metrics.samples(said.attestations, said.sheets, site.calendar, now))
    snapshot.put(Reading(None, "attestations", now, 0.0, told))
    snapshot.put(Reading(None, "tickets", now, 0.0, tuple(ticketing.samples(said.tickets, now))))
    checklist = Checklist(
        shipped(),
        COLLECTORS,
        snapshot,
        site,
        _left(site, now),
        lambda: register,
        waivers=lambda: said.waivers,
    )
    checklist.run(now)
    return document(checklist.report())


def _left(site: Site, now: float) -> Left:
    """By an agent on this state directory; nothing where there was none."""
    try:
        return left(Store.peek(site.state), now)
    except (Refused, Damaged):
        return Left()
