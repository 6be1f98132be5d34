"""Metrics of the machine room's air, contacts and cooling, whatever they are read by, and the dew point's formula.

Label `sensor` is what the site or the device calls the thing: a point's name, a probe's name.
"""

from __future__ import annotations

import math

from agent.core.model import Metric


def _metric(name: str, unit: str, help_: str, *labels: str) -> Metric:
    return Metric(name, "gauge", unit, labels or ("sensor",), help_)


TEMPERATURE = _metric("room_temperature_celsius", "celsius", "Air temperature", "sensor", "place")
TEMPERATURE_CHANGE = _metric(
    "room_temperature_change_celsius", "celsius", "Change by linear fit over the window 15m, 1h", "sensor", "window"
)
HUMIDITY = _metric("room_humidity_ratio", "ratio", "Relative humidity", "sensor", "place")
HUMIDITY_CHANGE = _metric("room_humidity_change_ratio", "ratio", "Change over the window 2h", "sensor", "window")
DEW_POINT = _metric("room_dew_point_celsius", "celsius", "Computed by the Magnus formula")
CONDENSATION_MARGIN = _metric(
    "room_condensation_margin_celsius", "celsius", "Coldest surface or supply-air sensor minus dew point"
)
WATER = _metric("room_water_leak", "0/1", "Water detected")
SMOKE = _metric("room_smoke", "0/1", "Smoke or fire contact active")
DOOR = _metric("room_door_open", "0/1", "Door open")
DOOR_UNEXPECTED = _metric(
    "room_door_open_unexpected", "0/1", "Door open outside its window on service days, and no planned change covers it"
)
CONTACT = _metric("room_contact_active", "0/1", "A contact, of which nobody said what it watches for, is active")
SENSOR_FAULT = _metric(
    "room_sensor_fault", "0/1", "Loop open, short, impedance, shielded", "sensor", "measures", "fault"
)
SENSOR_CONSTANT = _metric(
    "room_sensor_constant_seconds",
    "seconds",
    "How long an analogue sensor has given exactly the same value",
    "sensor",
    "measures",
)
COOLING_UP = _metric("room_cooling_up", "0/1", "Cooling unit runs", "unit")
COOLING_RUNNING = Metric("room_cooling_running", "gauge", "units", (), "Cooling units that run")
COOLING_ALARM = _metric("room_cooling_alarm", "0/1", "High or low pressure, fan, water", "unit")
COOLING_DIFFERENCE = _metric(
    "room_cooling_temperature_difference_celsius", "celsius", "Return minus supply air", "unit"
)
# What a device profile may give; what a contact watches for follows from it.
MEASURED = (TEMPERATURE, HUMIDITY, CONTACT)


def dew_point(temperature: float, humidity: float) -> float | None:
    """Celsius, from air temperature in Celsius and relative humidity as a ratio; None where the formula ends.

    Magnus formula with the constants of item PHY-03, good from -40 to 50 degrees.
    """
    if not 0 < humidity <= 1 or not -60 <= temperature <= 100:
        return None
    g = math.log(humidity) + 17.625 * temperature / (243.04 + temperature)
    return 243.04 * g / (17.625 - g)
