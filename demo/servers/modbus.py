"""Modbus TCP: the contacts of the machine room, one discrete input each, in the order of world.room.CONTACTS."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pymodbus.constants import ExcCodes
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from demo.network.exchange import Serve, Service
from demo.network.packet import TCP
from demo.servers.keys import Keys
from demo.world.world import World

PORT, UNIT = 502, 1
DISCRETE = 2  # function code: read discrete inputs
WORD = 16  # bits


@asynccontextmanager
async def serving(world: World, own: str, first: int, serve: Serve, keys: Keys) -> AsyncIterator[None]:
    async def tell(
        function: int, start: int, address: int, count: int, registers: list[int], values: list[int] | list[bool] | None
    ) -> ExcCodes | None:
        """Brings the inputs to the present before they are told; nobody may write."""
        if values is not None:
            return ExcCodes.ILLEGAL_FUNCTION
        if function == DISCRETE:
            registers[0] = sum(closed << number for number, closed in enumerate(world.room.closed))
        return None

    device = SimDevice(UNIT, simdata=_tables(), action=tell)
    server = ModbusTcpServer([device], address=(own, first))
    await server.serve_forever(background=True)
    for node in world.centre.of("contacts"):
        serve(Service(node.address, TCP, PORT), first)
    try:
        yield
    finally:
        await server.shutdown()  # type: ignore[no-untyped-call]


def _tables() -> tuple[list[SimData], list[SimData], list[SimData], list[SimData]]:
    bits = [SimData(0, values=[False] * WORD, datatype=DataType.BITS)]
    words = [SimData(0, count=1, values=0, datatype=DataType.REGISTERS)]
    return bits, list(bits), words, list(words)
