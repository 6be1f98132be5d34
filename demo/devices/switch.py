"""Switches: ports, the health of their parts, neighbours and stations; an access and a core switch ready made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from demo.devices import bridge_mib, comware, if_mib, vrp
from demo.devices.device import Device, Objects, system
from demo.devices.ip_mib import Learnt, addresses
from demo.devices.port import LOOPBACK, VIRTUAL, Port
from demo.devices.revision import Revision


@dataclass
class Health:
    """`cpu` and `memory` as ratios, temperatures in Celsius, `limit` where the device itself calls it too hot; fans and
    power supplies by whether they work, None where the bay is empty."""

    cpu: float = 0.12
    memory: float = 0.41
    temperature: float = 38.0
    limit: float = 62.0
    fans: list[bool | None] = field(default_factory=lambda: [True, True])
    supplies: list[bool | None] = field(default_factory=lambda: [True, True])


@dataclass(frozen=True, slots=True)
class Neighbour:
    """What LLDP hears at a port."""

    name: str
    port: str
    descr: str = ""


@dataclass(kw_only=True)
class Switch(Device):
    """`stations`: MAC addresses by the name of the port where they were learnt; `topology_changes` counts what the
    spanning tree saw, the last of them `topology_age` seconds ago; `learnt`: who answers for which address. `vendor`
    tells of health in the vendor's own MIB. `root`: whose bridge is the root of the tree, by the number in its MAC
    address; `old_ssh`: its SSH server offers what has been broken."""

    model: str
    version: str
    serial: str
    tier: str
    vendor: Callable[[Switch], Objects]
    ports: dict[str, Port]
    uplinks: tuple[str, ...] = ()
    health: Health = field(default_factory=Health)
    stations: dict[str, list[bytes]] = field(default_factory=dict)
    neighbours: dict[str, Neighbour] = field(default_factory=dict)
    topology_changes: int = 4
    topology_age: float = 3 * 86400.0
    learnt: dict[str, Learnt] = field(default_factory=dict)
    revision: Revision = field(default_factory=Revision)
    root: int = 1
    old_ssh: bool = False

    def objects(self) -> Objects:
        ports = tuple(self.ports.values())
        parts = if_mib.interfaces(ports), bridge_mib.bridge(self), addresses(self.learnt), self.vendor(self)
        found = system(self)
        for part in parts:
            found |= part
        return found

    def renumber(self) -> None:
        """Each port gets the ifIndex of another, as after a start with another card."""
        indices = [port.index for port in self.ports.values()]
        for port, index in zip(self.ports.values(), reversed(indices), strict=True):
            port.index = index

    def narrow(self) -> None:
        """It has no 64-bit counters (any more), as cheap switches and old agents."""
        for port in self.ports.values():
            port.wide = False

    def change_topology(self) -> None:
        self.topology_changes, self.topology_age = self.topology_changes + 1, 0.0

    def _run(self, seconds: float) -> None:
        self.topology_age += seconds
        for port in self.ports.values():
            port.advance(seconds, self.uptime)

    def _start(self) -> None:
        self.topology_changes, self.topology_age = 0, 0.0
        self.revision.start()
        for port in self.ports.values():
            port.start()


def access_switch(name: str = "access-1", number: int = 1) -> Switch:
    """A Huawei switch of 48 ports with four uplinks, as they stand on the floors. `number` tells its twins apart."""
    ports = {
        "InLoopBack0": Port(1, "InLoopBack0", type=LOOPBACK, megabits=0),
        "NULL0": Port(2, "NULL0", type=VIRTUAL, megabits=0),
        "Vlanif10": Port(5, "Vlanif10", alias="管理", type=VIRTUAL),
    }
    copper = [f"GigabitEthernet0/0/{n}" for n in range(1, 49)]
    fibre = [f"XGigabitEthernet0/0/{n}" for n in range(1, 5)]
    ports |= {port: Port(n, port) for n, port in enumerate(copper, 6)}
    ports |= {port: Port(n, port, megabits=10_000) for n, port in enumerate(fibre, 54)}
    ports[fibre[0]].alias = "上联核心"
    for port in fibre[1:]:
        ports[port].linked = False
    return Switch(
        name=name,
        title=f"接入交换机 {name}",
        tier="access",
        uplinks=(fibre[0],),
        descr="S5735-L48T4X-A\r\nHuawei Versatile Routing Platform Software\r\nVRP (R) software,Version 5.170 "
        "(S5735 V200R019C10SPC500)\r\nCopyright (C) 2000-2020 HUAWEI TECH Co., Ltd.",
        object_id="1.3.6.1.4.1.2011.2.23.757",
        model="S5735-L48T4X-A",
        version="V200R019C10SPC500",
        serial=f"2102354DEM{number:010d}",
        vendor=vrp.health,
        ports=ports,
    )


def core_switch(name: str = "core-1", number: int = 1) -> Switch:
    """An H3C switch of 24 ports of 10 Gbit/s, 24 of 1 Gbit/s and an aggregated link, in the middle of the network."""
    ports = {
        "NULL0": Port(1026, "NULL0", type=VIRTUAL, megabits=0),
        "Vlan-interface10": Port(1033, "Vlan-interface10", alias="管理", type=VIRTUAL),
        "Bridge-Aggregation1": Port(1050, "Bridge-Aggregation1", alias="双核心互联", type=161, megabits=20_000),
    }
    fast = [f"Ten-GigabitEthernet1/0/{n}" for n in range(1, 25)]
    slow = [f"GigabitEthernet1/0/{n}" for n in range(25, 49)]
    ports |= {port: Port(n, port, megabits=10_000) for n, port in enumerate(fast, 1)}
    ports |= {port: Port(n, port) for n, port in enumerate(slow, 25)}
    return Switch(
        name=name,
        title=f"核心交换机 {name}",
        tier="core",
        descr="H3C Comware Platform Software, Software Version 7.1.070, Release 6555P03\r\nH3C S6520X-EI\r\n"
        "Copyright (c) 2004-2022 New H3C Technologies Co., Ltd. All rights reserved.",
        object_id="1.3.6.1.4.1.25506.1.1845",
        model="S6520X-48-EI",
        version="7.1.070 Release 6555P03",
        serial=f"219801A2DEM{number:09d}",
        vendor=comware.health,
        ports=ports,
        health=Health(temperature=41.0, limit=65.0),
    )
