"""The machine that the agent runs on joins no networks: it forwards nothing, has one way out and no bridge."""

from __future__ import annotations

import ipaddress
import socket
import struct
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import psutil

from agent.core.model import Collector, Metric, Sample, Target
from agent.core.reach import Poll

FORWARDING = Metric("host_ip_forwarding", "gauge", "0/1", (), "The machine forwards IPv4 or IPv6 on some interface")
DEFAULT_ROUTES = Metric(
    "host_default_routes",
    "gauge",
    "routes",
    (),
    "Ways out by default routes, each next hop of any table once: of IPv4 or of IPv6, whichever are more",
)
BRIDGES = Metric("host_bridges", "gauge", "interfaces", (), "Bridge interfaces, in use or not")
NETWORKS = Metric(
    "host_networks",
    "gauge",
    "networks",
    (),
    "Networks in which the machine has an address on an interface that is up: of IPv4 or of IPv6, whichever are more",
)

SETTINGS = Path("/proc/sys/net")
INTERFACES = Path("/sys/class/net")
SECONDS = 2.0  # that the kernel may take to tell its routes
LARGEST = 2**16  # bytes of a message of it
# linux/netlink.h and linux/rtnetlink.h: nlmsghdr, rtmsg, rtattr, rtnexthop
HEADER, ROUTE = struct.Struct("=IHHII"), struct.Struct("=BBBBBBBBI")
ATTRIBUTE, NEXT_HOP, ERRNO = struct.Struct("=HH"), struct.Struct("=HBBi"), struct.Struct("=i")
GET_ROUTE, REQUEST, DUMP, ERROR, DONE = 26, 0x1, 0x300, 2, 3
UNICAST, DEAD = 1, 1  # RTN_UNICAST: others lead nowhere; RTNH_F_DEAD
RTA_OIF, RTA_GATEWAY, RTA_MULTIPATH, RTA_VIA = 4, 5, 9, 18

Way = tuple[bytes, bytes]
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


async def collect(target: Target, options: Any, poll: Poll) -> AsyncIterator[Sample]:
    """Of the network namespace that the agent runs in."""
    yield FORWARDING.sample(any(_forwards()))
    yield DEFAULT_ROUTES.sample(_ways_out())
    yield BRIDGES.sample(_bridges())
    yield NETWORKS.sample(_networks())


def _forwards() -> Iterator[bool]:
    """By interface: one may forward where the machine as a whole does not. `default` is only for those to come."""
    for family in ("ipv4", "ipv6"):
        for setting in SETTINGS.glob(f"{family}/conf/*/forwarding"):
            if setting.parent.name != "default":
                yield setting.read_text().strip() != "0"


def _ways_out() -> int:
    return max(len(_default_ways(family)) for family in (socket.AF_INET, socket.AF_INET6))


def _default_ways(family: int) -> set[Way]:
    """Interface and router of each default route of any table, and of each of its next hops."""
    ways: set[Way] = set()
    for message in _routes(family):
        _, to, source, _, _, _, _, kind, _ = ROUTE.unpack_from(message)
        if to == source == 0 and kind == UNICAST:
            found = dict(_attributes(message[ROUTE.size :]))
            hops = tuple(_next_hops(found.get(RTA_MULTIPATH, b""))) or (found,)
            ways |= {(hop.get(RTA_OIF, b""), hop.get(RTA_GATEWAY) or hop.get(RTA_VIA, b"")) for hop in hops}
    return ways


def _routes(family: int) -> Iterator[bytes]:
    """What the kernel tells of each route (rtnetlink(7)); /proc tells IPv4's main table only, and one next hop of each.
    OSError if it does not let one ask."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as kernel:
        kernel.settimeout(SECONDS)
        body = ROUTE.pack(family, *bytes(8))
        kernel.send(HEADER.pack(HEADER.size + len(body), GET_ROUTE, REQUEST | DUMP, 1, 0) + body)
        while True:
            data = kernel.recv(LARGEST)
            while len(data) >= HEADER.size:
                length, kind, _, _, _ = HEADER.unpack_from(data)
                if kind == ERROR:
                    raise OSError(
                        f"the kernel does not tell its routes: error {-ERRNO.unpack_from(data, HEADER.size)[0]}"
                    )
                if kind == DONE:
                    return
                yield data[HEADER.size : length]
                data = data[_aligned(length) :]


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    while len(data) >= ATTRIBUTE.size:
        length, kind = ATTRIBUTE.unpack_from(data)
        yield kind, data[ATTRIBUTE.size : length]
        data = data[_aligned(max(length, ATTRIBUTE.size)) :]


def _next_hops(data: bytes) -> Iterator[dict[int, bytes]]:
    """Those that are not dead."""
    while len(data) >= NEXT_HOP.size:
        length, flags, _, interface = NEXT_HOP.unpack_from(data)
        if not flags & DEAD:
            yield {RTA_OIF: struct.pack("=i", interface), **dict(_attributes(data[NEXT_HOP.size : length]))}
        data = data[_aligned(max(length, NEXT_HOP.size)) :]


def _aligned(length: int) -> int:
    return length + 3 & ~3


def _bridges() -> int:
    """Of this network: where it was not mounted anew, /sys shows the interfaces of another."""
    return sum((INTERFACES / name / "bridge").is_dir() for _, name in socket.if_nameindex())


def _networks() -> int:
    """Of the family that has more, without what leads to no other machine: loopback, link-local addresses, addresses
    that stand alone."""
    states, found = psutil.net_if_stats(), set[Network]()
    for interface, addresses in psutil.net_if_addrs().items():
        up = interface in states and states[interface].isup and "loopback" not in states[interface].flags.split(",")
        for each in addresses if up else ():
            if each.family in (socket.AF_INET, socket.AF_INET6) and each.netmask:
                own = ipaddress.ip_interface(f"{each.address.partition('%')[0]}/{_length(each.netmask)}")
                if not own.is_link_local and own.network.num_addresses > 1:
                    found.add(own.network)
    return max(Counter(each.version for each in found).values(), default=0)


def _length(mask: str) -> int:
    """Of a prefix, from a mask as psutil writes it for either family."""
    return int(ipaddress.ip_address(mask)).bit_count()


COLLECTOR = Collector(
    name="routing",
    kinds=("host",),
    metrics=(FORWARDING, DEFAULT_ROUTES, BRIDGES, NETWORKS),
    collect=collect,
    watches=lambda target: bool(target.options.local),
)
