"""SNMP: switches, UPS, the room's sensor, and printers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from demo.devices import by_codec
from demo.devices.device import Device
from demo.devices.place import Place
from demo.network.exchange import Serve, Service
from demo.network.packet import UDP
from demo.servers.keys import Keys
from demo.world.world import World

PORT = 161


@asynccontextmanager
async def serving(world: World, own: str, first: int, serve: Serve, keys: Keys) -> AsyncIterator[None]:
    """A socket for each device, from port `first` on."""
    transports = []
    try:
        for number, (name, device) in enumerate(_devices(world).items()):
            place = Place(device, own, first + number, keys.community)
            transports.append(await by_codec.serve(place))
            serve(Service(world.centre.nodes[name].address, UDP, PORT), place.port)
        yield
    finally:
        for transport in transports:
            transport.close()


def _devices(world: World) -> dict[str, Device]:
    """A part of a centre has UPS and sensor too, but nobody can ask them."""
    devices = {**world.switching.switches, **world.power.ups, "room": world.room.sensor, **world.printing.printers}
    return {name: device for name, device in devices.items() if name in world.centre.nodes}
