"""Cameras behind a recorder, as it says itself by SNMP: by RTSP some recorders answer for a camera that is gone.

Only Dahua's MIB, which others who sell its recorders have too, is known to tell it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from agent.core.model import Collector, Sample, Target
from agent.core.reach import Poll
from collectors.camera import UP, told_silent
from collectors.device import by_snmp

CHANNEL_STATUS = "1.3.6.1.4.1.1004849.2.10.1.1.1.1.2"  # videoChannelStatus of videoChannelStatusTable
ONLINE, OFFLINE = 1, 0
MOST = 256  # channels
RETRY_ABSENT = 900.0  # seconds; until then a device that does not tell its channels is not asked again


async def collect(target: Target, options: Any, poll: Poll) -> AsyncIterator[Sample]:
    """Yields nothing for a device that does not tell its channels."""
    since: float | None = poll.memory.get("none_since")
    if since is not None and poll.monotonic - since < RETRY_ABSENT:
        return
    found: dict[str, bool] = {}
    async with poll.reach.snmp.session(target) as snmp:
        async for index, row in snmp.columns((CHANNEL_STATUS,)):
            status = row.get(CHANNEL_STATUS)
            if len(found) < MOST and index.isdecimal() and status in (ONLINE, OFFLINE):
                found[f"channel {index}"] = status == ONLINE
    poll.memory["none_since"] = None if found else poll.monotonic
    for camera, up in found.items():
        yield UP.sample(up, camera=camera)
    told_silent(found, poll)


COLLECTOR = Collector(
    name="recorder",
    kinds=("machine_room",),
    metrics=(UP,),
    collect=collect,
    watches=lambda target: target.options.kind == "camera" and by_snmp(target),
)
