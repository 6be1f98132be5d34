"""The switches: what is plugged into which port, and what runs through it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from demo.centre.macs import STRANGER, macs
from demo.centre.node import Behind
from demo.centre.plan import Centre
from demo.centre.vlans import COUNTERS, vlan_of
from demo.devices.port import ETHERNET, Flow
from demo.devices.switch import Neighbour, Switch, access_switch, core_switch
from demo.devices.traffic import MEGABIT
from demo.world.active import Active
from demo.world.power import Power
from demo.world.routing import lead, meet

STARTS_IN = 40.0  # seconds until a switch that has power again answers
FLAPS_EVERY = 5.0  # seconds up, and as long down
ERRORS, STORM = 0.02, 0.9  # of the packets
CUT = ("port-down", "cable-break", "line-cut")  # the modem of a line is what its cable leads to
BROKEN = ("line-cut", "line-gateway-down", "line-carrier-fault")
STRANGE_PORT = "GigabitEthernet0/0/47"  # where nothing is plugged in, but nobody shut it
UNPLANNED = "telnet server enable"
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
        self._macs = macs(centre)
        self._ends: dict[Behind, str] = {}
        self._restarted: set[str] = set()
        self._routes = next((each for each in self.switches.values() if each.tier == "core"), None)
        if self._routes is not None:
            lead(self._routes, centre)
        self._flows: dict[Behind, tuple[Flow, Flow]] = {}
        for number, (behind, name) in enumerate(self.plugged.items()):
            self._plug_in(behind, name, number)
        for switch in self.switches.values():
            self._close(switch)

    def _plug_in(self, behind: Behind, name: str, number: int) -> None:
        switch = self.switches[behind.switch]
        port = switch.ports[behind.port]
        port.alias, port.vlan = self._title(name), vlan_of(self._centre, name) or 1
        sent, received = Flow((1 + number % 7) * 0.3 * MEGABIT), Flow((1 + number % 5) * 0.5 * MEGABIT)
        port.transmit, port.receive = self._flows[behind] = sent, received
        if name in self.switches:
            other = self.switches[name]
            uplink = other.uplinks[0] if other.uplinks else behind.port
            switch.neighbours[behind.port] = Neighbour(name, uplink)
            other.neighbours[uplink] = Neighbour(behind.switch, behind.port)
            self._ends[Behind(name, uplink)] = name
        else:
            switch.stations[behind.port] = [self._macs[name]]

    def _close(self, switch: Switch) -> None:
        """What nothing is plugged into is shut, but for one that was forgotten."""
        for name, port in switch.ports.items():
            here = Behind(switch.name, name)
            port.shut = port.type == ETHERNET and here not in self.plugged and here not in self._ends
        if STRANGE_PORT in switch.ports:
            switch.ports[STRANGE_PORT].vlan, switch.ports[STRANGE_PORT].shut = COUNTERS, False

    def _title(self, name: str) -> str:
        node, line = self._centre.nodes.get(name), self._centre.lines.get(name)
        return node.title if node else line.title if line else name

    def linked(self, behind: Behind) -> bool:
        """Whether the cable at this port carries anything."""
        name = self.plugged.get(behind)
        if name is None or not self._whole(name):
            return False
        node = self._centre.nodes.get(name)
        runs = node is None or (self._power.feeds(node.fed_by) and not self._active.on("host-down", name))
        return runs and (name not in self.switches or self.up(name))

    def _whole(self, name: str) -> bool:
        """The cable by which this is plugged in."""
        if any(self._active.on(fault, name) for fault in CUT):
            return False
        return not self._active.on("port-flap", name) or int(self._seconds / FLAPS_EVERY) % 2 == 0

    def up(self, name: str) -> bool:
        return self.switches[name].answers

    def advance(self, seconds: float) -> None:
        self._seconds += seconds
        for name, switch in self.switches.items():
            self._run(name, switch)
        for name, switch in self.switches.items():
            self._cable(name, switch)
            self._visit(name, switch)
            switch.advance(seconds)

        if self._routes is not None:
            meet(self._routes, self._active.any_of("rogue-device"))

    def _run(self, name: str, switch: Switch) -> None:
        """It loses power, gets it back, or starts anew: once for each time that this befalls it."""
        on = self._active.on
        again = on("switch-reboot", name)
        if not self._power.feeds(self._centre.nodes[name].fed_by) or on("switch-down", name):
            switch.switch_off()
        elif switch.silent_for == float("inf"):
            switch.switch_on(STARTS_IN)
        elif again and name not in self._restarted:
            switch.reboot(STARTS_IN)
        (self._restarted.add if again else self._restarted.discard)(name)

    def _visit(self, name: str, switch: Switch) -> None:
        """Somebody is at its command line, or has plugged in something."""
        if switch.answers:
            typed = [UNPLANNED] if self._active.on("config-changed", name) else []
            typed += filter(str.strip, switch.revision.by_hand.split(";"))
            switch.revision.type_in(tuple(typed), switch.uptime)
        if STRANGE_PORT in switch.ports:
            strange = self._active.on("rogue-device", name)
            switch.ports[STRANGE_PORT].linked = strange
            switch.ports[STRANGE_PORT].receive = TRICKLE
            switch.stations[STRANGE_PORT] = [STRANGER] if strange else []

    def _cable(self, name: str, switch: Switch) -> None:
        for port_name, port in switch.ports.items():
            behind = Behind(name, port_name)
            plugged = self.plugged.get(behind)
            above = self._ends.get(behind)
            port.linked = self._above(above) if above else self.linked(behind)
            if plugged is not None:
                port.transmit, received = self._carried(behind, plugged)
                port.receive = self._received(name, plugged, received)

    def _above(self, name: str) -> bool:
        """Whether the cable to the switch above carries anything."""
        behind = self._centre.nodes[name].behind
        return behind is not None and self._whole(name) and self.up(behind.switch)

    def _carried(self, behind: Behind, plugged: str) -> tuple[Flow, Flow]:
        """What is sent and received. Of a line and its backup one carries all, the other what keeps it up."""
        line = self._centre.lines.get(plugged)
        if line is None or line.group_of not in self._centre.lines:
            return self._flows[behind]
        carries = self._active.on("backup-line-active", line.group_of) == bool(line.backup_of)
        return self._flows[self._centre.lines[line.group_of].behind] if carries else (TRICKLE, TRICKLE)

    def _received(self, switch: str, plugged: str, flow: Flow) -> Flow:
        """Of a line that is broken somewhere nothing comes but what its near end says of itself."""
        if any(self._active.on(fault, plugged) for fault in BROKEN) or self._active.on("all-lines-down"):
            flow = TRICKLE if plugged in self._centre.lines else flow
        errors = ERRORS if self._active.on("port-errors", plugged) else 0.0
        return replace(
            flow, errors=errors, broadcast=STORM if self._active.on("loop-storm", switch) else flow.broadcast
        )
