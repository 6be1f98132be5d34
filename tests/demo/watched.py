"""A simulated device at a place, polled by the real collectors over the real protocol.

Time is the test's own: it passes for the device and for the collectors together, and for neither of them otherwise.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from agent.core.model import Collector, Sample, Target
from agent.core.reach import Login, Poll, Reach, ReachError, SnmpLogin
from agent.core.secrets import Secret
from agent.transports.snmp import Manners, SnmpWay
from collectors import device, room, switch, ups
from collectors.machine_room import MachineRoomOptions
from collectors.switch import SwitchOptions
from demo.devices.device import Device
from demo.devices.place import Place
from demo.devices.serving import Engine, in_thread
from demo.devices.switch import Switch

Values = dict[str, dict[tuple[str, ...], float]]
PATIENT, HASTY = Manners(pauses=(1, 5, 5)), Manners(pauses=(0.1,))


def login(place: Place) -> SnmpLogin:
    """As an operator would write it."""
    if place.user is None:
        return SnmpLogin("2c", Secret(place.community), port=place.port)
    auth, privacy = Secret(place.user.auth_password), Secret(place.user.privacy_password)
    return SnmpLogin("3", user=place.user.name, auth=("SHA", auth), privacy=("AES128", privacy), port=place.port)


@dataclass
class Watched:
    place: Place
    collectors: Sequence[Collector]
    options: dict[str, Any] = field(default_factory=dict)
    at: float = 1000.0
    way: SnmpWay = field(default_factory=lambda: SnmpWay(manners=PATIENT))
    memory: dict[str, Any] = field(default_factory=dict)
    kept: dict[str, Any] = field(default_factory=dict)

    def passes(self, seconds: float) -> None:
        self.at += seconds
        self.place.device.advance(seconds)

    def poll(self, after: float = 30.0) -> Values:
        self.passes(after)
        found: Values = {}
        for metric, value, labels in asyncio.run(self._collect()):
            assert labels not in found.setdefault(metric.name, {}), f"{metric.name}{labels} twice"
            found[metric.name][labels] = value
        return found

    def raw(self, *oids: str) -> dict[str, Any]:
        """Values as the device tells them, by a GET."""

        async def get() -> dict[str, Any]:
            async with self.way.session(self._target()) as session:
                return dict(await session.get(oids))

        return asyncio.run(get())

    def column(self, oid: str) -> dict[str, Any]:
        async def get() -> dict[str, Any]:
            async with self.way.session(self._target()) as session:
                return {index: row[oid] async for index, row in session.columns([oid])}

        return asyncio.run(get())

    def _target(self) -> Target:
        kind = "switch" if isinstance(self.place.device, Switch) else "machine_room"
        name, address = self.place.device.name, self.place.address
        form = SwitchOptions if kind == "switch" else MachineRoomOptions
        options = form.model_validate({"id": name, "name": name, "address": address, **self.options})
        return Target(kind, name, name, options, address, Login("demo", login(self.place)), timeout=30)

    async def _collect(self) -> list[Sample]:
        nothing: Any = None
        reach, target = Reach(nothing, nothing, self.way), self._target()
        samples: list[Sample] = []
        for collector in self.collectors:
            memory, kept = self.memory.setdefault(collector.name, {}), self.kept.setdefault(collector.name, {})
            poll = Poll(reach, 1.7e9 + self.at, self.at, memory, kept=kept)
            samples += [sample async for sample in collector.collect(target, target.options, poll)]
        return samples


@contextmanager
def watched(mine: Device, engine: Engine = "codec", **facts: Any) -> Iterator[Watched]:
    """`facts` are the place's."""
    place = Place(mine, **facts)
    of_kind = switch if isinstance(mine, Switch) else ups
    collectors = (device.COLLECTOR, of_kind.COLLECTOR, *(() if isinstance(mine, Switch) else (room.COLLECTOR,)))
    with in_thread([place], engine):
        yield Watched(place, collectors)


def unanswered(mine: Watched) -> bool:
    """Whether the device answers nobody."""
    mine.way = SnmpWay(manners=HASTY)
    try:
        mine.raw("1.3.6.1.2.1.1.3.0")
    except ReachError:
        return True
    finally:
        mine.way = SnmpWay(manners=PATIENT)
    return False
