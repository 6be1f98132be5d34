"""Backup jobs in folders of a test's own, read by the real runner at a time of the test's choosing."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agent.core.calendar import Calendar
from agent.core.kept import Kept
from agent.core.model import Collector, Reading, Target
from agent.core.others import NothingKnown
from agent.core.reach import Reach
from agent.core.snapshot import Snapshot
from agent.core.text import spoken
from agent.reaching import reaching
from agent.runner import Runner
from collectors.backup import BackupOptions, job
from tests.collectors.ways import value

NOW = 1_795_500_000.0
HOUR, DAY = 3600.0, 86400.0


class Centre(NothingKnown):
    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar


def write(folder: Path, name: str | bytes, age: float, content: bytes = b"x" * 1000, now: float = NOW) -> Path:
    """A file that was last written `age` seconds before `now`."""
    path = os.path.join(os.fsencode(folder), os.fsencode(name))
    with open(path, "wb") as file:
        file.write(content)
    os.utime(path, (now - age, now - age))
    return Path(os.fsdecode(path))


@dataclass
class Job:
    """A backup as agent.yaml has it; `at` is the time on the agent's clock."""

    options: Mapping[str, Any]
    hosts: Mapping[str, Target] = field(default_factory=dict)
    calendar: Calendar = field(default_factory=Calendar)
    at: float = NOW
    timeout: float = 20.0
    kept: Kept = field(default_factory=Kept)

    @property
    def target(self) -> Target:
        options = BackupOptions.model_validate({"id": "db", **self.options})
        return Target("backup", "db", "db", options, timeout=self.timeout, every=3600.0, sources=self.hosts)

    def poll(self, collector: Collector = job.COLLECTOR) -> Reading:
        return polled([self], collector)[0]

    def values(self, collector: Collector = job.COLLECTOR) -> dict[str, float | None]:
        """Of a reading that must succeed, by metric without its prefix; what has labels is left out."""
        reading = self.poll(collector)
        assert reading.failure is None, reading.failure
        plain = [name for name, samples in reading.by_metric.items() if not samples[0].labels]
        return {name.removeprefix("backup_"): value(reading, name) for name in plain}


def polled(jobs: Sequence[Job], collector: Collector = job.COLLECTOR) -> list[Reading]:
    """One reading of each, one after the other, on the same connections."""

    async def main() -> list[Reading]:
        async with reaching() as reach:
            return [await runner(reach, each).run(collector, each.target) for each in jobs]

    return asyncio.run(main())


def runner(reach: Reach, job: Job) -> Runner:
    return Runner(reach, Snapshot(), lambda: job.at, known=Centre(job.calendar), kept=job.kept)


def said(reading: Reading) -> str:
    """What people are told, in English."""
    return "\n".join([*(each.said.en for each in reading.diagnoses), *(spoken(each, "en") for each in reading.remarks)])
