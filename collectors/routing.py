"""The machine that the agent runs on joins no networks: it forwards nothing, has one way out and no bridge."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

from agent.core.model import Collector, Metric, Sample, Target
from agent.core.reach import Poll

FORWARDING = Metric("host_ip_forwarding", "gauge", "0/1", (), "The machine forwards IPv4 or IPv6 on some interface")
DEFAULT_ROUTES = Metric(
    "host_default_routes",
    "gauge",
    "routes",
    (),
    "Default routes in the main table: of IPv4 or of IPv6, whichever are more",
)
BRIDGES = Metric("host_bridges", "gauge", "interfaces", (), "Bridge interfaces, in use or not")

SETTINGS = Path("/proc/sys/net")
ROUTES, ROUTES_V6 = Path("/proc/net/route"), Path("/proc/net/ipv6_route")
INTERFACES = Path("/sys/class/net")
UP, REJECT = 0x0001, 0x0200  # RTF_UP, RTF_REJECT: a route that refuses leads nowhere


async def collect(target: Target, options: Any, poll: Poll) -> AsyncIterator[Sample]:
    """Of the network namespace that the agent runs in."""
    yield FORWARDING.sample(any(_forwards()))
    yield DEFAULT_ROUTES.sample(max(_default_routes(), _default_routes_v6()))
    yield BRIDGES.sample(_bridges())


def _forwards() -> Iterator[bool]:
    """By interface: one may forward where the machine as a whole does not. `default` is only for those to come."""
    for family in ("ipv4", "ipv6"):
        for setting in SETTINGS.glob(f"{family}/conf/*/forwarding"):
            if setting.parent.name != "default":
                yield setting.read_text().strip() != "0"


def _default_routes() -> int:
    """Columns: Iface Destination Gateway Flags RefCnt Use Metric Mask …; numbers in hexadecimal."""
    rows = [line.split() for line in ROUTES.read_text().splitlines()[1:]]
    return sum(int(row[1], 16) == 0 and int(row[7], 16) == 0 and _leads(row[3]) for row in rows)


def _default_routes_v6() -> int:
    """Columns: destination, its length, source, its length, next hop, metric, references, uses, flags, interface."""
    rows = [line.split() for line in ROUTES_V6.read_text().splitlines()] if ROUTES_V6.exists() else []
    return sum(int(row[0], 16) == 0 and int(row[1], 16) == 0 and _leads(row[8]) for row in rows)


def _bridges() -> int:
    return sum((each / "bridge").is_dir() for each in INTERFACES.iterdir())


def _leads(flags: str) -> bool:
    return int(flags, 16) & (UP | REJECT) == UP


COLLECTOR = Collector(
    name="routing",
    kinds=("host",),
    metrics=(FORWARDING, DEFAULT_ROUTES, BRIDGES),
    collect=collect,
    watches=lambda target: bool(target.options.local),
)
