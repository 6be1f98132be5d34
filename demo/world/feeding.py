"""Which computers have power: each what it is fed by, unless its plug is drawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from demo.centre.node import Node
from demo.world.active import Active
from demo.world.power import Power


class Machine(Protocol):
    """A computer that is off without power, and starts anew with it: `runs` once that is over."""

    node: Node

    @property
    def runs(self) -> bool: ...

    def feed(self, fed: bool) -> None: ...


class Feeding:
    def __init__(self, machines: Mapping[str, Machine], active: Active, power: Power) -> None:
        self._machines, self._active, self._power = machines, active, power

    def advance(self, seconds: float) -> None:
        for name, machine in self._machines.items():
            machine.feed(self._power.feeds(machine.node.fed_by) and not self._active.on("host-down", name))
