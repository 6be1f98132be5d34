"""100,000 polls of one SNMP device, in v2c and in v3 authPriv: memory and descriptors must stay where they were.

Each poll is a session of its own with one question, as a collector's. Bounds: after the first tenth, memory grows by
less than 1 MB and descriptors by none. `python -m benchmarks.snmp_polls`
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import time

from agent.transports.snmp import SnmpWay
from benchmarks.process import descriptors, resident_bytes
from tests.snmp_v3_agent import served, target

NAME = "1.3.6.1.2.1.1.5.0"
GROWTH = 2**20


async def polls(version: str, count: int) -> bool:
    """Whether the bounds held. The agent answers in a thread, whose CPU is not counted."""
    way, me = SnmpWay(), os.getpid()
    began = time.thread_time()
    memory = files = 0
    with served(version, {NAME: "core"}) as agent:
        device = target(agent, version)
        for number in range(count):
            async with way.session(device) as session:
                await session.get([NAME])
            if number % 100 == 0:
                agent.forget()
            if number == count // 10:
                memory, files = resident_bytes(me), descriptors(me)
        spent = time.thread_time() - began
        memory, files = resident_bytes(me) - memory, descriptors(me) - files
    held = memory < GROWTH and files == 0
    print(
        f"v{version}: {count} polls, {1e6 * spent / count:.0f} µs of CPU each; since the first tenth memory "
        f"{memory / 2**20:+.1f} MB, descriptors {files:+}: {'held' if held else 'BROKEN'}",
        flush=True,
    )
    return held


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000)
    count = parser.parse_args().count
    held = [asyncio.run(polls(version, count)) for version in ("2c", "3")]
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
