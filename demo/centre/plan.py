"""The centre: two core and six access switches, two UPS, sensors, six lines, hosts, counter PCs, kiosks, displays.

Addresses: 10.30.0 management, 10.30.1 servers, 10.30.2 counter PCs, 10.30.3 the public's devices, 10.2n a line each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from demo.centre.node import Behind, Kind, Line, Node

OWN, LOOPBACK = "10.30.0.250", "127.0.0.1"  # the agent's machine
NETMASK = "255.0.0.0"
COUNTERS = 12
CORES, ACCESSES = 2, 6

# id, title, business, carrier
LINES = (
    ("labor", "劳动保障专线", "labor", "电信"),
    ("civil", "民政专线", "civil_affairs", "移动"),
    ("medical", "医保专线", "medical_insurance", "电信"),
    ("family", "计生专线", "family_planning", "联通"),
    ("social", "社保专线", "social_security", "移动"),
    ("backup", "备用线路", "other", "联通"),
)
HOSTS = (
    ("acceptance-host", "受理服务器"),
    ("database-host", "数据库服务器"),
    ("queue-host", "排队叫号服务器"),
    ("file-host", "文件服务器"),
    ("backup-host", "备份服务器"),
    ("log-host", "日志服务器"),
)


@dataclass(frozen=True)
class Centre:
    """`nodes` and `lines` by id; `part_of`: the centre that it is a part of, if it is one. `shift`: what is added to
    each port, where it has no network of its own (demo.centre.loopback); else 0."""

    nodes: Mapping[str, Node]
    lines: Mapping[str, Line]
    part_of: Centre | None = None
    shift: int = 0

    def of(self, *kinds: Kind) -> list[Node]:
        return [node for node in self.nodes.values() if node.kind in kinds]

    @property
    def whole(self) -> Centre:
        """The centre that it is a part of, or itself."""
        return self.part_of or self

    @property
    def own(self) -> str:
        """The address of the agent's machine."""
        return LOOPBACK if self.shift else OWN

    @cached_property
    def absent(self) -> frozenset[str]:
        """Ids of nodes and lines of the whole that this part has not."""
        return frozenset({*self.whole.nodes, *self.whole.lines} - {*self.nodes, *self.lines})

    @cached_property
    def by_address(self) -> Mapping[str, Node]:
        return {node.address: node for node in self.nodes.values()}

    @cached_property
    def along(self) -> Mapping[str, tuple[Line, int]]:
        """By address on a business line: which, and how far along it, from 0."""
        return {address: (line, place) for line in self.lines.values() for place, address in enumerate(line.addresses)}


def centre(scale: int = 1) -> Centre:
    """`scale` times as many access switches and hosts."""
    nodes = [*_switches(scale), *_room(), *_hosts(scale), *_terminals(), *_public()]
    return Centre({node.id: node for node in nodes}, {line.id: line for line in _lines()})


def _switches(scale: int) -> Iterator[Node]:
    yield Node("core-1", "核心交换机1", "core", "10.30.0.1", None, "ups-1")
    yield Node("core-2", "核心交换机2", "core", "10.30.0.2", Behind("core-1", "Bridge-Aggregation1"), "ups-1")
    for number in range(1, ACCESSES * scale + 1):
        above = Behind(f"core-{(number + 1) % CORES + 1}", f"Ten-GigabitEthernet1/0/{(number + 1) // CORES}")
        floor = (number + 1) // 2
        yield Node(
            f"access-{number}", f"{floor}楼接入交换机{number}", "access", f"10.30.0.{100 + number}", above, "ups-2"
        )


def _room() -> Iterator[Node]:
    for number in (1, 2):
        behind = Behind("core-2", f"GigabitEthernet1/0/{24 + number}")
        yield Node(f"ups-{number}", f"机房UPS{number}", "ups", f"10.30.0.{20 + number}", behind, f"ups-{number}")
    yield Node("room", "机房环境监测", "sensor", "10.30.0.31", Behind("core-2", "GigabitEthernet1/0/27"), "ups-1")
    yield Node("contacts", "机房动环主机", "contacts", "10.30.0.32", Behind("core-2", "GigabitEthernet1/0/28"), "ups-1")


def _hosts(scale: int) -> Iterator[Node]:
    for copy in range(scale):
        for number, (name, title) in enumerate(HOSTS, 1):
            place = len(HOSTS) * copy + number
            behind = Behind(f"core-{place % CORES + 1}", f"GigabitEthernet1/0/{33 + (place - 1) // CORES % 16}")
            suffix = f"-{copy + 1}" if copy else ""
            yield Node(name + suffix, title + suffix, "host", f"10.30.1.{9 + place}", behind, "ups-1")
    yield Node("names", "域名服务器", "names", "10.30.1.253", Behind("core-1", "GigabitEthernet1/0/31"), "ups-1")


def _terminals() -> Iterator[Node]:
    for number in range(1, COUNTERS + 1):
        behind = Behind(f"access-{(number - 1) % 4 + 1}", f"GigabitEthernet0/0/{4 * ((number - 1) // 4) + 1}")
        yield Node(f"pc-{number}", f"{number}号窗口电脑", "terminal", f"10.30.2.{number}", behind)


def _public() -> Iterator[Node]:
    for number in range(1, 4):
        kiosk = Behind("access-5", f"GigabitEthernet0/0/{4 * number}")
        yield Node(f"kiosk-{number}", f"{number}号自助终端", "kiosk", f"10.30.3.{number}", kiosk)
        printer = Behind("access-5", f"GigabitEthernet0/0/{4 * number + 1}")
        yield Node(f"printer-{number}", f"{number}号自助终端打印机", "printer", f"10.30.3.{10 + number}", printer)
    for number in range(1, 5):
        display = Behind("access-6", f"GigabitEthernet0/0/{4 * number}")
        yield Node(f"display-{number}", f"{number}号显示屏", "display", f"10.30.3.{20 + number}", display)


def _lines() -> Iterator[Line]:
    for number, (identity, title, business, carrier) in enumerate(LINES, 1):
        near = f"10.{20 + number}"
        yield Line(
            id=identity,
            title=title,
            business=business,
            carrier=carrier,
            circuit=f"SH-{3100 + number}",
            behind=Behind("core-1", f"GigabitEthernet1/0/{24 + number}"),
            gateway=f"{near}.0.1",
            carrier_hop=f"{near}.8.1",
            far_gateway=f"{near}.16.1",
            application=f"{near}.16.10",
            backup_of="medical" if identity == "backup" else "",
        )
