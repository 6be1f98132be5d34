"""The automatic items of the machine room, each on what its collectors tell."""

from __future__ import annotations

import pytest

from tests.checks.items import Case, Series, flips_and_back, known, series, tries_every_automatic_item

DAY = 86400.0
INLET = {"sensor": "进风", "place": "inlet"}
HOUR = {"sensor": "进风", "window": "1h"}
QUARTER = {"sensor": "进风", "window": "15m"}
CHANGE = tuple(series("room_temperature_change_celsius", 1, **each) for each in (HOUR, QUARTER))
AIR = (
    series("room_dew_point_celsius", 10, sensor="进风"),
    series("room_humidity_ratio", 0.5, **INLET),
    series("room_condensation_margin_celsius", 8, sensor="进风"),
)
SOURCES = ("none", "normal", "bypass", "battery", "booster", "reducer")
OUTPUT = (
    *(series("ups_output_source", each == "normal", source=each) for each in SOURCES),
    series("ups_on_battery", 0),
    series("ups_on_battery_seconds", 0),
    series("ups_alarms", 0),
)
BATTERY = (
    series("ups_battery_runtime_seconds", 2700),
    series("ups_battery_charge_ratio", 1),
    series("ups_self_test_ok", 1),
)
TEST = (
    series("ups_self_test_ok", 1),
    series("ups_self_test_warning", 0),
    series("ups_self_test_timestamp_seconds", -3 * DAY),
    series("ups_battery_health_ok", 1),
)
INPUT = (
    series("ups_input_volts", 228, phase="1"),
    series("ups_input_hertz", 50),
    series("ups_input_deviations", 0, window="24h"),
    series("ups_on_battery", 0),
)
WET = {"sensor": "漏水", "measures": "water"}
WATER = (series("room_water_leak", 0, sensor="漏水"), series("room_sensor_fault", 0, **WET, fault="open"))
FIRE = {"sensor": "烟感", "measures": "smoke", "fault": "shielded"}
SMOKE = (series("room_smoke", 0, sensor="烟感"), series("room_sensor_fault", 0, **FIRE))
COOLING = (
    series("room_cooling_up", 1, unit="1"),
    series("room_cooling_running", 1),
    series("room_cooling_alarm", 0, unit="1"),
    series("room_cooling_temperature_difference_celsius", 8, unit="1"),
)
DOOR = (series("room_door_open", 0, sensor="门"), series("room_door_open_unexpected", 0, sensor="门"))
CAMERA = (series("room_camera_up", 1, camera="机房"),)
STUCK = {"sensor": "进风", "measures": "temperature"}
READ = (
    series("room_sensor_constant_seconds", 60, **STUCK),
    series("shouwang_target_read_timestamp_seconds", -5, collector="room"),
)


def inlet(celsius: float) -> tuple[tuple[str, dict[str, str], float], ...]:
    return (("room_temperature_celsius", INLET, celsius),)


def kept(days: float) -> Series:
    """Recordings go so far back."""
    return series("room_recording_oldest_timestamp_seconds", -days * DAY, camera="机房")


CASES = (
    Case("PHY-01", inlet(23), inlet(28), "warn", 10),
    Case("PHY-01", inlet(23), inlet(17), "warn", 10),
    Case("PHY-01", inlet(23), inlet(31), "fail", 5),
    Case("PHY-01", inlet(23), inlet(9), "fail", 5),
    Case("PHY-01", inlet(23), inlet(36), "fail"),
    Case("PHY-02", CHANGE, (series("room_temperature_change_celsius", 6, **HOUR),), "warn"),
    Case("PHY-02", CHANGE, (series("room_temperature_change_celsius", -21, **HOUR),), "fail"),
    Case("PHY-02", CHANGE, (series("room_temperature_change_celsius", 4.5, **QUARTER),), "fail"),
    Case("PHY-03", AIR, (series("room_dew_point_celsius", 18, sensor="进风"),), "warn", 30),
    Case("PHY-03", AIR, (series("room_humidity_ratio", 0.65, **INLET),), "warn", 30),
    Case("PHY-03", AIR, (series("room_humidity_ratio", 0.85, **INLET),), "fail", 10),
    Case("PHY-03", AIR, (series("room_condensation_margin_celsius", 1, sensor="进风"),), "fail", 10),
    Case("PHY-04", OUTPUT, (series("ups_output_source", 1, source="bypass"),), "warn", 1),
    Case("PHY-04", OUTPUT, (series("ups_on_battery", 1), series("ups_on_battery_seconds", 30)), "warn"),
    Case("PHY-04", OUTPUT, (series("ups_alarms", 2),), "warn"),
    Case("PHY-04", OUTPUT, (series("ups_on_battery_seconds", 90),), "fail"),
    Case("PHY-04", OUTPUT, (series("ups_output_source", 1, source="none"),), "fail"),
    Case("PHY-05", BATTERY, (series("ups_battery_runtime_seconds", 1200),), "warn"),
    Case("PHY-05", BATTERY, (series("ups_battery_charge_ratio", 0.5),), "fail"),
    Case("PHY-05", BATTERY, (series("ups_battery_runtime_seconds", 600),), "fail"),
    Case("PHY-05", BATTERY, (), "warn", 24 * 60, without=("ups_self_test_ok",)),
    Case("PHY-06", TEST, (series("ups_self_test_warning", 1),), "warn"),
    Case("PHY-06", TEST, (series("ups_self_test_timestamp_seconds", -40 * DAY),), "warn"),
    Case("PHY-06", TEST, (series("ups_self_test_ok", 0),), "fail"),
    Case("PHY-06", TEST, (series("ups_self_test_timestamp_seconds", -100 * DAY),), "fail"),
    Case("PHY-06", TEST, (series("ups_battery_health_ok", 0),), "fail"),
    Case("PHY-07", (series("ups_load_ratio", 0.4),), (series("ups_load_ratio", 0.8),), "warn", 15),
    Case("PHY-07", (series("ups_load_ratio", 0.4),), (series("ups_load_ratio", 0.9),), "fail", 5),
    Case("PHY-08", INPUT, (series("ups_input_volts", 240, phase="1"),), "warn", 5),
    Case("PHY-08", INPUT, (series("ups_input_hertz", 49.4),), "fail", 1),
    Case("PHY-08", INPUT, (series("ups_input_volts", 180, phase="1"),), "fail", 1),
    Case("PHY-08", INPUT, (series("ups_input_deviations", 6, window="24h"),), "fail"),
    Case("PHY-09", WATER, (series("room_water_leak", 1, sensor="漏水"),), "fail"),
    Case("PHY-09", WATER, (series("room_sensor_fault", 1, **WET, fault="open"),), "fail"),
    Case("PHY-09", WATER, (series("room_sensor_fault", 1, **WET, fault="impedance"),), "warn"),
    Case("PHY-10", SMOKE, (series("room_smoke", 1, sensor="烟感"),), "fail"),
    Case("PHY-10", SMOKE, (series("room_sensor_fault", 1, **FIRE),), "warn"),
    Case("PHY-10", SMOKE, (series("room_sensor_fault", 1, **FIRE),), "fail", 60),
    Case("PHY-11", COOLING, (series("room_cooling_up", 0, unit="1"),), "warn", 10),
    Case("PHY-11", COOLING, (series("room_cooling_running", 0),), "fail", 5),
    Case("PHY-11", COOLING, (series("room_cooling_alarm", 1, unit="1"),), "fail"),
    Case("PHY-12", DOOR, (series("room_door_open", 1, sensor="门"),), "warn", 3),
    Case("PHY-12", DOOR, (series("room_door_open", 1, sensor="门"),), "fail", 10),
    Case("PHY-12", DOOR, (series("room_door_open_unexpected", 1, sensor="门"),), "fail", 10),
    Case("PHY-14", CAMERA, (series("room_camera_up", 0, camera="机房"),), "warn", 5),
    Case("PHY-14", (*CAMERA, kept(40)), (kept(25),), "warn"),
    Case("PHY-14", (*CAMERA, kept(40)), (kept(10),), "fail"),
    Case("PHY-17", READ, (series("room_sensor_constant_seconds", 2 * DAY, **STUCK),), "warn", collector="room"),
    Case(
        "PHY-17",
        READ,
        (series("shouwang_target_read_timestamp_seconds", -1200, collector="room"),),
        "warn",
        collector="room",
    ),
    Case(
        "PHY-17",
        READ,
        (series("shouwang_target_read_timestamp_seconds", -2 * DAY, collector="room"),),
        "fail",
        collector="room",
    ),
)


@pytest.mark.parametrize("case", known(CASES), ids=str)
def test_an_item_flips_with_what_is_read_and_back(case: Case) -> None:
    flips_and_back(case)


def test_every_automatic_item_is_tried() -> None:
    tries_every_automatic_item("physical_environment", CASES)
