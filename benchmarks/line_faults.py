"""Line faults: is the broken segment named right? More than twenty faults of each of the five segments, each in a chain
of network namespaces of its own, watched by the collectors as agent.yaml configures them.

Prints the sentence of each fault, and a matrix of injected against judged segments. Bounds: at least 98 % right, and
never our own side for a fault of the carrier. `python -m benchmarks.line_faults [SEGMENT …] [--each N]`
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from agent.core.facts import diagnosis_of
from agent.core.known import Latest
from agent.core.model import Reading
from agent.core.site import Site
from agent.core.snapshot import Snapshot
from agent.reaching import reaching
from agent.runner import Runner
from agent.tables import load_site
from benchmarks.line_chain import chain
from benchmarks.line_chain.faults import FAULTS, Fault
from benchmarks.line_chain.mirror import NAME, Mirror, served
from collectors import COLLECTORS

ROOM = ["unshare", "-Urnm", "sh", "-c"]
PREPARE = "mount -t tmpfs tmpfs /run; ip link set lo up; sysctl -qw net.ipv4.ping_group_range='0 0'; exec \"$@\""
PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
WARM, SICK = 5, 7  # polls before a fault, and with it
RIGHT = 0.98
OURS, CARRIERS = {"port"}, {"carrier", "far_gateway"}
SERVER = """import socket, sys
server = socket.create_server(("", int(sys.argv[1])), backlog=128)
while True:
    server.accept()[0].close()
"""
PACE = "count: 10, interval: 0.05"
CONFIG = f"""
center: {{id: changshou, name: 长寿路受理中心, district: 普陀区}}
credentials: {{room: {{snmp: {{version: 2c, community: public}}}}}}
switches: [{{id: core, name: 核心交换机, address: {chain.SWITCH}, credentials: room, every: 3s, timeout: 1s}}]
lines:
- id: yibao
  name: 医保专线
  business: medical_insurance
  every: 2s
  timeout: 2s
  via: {{switch: core, port: {NAME}}}
  bandwidth: 2Mbps
  carrier: {{name: 电信, circuit: SH-12345, fault_desk: "10000"}}
  probes:
  - {{layer: port, icmp: {chain.INTERFACE}, {PACE}}}
  - {{layer: gateway, icmp: {chain.GATEWAY}, {PACE}}}
  - {{layer: carrier, icmp: {chain.CARRIER}, {PACE}}}
  - {{layer: far_gateway, icmp: {chain.FAR}, {PACE}}}
  - {{layer: application, tcp: "{chain.SERVER}:{chain.PORTS[0]}"}}
  - {{layer: application, tcp: "{chain.SERVER}:{chain.PORTS[1]}"}}
  - {{layer: gateway, icmp: {chain.GATEWAY}, {PACE}, size: 1400, dont_fragment: true}}
  - {{layer: carrier, icmp: {chain.CARRIER}, {PACE}, size: 1400, dont_fragment: true}}
  - {{layer: far_gateway, icmp: {chain.FAR}, {PACE}, size: 1400, dont_fragment: true}}
  - {{layer: application, icmp: {chain.SERVER}, {PACE}, size: 1400, dont_fragment: true}}
"""


@contextmanager
def servers() -> Iterator[dict[int, subprocess.Popen[bytes]]]:
    argv = ["ip", "netns", "exec", "server", sys.executable, "-c", SERVER]
    running = {port: subprocess.Popen([*argv, str(port)]) for port in chain.PORTS}
    try:
        yield running
    finally:
        for child in running.values():
            child.kill()
            child.wait()


def inject(fault: Fault, mirror: Mirror, running: dict[int, subprocess.Popen[bytes]]) -> None:
    for step in fault.steps:
        mirror.damaged |= step.damaged
        for port in step.stop:
            running[port].send_signal(signal.SIGKILL)
            running[port].wait()
        if step.words:
            chain.run(step.node, *step.words, text=step.text)


class Watch:
    """The collectors of the switch and of the line, one after the other as their turns come."""

    def __init__(self, site: Site, runner: Runner) -> None:
        self._runner = runner
        self._switch, self._line = site.target("core"), site.target("yibao")

    async def polls(self, times: int) -> Reading:
        assert self._switch is not None
        assert self._line is not None
        for _ in range(times):
            for name in ("reach", "switch"):
                await self._runner.run(COLLECTORS[name], self._switch)
            reading = await self._runner.run(COLLECTORS["line"], self._line)
        return reading


def judged(reading: Reading) -> list[str]:
    return [each.labels[0] for each in reading.by_metric.get("line_fault_segment", ()) if each.value == 1]


async def tried(site: Site, fault: Fault) -> dict[str, Any]:
    chain.build()
    with served() as mirror, servers() as running:
        async with reaching() as reach:
            snapshot = Snapshot()
            watch = Watch(site, Runner(reach, snapshot, known=Latest(snapshot, lambda: site)))
            before = await watch.polls(WARM)
            healthy = judged(before)
            inject(fault, mirror, running)
            after = await watch.polls(SICK)
    chain.clear()
    said = {"zh": diagnosis_of(site, [after], "zh"), "en": diagnosis_of(site, [after], "en")}
    up = [sample.value for sample in after.by_metric.get("line_up", ())]
    return {"segment": fault.segment, "name": fault.name, "before": healthy, "judged": judged(after), "up": up, **said}


def inside(segment: str, each: int | None) -> None:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "agent.yaml"
        path.write_text(CONFIG, encoding="utf-8")
        site = load_site(path)
        for fault in FAULTS[segment][:each]:
            print(json.dumps(asyncio.run(tried(site, fault)), ensure_ascii=False), flush=True)


def measured(segments: Sequence[str], each: int | None) -> list[dict[str, Any]]:
    """Each segment's faults in a namespace of its own, side by side."""
    here = [sys.executable, "-m", "benchmarks.line_faults", "--inside"]
    some = [] if each is None else ["--each", str(each)]
    environment = {**os.environ, "PATH": PATH}
    running = [
        subprocess.Popen(
            [*ROOM, PREPARE, "sh", *here, *some, segment], stdout=subprocess.PIPE, text=True, env=environment
        )
        for segment in segments
    ]
    found: list[dict[str, Any]] = []
    for segment, child in zip(segments, running, strict=True):
        output, _ = child.communicate()
        if child.returncode:
            raise SystemExit(f"{segment}: ended with {child.returncode}")
        found += [json.loads(line) for line in output.splitlines()]
    return found


def report(found: Sequence[dict[str, Any]]) -> bool:
    """Prints what was judged; whether every bound is held."""
    for each in found:
        mark = "  " if each["judged"] == [each["segment"]] and not each["before"] else "✗ "
        print(f"{mark}{each['segment']} | {each['name']}\n    {each['zh'] or '(没有判断)'}")
    columns = [*FAULTS, "several", "none"]
    print("\ninjected \\ judged  " + " ".join(f"{name:>12}" for name in columns))
    for segment in FAULTS:
        mine = [_column(each["judged"]) for each in found if each["segment"] == segment]
        print(f"{segment:<18} " + " ".join(f"{mine.count(name):>12}" for name in columns))
    right = sum(each["judged"] == [each["segment"]] for each in found)
    blamed = [each["name"] for each in found if each["segment"] in CARRIERS and OURS & set(each["judged"])]
    accused = [each["name"] for each in found if each["segment"] in OURS and CARRIERS & set(each["judged"])]
    alarms = sum(bool(each["before"]) for each in found)
    share = right / len(found)
    held = share >= RIGHT and not blamed and not accused and not alarms
    print(
        f"\n{right} of {len(found)} right ({share:.1%}; bound {RIGHT:.0%}); our side blamed for the carrier's fault: "
        f"{len(blamed)} {blamed or ''}; the carrier for ours: {len(accused)} {accused or ''}; a segment called broken "
        f"before anything was: {alarms}: {'held' if held else 'BROKEN'}"
    )
    return held


def _column(judged: Sequence[str]) -> str:
    return judged[0] if len(judged) == 1 else "several" if judged else "none"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("segments", nargs="*", choices=[*FAULTS, []], help="all by default")
    parser.add_argument("--each", type=int, help="only the first so many of each")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        inside(options.segments[0], options.each)
        return
    sys.exit(0 if report(measured(options.segments or list(FAULTS), options.each)) else 1)


if __name__ == "__main__":
    main()
