"""The machine room: heat that comes from what runs in it, and goes where the cooling carries it."""

from __future__ import annotations

import math

from demo.devices.room_sensor import RoomSensor, room_sensor
from demo.world.active import Active

COMFORT, DAMP_COMFORT = 22.4, 0.46  # Celsius and ratio at the racks' inlets while all is well
WITHOUT_COOLING, TIME_TO_HEAT = 46.0, 900.0  # where it ends, and the time constant in seconds
OVERHEAT, DAMP = 38.0, 0.86
# The inputs of the contact module, in their order: water, smoke, an open door, the alarm of the cooling.
CONTACTS = ("water", "smoke", "door", "cooling")
AT_ONCE, TIME_TO_COOL = 2.0, 240.0
BLOWN = OVERHEAT + 1 - COMFORT  # Celsius more at the inlets, where hot air comes back to them


class Room:
    """`celsius` and `humidity` at the inlet; the other probes follow from it."""

    def __init__(self, active: Active) -> None:
        self._active = active
        self.sensor: RoomSensor = room_sensor("room")
        self.celsius, self.humidity = COMFORT, DAMP_COMFORT
        self._room, self._blown = COMFORT, 0.0  # of the air that the cooling sees, and more at the inlets

    @property
    def cooled(self) -> bool:
        """The air conditioner hangs on the mains, not on a UPS."""
        return not (self._active.on("mains-off") or self._active.on("cooling-failed"))

    @property
    def closed(self) -> tuple[bool, ...]:
        """Of each contact of CONTACTS, whether it says that something is wrong."""
        on = self._active.on
        return on("leak"), on("smoke"), on("door-open"), not self.cooled

    def advance(self, seconds: float) -> None:
        aim, takes = (COMFORT, TIME_TO_COOL) if self.cooled else (WITHOUT_COOLING, TIME_TO_HEAT)
        self._room = _towards(self._room, aim, seconds, takes)
        self._blown = _towards(self._blown, BLOWN * self._active.on("overheat"), seconds, AT_ONCE)
        self.celsius = self._room + self._blown
        damp, soon = (DAMP, AT_ONCE) if self._active.on("humidity") else (DAMP_COMFORT, 30.0)
        self.humidity = _towards(self.humidity, damp, seconds, soon)
        self._tell()
        self.sensor.advance(seconds)

    def _tell(self) -> None:
        probes, contacts, on = self.sensor.probes, self.sensor.contacts, self._active.on
        probes["inlet"].celsius, probes["inlet"].humidity = self.celsius, self.humidity
        probes["return"].celsius, probes["return"].humidity = self.celsius + 5.7, self.humidity - 0.12
        probes["supply"].celsius = self.celsius - 6.2 if self.cooled else self.celsius - 0.5
        probes["inlet"].attached = not on("sensor-lost")
        for name, closed in zip(CONTACTS, self.closed, strict=True):
            if name in contacts:
                contacts[name].active = closed


def _towards(now: float, aim: float, seconds: float, takes: float) -> float:
    return aim + (now - aim) * math.exp(-seconds / takes)
