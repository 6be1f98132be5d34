"""How old the stored configuration of a switch is: by the store alone, so also while the switch cannot be read."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from agent.core.model import Collector, Sample, Target
from agent.core.reach import Poll
from collectors.configuration.metrics import BACKED_UP
from collectors.configuration.reading import wanted


async def collect(target: Target, options: Any, poll: Poll) -> AsyncIterator[Sample]:
    standing = await poll.registers.configurations.standing(target.id)
    if standing.seen is not None:
        yield Sample(BACKED_UP, standing.seen)


COLLECTOR = Collector("configuration_store", ("switch",), (BACKED_UP,), collect, wanted)
