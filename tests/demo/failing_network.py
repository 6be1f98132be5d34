"""Asks addresses of a simulated network in a namespace of its own, and prints what came of it as JSON."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from collections.abc import Awaitable, Callable

from demo.network import namespace, packet, tun
from demo.network.exchange import Exchange, Service
from demo.network.way import Fate, Way

OWN = "10.30.0.250"
HOPS = ("10.20.0.1", "10.20.9.1")
WAYS = {
    "10.1.1.1": Way(delay=0.03, hops=HOPS, closed=frozenset({80}), swallowed=frozenset({443})),
    "10.1.1.2": Way(Fate.SILENT),
    "10.1.1.3": Way(Fate.UNREACHABLE, hops=HOPS),
    "10.1.1.4": Way(Fate.PROHIBITED),
    "10.1.1.5": Way(loss=0.3),
    "10.1.1.6": Way(),
}
LENGTH = 40_000  # bytes of one datagram


async def tcp(address: str, port: int, said: bytes = b"hello\n") -> object:
    try:
        async with asyncio.timeout(1.5):
            reader, writer = await asyncio.open_connection(address, port)
            writer.write(said)
            heard = await reader.read()
            writer.close()
            return [heard.decode(), len(said)]
    except (OSError, TimeoutError) as error:
        return getattr(error, "errno", None) or type(error).__name__


def udp(address: str, port: int) -> object:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.settimeout(1.5)
        try:
            asking.connect((address, port))
            asking.send(b"u" * LENGTH)
            return len(asking.recv(65_536))
        except OSError as error:
            return error.errno or type(error).__name__


async def ping(*argv: str) -> str:
    running = await asyncio.create_subprocess_exec(
        "ping", *argv, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await running.communicate()
    return said.decode()


async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Says at which address it was asked, and how much was said until the line's end."""
    said = await reader.readline()
    writer.write(f"{writer.get_extra_info('peername')[0]} heard {len(said)}".encode())
    writer.close()


class Echo(asyncio.DatagramProtocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.transport.sendto(data, addr)  # type: ignore[attr-defined]


async def main() -> None:
    exchange = Exchange(tun.opened(OWN, "255.0.0.0"), OWN, WAYS.get)
    server = await asyncio.start_server(greet, OWN, 20_001, limit=2**20)
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(Echo, (OWN, 20_002))
    for address in WAYS:
        for port in (22, 80, 443):
            exchange.serve(Service(address, packet.TCP, port), 20_000 + {22: 1, 80: 3, 443: 4}[port])
        exchange.serve(Service(address, packet.UDP, 161), 20_002)
    aside: Callable[..., Awaitable[object]] = asyncio.to_thread
    found = {
        "tcp": await tcp("10.1.1.1", 22),
        "much": await tcp("10.1.1.6", 22, b"x" * 300_000 + b"\n"),
        "closed": await tcp("10.1.1.1", 80),
        "nobody": await tcp("10.1.1.1", 23),
        "swallowed": await tcp("10.1.1.1", 443),
        "silent": await tcp("10.1.1.2", 22),
        "unreachable": await tcp("10.1.1.3", 22),
        "prohibited": await tcp("10.1.1.4", 22),
        "no such host": await tcp("10.1.1.99", 22),
        "udp": await aside(udp, "10.1.1.1", 161),
        "udp nobody": await aside(udp, "10.1.1.1", 162),
        "ping": await ping("-c", "3", "-i", "0.2", "10.1.1.1"),
        "ttl": await ping("-c", "1", "-t", "2", "10.1.1.1"),
        "loss": await ping("-c", "200", "-i", "0.01", "-W", "1", "10.1.1.5"),
    }
    server.close()
    transport.close()
    exchange.close()
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    namespace.enter()
    asyncio.run(main())
