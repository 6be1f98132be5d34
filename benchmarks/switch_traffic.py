"""A real snmpd with 48 ports under traffic: what the collector `switch` tells of them, beside `ip -j -s link`.

Frames of known sizes go through all 48 at steady rates, uneven and different in both directions; four uplinks besides
are silent. The agent polls every 10 s; right before and after each poll the kernel is asked in the same network.
snmpd refreshes its interface table every 3 s, which would blur a minute by 5 %, so it is told not to keep it at all.
Bound: bytes, rates over a minute and interface_utilization_ratio within 1 % on every port, and silent ports at 0.
`python -m benchmarks.switch_traffic [--minutes 10]`
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from agent.core.model import Reading, Target
from agent.core.snapshot import Snapshot
from agent.reaching import reaching
from agent.runner import Runner
from agent.tables import load_site
from collectors import COLLECTORS
from collectors.interface_metrics import RECEIVE_BYTES, SPEED, TRANSMIT_BYTES, UTILIZATION
from tests.peers import SYSTEM_PATH, find
from tests.snmpd import Snmpd, snmpd

BUSY, PORTS, EVERY, MINUTE, WINDOW, BOUND = 48, 52, 10, 6, 30, 0.01  # MINUTE and WINDOW (five of them) in polls
# Bytes a second that leave the port and that enter it, and the size of a frame. Others: OTHERS. Never fewer
# than ten frames a second: the two readings may be a frame apart, which must be little beside 1 % of a minute.
RATES = {
    0: (2_000_000, 50_000, 1400),
    2: (500_000, 500_000, 1000),
    4: (1_200_000, 20_000, 1514),
    6: (15_000, 900_000, 1200),
    8: (40_000, 250_000, 600),
    47: (8_000, 8_000, 64),
}
OTHERS = (3_000, 5_000, 100)
WRITER = "writer-of-snmpd"
# nsCacheTimeout (NET-SNMP-AGENT-MIB) of ifTable, which ifXTable shares; 0: read anew for every request.
CACHE_TIMEOUT = "1.3.6.1.4.1.8072.1.5.3.1.2.1.3.6.1.2.1.2.2"

Key = tuple[str, str]  # interface, direction as interface_utilization_ratio calls it
Counts = Mapping[Key, float]
METRICS = {RECEIVE_BYTES.name: "receive", TRANSMIT_BYTES.name: "transmit"}


def streams() -> Iterator[tuple[str, int, int]]:
    """Interface that sends, bytes a second, bytes of a frame. pNa is the port, pNb what is plugged in there."""
    for port in range(BUSY):
        outward, inward, size = RATES.get(port, OTHERS)
        yield f"p{port}a", outward, size
        yield f"p{port}b", inward, size


def send() -> None:
    """In the network of snmpd, until it is killed: what is due by now is sent a hundred times a second."""
    senders = []
    for name, rate, size in streams():
        wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
        wire.bind((name, 0))
        # To a unicast address of nobody, with an EtherType for experiments (IEEE 802).
        frame = bytes.fromhex("020000000001020000000002" + "88b5")
        senders.append((wire, frame.ljust(size, b"\0"), rate / size))
    sent = [0] * len(senders)
    began = time.monotonic()
    while True:
        passed = time.monotonic() - began
        for place, (wire, frame, pace) in enumerate(senders):
            while sent[place] < int(passed * pace):
                wire.send(frame)
                sent[place] += 1
        time.sleep(0.01)


@contextlib.contextmanager
def traffic(device: Snmpd) -> Iterator[None]:
    enter = ["nsenter", "-t", str(device.pid), "-U", "-n", "--preserve-credentials"]
    argv = [*enter, sys.executable, "-m", "benchmarks.switch_traffic", "--send"]
    with subprocess.Popen(argv, env={**os.environ, "PATH": SYSTEM_PATH}) as child:
        try:
            yield
            if child.poll() is not None:
                raise SystemExit("the sender of frames ended before the measurement did")
        finally:
            child.kill()


def kernel(device: Snmpd) -> Counts:
    found = {}
    for link in json.loads(device.inside("ip", "-j", "-s", "link")):
        found[link["ifname"], "receive"] = link["stats64"]["rx"]["bytes"]
        found[link["ifname"], "transmit"] = link["stats64"]["tx"]["bytes"]
    return found


def told(reading: Reading) -> Counts:
    return {
        (sample.labels[0], direction): sample.value
        for metric, direction in METRICS.items()
        for sample in reading.by_metric[metric]
    }


@dataclass(frozen=True)
class Moment:
    """One poll. `truth`: the middle between what the kernel said before it and after it; times of a clock in s."""

    at: float
    agent: Counts
    true_at: float
    truth: Counts
    between: bool
    utilization: Counts
    speeds: Mapping[str, float]


async def moment(runner: Runner, target: Target, device: Snmpd) -> Moment:
    began, before = time.monotonic(), kernel(device)
    reading = await runner.run(COLLECTORS["switch"], target)
    after, ended = kernel(device), time.monotonic()
    if reading.failure:
        raise SystemExit(f"snmpd could not be read: {reading.failure.message}")
    counts = told(reading)
    if len(counts) != 2 * PORTS:
        raise SystemExit(f"{len(counts)} byte counters were read, expected {2 * PORTS}")
    return Moment(
        at=reading.started + reading.duration / 2,
        agent=counts,
        true_at=(began + ended) / 2,
        truth={key: (before[key] + after[key]) / 2 for key in counts},
        between=all(before[key] <= count <= after[key] for key, count in counts.items()),
        utilization={(s.labels[0], s.labels[1]): s.value for s in reading.by_metric.get(UTILIZATION.name, ())},
        speeds={sample.labels[0]: sample.value for sample in reading.by_metric.get(SPEED.name, ())},
    )


async def watch(target: Target, device: Snmpd, minutes: float) -> list[Moment]:
    moments: list[Moment] = []
    async with reaching() as reach:
        runner, began = Runner(reach, Snapshot()), time.monotonic()
        for number in range(int(minutes * 60 / EVERY) + 1):
            await asyncio.sleep(max(0.0, began + number * EVERY - time.monotonic()))
            moments.append(await moment(runner, target, device))
    return moments


def off(ours: float, true: float) -> float:
    """Relative; what should be nothing is nothing or infinitely wrong."""
    return abs(ours - true) / true if true else float("inf" if ours else 0)


Worst = tuple[float, Key, float, float]  # how far off, where, the agent's value, the kernel's


def totals(moments: list[Moment]) -> Iterator[Worst]:
    first, last = moments[0], moments[-1]
    for key in last.agent:
        ours, true = last.agent[key] - first.agent[key], last.truth[key] - first.truth[key]
        yield off(ours, true), key, ours, true


def rates(moments: list[Moment]) -> Iterator[Worst]:
    for then, now in zip(moments, moments[MINUTE:], strict=False):
        for key in now.agent:
            ours = (now.agent[key] - then.agent[key]) / (now.at - then.at)
            true = (now.truth[key] - then.truth[key]) / (now.true_at - then.true_at)
            yield off(ours, true), key, ours, true


def utilizations(moments: list[Moment]) -> Iterator[Worst]:
    """Over five minutes, or since the start until then; each once at least a minute is known."""
    for place, now in enumerate(moments[MINUTE:], MINUTE):
        then = moments[max(0, place - WINDOW)]
        for key, ours in now.utilization.items():
            grown = (now.truth[key] - then.truth[key]) / (now.true_at - then.true_at)
            yield off(ours, grown / now.speeds[key[0]]), key, ours, grown / now.speeds[key[0]]


def report(moments: list[Moment]) -> bool:
    held = True
    for what, unit, found in (
        ("bytes in all", "B", list(totals(moments))),
        ("rate over a minute", "B/s", list(rates(moments))),
        ("utilization over at most five minutes", "", list(utilizations(moments))),
    ):
        # Silent ports are compared too: 0 with 0.
        wrong, (name, direction), ours, true = max(found) if found else (float("inf"), ("-", "-"), 0.0, 0.0)
        good = wrong <= BOUND
        held &= good
        print(
            f"{what}: {len(found)} compared, worst {name} {direction}: agent {ours:,.9g} {unit}, ip {true:,.9g} {unit},"
        )
        print(f"  off by {wrong:.3%} (bound {BOUND:.0%}): {'held' if good else 'BROKEN'}")
    return held


def ports(moments: list[Moment]) -> None:
    worst: dict[str, float] = {}
    for wrong, (name, _), _, _ in (*totals(moments), *rates(moments), *utilizations(moments)):
        worst[name] = max(worst.get(name, 0.0), wrong)
    print("busy port  received: agent, ip              sent: agent, ip                  worst of all three")
    first, last = moments[0], moments[-1]
    for port in [
        port for port in range(PORTS) if last.truth[f"p{port}a", "transmit"] > first.truth[f"p{port}a", "transmit"]
    ]:
        name = f"p{port}a"
        pairs = [
            f"{side[name, way] - start[name, way]:>15,.0f}"
            for way in METRICS.values()
            for side, start in ((last.agent, first.agent), (last.truth, first.truth))
        ]
        print(f"  {name:6} {' '.join(pairs)}   {worst[name]:.3%}")
    exact = sum(each.between for each in moments)
    print(f"every counter between the kernel's before and after: {exact} of {len(moments)} polls")


def configuration(folder: Path, device: Snmpd) -> Path:
    path = folder / "agent.yaml"
    path.write_text(
        f"center: {{id: bench}}\n"
        f"credentials: {{room: {{snmp: {{version: 2c, community: {device.community}, port: {device.port}}}}}}}\n"
        f"switches:\n- {{id: switch, address: {device.host}, credentials: room, every: {EVERY},"
        f" interfaces: {{only: ['p*a']}}}}\n",
        encoding="utf-8",
    )
    return path


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--send", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.send:
        send()
    if absent := [each for each in ("snmpd", "snmpset", "nsenter", "ip") if not find(each)]:
        print(f"skipped: needs {', '.join(absent)}")
        return 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "persistent").mkdir()
        (folder / "persistent" / "snmpd.local.conf").write_text(f"rwcommunity {WRITER}\n")
        with snmpd(folder, pairs=PORTS) as device:
            at = f"{device.host}:{device.port}"
            ask = ["snmpset", "-v2c", "-c", WRITER, "-On", at, CACHE_TIMEOUT, "i", "0"]
            subprocess.run(ask, check=True, stdout=subprocess.DEVNULL, env={**os.environ, "MIBS": ""})
            [target] = load_site(configuration(folder, device)).targets
            with traffic(device):
                time.sleep(2)
                moments = asyncio.run(watch(target, device, given.minutes))
    print(f"{BUSY} busy ports, {PORTS - BUSY} silent, {given.minutes:g} minutes, {len(moments)} polls every {EVERY} s")
    ports(moments)
    return 0 if report(moments) else 1


if __name__ == "__main__":
    sys.exit(main())
