"""What a switch knows as a bridge, for tests.snmp_agent: spanning tree, addresses learnt, neighbours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tests.snmp_agent import Value, counter32

STP = "1.3.6.1.2.1.17.2"
ROOT = "00:e0:fc:00:00:01"
BRIDGE, ACCESS_POINT, ROUTER, TELEPHONE, STATION = 0x20, 0x10, 0x08, 0x04, 0x01


def octets(mac: str) -> bytes:
    return bytes.fromhex(mac.replace(":", ""))


def numbered(mac: str) -> str:
    return ".".join(map(str, octets(mac)))


def spanning_tree(changes: int, root: str = ROOT, priority: int = 0x8000, root_port: int = 0) -> dict[str, Value]:
    return {
        f"{STP}.4.0": counter32(changes),
        f"{STP}.5.0": priority.to_bytes(2, "big") + octets(root),
        f"{STP}.7.0": root_port,
    }


def bridge_ports(ports: Mapping[int, int], vlan: int | None = None) -> dict[str, Value]:
    """ifIndex by bridge port, and the PVID of all."""
    found: dict[str, Value] = {f"1.3.6.1.2.1.17.1.4.1.2.{number}": index for number, index in ports.items()}
    return found | ({f"1.3.6.1.2.1.17.7.1.4.5.1.1.{number}": vlan for number in ports} if vlan else {})


def q_learnt(base: int, port: int, mac: str, status: int = 3) -> dict[str, Value]:
    """dot1qTpFdbTable: an address in a filter data base (the VLAN, on most devices) at a bridge port."""
    entry = "1.3.6.1.2.1.17.7.1.2.2.1"
    return {f"{entry}.2.{base}.{numbered(mac)}": port, f"{entry}.3.{base}.{numbered(mac)}": status}


def learnt(port: int, mac: str, status: int = 3) -> dict[str, Value]:
    """dot1dTpFdbTable."""
    entry = "1.3.6.1.2.1.17.4.3.1"
    return {
        f"{entry}.1.{numbered(mac)}": octets(mac),
        f"{entry}.2.{numbered(mac)}": port,
        f"{entry}.3.{numbered(mac)}": status,
    }


def huawei_learnt(vlan: int, if_index: int, mac: str, vsi: str = "0") -> dict[str, Value]:
    """hwDynFdbTable of HUAWEI-L2MAM-MIB."""
    name = ".".join(map(str, (len(vsi), *vsi.encode())))
    return {f"1.3.6.1.4.1.2011.5.25.42.2.1.3.1.4.{numbered(mac)}.{vlan}.{name}": if_index}


def data_base_of(vlan: int, base: int) -> dict[str, Value]:
    return {f"1.3.6.1.2.1.17.7.1.4.2.1.3.0.{vlan}": base}


def member_of(index: int, aggregate: int) -> dict[str, Value]:
    return {f"1.2.840.10006.300.43.1.2.1.1.13.{index}": aggregate}


def lldp_port(number: int, kind: int, name: str | bytes, description: str = "") -> dict[str, Value]:
    """lldpLocPortTable."""
    entry = "1.0.8802.1.1.2.1.3.7.1"
    return {f"{entry}.2.{number}": kind, f"{entry}.3.{number}": name, f"{entry}.4.{number}": description}


def lldp_neighbour(
    number: int,
    *,
    name: str | bytes = "",
    chassis: tuple[int, bytes] = (4, octets("00:e0:fc:00:00:02")),
    port: tuple[int, bytes] = (5, b"GigabitEthernet0/0/48"),
    description: str = "",
    able: int = BRIDGE,
    mark: int = 0,
    index: int = 1,
) -> dict[str, Value]:
    """lldpRemTable: subtype and content of chassis and port, capabilities enabled."""
    columns: Iterable[tuple[int, Value]] = (
        *((4, chassis[0]), (5, chassis[1]), (6, port[0]), (7, port[1])),
        *((8, description), (9, name), (12, bytes([able, 0]))),
    )
    return {f"1.0.8802.1.1.2.1.4.1.1.{column}.{mark}.{number}.{index}": value for column, value in columns}


def cdp_neighbour(index: int, name: str, port: str, able: int) -> dict[str, Value]:
    entry = "1.3.6.1.4.1.9.9.23.1.2.1.1"
    return {
        f"{entry}.6.{index}.1": name,
        f"{entry}.7.{index}.1": port,
        f"{entry}.9.{index}.1": able.to_bytes(4, "big"),
    }
