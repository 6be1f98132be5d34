"""Runs in a namespace: what the collector tells of the machine's own ARP table, a line for each sample."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from types import SimpleNamespace

from agent.core.assets import Asset, Assets
from agent.core.model import Target
from agent.core.reach import Reach
from agent.core.snapshot import Snapshot
from agent.runner import Runner
from collectors.arp_local import COLLECTOR
from tests.collectors.ways import Wire

PC, ROGUE = "00:e0:fc:00:01:01", "00:e0:fc:00:01:03"


def main() -> None:
    ip("link", "add", "lan", "type", "veth", "peer", "name", "far")
    for end in ("lan", "far"):
        ip("link", "set", end, "up")
    ip("address", "add", "10.9.1.1/24", "dev", "lan")
    for address, mac in (("10.9.1.5", PC), ("10.9.1.66", ROGUE)):
        ip("neighbour", "add", address, "lladdr", mac, "dev", "lan")
    # Nobody answers there: an entry that is not complete.
    subprocess.run(["ping", "-c", "1", "-W", "1", "10.9.1.77"], check=False, stdout=subprocess.DEVNULL)
    wire = Wire()
    runner = Runner(Reach(wire, wire, wire), Snapshot(), assets=lambda: Assets({PC: Asset("pc", macs=(PC,))}))
    target = Target("host", "agent", "守望主机", SimpleNamespace(local=True), "localhost")
    reading = asyncio.run(runner.run(COLLECTOR, target))
    assert reading.failure is None, reading.failure
    for sample in reading.samples:
        if sample.metric in COLLECTOR.metrics:
            sys.stdout.write(" ".join((sample.metric.name, *sample.labels)) + "\n")


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)


main()
