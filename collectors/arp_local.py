"""Which hardware address answers for which network address, as the machine that the agent runs on has learnt by ARP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from agent.core.assets import mac_of, of_one_station
from agent.core.model import Collector, Sample, Target
from agent.core.reach import Poll
from collectors.asset_places import ADDRESS, UNKNOWN_ADDRESS, addresses

TABLE = Path("/proc/net/arp")
COMPLETE = 0x02  # ATF_COM: somebody answered


async def collect(target: Target, options: Any, poll: Poll) -> AsyncIterator[Sample]:
    """Of the network namespace that the agent runs in."""
    if poll.assets is not None and not poll.assets.failure:
        for sample in addresses(_table(), poll.assets):
            yield sample


def _table() -> dict[str, str]:
    """Columns: IP address, HW type, Flags, HW address, Mask, Device."""
    rows = [line.split() for line in TABLE.read_text().splitlines()[1:]]
    return {row[0]: mac for row in rows if int(row[2], 16) & COMPLETE and of_one_station(mac := mac_of(row[3]))}


COLLECTOR = Collector(
    name="arp_local",
    kinds=("host",),
    metrics=(ADDRESS, UNKNOWN_ADDRESS),
    collect=collect,
    watches=lambda target: bool(target.options.local),
)
