"""What befalls a packet to an address: over switches that run and cables that are whole, and along a line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from demo.centre.node import Line, Node
from demo.centre.plan import Centre
from demo.network.way import Fate, Way
from demo.world.active import Active
from demo.world.feeding import Machine
from demo.world.power import Power
from demo.world.switching import Switching

SILENT = Way(Fate.SILENT)
NEAR = Way()
# Seconds there and back to gateway, carrier hop, far gateway, application.
DELAYS = (0.0012, 0.0034, 0.0062, 0.0068)
SLOW, LOSS = 0.180, 0.22
GATEWAY, CARRIER_HOP, FAR_GATEWAY, APPLICATION = range(4)


@dataclass
class Along:
    """What somebody chose of a line beside its faults: seconds by which every other packet is late, a ratio of packets
    that are lost, and whether the carrier's hop says nothing of itself while all behind it answers."""

    jitter: float = 0.0
    loss: float = 0.0
    mute: bool = False


class Reach:
    """A line is cut at its modem, and its port with it (`line-cut`), at its gateway (`line-gateway-down`), behind it
    (`line-carrier-fault`), or only its application is down."""

    def __init__(
        self, centre: Centre, active: Active, power: Power, switching: Switching, machines: Mapping[str, Machine]
    ) -> None:
        self._centre, self._active, self._power, self._switching = centre, active, power, switching
        self._machines = machines
        self.along: Mapping[str, Along] = {line: Along() for line in centre.lines}
        self._packets = 0

    def way(self, address: str) -> Way | None:
        if (node := self._centre.by_address.get(address)) is not None:
            return NEAR if self.reached(node) else SILENT
        if (found := self._centre.along.get(address)) is not None:
            return self._along(*found)
        return None

    def reached(self, node: Node) -> bool:
        """The agent's machine is plugged into the first core switch."""
        on = self._active.on
        if not self._power.feeds(node.fed_by) or on("host-down", node.id) or on("switch-down", node.id):
            return False
        if node.id in self._machines and not self._machines[node.id].runs:
            return False
        if node.id in self._switching.switches and not self._switching.up(node.id):
            return False
        if node.behind is None:
            return True
        return self._switching.linked(node.behind) and self.reached(self._centre.nodes[node.behind.switch])

    def _along(self, line: Line, place: int) -> Way:
        on = self._active.on
        near = self._switching.linked(line.behind) and self.reached(self._centre.nodes[line.behind.switch])
        cut = on("all-lines-down") and place >= CARRIER_HOP
        gone = (
            (on("line-gateway-down", line.id), GATEWAY),
            (on("line-carrier-fault", line.id), CARRIER_HOP),
        )
        chosen = self.along[line.id]
        muted = chosen.mute and place == CARRIER_HOP
        if not near or cut or muted or any(fault and place >= since for fault, since in gone):
            return SILENT
        closed = frozenset({443}) if place == APPLICATION and on("line-application-down", line.id) else frozenset[int]()
        way = Way(delay=DELAYS[place], hops=line.addresses[: min(place, FAR_GATEWAY + 1)], closed=closed)
        if place >= CARRIER_HOP:
            self._packets += 1
            late = SLOW * on("line-slow", line.id) + chosen.jitter * (self._packets % 2)
            way = replace(way, loss=max(LOSS * on("line-loss", line.id), chosen.loss), delay=way.delay + late)
        return way
