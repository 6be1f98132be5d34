"""One round without a running agent: poll some targets once, or judge the checklist on one round of readings."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from typing import Any

from agent.core.model import Reading, Target
from agent.core.site import Site
from agent.core.snapshot import Snapshot
from agent.reaching import reaching
from agent.runner import Runner
from agent.vitals import watched
from checks.book import load
from checks.engine import Checklist
from checks.report import document
from collectors import COLLECTORS

AT_ONCE = 50


async def poll(site: Site, targets: Sequence[Target], snapshot: Snapshot) -> list[Reading]:
    """Every collector of these targets once; readings in the order of agent.yaml, also in the snapshot."""
    async with reaching() as reach:
        runner = Runner(reach, snapshot)
        slots = asyncio.Semaphore(AT_ONCE)
        pairs = [(each, target) for each, target in watched(site, COLLECTORS.values()) if target in targets]

        async def one(place: int) -> Reading:
            async with slots:
                return await runner.run(*pairs[place])

        return list(await asyncio.gather(*[one(place) for place in range(len(pairs))]))


async def checklist_once(site: Site) -> Mapping[str, Any]:
    """The checklist on one round of readings, as its JSON document."""
    snapshot = Snapshot()
    await poll(site, site.targets, snapshot)
    checklist = Checklist(load(), COLLECTORS, snapshot, site)
    checklist.run(time.time())
    return document(checklist.report())
