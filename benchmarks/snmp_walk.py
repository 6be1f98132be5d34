"""A v2c walk of ifTable and ifXTable: CPU of our client beside snmp_exporter's and snmpbulkwalk's, in turns.

The peer is a real snmpd with 501 interfaces (20,040 values). Ours is the whole client: socket, event loop, encoding,
decoding, the check of the order, rows. snmp_exporter's includes its rendering, snmpbulkwalk's its start (it prints to
nowhere). Bound: at most 0.3 of snmp_exporter's CPU, and linear in the interfaces within 20 % (51 against 501).
`python -m benchmarks.snmp_walk`
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import shutil
import statistics
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

from agent.transports.snmp import SnmpWay, oid
from benchmarks.process import answers, cpu_seconds, free_port
from tests.snmp_agent import snmp_target
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


async def walk(way: SnmpWay, peer: Snmpd) -> int:
    """The number of values."""
    async with way.session(snmp_target(peer, timeout=60)) as session:
        return sum([len(row) async for _, row in session.columns(COLUMNS)])


class Ours:
    def __init__(self, peer: Snmpd) -> None:
        self._way, self._peer, self.values = SnmpWay(), peer, 0

    def __call__(self) -> float:
        began = time.process_time()
        self.values = asyncio.run(walk(self._way, self._peer))
        return time.process_time() - began

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


def measure(pairs: int, rounds: int, beside: bool) -> tuple[float, int]:
    """Prints the medians; our seconds of CPU and values per walk."""
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        peer = stack.enter_context(snmpd(Path(name), pairs=pairs))
        ours = Ours(peer)
        sides: dict[str, Callable[[], float]] = {"ours": ours}
        if beside:
            sides |= {"ours, cold": ours.cold, "snmpbulkwalk": bulkwalk(peer)}
            sides["snmp_exporter"] = stack.enter_context(exporter(peer, Path(name)))
        for side in sides.values():
            side()
        costs: dict[str, list[float]] = {side: [] for side in sides}
        for _ in range(rounds):
            for side, run in sides.items():
                costs[side].append(run())
    medians = {side: statistics.median(cost) for side, cost in costs.items()}
    print(f"{2 * pairs + 1} interfaces, {ours.values} values, CPU per walk (median of {rounds}):")
    for side, cost in medians.items():
        ratio = f", {cost / medians['snmp_exporter']:.2f} of snmp_exporter's" if beside else ""
        print(f"  {side:14} {1000 * cost:7.1f} ms, {1e6 * cost / ours.values:5.1f} µs a value{ratio}")
    if beside:
        held = medians["ours"] <= 0.3 * medians["snmp_exporter"]
        print(f"  bound 0.3: {'held' if held else 'BROKEN'}")
    return medians["ours"], ours.values


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    rounds = parser.parse_args().rounds
    few, few_values = measure(25, rounds * 3, False)
    many, many_values = measure(250, rounds, True)
    growth = (many / many_values) / (few / few_values)
    verdict = "held" if growth <= 1.2 else "BROKEN"
    print(f"a value of 501 interfaces costs {growth:.2f} of one of 51; bound 1.2: {verdict}")


if __name__ == "__main__":
    main()
