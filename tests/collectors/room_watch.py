"""Polls of one device in the machine room over real SNMP, in the test's own time, and what such devices tell."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from agent.core.model import Collector
from agent.core.reach import Poll, Reach
from agent.core.text import Said, spoken
from agent.transports.snmp import Manners, SnmpWay
from collectors.machine_room import MachineRoomOptions
from tests.collectors.polled import Found, by_metric
from tests.snmp_agent import SnmpAgent, Value, gauge32, object_id, snmp_target, ticks

DESCR, OBJECT_ID, UPTIME = "1.3.6.1.2.1.1.1.0", "1.3.6.1.2.1.1.2.0", "1.3.6.1.2.1.1.3.0"
UPS, NAMES, SENSOR = "1.3.6.1.2.1.33.1", "1.3.6.1.2.1.47.1.1.1.1.7", "1.3.6.1.2.1.99.1.1.1"
DAY = 86400.0


def identity(object_id_: str = "1.3.6.1.4.1.99999.1", descr: str = "a card", up: float = DAY) -> dict[str, Value]:
    return {DESCR: descr, OBJECT_ID: object_id(object_id_), UPTIME: ticks(up)}


def three_phase_ups() -> dict[str, Value]:
    found: dict[str, Value] = {
        **identity(),
        f"{UPS}.1.1.0": "EAST",
        f"{UPS}.1.2.0": "EA9010",
        f"{UPS}.2.1.0": 2,
        f"{UPS}.2.2.0": 0,
        f"{UPS}.2.3.0": 38,
        f"{UPS}.2.4.0": 97,
        f"{UPS}.2.5.0": 2734,
        f"{UPS}.2.6.0": -12,
        f"{UPS}.2.7.0": 25,
        f"{UPS}.3.1.0": 4,
        f"{UPS}.4.1.0": 3,
        f"{UPS}.4.2.0": 500,
        f"{UPS}.6.1.0": gauge32(0),
        f"{UPS}.7.3.0": 1,
        f"{UPS}.7.5.0": ticks(DAY - 3600),
    }
    for line, (volts, load) in enumerate([(229, 20), (231, 45), (230, 31)], start=1):
        found[f"{UPS}.3.3.1.2.{line}"] = 499 + line
        found[f"{UPS}.3.3.1.3.{line}"] = volts
        found[f"{UPS}.4.4.1.2.{line}"] = 220
        found[f"{UPS}.4.4.1.3.{line}"] = 75
        found[f"{UPS}.4.4.1.4.{line}"] = 1500
        found[f"{UPS}.4.4.1.5.{line}"] = load
    return found


@dataclass
class Watch:
    """Polls of one device in the machine room, `memory` as the runner keeps it. Time is the test's own."""

    agent: SnmpAgent
    options: dict[str, Any] = field(default_factory=dict)
    memory: dict[str, dict[str, Any]] = field(default_factory=dict)
    kept: dict[str, dict[str, Any]] = field(default_factory=dict)
    at: float = 1000.0
    remarked: list[Said] = field(default_factory=list)

    @property
    def remarks(self) -> list[str]:
        return [spoken(each, "en") for each in self.remarked]

    def poll(self, collector: Collector, after: float = 30.0) -> Found:
        self.at += after
        return asyncio.run(self._collect(collector))

    async def _collect(self, collector: Collector) -> Found:
        options = MachineRoomOptions.model_validate({"id": "it", "address": self.agent.host, **self.options})
        target = snmp_target(self.agent, kind="machine_room", options=options, timeout=30)
        assert collector.applies(target)
        nothing: Any = None
        reach = Reach(nothing, nothing, SnmpWay(manners=Manners(pauses=(5, 5, 5))))
        memory, kept = self.memory.setdefault(collector.name, {}), self.kept.setdefault(collector.name, {})
        poll = Poll(reach, 1.7e9 + self.at, self.at, memory, kept=kept)
        self.remarked = poll.remarks
        samples = [sample async for sample in collector.collect(target, options, poll)]
        return by_metric(samples, collector.metrics)
