"""Devices served by our own small codec: versions 1 and 2c, for hundreds of devices in one process."""

from __future__ import annotations

import asyncio
from typing import cast

from demo.devices import codec
from demo.devices.answers import answer
from demo.devices.place import Place


class Responder(asyncio.DatagramProtocol):
    """Answers at one place."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._transport: asyncio.DatagramTransport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        asked = codec.understood(data)
        if asked is None or asked.community != self._place.community.encode():
            return
        table = self._place.table()
        if table is not None:
            self._transport.sendto(answer(table, asked, self._place.limit), addr)


async def serve(place: Place) -> asyncio.DatagramTransport:
    """Answers until the transport is closed; OSError if the address and port cannot be had."""
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: Responder(place), local_addr=(place.address, place.port))
    place.port = transport.get_extra_info("sockname")[1]
    return transport
