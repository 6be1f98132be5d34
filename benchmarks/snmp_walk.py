"""A walk of ifTable and ifXTable: CPU of our client beside snmp_exporter's and snmpbulkwalk's, in turns; v2c and v3.

The peer is a real snmpd with 501 interfaces (20,040 values). Ours is the whole client: socket, event loop, encoding,
decoding, the check of the order, rows. snmp_exporter's includes its rendering, snmpbulkwalk's its start (it prints to
nowhere). Bounds: v2c at most 0.3 of snmp_exporter's CPU; v3 authPriv (SHA, AES-128) at most twice v2c's; in both linear
within 20 % from 50 to 500 to 5,000 interfaces, on a simulated agent: the kernel takes minutes to build 5,000 for snmpd,
and snmpd takes ever longer for one answer, after which the client finds its caches cold.
`python -m benchmarks.snmp_walk`
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

from agent import sweeping
from agent.core.model import Target
from agent.transports.snmp import SnmpWay, oid
from benchmarks.process import answers, cpu_seconds, free_port
from tests.snmp_agent import Value, counter64
from tests.snmp_users import KAY
from tests.snmp_v3_agent import served, target
from tests.snmpd import Snmpd, snmpd

PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
IF_ENTRY, IF_X_ENTRY = "1.3.6.1.2.1.2.2.1", "1.3.6.1.2.1.31.1.1.1"
COLUMNS = [*(f"{IF_ENTRY}.{n}" for n in range(1, 23)), *(f"{IF_X_ENTRY}.{n}" for n in range(1, 20))]
TEXT = {f"{IF_ENTRY}.2", f"{IF_ENTRY}.6", f"{IF_ENTRY}.22", f"{IF_X_ENTRY}.1", f"{IF_X_ENTRY}.18"}
COUNTERS = {f"{IF_ENTRY}.{n}" for n in range(10, 21)} | {f"{IF_X_ENTRY}.{n}" for n in range(2, 14)}


def module(community: str) -> str:
    """What snmp_exporter's generator makes of the two tables: each number a metric, with ifName looked up."""
    lookup = f"{{labels: [ifIndex], labelname: ifName, oid: {IF_X_ENTRY}.1, type: DisplayString}}"
    metrics = [
        f"  - {{name: m{column.replace('.', '_')}, oid: {column}, help: x, "
        f"type: {'counter' if column in COUNTERS else 'gauge'}, "
        f"indexes: [{{labelname: ifIndex, type: gauge}}], lookups: [{lookup}]}}"
        for column in COLUMNS
        if column not in TEXT
    ]
    head = f"if_mib:\n  version: 2\n  auth: {{community: {community}}}\n  max_repetitions: 25\n  timeout: 5s\n"
    return head + "  walk: [1.3.6.1.2.1.2.2, 1.3.6.1.2.1.31.1.1]\n  metrics:\n" + "\n".join(metrics) + "\n"


async def walk(way: SnmpWay, device: Target) -> int:
    """The number of values."""
    async with way.session(device) as session:
        return sum([len(row) async for _, row in session.columns(COLUMNS)])


class Ours:
    """`peer` runs in another process or thread, so that the CPU of this thread is the client's."""

    def __init__(self, peer: object, version: str = "2c") -> None:
        self._way, self._device, self.values = SnmpWay(), target(peer, version, timeout=120), 0

    def __call__(self) -> float:
        began = time.thread_time()
        self.values = asyncio.run(walk(self._way, self._device))
        return time.thread_time() - began

    def cold(self) -> float:
        oid.known.clear()
        return self()


@contextlib.contextmanager
def exporter(peer: Snmpd, folder: Path) -> Iterator[Callable[[], float]]:
    program = shutil.which("prometheus-snmp-exporter", path=PATH)
    if program is None:
        raise SystemExit("needs prometheus-snmp-exporter (apt-get install prometheus-snmp-exporter)")
    (folder / "snmp.yml").write_text(module(peer.community))
    port = free_port()
    argv = [program, f"--config.file={folder}/snmp.yml", f"--web.listen-address=127.0.0.1:{port}", "--log.level=error"]
    url = f"http://127.0.0.1:{port}/snmp?module=if_mib&target={peer.host}:{peer.port}"
    with subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as child:
        try:
            answers(f"http://127.0.0.1:{port}/metrics", 20)

            def scrape() -> float:
                before = cpu_seconds(child.pid)
                body = urllib.request.urlopen(url, timeout=60).read()
                assert body.count(b"\nm1_3_6") > 1000, body[:300]
                return cpu_seconds(child.pid) - before

            yield scrape
        finally:
            child.kill()


def bulkwalk(peer: Snmpd) -> Callable[[], float]:
    program = shutil.which("snmpbulkwalk", path=PATH)
    if program is None:
        raise SystemExit("needs snmpbulkwalk (apt-get install snmp)")
    argv = [program, "-v2c", "-c", peer.community, "-Cr25", "-Oqn", f"{peer.host}:{peer.port}"]

    def both() -> float:
        before = os.times()
        for table in (IF_ENTRY, IF_X_ENTRY):
            subprocess.run([*argv, table], stdout=subprocess.DEVNULL, check=True, env={"MIBS": "", "PATH": PATH})
        after = os.times()
        return after.children_user + after.children_system - before.children_user - before.children_system

    return both


def bound(said: str, ratio: float, most: float) -> bool:
    """Prints whether the ratio is within its bound."""
    print(f"  {said} {ratio:.2f}; bound {most}: {'held' if ratio <= most else 'BROKEN'}", flush=True)
    return ratio <= most


def beside_others(pairs: int, rounds: int) -> bool:
    """Prints the medians; whether the bounds held."""
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        peer = stack.enter_context(snmpd(Path(name), pairs=pairs, users=[KAY]))
        ours = Ours(peer)
        sides: dict[str, Callable[[], float]] = {
            "ours": ours,
            "ours, cold": ours.cold,
            "ours, v3 authPriv": Ours(peer, "3"),
        }
        sides |= {"snmpbulkwalk": bulkwalk(peer), "snmp_exporter": stack.enter_context(exporter(peer, Path(name)))}
        for side in sides.values():
            side()
        costs: dict[str, list[float]] = {side: [] for side in sides}
        for _ in range(rounds):
            for side, run in sides.items():
                costs[side].append(run())
    medians = {side: statistics.median(cost) for side, cost in costs.items()}
    print(f"{2 * pairs + 1} interfaces, {ours.values} values, CPU per walk (median of {rounds}):")
    for side, cost in medians.items():
        beside = f"{cost / medians['snmp_exporter']:.2f} of snmp_exporter's"
        print(f"  {side:17} {1000 * cost:7.1f} ms, {1e6 * cost / ours.values:5.1f} µs a value, {beside}")
    held = bound("v2c costs of snmp_exporter", medians["ours"] / medians["snmp_exporter"], 0.3)
    return bound("v3 authPriv costs of v2c", medians["ours, v3 authPriv"] / medians["ours"], 2) and held


def interfaces(count: int) -> dict[str, Value]:
    """Every column of the two tables, with values as long as a busy switch's."""
    numbers = {column: n << 12 if column in COUNTERS else n for n, column in enumerate(COLUMNS)}
    return {
        f"{column}.{row}": f"port {row}" if column in TEXT else counter64(numbers[column] * row)
        for column in COLUMNS
        for row in range(1, count + 1)
    }


def growth(version: str, rounds: int) -> bool:
    """Prints what a value costs of 50, 500 and 5,000 interfaces on simulated agents, in turns. The least of some runs
    counts, since what disturbs one only adds; full collections come when the agent has them come."""
    with contextlib.ExitStack() as stack:
        agents = [stack.enter_context(served(version, interfaces(count), limit=60_000)) for count in (50, 500, 5000)]
        sides = [Ours(agent, version) for agent in agents]
        for side in sides:
            side()
        sweeping.begin()
        stack.callback(sweeping.end)
        costs = [math.inf] * len(sides)
        for _ in range(rounds):
            costs = [min(cost, side() / side.values) for cost, side in zip(costs, sides, strict=True)]
    steps = [after / before for before, after in itertools.pairwise(costs)]
    told = ", ".join(f"{1e6 * cost:.2f}" for cost in costs)
    print(f"v{version}: a value costs {told} µs of 50, 500, 5,000 simulated interfaces")
    return bound("a value of ten times as many costs at most", max(steps), 1.2)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    rounds = parser.parse_args().rounds
    held = [beside_others(250, rounds), growth("2c", rounds), growth("3", rounds)]
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
