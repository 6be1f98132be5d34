"""Runs in a namespace with a name server of its own: applications by names that it answers as it pleases."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from pathlib import Path
from typing import Any

import dns.message
import dns.rcode
import dns.rrset

from agent.core.model import Reading
from agent.core.snapshot import Snapshot
from agent.reaching import reaching
from agent.runner import Runner
from agent.transports.resolve import FRESH
from collectors.application import COLLECTOR
from tests.collectors.applications import target
from tests.collectors.ways import value
from tests.transports.http_server import plain, saying
from tests.transports.resolve_cases import replace_file

TWENTY = [f"127.0.1.{number}" for number in range(1, 20)]
NAMES: dict[str, Any] = {
    "good.example.": ["127.0.0.1"],
    "gone.example.": "NXDOMAIN",
    "empty.example.": [],
    "broken.example.": "SERVFAIL",
    "silent.example.": None,
    "many.example.": [*TWENTY, "127.0.0.1"],
    "moving.example.": ["127.0.0.1"],
}


def answer(server: socket.socket) -> None:
    while True:
        packet, peer = server.recvfrom(512)
        asked = dns.message.from_wire(packet)
        question = asked.question[0]
        said = NAMES.get(question.name.to_text(), "NXDOMAIN")
        if said is None:
            continue
        reply = dns.message.make_response(asked, recursion_available=True)
        if isinstance(said, str):
            reply.set_rcode(dns.rcode.from_text(said))
        elif said and question.rdtype == 1:
            reply.answer.append(dns.rrset.from_text_list(question.name, 0, "IN", "A", said))
        server.sendto(reply.to_wire(), peer)


def told(reading: Reading, began: float) -> dict[str, Any]:
    return {
        "up": value(reading, "application_up"),
        "failure": reading.failure.kind if reading.failure else None,
        "why": [each.said.zh for each in reading.diagnoses],
        "seconds": time.monotonic() - began,
    }


async def main() -> None:
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 53))
    replace_file(Path("/etc/resolv.conf"), "nameserver 127.0.0.1\noptions timeout:30\n")
    replace_file(Path("/etc/nsswitch.conf"), "hosts: dns\n")
    threading.Thread(target=answer, args=(server,), daemon=True).start()
    found: dict[str, Any] = {}
    async with saying(plain()) as port, reaching() as reach:
        runner = Runner(reach, Snapshot())

        async def ask(name: str, way: str = "http") -> dict[str, Any]:
            asked = f"http://{name}example:{port}/" if way == "http" else f"{name}example:{port}"
            began = time.monotonic()
            return told(await runner.run(COLLECTOR, target({way: asked}, timeout=2.0)), began)

        for name in NAMES:
            short = name.removesuffix("example.")
            found[short[:-1]] = await ask(short)
        found["gone by tcp"] = await ask("gone.", "tcp")
        NAMES["moving.example."] = ["127.0.0.9"]
        await asyncio.sleep(FRESH + 0.1)
        found["moved"] = await ask("moving.")
    print(json.dumps(found))


if __name__ == "__main__":
    asyncio.run(main())
