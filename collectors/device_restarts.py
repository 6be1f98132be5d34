"""The restarts of a device within a day, also those while the agent was not there to see them."""

from __future__ import annotations

from collections.abc import Sequence

from agent.core.reach import Poll
from collectors.device_uptime import SLACK, Uptime, of_last_day, restarted


def restarts(up: Uptime | None, poll: Poll) -> Sequence[float]:
    """Unix seconds of each. `poll` keeps them, and the uptime of this poll for the next."""
    again = restarted(poll.memory.get("uptime"), up) if "uptime" in poll.memory else _meanwhile(up, poll)
    if up is not None:
        poll.memory["uptime"] = up
        poll.kept["uptime"] = [poll.now, up.seconds, up.wrap]
    before = tuple(each for each in poll.kept.get("restarts", ()) if each <= poll.now + SLACK)
    found = of_last_day((*before, *([poll.now] if again else ())), poll.now)
    poll.kept["restarts"] = list(found)
    return found


def _meanwhile(up: Uptime | None, poll: Poll) -> bool:
    """By the wall clock, which may have been put right since: up for less time than nobody looked."""
    if up is None or "uptime" not in poll.kept:
        return False
    then, seconds, wrap = poll.kept["uptime"]
    gone = poll.now - then
    return up.seconds < gone + SLACK and restarted(Uptime(poll.monotonic - gone, seconds, wrap), up)
