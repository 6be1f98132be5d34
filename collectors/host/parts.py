"""What a NAS or a board of management that is watched as a host says of its parts, by its device profile: disks,
volumes, fans, power supplies, temperatures. What a host is and how busy, `host_snmp` says."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from agent.core.model import Collector, Sample, Target
from agent.core.reach import Poll
from collectors.device import by_snmp, measured
from collectors.device_identity import SYS_DESCR, SYS_OBJECT_ID
from collectors.device_metrics import CACHE, CPU, MEASURED, MEMORY
from collectors.device_uptime import SYS_UP_TIME
from collectors.profiles.reading import read, recognised

METRICS = tuple(metric for metric in MEASURED if metric not in (CPU, MEMORY, CACHE))
NAMES = frozenset(metric.name for metric in METRICS)
RETRY_ABSENT = 900.0  # seconds; until then a host without a profile is not asked again


async def collect(target: Target, options: Any, poll: Poll) -> AsyncIterator[Sample]:
    """Yields nothing for a host that no profile fits: most, whose agent is the system's own."""
    since: float | None = poll.memory.get("none_since")
    if since is not None and poll.monotonic - since < RETRY_ABSENT:
        return
    async with poll.reach.snmp.session(target) as snmp:
        facts = await snmp.get((SYS_DESCR, SYS_OBJECT_ID, SYS_UP_TIME))
        profile = await recognised(snmp, None, facts)
        poll.memory["none_since"] = poll.monotonic if profile is None else None
        if profile is None:
            return
        ticks = facts.get(SYS_UP_TIME)
        up = ticks if isinstance(ticks, int) else None
        async for found in read(snmp, profile, "device", poll.memory, poll.monotonic, uptime=up):
            if found.metric in NAMES:
                for sample in measured(found):
                    yield sample


def _by_snmp(target: Target) -> bool:
    return by_snmp(target) and getattr(target.options, "by", None) == "snmp"


COLLECTOR = Collector("host_parts", ("host",), METRICS, collect, _by_snmp)
