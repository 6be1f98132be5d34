"""A process to be measured: `watching.py frame|agent CONFIG`. For each line on standard input it writes, as JSON, the
lateness of every poll started since the last one, in seconds.

`frame` is scheduler, runner, snapshot and the probes; `agent` is everything, as `shouwang run` has it.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from agent import sweeping
from agent.app import Agent
from agent.core.site import Site
from agent.core.snapshot import Snapshot
from agent.reaching import reaching
from agent.runner import Runner
from agent.scheduler import Job, Scheduler
from agent.tables import load_site
from agent.vitals import watched
from collectors import COLLECTORS


async def frame(site: Site, scheduler: Scheduler, end: asyncio.Event) -> None:
    async with reaching() as ways:
        runner = Runner(ways, Snapshot())
        jobs = []
        for collector, target in watched(site, COLLECTORS.values()):

            async def once(collector: object = collector, target: object = target) -> None:
                await runner.run(collector, target)  # type: ignore[arg-type]  # bound by the loop

            jobs.append(Job((collector.name, target.kind, target.id), target.every, once, target))
        scheduler.set(jobs)
        sweeping.begin()  # as the agent does
        await end.wait()
        await scheduler.stop()


async def agent(site: Site, scheduler: Scheduler, end: asyncio.Event) -> None:
    whole = Agent(site)
    whole.scheduler = scheduler
    await whole.start()
    await end.wait()
    await whole.stop()


def tell_lags(lags: list[float]) -> asyncio.Event:
    """From now on each line on standard input is answered with what has come into `lags` since the last. The event is
    the end of the input."""

    def tell() -> None:
        if not sys.stdin.readline():
            loop.remove_reader(sys.stdin)
            end.set()
            return
        sys.stdout.write(json.dumps(lags) + "\n")
        sys.stdout.flush()
        lags.clear()

    loop, end = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(sys.stdin, tell)
    return end


async def main(part: str, config: str) -> None:
    lags: list[float] = []
    end = tell_lags(lags)
    await {"frame": frame, "agent": agent}[part](load_site(Path(config)), Scheduler(lag=lags.append), end)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
