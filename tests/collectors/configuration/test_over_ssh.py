"""Switches over real SSH, some of which hang, flood or go away: the others are read meanwhile, and those are told in
time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from agent.configurations import Record
from agent.core.changes import Register
from agent.core.model import Reading, Target
from agent.core.registers import Registers
from agent.core.snapshot import Snapshot
from agent.reaching import reaching
from agent.runner import Runner
from collectors.configuration import READING
from collectors.configuration.options import ConfigOptions
from collectors.switch import SwitchOptions
from tests.console_server import ADDRESSES, Consoles, Device, consoles
from tests.console_texts import TEXTS

DEADLINE = 4.0
BAD = ("says nothing", "hangs in the answer", "half a line a second", "1 GB", "drops", "demands a new password")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Consoles]:
    with consoles(tmp_path_factory.mktemp("consoles")) as found:
        yield found


def target(device: Device, place: int) -> Target:
    config = ConfigOptions(backup=86_400.0, family=device.family, timeout=DEADLINE)
    options = SwitchOptions(id=f"sw-{place}", address="127.0.0.1", config=config)
    return replace(device.target(1.0, f"sw-{place}", options), address=ADDRESSES[place])


def test_a_log_in_the_middle_of_a_line_is_told_from_a_change(server: Consoles, tmp_path: Path) -> None:
    text = TEXTS["hp_comware"]
    logged = text.replace("port access vlan 10", "port acc%Nov 24 10:00:01:123 2026 SW-1 IFNET/3/PHY_UPDOWN: x", 1)
    device = server.device("hp_comware", "logs once", text)
    kept = Record(tmp_path / "configurations", lambda: tmp_path / "baselines")

    async def versions() -> list[int]:
        found = []
        async with reaching() as reach:
            runner = Runner(reach, Snapshot(), registers=Registers(kept, Register()))
            for shown in (text, logged):
                device.shows_once(shown)
                kept.want("sw-0")
                assert (await runner.run(READING, target(device, 0))).failure is None
                found.append(len(kept.look("sw-0").versions))
        return found

    assert asyncio.run(versions()) == [1, 1]
    assert len(device.noted("logins")) == 3


def test_hanging_switches_are_told_in_time_and_hold_up_no_other(server: Consoles) -> None:
    words = [*BAD, *(f"good {number}" for number in range(12))]
    devices = [server.device(list(TEXTS)[place % 4], word) for place, word in enumerate(words)]
    for each in devices:
        each.write(TEXTS[each.family])

    async def one(runner: Runner, device: Device, place: int) -> tuple[Reading, float]:
        began = time.monotonic()
        reading = await runner.run(READING, target(device, place))
        return reading, time.monotonic() - began

    async def all_() -> list[tuple[Reading, float]]:
        async with reaching() as reach:
            runner = Runner(reach, Snapshot())
            return await asyncio.gather(*[one(runner, each, place) for place, each in enumerate(devices)])

    for device, (reading, seconds) in zip(devices, asyncio.run(all_()), strict=True):
        assert reading.up is (device.word not in BAD), (device, reading.failure)
        assert seconds < DEADLINE + 1, device
        assert reading.up is bool(reading.by_metric.get("device_config_saved")), device
        assert "canary" not in str(reading.failure)
