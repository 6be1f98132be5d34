"""One of each device, each at an address of its own that only this machine can reach."""

from __future__ import annotations

from demo.devices.device import Device
from demo.devices.place import Moment, Place, User, still
from demo.devices.room_sensor import room_sensor
from demo.devices.switch import Neighbour, access_switch, core_switch
from demo.devices.traffic import busy
from demo.devices.ups import apc_ups, standard_ups

NETWORK = "127.77.0"
PORT = 11161


def devices() -> list[Device]:
    access, core = access_switch("access-1"), core_switch("core-1")
    busy(access)
    busy(core, share=8.0)
    near, far = access.uplinks[0], "Ten-GigabitEthernet1/0/1"
    access.neighbours[near], core.neighbours[far] = Neighbour(core.name, far), Neighbour(access.name, near)
    return [access, core, standard_ups("ups-1"), apc_ups("ups-2"), room_sensor("room-1")]


def places(before: Moment = still, port: int = PORT, user: User | None = None) -> list[Place]:
    """By version 2c, or with a user by version 3."""
    return [
        Place(device, f"{NETWORK}.{number}", port, user=user, before=before)
        for number, device in enumerate(devices(), 1)
    ]
