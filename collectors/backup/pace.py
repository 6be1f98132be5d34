"""How long commands that read copies through may take."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from agent.core.ssh import Command

SHARE = 0.85  # of the time that is left


def bounded(commands: Sequence[Command], end: float) -> list[Command]:
    """They are put one after the other, and all of them must be over at `end`, by the loop's clock."""
    left = max(0.1, (end - asyncio.get_running_loop().time()) * SHARE)
    return [replace(each, seconds=left / len(commands)) for each in commands]
