"""A sensor device of the machine room: probes for temperature and humidity, contacts for water, smoke, door."""

from __future__ import annotations

from dataclasses import dataclass, field

from demo.devices import akcp
from demo.devices.device import Device, Objects, system


@dataclass
class Probe:
    """`humidity` as a ratio, None where the probe measures only temperature. `attached`: its cable is plugged in."""

    name: str
    celsius: float
    humidity: float | None = None
    attached: bool = True


@dataclass
class Contact:
    """`active`: the thing that it watches for is so (water, smoke, an open door). `attached` as for a probe;
    `broken`: the device says that the sensor does not work."""

    name: str
    active: bool = False
    attached: bool = True
    broken: bool = False


def _probes() -> dict[str, Probe]:
    return {"inlet": Probe("机柜进风", 22.4, 0.46), "return": Probe("回风", 28.1, 0.34), "supply": Probe("送风", 16.2)}


def _contacts() -> dict[str, Contact]:
    return {"water": Contact("漏水 Water"), "smoke": Contact("烟感 Smoke"), "door": Contact("门 Door")}


@dataclass(kw_only=True)
class RoomSensor(Device):
    """Probes and contacts by keys of their own; the device calls them by their names."""

    model: str = "sensorProbe8"
    version: str = "2.0"
    probes: dict[str, Probe] = field(default_factory=_probes)
    contacts: dict[str, Contact] = field(default_factory=_contacts)

    def objects(self) -> Objects:
        return {**system(self), **akcp.sensors(self)}


def room_sensor(name: str = "room-1") -> RoomSensor:
    """An AKCP sensorProbe with three probes and three contacts."""
    return RoomSensor(
        name=name,
        title=f"环境监测 {name}",
        descr="sensorProbe8 v 2.0",
        object_id="1.3.6.1.4.1.3854.1",
        tells_engine=False,
    )
