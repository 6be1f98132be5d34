"""What a round of 25 commands on a host over SSH costs the agent: 50 hosts on one sshd, connections kept against fresh.

CPU is that of the whole process, with threads that have ended. Bounds: 150 ms of it a round on a connection that is
kept, no login but the first, and the event loop late by less than 200 ms in 99 of 100 moments.
`python -m benchmarks.ssh_rounds [--hosts 50] [--rounds 2] [--spread 15]`
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from agent.core.model import Target
from agent.core.ssh import Command, reading
from agent.transports.ssh import SshWay
from benchmarks.process import resident_bytes
from tests.sshd import Sshd, sshd

PROC = ("stat", "meminfo", "loadavg", "uptime", "mounts", "net/dev", "net/route", "mdstat", "vmstat", "diskstats")
COMMANDS = (
    *[reading(f"/proc/{name}") for name in PROC],
    *[reading(f"/etc/{name}") for name in ("os-release", "passwd", "group", "hostname", "resolv.conf")],
    *[Command(tuple(line.split())) for line in ("df -PTk", "df -Pi", "uname -a", "ps -eo pid,comm", "date +%s", "who")],
    *[Command(tuple(line.split())) for line in ("sha256sum -- /etc/passwd", "id", "ls -ln /etc", "nproc")],
)
PAUSE = 0.01  # seconds between two looks at the lateness of the event loop


async def lateness(late: list[float]) -> None:
    while True:
        began = time.perf_counter()
        await asyncio.sleep(PAUSE)
        late.append(time.perf_counter() - began - PAUSE)


async def one(way: SshWay, target: Target, took: list[float]) -> None:
    began = time.perf_counter()
    async with way.session(target) as session:
        answers = await session.round(COMMANDS)
    took.append(time.perf_counter() - began)
    assert len(answers) == len(COMMANDS)
    assert answers[0].text.startswith("cpu ")


async def rounds(way: SshWay, targets: Sequence[Target], spread: float, took: list[float]) -> None:
    """One round of each, begun evenly over `spread` seconds, as the scheduler does."""

    async def later(place: int, target: Target) -> None:
        await asyncio.sleep(spread * place / len(targets))
        await one(way, target, took)

    await asyncio.gather(*[later(place, target) for place, target in enumerate(targets)])


async def measured(server: Sshd, targets: Sequence[Target], count: int, kept: bool, spread: float) -> dict[str, float]:
    way, late, took = SshWay(), list[float](), list[float]()
    if kept:
        await rounds(way, targets, spread, [])
    watching = asyncio.ensure_future(lateness(late))
    logins, cpu, began = server.logins, time.process_time(), time.perf_counter()
    for _ in range(count):
        await rounds(way, targets, spread, took)
        if not kept:
            await way.close()
    spent, lasted = time.process_time() - cpu, time.perf_counter() - began
    watching.cancel()
    weight = resident_bytes(os.getpid()) / 1e6
    await way.close()
    return {
        "cpu": spent / len(took),
        "median": statistics.median(took),
        "p99": statistics.quantiles(took, n=100)[98],
        "late": statistics.quantiles(late, n=100)[98],
        "worst": max(late),
        "logins": (server.logins - logins) / len(took),
        "share": spent / lasted,
        "resident": weight,
    }


def hosts(server: Sshd, count: int) -> list[Target]:
    """The same sshd by many addresses of loopback."""
    names = [f"127.0.1.{number + 1}" for number in range(count)]
    key = " ".join((server.folder / "host_ed25519.pub").read_text().split()[:2])
    (server.folder / "known_hosts").write_text("".join(f"[{name}]:{server.port} {key}\n" for name in names))
    return [replace(server.target(30, name), address=name) for name in names]


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("--hosts", type=int, default=50)
    options.add_argument("--rounds", type=int, default=2)
    options.add_argument("--spread", type=float, default=15, help="seconds over which the rounds of all hosts begin")
    chosen = options.parse_args()
    held = True
    with tempfile.TemporaryDirectory() as folder, sshd(Path(folder), host="0.0.0.0") as server:
        targets = hosts(server, chosen.hosts)
        print(f"{chosen.hosts} hosts, {len(COMMANDS)} commands a round, begun over {chosen.spread:g} s")
        for name, kept in (("kept", True), ("fresh", False), ("kept", True), ("fresh", False)):
            found = asyncio.run(measured(server, targets, chosen.rounds, kept, chosen.spread))
            print(
                f"{name:5}  CPU {found['cpu'] * 1e3:5.1f} ms a round ({found['share']:.1%} of a core), "
                f"time median {found['median'] * 1e3:.0f} ms, p99 {found['p99'] * 1e3:.0f} ms, "
                f"logins {found['logins']:.2f} a round, loop late p99 {found['late'] * 1e3:.1f} ms, "
                f"worst {found['worst'] * 1e3:.0f} ms, resident {found['resident']:.0f} MB"
            )
            if kept:
                held = held and found["cpu"] < 0.15 and found["logins"] == 0 and found["late"] < 0.2
    print("bounds for kept: CPU 150 ms, no login, loop late p99 200 ms")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
