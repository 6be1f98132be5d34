"""Spanning tree of a switch: how often the topology changed, and whether another bridge has become its root."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

from agent.core.assets import mac_text
from agent.core.model import Collector, Metric, Sample, Target
from agent.core.reach import Poll
from collectors.device import by_snmp
from collectors.device_uptime import UPTIME_OIDS, restarted, uptime

# BRIDGE-MIB (RFC 4188)
TOP_CHANGES = "1.3.6.1.2.1.17.2.4.0"
DESIGNATED_ROOT = "1.3.6.1.2.1.17.2.5.0"  # priority (2 bytes) and hardware address (6)

TOPOLOGY_CHANGES = Metric(
    "device_topology_changes", "gauge", "changes", ("window",), "Spanning-tree topology changes in window 1h"
)
ROOT_CHANGED = Metric(
    "device_root_bridge_changed",
    "gauge",
    "0/1",
    (),
    "The root bridge is another than the one first seen (since the agent started, or the entry was changed)",
)
WINDOWS = {"1h": 3600.0}
WRAP = 2**32
# More changes a second than any tree can have: the counter began again.
FASTEST = 10.0
NOBODY = "00:00:00:00:00:00"

Growth = tuple[tuple[float, int], ...]  # when, and how many changes were new then


async def collect(target: Target, options: Any, poll: Poll) -> AsyncIterator[Sample]:
    async with poll.reach.snmp.session(target) as snmp:
        facts = await snmp.get((*UPTIME_OIDS, TOP_CHANGES, DESIGNATED_ROOT))
    memory = poll.memory
    up = uptime(facts, poll.monotonic)
    again = restarted(memory.get("uptime"), up)
    memory["uptime"] = up or memory.get("uptime")
    count = facts.get(TOP_CHANGES)
    if isinstance(count, int):
        before = None if again else memory.get("count")
        memory["growth"] = growth = grown(memory.get("growth", ()), before, (poll.monotonic, count))
        memory["count"] = poll.monotonic, count
        for window, seconds in WINDOWS.items():
            yield Sample(TOPOLOGY_CHANGES, sum(n for at, n in growth if at > poll.monotonic - seconds), (window,))
    if root := _root(facts):
        yield Sample(ROOT_CHANGED, root != memory.setdefault("root", root))


def grown(growth: Growth, before: tuple[float, int] | None, now: tuple[float, int]) -> Growth:
    """The growth within the longest window, with what is new since `before`; nothing where the counter began again, or
    nobody knows when it grew."""
    at, count = now
    longest = max(WINDOWS.values())
    kept = tuple(each for each in growth if each[0] > at - longest)
    if before is None or at - before[0] > longest:
        return kept
    more = (count - before[1]) % WRAP
    return (*kept, (at, more)) if 0 < more <= FASTEST * (at - before[0] + 1) else kept


def _root(facts: Mapping[str, Any]) -> str:
    """The hardware address of the root bridge: its priority may change without another bridge taking over."""
    raw = facts.get(DESIGNATED_ROOT)
    mac = mac_text(raw[2:]) if isinstance(raw, bytes) else ""
    return "" if mac == NOBODY else mac


COLLECTOR = Collector("bridge", ("switch",), (TOPOLOGY_CHANGES, ROOT_CHANGED), collect, by_snmp)
