"""Verdicts on labelled histories of backups, and what a folder of 200,000 files costs the agent, here and over SSH.

Bounds: every verdict right, at least 200 of them; a reading within 60 s, 20 MB more memory at most, and the event loop
late by less than 200 ms in 99 of 100 moments. `python -m benchmarks.backup_verdicts [--files 200000]`
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from agent.core.model import Reading
from agent.reaching import reaching
from collectors.backup import job
from tests.apart import peak
from tests.collectors.backup_histories import HISTORIES
from tests.collectors.backup_jobs import Job, runner, write
from tests.collectors.test_backup_histories import wrong
from tests.collectors.test_backup_ssh import as_host
from tests.sshd import sshd

PAUSE = 0.005  # seconds between two looks at the lateness of the event loop
LINKS = 40_000  # to one file: file systems allow few more


def filled(folder: Path, files: int, now: float) -> None:
    """Old ones, and a new one."""
    for number in range(files):
        if number % LINKS == 0:
            first = write(folder, f"{number}.log", 500 * 86400, now=now)
        else:
            os.link(first, folder / f"{number}.log")
    write(folder, "new.log", 3600, now=now)


async def read(asked: Job) -> tuple[Reading, float, float, float]:
    """With seconds, MB, and how late the loop was in 99 of 100 moments."""
    late: list[float] = []

    async def look() -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(PAUSE)
            late.append(time.perf_counter() - began - PAUSE)

    async with reaching() as reach:
        runs = runner(reach, asked)
        empty = Job({**asked.options, "pattern": "nothing"}, asked.hosts)
        await runs.run(job.COLLECTOR, empty.target)  # the login, and whatever is loaded or made once
        gc.collect()
        watching, before, began = asyncio.ensure_future(look()), peak(begin=True), time.perf_counter()
        reading = await runs.run(job.COLLECTOR, asked.target)
        seconds, grown = time.perf_counter() - began, peak() - before
        watching.cancel()
    return reading, seconds, grown, statistics.quantiles(late, n=100)[98]


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("--files", type=int, default=200_000)
    files = options.parse_args().files
    right = sum(not wrong(history) for history in HISTORIES)
    print(f"{right} of {len(HISTORIES)} labelled histories right ({right / len(HISTORIES):.1%})")
    held = right == len(HISTORIES) >= 200
    with tempfile.TemporaryDirectory() as place, sshd(Path(place)) as server:
        folder, now = Path(place) / "store", time.time()
        folder.mkdir()
        filled(folder, files, now)
        hosts = {"store": as_host(server)}
        for name, more in (("here", {}), ("by SSH", {"host": "store"})):
            asked = Job({"path": str(folder), "pattern": "*.log", **more}, hosts, at=now, timeout=60)
            reading, seconds, grown, late = asyncio.run(read(asked))
            found = reading.by_metric["backup_size_bytes"][0].value if reading.up else reading.failure
            print(
                f"{files} files {name:6}: {seconds:.1f} s, {grown:.1f} MB more, loop late p99 {late * 1e3:.1f} ms, "
                f"newest of {found} bytes"
            )
            held = held and reading.up and seconds < 60 and grown < 20 and late < 0.2
    print("bounds: all right, 60 s, 20 MB, loop late p99 200 ms")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
