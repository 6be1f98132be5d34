"""Polls of a simulated device by one collector, in the test's own time."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from agent.core.assets import Assets
from agent.core.model import Collector, Metric, Sample
from agent.core.reach import Poll, Reach, ReachError
from agent.core.registers import Registers
from agent.core.text import Said, spoken
from agent.transports.snmp import Manners, SnmpWay
from collectors.switch import SwitchOptions
from tests.snmp_agent import SnmpAgent, snmp_target

Found = dict[str, dict[tuple[str, ...], float]]
PATIENT = Manners(pauses=(0.5, 5, 5))


def by_metric(samples: Iterable[Sample], metrics: Collection[Metric]) -> Found:
    """By metric and labels, each of which is one of these, with its labels, and told once."""
    found: Found = {}
    for metric, value, labels in samples:
        assert metric in metrics, metric.name
        assert len(labels) == len(metric.labels)
        assert labels not in found.setdefault(metric.name, {}), f"{metric.name}{labels} twice"
        found[metric.name][labels] = value
    return found


@dataclass
class Polled:
    """`poll` lets time pass and gives the samples by metric and labels; `failure` is what the collector raised,
    `remarks` what it remarked. `planned`: a change is under way."""

    agent: SnmpAgent
    collector: Collector
    options: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    assets: Assets | None = None
    memory: dict[str, Any] = field(default_factory=dict)
    kept: dict[str, Any] = field(default_factory=dict)
    at: float = 1000.0
    epoch: float = 1.7e9
    failure: ReachError | None = None
    remarked: list[Said] = field(default_factory=list)
    manners: Manners = PATIENT
    timeout: float = 30
    planned: bool = False

    def covers(self, target: str, start: float, end: float, lasting: bool = False) -> bool:
        return self.planned

    @property
    def remarks(self) -> list[str]:
        return [spoken(each, "en") for each in self.remarked]

    def poll(self, after: float = 30.0) -> Found:
        self.at += after
        samples, self.failure = asyncio.run(self._collect())
        return by_metric(samples, self.collector.metrics)

    async def _collect(self) -> tuple[list[Sample], ReachError | None]:
        options = SwitchOptions.model_validate({"id": "sw", "address": self.agent.host, **self.options})
        target = snmp_target(self.agent, options=options, timeout=self.timeout, **self.facts)
        way: Any = SnmpWay(manners=self.manners)
        nothing: Any = None
        poll = Poll(
            Reach(nothing, nothing, way),
            self.epoch + self.at,
            self.at,
            self.memory,
            self.assets,
            kept=self.kept,
            registers=Registers(changes=self),
        )
        self.remarked = poll.remarks
        samples: list[Sample] = []
        try:
            async for sample in self.collector.collect(target, options, poll):
                samples.append(sample)
        except ReachError as error:
            return samples, error
        return samples, None

    @property
    def rounds(self) -> int:
        """Questions that the device was asked since this was last looked at."""
        asked = len(self.agent.asked)
        self.agent.asked.clear()
        return asked
