"""Polls of a simulated device by a collector that asks its command line, over real SSH, in the test's own time."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from agent.core.model import Collector, Sample
from agent.core.reach import Poll, Reach, ReachError
from agent.core.text import Said, spoken
from agent.transports.console import ConsoleWay
from agent.transports.console.families import FAMILIES
from agent.transports.ssh import SshWay
from collectors.switch import SwitchOptions
from tests.collectors.polled import Found, by_metric
from tests.console_server import ALLOWED, Device

NOW = 1_795_000_000.0


@dataclass
class ConsoleWatch:
    """`poll` lets time pass and gives the samples by metric and labels; `failure` is what the collector raised."""

    device: Device
    collector: Collector
    options: Mapping[str, Any] = field(default_factory=dict)
    memory: dict[str, Any] = field(default_factory=dict)
    at: float = 1000.0
    failure: ReachError | None = None
    samples: list[Sample] = field(default_factory=list)
    remarked: list[Said] = field(default_factory=list)

    @property
    def remarks(self) -> list[str]:
        return [spoken(each, "en") for each in self.remarked]

    def poll(self, after: float = 300.0, shows: Mapping[str, str] | None = None) -> Found:
        """`shows`: what the device answers from now on, by command."""
        if shows is not None:
            self.device.says(shows=dict(shows))
        self.at += after
        self.samples, self.failure = asyncio.run(self._collect())
        family = self.device.family
        asked = {command for commands in FAMILIES[family].short.values() for command in commands}  # type: ignore[index]
        assert set(self.device.noted("typed")) <= ALLOWED[family] | asked
        return by_metric(self.samples, self.collector.metrics)

    @property
    def logins(self) -> int:
        return len(self.device.noted("logins"))

    async def _collect(self) -> tuple[list[Sample], ReachError | None]:
        given = {"id": "core", "address": "127.0.0.1", "config": {"family": self.device.family}, **self.options}
        options = SwitchOptions.model_validate(given)
        target = self.device.target(options=options)
        ssh = SshWay()
        nothing: Any = None
        reach = Reach(nothing, nothing, nothing, console=ConsoleWay(ssh))
        poll = Poll(reach, NOW + self.at, self.at, self.memory)
        self.remarked = poll.remarks
        samples: list[Sample] = []
        assert self.collector.applies(target)
        try:
            async for sample in self.collector.collect(target, options, poll):
                samples.append(sample)
        except ReachError as error:
            return samples, error
        finally:
            await ssh.close()
        return samples, None
