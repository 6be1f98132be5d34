"""`python -m demo.devices`: what it prints is an agent.yaml that works, and it ends when told to."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from agent.core.model import Reading
from agent.core.site import Site
from agent.core.snapshot import Snapshot
from agent.reaching import reaching
from agent.runner import Runner
from agent.tables import load_site
from agent.vitals import watched
from collectors import COLLECTORS
from demo.devices.one_of_each import NETWORK
from tests.peers import until


def free_port() -> int:
    """Free at the addresses of the devices."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind((f"{NETWORK}.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def command(output: Path, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    with output.open("wb") as file:
        argv = [sys.executable, "-m", "demo.devices", *options]
        child = subprocess.Popen(argv, stdout=file, stderr=subprocess.PIPE, cwd=Path(__file__).parents[2])
    try:
        yield child
    finally:
        child.kill()
        child.communicate()


async def once(site: Site) -> list[Reading]:
    """One run of every collector that speaks SNMP, on every target, one after the other."""
    async with reaching() as ways:
        runner = Runner(ways, Snapshot())
        pairs = [pair for pair in watched(site, COLLECTORS.values()) if pair[0].name != "reach"]
        return [await runner.run(collector, target) for collector, target in pairs]


@pytest.mark.parametrize("options", [["--engine", "codec"], ["--engine", "pysnmp"], ["--v3"]])
def test_what_it_prints_watches_every_device(tmp_path: Path, options: list[str]) -> None:
    written = tmp_path / "agent.yaml"
    with command(written, "--port", str(free_port()), *options) as child:
        until(lambda: b"room-1" in written.read_bytes() or child.poll() is not None, why="it serves")
        site = load_site(written)
        readings = asyncio.run(once(site))
        child.send_signal(signal.SIGINT)
        assert child.wait(10) == 0
    targets = {target.id: target for target in site.targets}
    assert set(targets) == {"access-1", "core-1", "ups-1", "ups-2", "room-1"}
    assert [reading.failure for reading in readings if reading.failure] == []
    found = {(reading.target.id, name) for reading in readings if reading.target for name in reading.by_metric}
    assert {("access-1", "interface_up"), ("core-1", "interface_up"), ("ups-1", "ups_on_battery")} <= found
    assert {("ups-2", "ups_on_battery"), ("room-1", "device_uptime_seconds")} <= found


def test_a_port_in_use_is_said_in_one_line(tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind((f"{NETWORK}.2", 0))
        with command(tmp_path / "out", "--port", str(taken.getsockname()[1])) as child:
            _, said = child.communicate(timeout=30)
    assert child.returncode == 1
    assert said.decode().count("\n") == 1
    assert "take another --port" in said.decode()
    assert (tmp_path / "out").read_bytes() == b""
    assert os.fspath(Path.cwd()) not in said.decode()
