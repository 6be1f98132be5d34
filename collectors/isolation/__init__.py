"""Zone separation, seen from a second vantage: hosts on which `isolation` wants connections tried.

At a pace of its own: every hour, and every ten minutes while something is open that should not be, or not known. What
was found belongs to the centre, and of management ports to the target that has them. A host that cannot be asked tells
nothing, which is no pass.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

from agent.core.model import Collector, Sample, Section, Target
from agent.core.reach import Poll
from collectors.isolation.matrix import Matrix, Try, matrix
from collectors.isolation.metrics import REACHABLE, UNEXPECTED
from collectors.isolation.options import IsolationOptions
from collectors.isolation.outcome import Outcome
from collectors.isolation.trying import tried
from collectors.isolation.verdict import managed, remarks, settled, unexpected

EVERY, AGAIN = 3600.0, 600.0  # seconds
PATIENCE = 300.0  # seconds for a whole matrix; each part of it has the host's own timeout


@dataclass(frozen=True)
class Held:
    """What was found, and until when (on the clock that never steps) it is not looked for again."""

    matrix: Matrix
    found: Mapping[Try, Outcome]
    due: float


async def collect(target: Target, options: Any, poll: Poll) -> AsyncIterator[Sample]:
    """Yields nothing of the host itself."""
    wanted = matrix(target, target.tasks["isolation"], poll.known)
    held: Held | None = poll.memory.pop("held", None)
    if held is None or held.matrix != wanted or held.due <= poll.monotonic:
        found = await tried(target, poll, wanted.tries)
        held = Held(wanted, found, poll.monotonic + (EVERY if settled(wanted, found) else AGAIN))
    poll.memory["held"] = held
    poll.center.samples.extend(unexpected(target.id, wanted, held.found))
    poll.others.update(managed(target.id, wanted, held.found))
    poll.remarks.extend(remarks(target.id, wanted, held.found))
    return
    yield


SECTION = Section("isolation", IsolationOptions)
COLLECTOR = Collector(
    name="isolation",
    kinds=("host",),
    metrics=(REACHABLE, UNEXPECTED),
    collect=collect,
    watches=lambda target: "isolation" in target.tasks,
    patience=lambda target: max(PATIENCE, target.timeout),
    others=("switch", "host"),
    lasting=True,
)
