"""`shouwang poll` of every recorded device, served as a live one by the real snmpsim.

Switches, routers and firewalls stand in agent.yaml as `switches`, servers as `hosts` with `by: snmp`, everything else
as `machine_room`. Each is polled alone by what the command calls (`agent.once.poll`), with every collector that applies
to it. snmpsim answers some 1,500 objects a second, so the whole is bounded: where time runs out, it has been a random
sample. Bound: no traceback and no defect; other failures are listed with what failed.
`python -m benchmarks.snmpsim_polls [--devices DIR] [--minutes 8] [--only NAME …] [--responder PATH]`; without a path of
snmpsim-command-responder it is installed by pip into a venv of a temporary folder.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import csv
import logging
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from agent.core.model import Reading
from agent.core.reach import ReachError, SnmpLogin
from agent.core.secrets import Secret
from agent.core.site import Site
from agent.core.snapshot import Snapshot
from agent.once import poll
from agent.tables import load_site
from agent.transports.snmp import SnmpWay
from tests.peers import free_port, running

DEVICES = Path(__file__).resolve().parent.parent.parent / "shared" / "devices"
SECTIONS = {"switch": "switches", "router": "switches", "firewall": "switches", "wlan": "switches", "olt": "switches"}
SECTIONS |= {"host": "hosts", "nas": "hosts"}
MORE = {"switches": "", "hosts": ", by: snmp", "machine_room": ""}
ADDRESS, TIMEOUT, READY, SEED = "127.0.0.1", 60, 90, 3
# One that Debian built: snmpsim needs its dbm.
PYTHON = "/usr/bin/python3" if Path("/usr/bin/python3").exists() else sys.executable
SYS_DESCR = "1.3.6.1.2.1.1.1.0"


class Tracebacks(logging.Handler):
    """Keeps what is logged with an exception, the event loop's complaints included."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info:
            self.seen.append(f"{record.getMessage()}: {record.exc_info[1]!r}")


def installed(folder: Path) -> Path | None:
    """snmpsim in a venv of its own; None where it cannot be had."""
    pip = [str(folder / "bin" / "pip"), "install", "-q", "snmpsim==1.2.2", "pysmi"]
    for argv in ([PYTHON, "-m", "venv", str(folder)], pip):
        done = subprocess.run(argv, capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"skipped: snmpsim cannot be installed: {(done.stderr.strip() or 'pip says nothing')[-200:]}")
            return None
    return folder / "bin" / "snmpsim-command-responder"


@contextlib.contextmanager
def served(responder: Path, devices: Path, folder: Path, names: list[str]) -> Iterator[int]:
    """The port where the recordings are answered for, each by its name as community."""
    port = free_port()
    argv = [str(responder), f"--data-dir={devices}", f"--cache-dir={folder / 'cache'}", "--logging-method=null"]
    argv.append(f"--agent-udpv4-endpoint={ADDRESS}:{port}")
    if os.geteuid() == 0:
        argv += ["--process-user=root", "--process-group=root"]
    (folder / "cache").mkdir()
    with running(argv, folder / "snmpsim.log"):
        asyncio.run(answering(port, names[0]))
        yield port


async def answering(port: int, community: str) -> None:
    login = SnmpLogin("2c", Secret(community), port=port)
    end = time.monotonic() + READY
    while time.monotonic() < end:
        with contextlib.suppress(ReachError):
            async with SnmpWay().open(ADDRESS, login) as session:
                await session.get([SYS_DESCR])
                return
        await asyncio.sleep(0.5)
    raise SystemExit(f"snmpsim does not answer {READY} s after its start")


def configuration(folder: Path, port: int, kinds: dict[str, str]) -> Path:
    logins = [f"  {n}: {{snmp: {{version: 2c, community: {n}, port: {port}}}}}\n" for n in kinds]
    lines = ["center: {id: bench}\n", "credentials:\n", *logins]
    for section, more in MORE.items():
        lines.append(f"{section}:\n")
        lines += [
            f"- {{id: {name}, address: {ADDRESS}, credentials: {name}, timeout: {TIMEOUT}, every: 300{more}}}\n"
            for name, kind in kinds.items()
            if SECTIONS.get(kind, "machine_room") == section
        ]
    path = folder / "agent.yaml"
    path.write_text("".join(lines), encoding="utf-8")
    return path


async def polls(site: Site, minutes: float) -> list[list[Reading]]:
    """One after the other in random order, until the time is over."""
    wanted = list(site.targets)
    random.Random(SEED).shuffle(wanted)
    end, found = time.monotonic() + 60 * minutes, []
    for target in wanted:
        if time.monotonic() > end:
            break
        found.append(await poll(site, [target], Snapshot()))
    return found


def report(found: list[list[Reading]], total: int, tracebacks: list[str], seconds: float) -> bool:
    readings = [reading for each in found for reading in each]
    failed = [reading for reading in readings if reading.failure]
    clean = sum(all(reading.up for reading in each) for each in found)
    values = sum(len(reading.samples) for reading in readings)
    sections = Counter(each[0].target.kind for each in found if each and each[0].target)
    print(f"{len(found)} of {total} recordings polled ({', '.join(f'{n} {k}' for k, n in sorted(sections.items()))}):")
    print(f"  {clean} read without a failure; {len(readings)} readings by collectors, {values:,} samples")
    kinds = Counter(reading.failure.kind for reading in failed if reading.failure)
    print(f"  failures: {', '.join(f'{kind} {n}' for kind, n in kinds.most_common()) or 'none'}")
    for reading in failed:
        assert reading.failure is not None
        assert reading.target is not None
        where = f"{reading.target.id}, {reading.collector}"
        print(f"    {where}: {reading.failure.kind}: {reading.failure.message}")
    print(f"  tracebacks {len(tracebacks)} (bound 0): {'BROKEN' if tracebacks else 'held'}; {seconds:.0f} s")
    for line in tracebacks:
        print(f"    {line}")
    return not tracebacks and not kinds["defect"]


def recordings(folder: Path, only: list[str]) -> dict[str, str]:
    """Kind by name."""
    with (folder / "index.tsv").open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE))
    kinds = {row["file"].removesuffix(".snmprec"): row["kind"] for row in rows}
    return {name: kind for name, kind in kinds.items() if not only or name in only}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=Path, default=DEVICES)
    parser.add_argument("--minutes", type=float, default=8)
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--responder", type=Path)
    given = parser.parse_args()
    if not (given.devices / "index.tsv").exists():
        print(f"skipped: no recordings at {given.devices}")
        return 0
    kinds = recordings(given.devices, given.only)
    tracebacks = Tracebacks()
    logging.basicConfig(level=logging.ERROR, handlers=[tracebacks])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        responder = given.responder or installed(folder / "venv")
        if responder is None:
            return 0
        with served(responder, given.devices.resolve(), folder, list(kinds)) as port:
            site = load_site(configuration(folder, port, kinds))
            began = time.monotonic()
            found = asyncio.run(polls(site, given.minutes))
            seconds = time.monotonic() - began
    return 0 if report(found, len(kinds), tracebacks.seen, seconds) else 1


if __name__ == "__main__":
    sys.exit(main())
