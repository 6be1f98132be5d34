"""The switches: what is plugged into which port, and what runs through it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from demo.centre.node import Behind
from demo.centre.plan import Centre
from demo.centre.vlans import vlan_of
from demo.devices.port import Flow
from demo.devices.switch import Neighbour, Switch, access_switch, core_switch
from demo.devices.traffic import MEGABIT
from demo.world.active import Active
from demo.world.power import Power

STARTS_IN = 40.0  # seconds until a switch that has power again answers
FLAPS_EVERY = 5.0  # seconds up, and as long down
ERRORS, STORM = 0.02, 0.9  # of the packets
BROKEN = ("line-cut", "line-gateway-down", "line-carrier-fault")
TRICKLE = Flow(40.0, frame=84.0)


class Switching:
    def __init__(self, centre: Centre, active: Active, power: Power) -> None:
        self._centre, self._active, self._power = centre, active, power
        self.switches: Mapping[str, Switch] = {
            node.id: core_switch(node.id, number) if node.kind == "core" else access_switch(node.id, number)
            for number, node in enumerate(centre.of("core", "access"), 1)
        }
        self.plugged: dict[Behind, str] = {node.behind: node.id for node in centre.nodes.values() if node.behind}
        self.plugged |= {line.behind: line.id for line in centre.lines.values()}
        self._seconds = 0.0
        self._flows: dict[Behind, Flow] = {}
        for number, (behind, name) in enumerate(self.plugged.items()):
            self._plug_in(behind, name, number)

    def _plug_in(self, behind: Behind, name: str, number: int) -> None:
        switch = self.switches[behind.switch]
        port = switch.ports[behind.port]
        port.alias, port.vlan = self._title(name), vlan_of(self._centre, name) or 1
        port.transmit = Flow((1 + number % 7) * 0.3 * MEGABIT)
        port.receive = self._flows[behind] = Flow((1 + number % 5) * 0.5 * MEGABIT)
        if name in self.switches:
            other = self.switches[name]
            uplink = other.uplinks[0] if other.uplinks else behind.port
            switch.neighbours[behind.port] = Neighbour(name, uplink)
            other.neighbours[uplink] = Neighbour(behind.switch, behind.port)
        else:
            switch.stations[behind.port] = [bytes((0x02, 0x30, *number.to_bytes(2, "big"), 0, 1))]

    def _title(self, name: str) -> str:
        node, line = self._centre.nodes.get(name), self._centre.lines.get(name)
        return node.title if node else line.title if line else name

    def linked(self, behind: Behind) -> bool:
        """Whether the cable at this port carries anything."""
        name = self.plugged.get(behind)
        if name is None or self._active.on("port-down", name) or self._active.on("cable-break", name):
            return False
        if self._active.on("port-flap", name):
            return int(self._seconds / FLAPS_EVERY) % 2 == 0
        node = self._centre.nodes.get(name)
        return node is None or (self._power.feeds(node.fed_by) and not self._active.on("host-down", name))

    def up(self, name: str) -> bool:
        return self.switches[name].answers

    def advance(self, seconds: float) -> None:
        self._seconds += seconds
        for name, switch in self.switches.items():
            node = self._centre.nodes[name]
            dead = not self._power.feeds(node.fed_by) or self._active.on("switch-down", name)
            if dead and switch.silent_for != float("inf"):
                switch.switch_off()
            elif not dead and switch.silent_for == float("inf"):
                switch.switch_on(STARTS_IN)
            self._cable(name, switch)
            switch.advance(seconds)

    def _cable(self, name: str, switch: Switch) -> None:
        for port_name, port in switch.ports.items():
            behind = Behind(name, port_name)
            plugged = self.plugged.get(behind)
            port.linked = port_name in switch.uplinks or self.linked(behind)
            if plugged is not None:
                port.receive = self._received(name, plugged, self._flows[behind])

    def _received(self, switch: str, plugged: str, flow: Flow) -> Flow:
        """Of a line that is broken somewhere nothing comes but what its near end says of itself."""
        if any(self._active.on(fault, plugged) for fault in BROKEN) or self._active.on("all-lines-down"):
            flow = TRICKLE if plugged in self._centre.lines else flow
        errors = ERRORS if self._active.on("port-errors", plugged) else 0.0
        return replace(
            flow, errors=errors, broadcast=STORM if self._active.on("loop-storm", switch) else flow.broadcast
        )
