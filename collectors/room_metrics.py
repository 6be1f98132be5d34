"""Metrics of a machine room's air, contacts and cooling, shared by those who read them over SNMP and over Modbus.

Label `sensor` is the site's word for the thing: a point's name, a probe's name as the device tells it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Literal

from agent.core.model import Metric

Place = Literal["inlet", "return", "room", "supply", "surface"]

TEMPERATURE = Metric(
    "room_temperature_celsius", "gauge", "celsius", ("sensor", "place"), "Air temperature; place inlet, return, room"
)
TEMPERATURE_CHANGE = Metric(
    "room_temperature_change_celsius",
    "gauge",
    "celsius",
    ("sensor", "window"),
    "Change by linear fit over the window 15m, 1h; falls are negative",
)
HUMIDITY = Metric("room_humidity_ratio", "gauge", "ratio", ("sensor", "place"), "Relative humidity")
HUMIDITY_CHANGE = Metric(
    "room_humidity_change_ratio", "gauge", "ratio", ("sensor", "window"), "Change over the window 2h"
)
DEW_POINT = Metric("room_dew_point_celsius", "gauge", "celsius", ("sensor",), "Dew point by the Magnus formula")
CONDENSATION_MARGIN = Metric(
    "room_condensation_margin_celsius",
    "gauge",
    "celsius",
    ("sensor",),
    "Coldest surface or supply-air sensor minus dew point; absent without such a sensor",
)
WATER_LEAK = Metric("room_water_leak", "gauge", "0/1", ("sensor",), "Water detected")
SMOKE = Metric("room_smoke", "gauge", "0/1", ("sensor",), "Smoke or fire contact active")
DOOR_OPEN = Metric("room_door_open", "gauge", "0/1", ("sensor",), "Door open")
DOOR_OPEN_UNEXPECTED = Metric(
    "room_door_open_unexpected",
    "gauge",
    "0/1",
    ("sensor",),
    "Open outside the allowed window (service days 07:30-18:00 by default) and no registered entry",
)
SENSOR_FAULT = Metric(
    "room_sensor_fault",
    "gauge",
    "0/1",
    ("sensor", "measures", "fault"),
    "Loop open, short, impedance, shielded; measures water, smoke, door",
    ("open", "short", "impedance", "shielded"),
)
SENSOR_CONSTANT = Metric(
    "room_sensor_constant_seconds",
    "gauge",
    "seconds",
    ("sensor", "measures"),
    "How long an analogue sensor (temperature, humidity, voltage, load) has given exactly the same value",
)
COOLING_UP = Metric("room_cooling_up", "gauge", "0/1", ("unit",), "Cooling unit runs")
COOLING_RUNNING = Metric("room_cooling_running", "gauge", "units", (), "Cooling units that run")
COOLING_ALARM = Metric("room_cooling_alarm", "gauge", "0/1", ("unit",), "High or low pressure, fan, water")
COOLING_DIFFERENCE = Metric(
    "room_cooling_temperature_difference_celsius", "gauge", "celsius", ("unit",), "Return minus supply air"
)

# Which metric a contact is told by, by what it measures.
CONTACTS: Mapping[str, Metric] = {"water": WATER_LEAK, "smoke": SMOKE, "door": DOOR_OPEN}


def dew_point(temperature: float, humidity: float) -> float | None:
    """Celsius, from air temperature in Celsius and relative humidity as a ratio; None where the formula ends.

    Magnus formula with the constants of item PHY-03, good from -40 to 50 degrees.
    """
    if not 0 < humidity <= 1 or not -60 <= temperature <= 100:
        return None
    g = math.log(humidity) + 17.625 * temperature / (243.04 + temperature)
    return 243.04 * g / (17.625 - g)
