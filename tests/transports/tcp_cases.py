"""Runs in a namespace: a port that meets itself, and routes that lead nowhere. Writes the kind of each answer, and what
this machine (an empty address) says of it."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from agent.core.reach import Unanswered
from agent.transports.tcp import Connector
from tests.transports.wire import ip


async def kind(address: str, port: int) -> str:
    try:
        await Connector().connect(address, port, timeout=20)
    except Unanswered as error:
        return error.kind if error.refusal is None else f"{error.kind}:{error.refusal.by}:{error.refusal.why}"
    return "stood"


async def main() -> None:
    # With one local port to choose from, a connect to it on this machine has itself as the other end.
    Path("/proc/sys/net/ipv4/ip_local_port_range").write_text("45000 45000")
    sys.stdout.write(await kind("127.0.0.1", 45000) + "\n")
    for number, route in enumerate(("blackhole", "unreachable", "prohibit")):
        ip("route", "add", route, f"10.8.1.{number}")
        sys.stdout.write(await kind(f"10.8.1.{number}", 443) + "\n")


if __name__ == "__main__":
    asyncio.run(main())
