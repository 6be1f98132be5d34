"""Does a switch answer the communities that every device once had? Asked once a day, for one harmless object; no other
names are tried."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from agent.core.model import Collector, Metric, Sample, Target
from agent.core.reach import CannotAsk, Pace, Poll, ReachError, SnmpLogin
from agent.core.secrets import Secret
from collectors.device import by_snmp
from collectors.device_uptime import SYS_UP_TIME

ANSWERS = Metric(
    "device_default_community_answers", "gauge", "0/1", (), "public or private is answered (read once a day)"
)
NAMES = ("public", "private")
VERSIONS = ("1", "2c")
EVERY = 86400.0  # seconds: devices report each wrong name
PACE = Pace(pauses=(0.7, 1.3), repetitions=1, names=1)
SECONDS = 3.0


async def collect(target: Target, options: Any, poll: Poll) -> AsyncIterator[Sample]:
    """Silence means something only from a device that answers its own login."""
    if poll.monotonic - poll.memory.get("asked", float("-inf")) >= EVERY:
        async with poll.reach.snmp.session(target) as snmp:
            await snmp.get((SYS_UP_TIME,))
        poll.memory["answers"] = await _any_answered(target, poll)
        poll.memory["asked"] = poll.monotonic
    yield Sample(ANSWERS, poll.memory["answers"])


async def _any_answered(target: Target, poll: Poll) -> bool:
    tries = [_answered(target, name, version, poll) for name in NAMES for version in VERSIONS]
    tasks = [asyncio.ensure_future(each) for each in tries]
    try:
        for each in asyncio.as_completed(tasks):
            if await each:
                return True
        return False
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _answered(target: Target, name: str, version: str, poll: Poll) -> bool:
    """Whether a value came back; an error is no answer that anybody could use."""
    own = target.login.snmp if target.login else None
    login = SnmpLogin(version, Secret(name), port=own.port if own else 161)
    try:
        async with poll.reach.snmp.open(target.address or "", login, SECONDS, "a default community", PACE) as snmp:
            return SYS_UP_TIME in await snmp.get((SYS_UP_TIME,))
    except CannotAsk:
        raise
    except ReachError:
        return False


COLLECTOR = Collector("community", ("switch",), (ANSWERS,), collect, by_snmp)
