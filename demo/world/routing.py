"""The networks of the centre: the first core switch leads from one to another, and knows who answers in each."""

from __future__ import annotations

from collections.abc import Mapping

from demo.centre.macs import STRANGER, macs
from demo.centre.plan import Centre
from demo.centre.vlans import COUNTERS, MANAGEMENT, PUBLIC, SERVERS, vlan_of
from demo.devices.ip_mib import Learnt
from demo.devices.port import VIRTUAL, Port
from demo.devices.switch import Switch

ADDRESS_OF_STRANGER = "10.30.2.77"
# By VLAN: the ifIndex of its interface, what it is called. That of the management stands there already.
INTERFACES: Mapping[int, tuple[int, str]] = {
    SERVERS: (1043, "服务器"),
    COUNTERS: (1053, "窗口"),
    PUBLIC: (1063, "公众"),
}


def interface_of(vlan: int) -> str:
    return f"Vlan-interface{vlan}"


def lead(core: Switch, centre: Centre) -> None:
    """Has it an interface in each network, and know all that is plugged in anywhere."""
    for vlan, (index, title) in INTERFACES.items():
        core.ports[interface_of(vlan)] = Port(index, interface_of(vlan), alias=title, type=VIRTUAL)
    of = macs(centre)
    for node in centre.nodes.values():
        if node.id in of:
            vlan = vlan_of(centre, node.id) or MANAGEMENT
            core.learnt[node.address] = Learnt(core.ports[interface_of(vlan)].index, of[node.id])


def meet(core: Switch, stranger: bool) -> None:
    """Somebody whom nobody knows asks for the way, or is gone."""
    if stranger:
        core.learnt[ADDRESS_OF_STRANGER] = Learnt(core.ports[interface_of(COUNTERS)].index, STRANGER)
    else:
        core.learnt.pop(ADDRESS_OF_STRANGER, None)
