"""`python -m demo.devices`: what it prints is an agent.yaml that works, and it ends when told to."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import stat
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


def told(port: int, *words: str) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-m", "demo.devices", "--port", str(port), *words]
    return subprocess.run(argv, capture_output=True, text=True, timeout=30, check=False, cwd=Path(__file__).parents[2])


def test_a_device_is_changed_while_it_is_served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    written, port = tmp_path / "agent.yaml", free_port()
    with command(written, "--port", str(port), "--engine", "codec") as child:
        until(lambda: b"room-1" in written.read_bytes() or child.poll() is not None, why="it serves")
        site = load_site(written)
        before = values(asyncio.run(once(site)))
        for words in (
            ("ups-1", "mains=off"),
            ("access-1", "port.GigabitEthernet0/0/7=down", "temperature=70", "fan.2=off"),
            ("room-1", "celsius.inlet=35.5", "contact.water=on"),
        ):
            done = told(port, "set", *words)
            assert (done.returncode, done.stderr) == (0, "")
        after = values(asyncio.run(once(site)))
        (socket_,) = tmp_path.glob("*.sock")
        assert stat.S_IMODE(socket_.stat().st_mode) == 0o600
        child.send_signal(signal.SIGINT)
        assert child.wait(10) == 0
    assert not socket_.exists()
    for key, was, is_ in (
        (("ups-1", "ups_on_battery", ()), 0, 1),
        (("ups-2", "ups_on_battery", ()), 0, 0),
        (("access-1", "interface_up", "GigabitEthernet0/0/7"), 1, 0),
        (("room-1", "room_temperature_celsius", "机柜进风"), 22.4, 35.5),
    ):
        found = [
            next(value for (*names, labels), value in each.items() if _fits(names, labels, key))
            for each in (before, after)
        ]
        assert found == pytest.approx([was, is_])


def values(readings: list[Reading]) -> dict[tuple[str, str, tuple[str, ...]], float]:
    return {
        (reading.target.id, sample.metric.name, tuple(sample.labels)): sample.value
        for reading in readings
        if reading.target
        for sample in reading.samples
    }


def _fits(names: list[str], labels: tuple[str, ...], key: tuple[str, str, str | tuple[()]]) -> bool:
    return tuple(names) == key[:2] and (key[2] == () or key[2] in labels)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("set", "nobody", "mains=off"), "no device 'nobody'; known: access-1, core-1, ups-1, ups-2, room-1"),
        (("set", "ups-1", "mains=perhaps"), "no 'perhaps'; known: on, off"),
        (("set", "ups-1", "cpu=0.5"), "nothing to set by 'cpu=0.5'; known: power=, reboot=, mains="),
        (("set", "ups-1", "load=nan"), "'nan' is not a number"),
        (("set", "core-1", "fan.9=off"), "no '9'; known: 1, 2"),
        (("set", "ups-1"), "expected: set DEVICE WHAT=VALUE"),
    ],
)
def test_what_cannot_be_set_is_refused_with_what_can(words: tuple[str, ...], reason: str, served: int) -> None:
    done = told(served, *words)
    assert (done.returncode, reason in done.stderr) == (2, True), done.stderr


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder = tmp_path_factory.mktemp("served")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(folder))
        port = free_port()
        with command(folder / "out", "--port", str(port), "--engine", "codec") as child:
            until(lambda: b"room-1" in (folder / "out").read_bytes() or child.poll() is not None, why="it serves")
            yield port


def test_without_devices_there_is_nothing_to_set() -> None:
    done = told(free_port(), "set", "ups-1", "mains=off")
    assert (done.returncode, "no devices are served at port" in done.stderr) == (1, True)


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
