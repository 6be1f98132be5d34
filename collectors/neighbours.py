"""Which device is at the other end of each cable of a switch, as the devices tell each other."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from agent.core.model import Collector, Metric, Sample, Target
from agent.core.reach import Poll
from collectors.device import by_snmp
from collectors.device_identity import SYS_OBJECT_ID
from collectors.lldp import CISCO, TABLE_CHANGED, Neighbour, neighbours
from collectors.ports import read_ports

NEIGHBOUR = Metric(
    "device_neighbour_info",
    "gauge",
    "1",
    ("interface", "neighbour", "neighbour_port"),
    "What LLDP or CDP says to be at the other end; at most 200 of a device",
)
EVERY = 300.0  # seconds; between, only whether the table has changed is asked
SOONEST = 60.0  # devices that call each renewal a change are not asked for more than that


async def collect(target: Target, options: Any, poll: Poll) -> AsyncIterator[Sample]:
    memory = poll.memory
    async with poll.reach.snmp.session(target) as snmp:
        facts = await snmp.get((SYS_OBJECT_ID, TABLE_CHANGED))
        changed = facts.get(TABLE_CHANGED)
        age = poll.monotonic - memory.get("read", float("-inf"))
        if age >= EVERY or (age >= SOONEST and changed != memory.get("changed")):
            cisco = str(facts.get(SYS_OBJECT_ID, "")).startswith(CISCO)
            memory["neighbours"] = await neighbours(snmp, await read_ports(snmp), cisco=cisco)
            memory["read"], memory["changed"] = poll.monotonic, changed
    found: list[Neighbour] = memory["neighbours"]
    for labels in dict.fromkeys((each.interface, each.name, each.port) for each in found):
        yield Sample(NEIGHBOUR, 1, labels)


COLLECTOR = Collector("neighbours", ("switch",), (NEIGHBOUR,), collect, by_snmp)
