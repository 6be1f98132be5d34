"""BRIDGE-MIB and Q-BRIDGE-MIB (RFC 4188, 4363) and LLDP-MIB: spanning tree, learnt stations, neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.core.smi import Counter32, Gauge32
from demo.devices.device import Objects, Value, row, ticks
from demo.devices.if_mib import mac
from demo.devices.port import ETHERNET

if TYPE_CHECKING:
    from demo.devices.switch import Switch

BASE_PORT_IF_INDEX = "1.3.6.1.2.1.17.1.4.1.2"  # dot1dBasePortIfIndex
PVID = "1.3.6.1.2.1.17.7.1.4.5.1.1"  # dot1qPvid
STP = "1.3.6.1.2.1.17.2"  # dot1dStp
FDB_PORT, FDB_STATUS = "1.3.6.1.2.1.17.7.1.2.2.1.2", "1.3.6.1.2.1.17.7.1.2.2.1.3"  # dot1qTpFdbPort, dot1qTpFdbStatus
LEARNT = 3
LLDP_LOCAL_PORT = "1.0.8802.1.1.2.1.3.7.1"  # lldpLocPortEntry
LLDP_REMOTE = "1.0.8802.1.1.2.1.4.1.1"  # lldpRemEntry
PRIORITY = b"\x80\x00"


def bridge(switch: Switch) -> Objects:
    """Bridge ports are counted from 1 in the order of the ports that have a cable."""
    found: Objects = {
        f"{STP}.1.0": 3,  # dot1dStpProtocolSpecification: ieee8021d
        f"{STP}.3.0": ticks(switch.topology_age),  # dot1dStpTimeSinceTopologyChange
        f"{STP}.4.0": Counter32(switch.topology_changes % 2**32),  # dot1dStpTopChanges
        f"{STP}.5.0": PRIORITY + mac(switch.root),  # dot1dStpDesignatedRoot
    }
    cabled = [name for name, port in switch.ports.items() if port.type == ETHERNET]
    for number, name in enumerate(cabled, 1):
        port = switch.ports[name]
        found[f"{BASE_PORT_IF_INDEX}.{number}"] = port.index
        found[f"{PVID}.{number}"] = Gauge32(port.vlan)
        if not port.up:
            continue
        for station in switch.stations.get(name, ()):
            index = ".".join(map(str, (port.vlan, *station)))
            found[f"{FDB_PORT}.{index}"], found[f"{FDB_STATUS}.{index}"] = number, LEARNT
        _neighbour(switch, number, name, found)
    return found


def _neighbour(switch: Switch, number: int, name: str, found: Objects) -> None:
    heard = switch.neighbours.get(name)
    if heard is None:
        return
    found[f"{LLDP_LOCAL_PORT}.2.{number}"] = 5  # lldpLocPortIdSubtype: interfaceName
    found[f"{LLDP_LOCAL_PORT}.3.{number}"] = name.encode()
    columns: dict[int, Value] = {
        4: 7,  # lldpRemChassisIdSubtype: local
        5: heard.name.encode(),  # lldpRemChassisId
        6: 5,  # lldpRemPortIdSubtype: interfaceName
        7: heard.port.encode(),  # lldpRemPortId
        9: heard.name.encode(),  # lldpRemSysName
        10: heard.descr.encode(),  # lldpRemSysDesc
        11: b"\x28",  # lldpRemSysCapSupported: bridge, router
    }
    # Index: lldpRemTimeMark, lldpRemLocalPortNum, lldpRemIndex.
    found |= row(LLDP_REMOTE, f"0.{number}.1", columns)
