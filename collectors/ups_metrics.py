"""Metrics of an uninterruptible power supply, whatever it is read by."""

from __future__ import annotations

from agent.core.model import Metric


def _metric(name: str, unit: str, help_: str, *labels: str) -> Metric:
    return Metric(name, "gauge", unit, labels, help_)


OUTPUT_SOURCE = Metric(
    "ups_output_source",
    "gauge",
    "state set",
    ("source",),
    "What feeds the load",
    states=("none", "normal", "bypass", "battery", "booster", "reducer", "other"),
)
ON_BATTERY = _metric("ups_on_battery", "0/1", "The load runs on battery")
ON_BATTERY_SECONDS = _metric("ups_on_battery_seconds", "seconds", "How long the load has run on battery; 0 on mains")
ALARMS = _metric("ups_alarms", "alarms", "Alarms present")
CHARGE = _metric("ups_battery_charge_ratio", "ratio", "Estimated charge")
RUNTIME = _metric("ups_battery_runtime_seconds", "seconds", "Estimated time left")
BATTERY_LOW = _metric("ups_battery_low", "0/1", "Battery low or depleted")
BATTERY_HEALTH = _metric("ups_battery_health_ok", "0/1", "No replacement asked for, battery status normal")
BATTERY_VOLTS = _metric("ups_battery_volts", "volts", "Battery voltage")
BATTERY_TEMPERATURE = _metric("ups_battery_temperature_celsius", "celsius", "Battery temperature")
LOAD = _metric("ups_load_ratio", "ratio", "Load of rated power, the highest phase")
PHASE_LOAD = _metric("ups_phase_load_ratio", "ratio", "Load of rated power of each phase, where told apart", "phase")
INPUT_VOLTS = _metric("ups_input_volts", "volts", "Input voltage", "phase")
INPUT_HERTZ = _metric("ups_input_hertz", "hertz", "Input frequency")
INPUT_DEVIATIONS = _metric("ups_input_deviations", "events", "Times that the input went out of tolerance", "window")
OUTPUT_VOLTS = _metric("ups_output_volts", "volts", "Output voltage", "phase")
OUTPUT_AMPERES = _metric("ups_output_amperes", "amperes", "Output current", "phase")
SELF_TEST_OK = _metric(
    "ups_self_test_ok", "0/1", "Last finished self-test passed (also with a warning); absent where none is known"
)
SELF_TEST_WARNING = _metric("ups_self_test_warning", "0/1", "Last finished self-test ended with a warning")
SELF_TEST_TIME = _metric(
    "ups_self_test_timestamp_seconds", "Unix seconds", "Start of that test; kept across a restart of the card"
)
METRICS = (
    OUTPUT_SOURCE,
    ON_BATTERY,
    ON_BATTERY_SECONDS,
    ALARMS,
    CHARGE,
    RUNTIME,
    BATTERY_LOW,
    BATTERY_HEALTH,
    BATTERY_VOLTS,
    BATTERY_TEMPERATURE,
    LOAD,
    PHASE_LOAD,
    INPUT_VOLTS,
    INPUT_HERTZ,
    INPUT_DEVIATIONS,
    OUTPUT_VOLTS,
    OUTPUT_AMPERES,
    SELF_TEST_OK,
    SELF_TEST_WARNING,
    SELF_TEST_TIME,
)
