"""Metrics of any managed device, shared by the collectors that read one: switches, machine room."""

from __future__ import annotations

from agent.core.model import Metric

DEVICE_INFO = Metric("device_info", "gauge", "1", ("vendor", "model", "version", "serial"), "What the device is")
DEVICE_UPTIME = Metric(
    "device_uptime_seconds",
    "gauge",
    "seconds",
    (),
    "sysUpTime (wraps after 497 days, unless snmpEngineTime agrees with it and tells the turns)",
)
RESTARTS_APPROVED = Metric(
    "device_restarts_approved",
    "gauge",
    "restarts",
    (),
    "Restarts in the last 24 hours that an approved change covers",
)
RESTARTS = Metric(
    "device_restarts_unapproved",
    "gauge",
    "restarts",
    (),
    "Restarts in the last 24 hours that no approved change covers",
)


def _sensor(name: str, unit: str, help_: str) -> Metric:
    return Metric(name, "gauge", unit, ("sensor",), help_)


CPU = _sensor("device_cpu_usage_ratio", "ratio", "CPU in use, 5 minutes where the device offers it")
MEMORY = _sensor("device_memory_usage_ratio", "ratio", "Memory in use")
CACHE = _sensor("device_memory_cache_ratio", "ratio", "Memory that holds caches and buffers, given back when needed")
TEMPERATURE = _sensor("device_temperature_celsius", "celsius", "Inner temperature")
TEMPERATURE_MARGIN = _sensor(
    "device_temperature_margin_celsius", "celsius", "The device's own alarm limit minus the temperature"
)
FAN_UP = _sensor("device_fan_up", "0/1", "The fan works; absent where the device has none there")
FAN_SPEED = _sensor("device_fan_speed_rpm", "revolutions per minute", "Sensor of the device, where it has one")
POWER_SUPPLY_UP = _sensor(
    "device_power_supply_up", "0/1", "The power supply works; absent where the device has none there"
)
VOLTAGE = _sensor("device_voltage_volts", "volts", "Sensor of the device, where it has one")
CURRENT = _sensor("device_current_amperes", "amperes", "Sensor of the device, where it has one")
POWER = _sensor("device_power_watts", "watts", "Sensor of the device, where it has one")
FREQUENCY = _sensor("device_frequency_hertz", "hertz", "Sensor of the device, where it has one")
HUMIDITY = _sensor("device_humidity_ratio", "ratio", "Sensor of the device, where it has one")
PRINTER_STATES = ("ok", "low_paper", "no_paper", "jammed", "offline")
STATE = Metric(
    "device_state",
    "gauge",
    "state set",
    ("sensor", "state"),
    "State of a printer, 0 everywhere where it is none of these; of a sensor or load by the device's own limits, of a "
    "disk, volume, module, member of a stack, source of power: ok, warning, critical",
    states=(*PRINTER_STATES, "warning", "critical"),
)
MEASURED = (
    CPU,
    MEMORY,
    CACHE,
    TEMPERATURE,
    TEMPERATURE_MARGIN,
    FAN_UP,
    FAN_SPEED,
    POWER_SUPPLY_UP,
    VOLTAGE,
    CURRENT,
    POWER,
    FREQUENCY,
    HUMIDITY,
    STATE,
)
