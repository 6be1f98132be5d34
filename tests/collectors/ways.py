"""Ways into devices that answer as a test says, and a run of a collector through the real runner."""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from agent.core.model import Collector, Reading, Target
from agent.core.reach import Burst, Reach, ReachError, SnmpSession, Unanswered
from agent.core.snapshot import Snapshot
from agent.runner import Runner

Said = Any  # what a way gives back, or the exception that it raises; of a list, one each time


def _next(said: dict[Any, Said], key: Any) -> Any:
    answer = said[key]
    if isinstance(answer, list):
        answer = answer.pop(0) if len(answer) > 1 else answer[0]
    if isinstance(answer, BaseException):
        raise answer
    return answer


@dataclass
class Wire:
    """`pings` by address: round trips of a burst, or whether all are answered. `connects` by (address, port): seconds.
    `snmp`: values. What is not said is silent."""

    pings: dict[str, Said] = field(default_factory=dict)
    connects: dict[tuple[str, int], Said] = field(default_factory=dict)
    snmp: Said = None
    asked: dict[Any, list[Mapping[str, Any]]] = field(default_factory=lambda: defaultdict(list))

    async def burst(self, address: str, **how: Any) -> Burst:
        self.asked[address].append(how)
        await asyncio.sleep(0)
        answer = _next(self.pings, address) if address in self.pings else False
        if isinstance(answer, bool):
            answer = [0.01 if answer else None] * how["count"]
        return Burst(tuple(answer))

    async def connect(self, address: str, port: int, **how: Any) -> float:
        self.asked[address, port].append(how)
        await asyncio.sleep(0)
        if (address, port) not in self.connects:
            raise Unanswered("timeout", f"{address} port {port}: no answer")
        return float(_next(self.connects, (address, port)))

    def session(self, target: Target) -> contextlib.AbstractAsyncContextManager[SnmpSession]:
        return self._session(target)

    @contextlib.asynccontextmanager
    async def _session(self, target: Target) -> AsyncIterator[Any]:
        self.asked["snmp"].append({"target": target.id})
        yield self

    async def get(self, oids: Sequence[str]) -> Mapping[str, Any]:
        if self.snmp is None:
            await asyncio.sleep(3600)
        if isinstance(self.snmp, ReachError):
            raise self.snmp
        return dict.fromkeys(oids, self.snmp)


def polls(wire: Wire, collector: Collector, target: Target, times: int = 1, pause: float = 0.0) -> list[Reading]:
    """What `times` runs of the collector give, with `pause` seconds after each."""

    async def main() -> list[Reading]:
        runner = Runner(Reach(wire, wire, wire), Snapshot())
        readings = []
        for _ in range(times):
            readings.append(await runner.run(collector, target))
            await asyncio.sleep(pause)
        return readings

    return asyncio.run(main())


def poll(wire: Wire, collector: Collector, target: Target) -> Reading:
    return polls(wire, collector, target)[-1]


def values(reading: Reading, metric: str) -> dict[tuple[str, ...], float]:
    """By label values."""
    return {sample.labels: sample.value for sample in reading.by_metric.get(metric, ())}


def value(reading: Reading, metric: str) -> float | None:
    found = list(values(reading, metric).values())
    assert len(found) <= 1, found
    return found[0] if found else None
