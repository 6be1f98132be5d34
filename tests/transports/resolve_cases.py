"""Runs in a namespace whose only name server hears and says nothing."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
from pathlib import Path

from agent.core.reach import CannotAsk
from agent.transports.resolve import ASKING, Resolver


def use_silent_server() -> socket.socket:
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 53))
    server.setblocking(False)
    replace_file(Path("/etc/resolv.conf"), "nameserver 127.0.0.1\noptions timeout:30\n")
    replace_file(Path("/etc/nsswitch.conf"), "hosts: dns\n")
    return server


def replace_file(path: Path, text: str) -> None:
    """For this namespace only. Where the file is a link into /run, which is empty here, it is made there."""
    real = path.resolve()
    if not real.exists():
        real.parent.mkdir(parents=True, exist_ok=True)
        real.write_text(text)
        return
    instead = Path("/run") / path.name
    instead.write_text(text)
    subprocess.run(["mount", "--bind", str(instead), str(real)], check=True)


async def ask(resolver: Resolver, name: str) -> CannotAsk:
    try:
        await resolver.find(name, 0.5)
    except CannotAsk as error:
        return error
    raise AssertionError(f"{name} was found")


async def main() -> None:
    server = use_silent_server()
    resolver = Resolver()
    errors = await asyncio.gather(*(ask(resolver, "bureau.example") for _ in range(40)))
    names = set()
    while True:
        try:
            names.add(server.recv(512)[2:])  # the question without its number: both families, one lookup
        except BlockingIOError:
            break
    await asyncio.gather(*(ask(resolver, f"bureau-{place}.example") for place in range(ASKING - 1)))
    crowded = await ask(resolver, "one-more.example")
    questions = {name[10:26] for name in names}
    print(json.dumps({"kinds": [error.kind for error in errors], "questions": len(questions), "crowded": str(crowded)}))


if __name__ == "__main__":
    asyncio.run(main())
    sys.stdout.flush()
