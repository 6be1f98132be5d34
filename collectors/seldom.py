"""What is asked more seldom than polls come, and how long a failure is left alone; kept in `poll.memory`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from agent.core.reach import Poll, ReachError, Unanswered
from collectors.configuration.pacing import REFUSED, RETRY, refused


def due(poll: Poll, every: float) -> bool:
    """Whether it is to be asked now. Raises what went wrong the last time until it is to be tried again: soon, but for
    a login that was refused, since devices lock accounts."""
    failure: ReachError | None = poll.memory.get("failure")
    pause = every
    if failure is not None:
        pause = max(every, REFUSED) if refused(failure) else min(every, RETRY)
    if "asked" not in poll.memory or poll.monotonic - poll.memory["asked"] >= pause:
        return True
    if failure is not None:
        raise failure
    return False


@contextmanager
def asking(poll: Poll, what: str) -> Iterator[None]:
    """Remembers when it was asked, and what went wrong; being given up is a failure of `what` too."""
    poll.memory["asked"] = poll.monotonic
    poll.memory["failure"] = Unanswered("timeout", f"{what} did not answer in time")
    try:
        yield
    except ReachError as error:
        poll.memory["failure"] = error
        raise
    poll.memory["failure"] = None
