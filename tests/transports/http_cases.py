"""Runs in a namespace: names in /etc/hosts with twenty addresses, with one that is silent, changed between two polls,
and with two that refuse. Writes the address that answered, or the failure."""

from __future__ import annotations

import asyncio
import socket
import sys
from pathlib import Path

from agent.core.http import HttpQuestion
from agent.transports.http import HttpWay
from agent.transports.resolve import FRESH
from tests.transports.http_server import plain, saying
from tests.transports.resolve_cases import replace_file


def hosts(name: str, *addresses: str) -> None:
    path = Path("/run/hosts")
    text = "".join(f"{address} {name}\n" for address in addresses)
    if path.exists():
        path.write_text(text)  # bound over /etc/hosts by the first call
    else:
        replace_file(Path("/etc/hosts"), text)
        replace_file(Path("/etc/nsswitch.conf"), "hosts: files\n")


def full_backlog(address: str, port: int) -> list[socket.socket]:
    """A listener that takes no further connection, so that a connect stays silent."""
    opened = [socket.create_server((address, port), backlog=0)]
    for _ in range(8):
        waiting = socket.socket()
        waiting.setblocking(False)
        waiting.connect_ex((address, port))
        opened.append(waiting)
    return opened


async def answered(way: HttpWay, port: int) -> str:
    answer = await way.ask(HttpQuestion(f"http://portal.example:{port}/", seconds=20))
    return answer.failure.kind if answer.failure else answer.addresses[0]


async def main() -> None:
    way = HttpWay()
    async with (
        saying(plain(), host="127.0.3.20") as port,
        saying(plain(), host="127.0.4.1", port=port),
        saying(plain(), host="127.0.5.1", port=port),
    ):
        silent = full_backlog("127.0.4.2", port)
        for addresses in (
            [f"127.0.3.{number}" for number in range(1, 21)],
            ["127.0.4.2", "127.0.4.1"],
            ["127.0.5.1"],
            ["127.0.6.1", "127.0.6.2"],
        ):
            hosts("portal.example", *addresses)
            sys.stdout.write(await answered(way, port) + "\n")
            await asyncio.sleep(FRESH)
        for each in silent:
            each.close()


if __name__ == "__main__":
    asyncio.run(main())
