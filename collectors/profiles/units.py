"""The units that devices count in, and what they are in base units. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unit:
    """base = raw * factor + offset; `base` is a metric's unit."""

    base: str
    factor: float = 1.0
    offset: float = 0.0

    def convert(self, raw: float) -> float:
        # 224 tenths are 22.4, not 22.400000000000002.
        return round(raw * self.factor + self.offset, 12)


COUNTED = "count"  # stands for whatever the metric counts: alarms, events
UNITS = {
    "celsius": Unit("celsius"),
    "fahrenheit": Unit("celsius", 5 / 9, -32 * 5 / 9),
    "kelvin": Unit("celsius", 1.0, -273.15),
    "ratio": Unit("ratio"),
    "percent": Unit("ratio", 0.01),
    "idle": Unit("ratio", -0.01, 1.0),  # percent of the time that nothing ran
    "volts": Unit("volts"),
    "millivolts": Unit("volts", 1e-3),
    "kilovolts": Unit("volts", 1e3),
    "amperes": Unit("amperes"),
    "milliamperes": Unit("amperes", 1e-3),
    "microamperes": Unit("amperes", 1e-6),
    "watts": Unit("watts"),
    "milliwatts": Unit("watts", 1e-3),
    "kilowatts": Unit("watts", 1e3),
    "hertz": Unit("hertz"),
    "rpm": Unit("revolutions per minute"),
    "seconds": Unit("seconds"),
    "minutes": Unit("seconds", 60),
    "hours": Unit("seconds", 3600),
    "ticks": Unit("seconds", 0.01),
    "uptime": Unit("Unix seconds", 0.01),  # the value of sysUpTime (ticks) at that moment
    COUNTED: Unit(COUNTED),
}
FORM = re.compile(r"(?:(\d+(?:\.\d+)?(?:e-?\d+)?) )?([a-z]+)")

# What no sensor of this kind measures is a device's way to say that it does not know.
PLAUSIBLE = {
    "celsius": (-60.0, 250.0),
    "ratio": (0.0, 1.005),
    "volts": (-1000.0, 100_000.0),
    "amperes": (-10_000.0, 100_000.0),
    "watts": (-1e6, 1e8),
    "hertz": (0.0, 120.0),
    "revolutions per minute": (0.0, 200_000.0),
    "seconds": (0.0, 1e9),
}
OVERLOAD = (0.0, 5.0)  # a load, unlike other ratios, may be above 1
# Some cards send tenths where RFC 1628 says volts; 2,369 V at a socket is none.
OF_MAINS = (0.0, 1000.0)
COUNT = (0.0, 10_000.0)
BOUNDS = {
    "room_temperature_celsius": (-40.0, 85.0),
    "ups_battery_temperature_celsius": (-40.0, 100.0),
    "ups_battery_volts": (0.0, 1000.0),
    "ups_input_volts": OF_MAINS,
    "ups_output_volts": OF_MAINS,
    "ups_output_amperes": (0.0, 10_000.0),
    "ups_alarms": COUNT,
    "ups_input_deviations": (0.0, 2.0**32),
    "ups_load_ratio": OVERLOAD,
    "ups_phase_load_ratio": OVERLOAD,
}
MAINS_HERTZ = (40.0, 70.0)  # or none at all
# What 16 bits are full of is nobody's measurement, whatever its sign, and -1 only where a value can be negative.
FULL = frozenset({2**15 - 1, 2**16 - 1, -(2**15), 1 - 2**16})
SIGNED = frozenset({"device_current_amperes", "device_power_watts", "device_voltage_volts"})


def unit(text: str) -> Unit:
    """`0.1 volts`: a factor and a name of UNITS; ValueError for anything else."""
    match = FORM.fullmatch(text)
    if match is None or match[2] not in UNITS:
        raise ValueError(f"unit {text!r}: expected one of {', '.join(UNITS)}, with an optional factor like '0.1 volts'")
    known = UNITS[match[2]]
    return Unit(known.base, known.factor * float(match[1] or 1), known.offset)


def no_reading(metric: str, raw: float) -> bool:
    """Whether a raw number is the usual way to say that nothing is known."""
    return raw in FULL or (raw == -1 and metric not in SIGNED)


def plausible(metric: str, base: str, value: float | str) -> bool:
    """Whether something of this kind can be measured. `value` in base units; a state always can."""
    if isinstance(value, str):
        return True
    if metric == "ups_input_hertz":
        return value == 0 or MAINS_HERTZ[0] <= value <= MAINS_HERTZ[1]
    low, high = BOUNDS.get(metric) or PLAUSIBLE.get(base, (float("-inf"), float("inf")))
    return low <= value <= high
