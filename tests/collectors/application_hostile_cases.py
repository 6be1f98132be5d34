"""A process that reads hostile applications, each alone and then all at once beside good ones, and writes as JSON what
came of it: the reason given, seconds beyond the deadline, MB more at the peak, by how long others were held up."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import Any

from agent.core.model import Reading, Target
from agent.core.snapshot import Snapshot
from agent.reaching import reaching
from agent.runner import Runner
from collectors.application import COLLECTOR, ApplicationOptions
from tests.apart import lag, peak

SECONDS = 2.0  # timeout of each


def target(name: str, options: dict[str, Any]) -> Target:
    read = ApplicationOptions.model_validate({"id": "a", **options})
    return Target("application", name, name, read, timeout=SECONDS)


async def read(runner: Runner, watched: Target) -> tuple[Reading, float]:
    began = time.monotonic()
    reading = await runner.run(COLLECTOR, watched)
    return reading, time.monotonic() - began - SECONDS


def why(reading: Reading) -> str:
    assert reading.failure is None, reading.failure
    (up,) = (sample.value for sample in reading.by_metric["application_up"])
    return "up" if up else reading.diagnoses[0].said.zh


async def main(applications: dict[str, dict[str, Any]]) -> None:
    worst, told = [0.0], {}
    good = {name: applications.pop(name) for name in list(applications) if name.startswith("good")}
    async with reaching() as reach:
        runner = Runner(reach, Snapshot())
        for name, options in good.items():
            assert why((await read(runner, target(name, options)))[0]) == "up"
        watching = asyncio.create_task(lag(worst))
        for name, options in applications.items():
            worst[0], before = 0.0, peak(begin=True)
            reading, late = await read(runner, target(name, options))
            told[name] = (why(reading), late, peak() - before, worst[0])
        worst[0], before = 0.0, peak(begin=True)
        everyone = [target(name, options) for name, options in (*applications.items(), *good.items())]
        found = await asyncio.gather(*(read(runner, each) for each in everyone))
        assert {why(reading) for reading, _ in found[-len(good) :]} == {"up"}
        told["all"] = ("up", max(late for _, late in found), peak() - before, worst[0])
        watching.cancel()
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.argv[1])))
