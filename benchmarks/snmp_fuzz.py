"""100,000 mutated replies per version and report type against the SNMP client: what escapes, hangs, or stays in memory.

An honest reply stands between some of them, so that sessions go on; so 102,000 are sent. Each kind is played without
sockets, from the arrival of a datagram to the end of a session, and some thousands go through sockets. Bounds: nothing
escapes (an exception other than the client's own), no session outlasts its deadline by 0.5 s, and memory grows by less
than 4 MB after the first tenth. `python -m benchmarks.snmp_fuzz`
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import sys
import time
from typing import Any

from agent.core.reach import ReachError
from agent.transports.snmp import Manners, SnmpWay
from benchmarks.process import resident_bytes
from tests.snmp_fuzz import COLUMNS, KINDS, Kind, Outcome, mutating, play
from tests.snmp_v3_agent import KAY, target

GROWTH = 4 * 2**20
OVERRUN = 0.5


def played(kind: Kind, count: int) -> bool:
    """One kind without sockets; whether the bounds held."""
    marks: list[int] = []

    def watch(outcome: Outcome) -> None:
        if outcome.sent >= count / 10 and not marks:
            marks.append(resident_bytes(os.getpid()))

    began = time.process_time()
    outcome = play(kind, count, 1, watch)
    grown = resident_bytes(os.getpid()) - marks[0]
    spent = time.process_time() - began
    held = not outcome.escaped and outcome.overrun < OVERRUN and grown < GROWTH
    print(
        f"  {kind.name:34} {outcome.sent:7} replies {outcome.sessions:6} sessions {outcome.answers:6} answers, escaped "
        f"{len(outcome.escaped)}, slowest {1000 * outcome.slowest:5.1f} ms, memory {grown / 2**20:+5.1f} MB, "
        f"{spent:5.1f} s CPU: {'held' if held else 'BROKEN'}",
        flush=True,
    )
    print("".join(outcome.escaped[:3]), end="")
    return held


async def through_sockets(kind: Kind, count: int) -> bool:
    """One kind through sockets, with an agent in a thread; whether all sessions ended as they should."""
    escaped: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: escaped.append(context))
    way = SnmpWay(manners=Manners(pauses=(0.02, 0.02), rows=2000))
    replies = sessions = 0
    slowest = 0.0
    with mutating(kind, random.Random(2)) as agent:
        device = target(agent, kind.version, kind.user or KAY, timeout=2)
        while replies < count:
            began = time.monotonic()
            try:
                async with way.session(device) as session:
                    async for _ in session.columns(COLUMNS):
                        pass
            except ReachError:
                pass
            replies += session.answers + session.ignored
            sessions += 1
            slowest = max(slowest, time.monotonic() - began)
            agent.forget()
    held = not escaped and slowest < 2 + OVERRUN
    print(f"  {kind.name:34} {replies:7} replies {sessions:6} sessions, longest {slowest:.2f} s: {escaped or 'held'}")
    return held


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=102_000)
    parser.add_argument("--through-sockets", type=int, default=5_000)
    parser.add_argument("kinds", nargs="*", help=f"of {', '.join(KINDS)}")
    options = parser.parse_args()
    kinds = [KINDS[name] for name in options.kinds] or list(KINDS.values())
    print("without sockets:")
    held = [played(kind, options.count) for kind in kinds]
    print("through sockets:")
    held += [asyncio.run(through_sockets(kind, options.through_sockets)) for kind in kinds if not kind.counter]
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
