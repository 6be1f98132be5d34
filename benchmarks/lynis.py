"""What the items of one Linux host cost beside Lynis 3.0.8 on the same host, restricted to what both look at.

Ours is all that is asked of a host by a process that just started: login, commands, reading and verdicts. CPU is that
of `shouwang checklist run`, of sshd and of all that it ran; with a running agent that of a reading, login included.
Lynis's is its own and that of all that it ran, without its plug-ins. Both are the same user, one after the other.
Bound: half of Lynis's CPU. Needs sshd and lynis (Debian package lynis); without root neither sees everything.
`python -m benchmarks.lynis [--runs 3]`
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import pwd
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median as middle

from agent.core.model import Reading, Target
from agent.core.text import spoken
from agent.transports.ssh import SshWay
from benchmarks.host_rounds import runner, targets
from benchmarks.lynis_answers import TESTS, rows
from benchmarks.process import SHOUWANG, TICK, children_seconds
from collectors.host.linux import COLLECTOR
from tests.peers import need, until
from tests.sshd import Sshd, sshd

BOUND = 0.5  # of Lynis's CPU


def spent_by(server: Sshd) -> float:
    """CPU of sshd and of all that ran under it, once nothing runs there any more."""
    place = Path(f"/proc/{server.pid}")
    until(lambda: not (place / f"task/{server.pid}/children").read_text().split(), 30, "sshd still runs something")
    return sum(map(int, (place / "stat").read_text().rpartition(")")[2].split()[11:15])) / TICK


def configuration(server: Sshd, address: str | None, folder: Path) -> Path:
    login = server.login
    ssh = {"user": login.user, "key": login.key, "known_hosts": login.known_hosts, "port": login.port}
    host = {"id": "host", "address": address, "by": "ssh", "credentials": "room", "every": "60s", "timeout": "60s"}
    asked = {"listen": [22], "services": ["sshd", "cron"], "watch": ["/etc/ssh"], "canaries": ["/etc/hostname"]}
    path = folder / "agent.yaml"
    path.write_text(json.dumps({"credentials": {"room": {"ssh": ssh}}, "hosts": [host | asked]}))  # JSON is YAML
    return path


def command(server: Sshd, config: Path) -> tuple[float, float]:
    """CPU of the command, and of sshd and what it ran."""
    before, ours = spent_by(server), children_seconds()
    argv = [SHOUWANG, "checklist", "run", "--format", "json", "--target", "host", "-c", str(config)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    findings = json.loads(done.stdout)["findings"] if done.returncode in (0, 1, 3) else []
    judged = {each["item"] for each in findings if each["result"] in ("pass", "warn", "fail")}
    if not {"HOST-06", "HOST-07"} <= judged:  # less was done than is compared
        raise SystemExit(f"`checklist run` judged neither updates nor SSH settings in full: {done.stderr}")
    ours = children_seconds() - ours
    return ours, spent_by(server) - before


def read(server: Sshd, target: Target) -> tuple[float, float, Reading]:
    """The same for one reading in which everything is due, login included, by an agent that runs."""

    async def once() -> Reading:
        way = SshWay()
        try:
            return await runner(way).run(COLLECTOR, target)
        finally:
            await way.close()

    before, ours = spent_by(server), time.process_time()
    reading = asyncio.run(once())
    ours = time.process_time() - ours
    return ours, spent_by(server) - before, reading


def lynis(folder: Path) -> tuple[float, str]:
    """Its CPU, and its report."""
    report, before = folder / "report", children_seconds()
    where = ["--logfile", str(folder / "log"), "--report-file", str(report)]
    argv = [
        need("lynis"),
        "audit",
        "system",
        "--tests",
        " ".join(TESTS),
        "--quick",
        "--no-colors",
        "--no-plugins",
        *where,
    ]
    done = subprocess.run(argv, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    if not report.exists():
        raise SystemExit(f"lynis ended with {done.returncode}: {done.stdout[-500:]}{done.stderr}")
    return children_seconds() - before, report.read_text("utf-8", "replace")


def measured(runs: int, folder: Path, server: Sshd) -> bool:
    target = targets(server, 1)[0]
    config = configuration(server, target.address, folder)
    ratios, in_agent = [], []
    for _ in range(runs):
        theirs, report = lynis(folder)
        own, host = command(server, config)
        reads, host_again, reading = read(server, target)
        if not reading.by_metric.get("host_updates_pending"):
            raise SystemExit("the reading has no updates: the machine is too busy to be compared")
        ratios.append((own + host) / theirs)
        in_agent.append((reads + host_again) / theirs)
        print(
            f"Lynis {theirs:.2f} s; checklist run {own:.2f} + host {host:.2f} s, ratio {ratios[-1]:.2f}; "
            f"reading of a running agent {reads:.2f} + host {host_again:.2f} s, ratio {in_agent[-1]:.2f}",
            flush=True,
        )
    print(f"of Lynis's CPU, median: checklist run {middle(ratios):.2f}, reading {middle(in_agent):.2f}")
    unexplained = False
    remarks = [spoken(each, "en") for each in reading.remarks]
    for each in rows(report, reading, remarks):
        print(each)
        unexplained = unexplained or each.differs_unexplained
    return middle(ratios) <= BOUND and not unexplained


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("--runs", type=int, default=3)
    chosen = options.parse_args()
    print(
        f'as {pwd.getpwuid(os.geteuid()).pw_name}; lynis audit system --no-plugins --tests "{" ".join(TESTS)}"',
        flush=True,
    )
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "sshd").mkdir()
        with sshd(Path(name) / "sshd", host="0.0.0.0") as server:
            held = measured(chosen.runs, Path(name), server)
    print(f"bound: {BOUND} of Lynis's CPU, and a reason for each answer that is not the same")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
