"""Runs in a namespace whose only name server hears and says nothing."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
import threading
from pathlib import Path

import dns.message
import dns.rdatatype
import dns.rrset

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


def answer(server: socket.socket) -> None:
    """From now on, a little slowly."""
    server.setblocking(True)
    while True:
        wire, asker = server.recvfrom(512)
        reply = dns.message.make_response(dns.message.from_wire(wire))
        if reply.question[0].rdtype == dns.rdatatype.A:
            reply.answer.append(dns.rrset.from_text(reply.question[0].name, 60, "IN", "A", "10.0.0.9"))
        threading.Timer(0.03, server.sendto, (reply.to_wire(), asker)).start()


async def crowd(names: int) -> list[str]:
    resolver = Resolver()
    asked = [f"room-{place}.example" for place in range(names)] * 2
    found = await asyncio.gather(*(resolver.find(name, 20) for name in asked))
    return sorted({str(each.address[0]) for each in found})


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
    threading.Thread(target=answer, args=(server,), daemon=True).start()
    told = {
        "kinds": [error.kind for error in errors],
        "questions": len({name[10:26] for name in names}),
        "crowded": str(crowded),
        "found": await crowd(4 * ASKING),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    asyncio.run(main())
    sys.stdout.flush()
