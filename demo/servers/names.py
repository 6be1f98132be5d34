"""DNS: the name server of the centre (RFC 1035, by UDP)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import cast

import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.rrset

from demo.network.exchange import Serve, Service
from demo.network.packet import UDP
from demo.servers.certificates import SERVER
from demo.servers.keys import Keys
from demo.world.world import World

PORT = 53
WRONG = "203.0.113.66"  # RFC 5737: an address for documentation
TIME_TO_LIVE = 60


@asynccontextmanager
async def serving(world: World, own: str, first: int, serve: Serve, keys: Keys) -> AsyncIterator[None]:
    right = world.centre.whole.nodes["acceptance-host"].address

    def answer(asked: dns.message.Message) -> dns.message.Message:
        reply = dns.message.make_response(asked, recursion_available=True)
        question = asked.question[0]
        if question.name.to_text(omit_final_dot=True).lower() != SERVER:
            reply.set_rcode(dns.rcode.NXDOMAIN)
        elif question.rdtype == 1:
            address = WRONG if world.active.on("dns-wrong") else right
            reply.answer.append(dns.rrset.from_text(question.name, TIME_TO_LIVE, "IN", "A", address))
        return reply

    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(lambda: Names(answer), (own, first))
    for node in world.centre.of("names"):
        serve(Service(node.address, UDP, PORT), first)
    try:
        yield
    finally:
        transport.close()


class Names(asyncio.DatagramProtocol):
    def __init__(self, answer: Callable[[dns.message.Message], dns.message.Message]) -> None:
        self._answer = answer
        self._transport: asyncio.DatagramTransport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        with suppress(dns.exception.DNSException, IndexError):
            self._transport.sendto(self._answer(dns.message.from_wire(data)).to_wire(), addr)
