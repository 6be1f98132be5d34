"""Self-test of the alerts' way: a test alert that every receiver must take and show, as item EMR-05 asks."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Sequence
from typing import Protocol

from exporters.courier import Untaken

log = logging.getLogger(__name__)

PATIENCE = 900.0  # seconds, after which it counts as not received
PAUSE = 5.0  # between two tries


class Tested(Protocol):
    """`test` raises Untaken where the receiver does not take the alert, or does not show it."""

    @property
    def name(self) -> str: ...
    async def test(self) -> None: ...
    async def close(self) -> None: ...


async def deliver(receivers: Sequence[Tested], patience: float = PATIENCE, pause: float = PAUSE) -> float:
    """Seconds until the last of the receivers had it; infinite if one never had."""
    began = time.monotonic()
    taken = await asyncio.gather(*(_taken(each, began + patience, pause) for each in receivers))
    return time.monotonic() - began if all(taken) else math.inf


async def _taken(receiver: Tested, latest: float, pause: float) -> bool:
    try:
        while True:
            try:
                await receiver.test()
            except Untaken as error:
                if time.monotonic() + pause > latest:
                    log.warning("self-test: %s did not take the test alert: %s", receiver.name, error)
                    return False
                await asyncio.sleep(pause)
            else:
                return True
    finally:
        await receiver.close()
