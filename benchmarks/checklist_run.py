"""The whole checklist over the simulated centre: without an agent, which reads everything once, and with one.

`--scale 2` has 14 switches and 24 hosts to log in to, more than the 10 and 20 that the bounds are for: 20 s, one login
at most per host and device; a running agent has the readings, and may log in on its own account meanwhile. Logins are
counted by the simulated SSH servers. CPU is the command's, and with an agent also what the agent spent meanwhile.
`python -m benchmarks.checklist_run [--scale 2] [--runs 3]`
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.process import SHOUWANG, children_seconds, cpu_seconds
from demo.centre.plan import Centre, centre
from demo.configuration.files import FILE, write
from demo.control import SOCKET, ask
from demo.ending import Ending
from demo.running import AgentGone, Running
from demo.servers.keys import Keys
from demo.world.world import World
from tests.demo.centres import running

LIMIT = 20.0  # seconds
READY = "ready"  # a file in the folder, once everything answers
PATIENCE = 60.0  # seconds until it must be there


@dataclass(frozen=True)
class Ran:
    """`wall` and `cpu` in seconds; `logins` by node."""

    wall: float
    cpu: float
    logins: Counter[str]
    results: Counter[str]

    def __str__(self) -> str:
        spread = Counter(self.logins.values())
        logins = ", ".join(f"{count} x {times}" for times, count in sorted(spread.items())) or "none"
        results = ", ".join(f"{name} {count}" for name, count in sorted(self.results.items()))
        load = os.getloadavg()[0]
        return (
            f"wall {self.wall:.1f} s, CPU {self.cpu:.1f} s, logins (nodes x times) {logins}; {results}; load {load:.1f}"
        )

    @property
    def often(self) -> Mapping[str, int]:
        return {node: count for node, count in self.logins.items() if count > 1}


def logins(folder: Path) -> Counter[str]:
    return Counter(ask(folder / SOCKET, ["logins"])["logins"])


def run(folder: Path) -> Ran:
    before, spent, began = logins(folder), children_seconds(), time.perf_counter()
    argv = [SHOUWANG, "checklist", "run", "--format", "json", "-c", str(folder / FILE)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    wall = time.perf_counter() - began
    if done.returncode not in (0, 1, 3):
        raise SystemExit(f"{' '.join(argv)} ended with {done.returncode}: {done.stderr}")
    return Ran(wall, children_seconds() - spent, logins(folder) - before, _results(json.loads(done.stdout)))


def _results(said: Mapping[str, Any]) -> Counter[str]:
    return Counter({name: count for name, count in said["counts"].items() if count})


def inside(folder: Path, runs: int) -> bool:
    """In the centre's network, in the agent's place."""
    latest = time.monotonic() + PATIENCE
    while not (folder / READY).exists():
        if time.monotonic() > latest:
            raise SystemExit("the simulated centre did not start")
        time.sleep(0.05)
    held = True
    for _ in range(runs):
        found = run(folder)
        print(f"without an agent: {found};", f"more than one: {found.often or 'none'}", flush=True)
        held = held and found.wall < LIMIT and not found.often
    return held


def cold(plan: Centre, folder: Path, runs: int) -> bool:
    def made() -> tuple[World, Keys]:
        keys = Keys()
        write(folder, plan, keys, "127.0.0.1:9780", "en")
        return World(plan, tree=folder / "hosts"), keys

    argv = (sys.executable, "-m", "benchmarks.checklist_run", "--inside", str(folder), "--runs", str(runs))
    with Ending() as ending, socket.create_server(("127.0.0.1", 0)) as page:
        centre_of = Running(plan, folder, page, 1.0, argv, made, ending)
        try:
            centre_of.start(page.getsockname(), (folder / READY).touch, lambda count, seconds: None)
        except AgentGone as gone:
            return gone.status == 0
    return False


def warm(folder: Path, scale: int, runs: int, nodes: int) -> bool:
    held = True
    with running(folder, "--scale", str(scale)) as started:
        agent = int(Path(f"/proc/{started.process.pid}/task/{started.process.pid}/children").read_text().split()[0])
        latest = time.monotonic() + PATIENCE
        while len(logins(folder)) < nodes and time.monotonic() < latest:
            time.sleep(0.5)
        print(f"with an agent: {len(logins(folder))} nodes were logged in to since its start", flush=True)
        for _ in range(runs):
            before = cpu_seconds(agent)
            found = run(folder)
            print(f"with an agent: {found}; the agent's CPU meanwhile {cpu_seconds(agent) - before:.2f} s", flush=True)
            # Those that the agent makes meanwhile on its own account are counted, too.
            held = held and found.wall < LIMIT and not found.often
        often = {node: count for node, count in logins(folder).items() if count > 1}
        print(f"with an agent: more than one login since its start (one more for what takes long): {often or 'none'}")
    return held


def main(given: Sequence[str] | None = None) -> int:
    options = argparse.ArgumentParser()
    options.add_argument("--scale", type=int, default=2)
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--inside", type=Path, help=argparse.SUPPRESS)
    chosen = options.parse_args(given)
    if chosen.inside:
        return 0 if inside(chosen.inside, chosen.runs) else 1
    plan = centre(chosen.scale)
    switches, hosts = len(plan.of("core", "access")), len(plan.of("host", "terminal"))
    print(f"scale {chosen.scale}: {switches} switches, {hosts} hosts over SSH, {len(plan.lines)} lines", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        other = warm(Path(folder) / "warm", chosen.scale, chosen.runs, switches + hosts)
        one = cold(plan, _made(Path(folder) / "cold"), chosen.runs)  # the last: this process is in its network then
    print(f"bounds: {LIMIT:g} s, at most one login a host and device")
    return 0 if one and other else 1


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


if __name__ == "__main__":
    sys.exit(main())
