"""Dew point, changes over time and sensors that stand still, by hand-made times and values."""

from __future__ import annotations

from typing import Any

import pytest

from collectors.room_air import Air, air_samples, fitted_change
from collectors.room_metrics import dew_point

Found = dict[str, dict[tuple[str, ...], float]]


class Sensor:
    """A sensor that is read at given times."""

    def __init__(self) -> None:
        self.memory: dict[str, Any] = {}

    def read(self, at: float, *air: Air) -> Found:
        found: Found = {}
        for sample in air_samples(air, self.memory, at):
            assert sample.labels not in found.get(sample.metric.name, {})
            found.setdefault(sample.metric.name, {})[sample.labels] = sample.value
        return found


def warm(celsius: float, sensor: str = "t", place: str = "room") -> Air:
    return Air(sensor, place, "temperature", celsius)


def moist(ratio: float, sensor: str = "t", place: str = "room") -> Air:
    return Air(sensor, place, "humidity", ratio)


# Computed apart from the product, with the constants of PHY-03; the first is the textbook's 20 degrees at 50 %.
@pytest.mark.parametrize(
    ("celsius", "humidity", "expected"),
    [(20, 0.5, 9.26), (25, 0.6, 16.69), (22, 1.0, 22.0), (30, 0.8, 26.17), (0, 0.5, -9.19), (25, 0.05, -17.31)],
)
def test_the_dew_point_is_that_of_the_formula(celsius: float, humidity: float, expected: float) -> None:
    assert dew_point(celsius, humidity) == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize(("celsius", "humidity"), [(20, 0), (20, -0.1), (20, 1.2), (-243.04, 0.5), (3276.7, 0.5)])
def test_no_dew_point_is_made_of_nonsense(celsius: float, humidity: float) -> None:
    assert dew_point(celsius, humidity) is None


def test_a_humidity_goes_with_the_temperature_of_its_sensor_or_the_only_one_at_its_place() -> None:
    sensor = Sensor()
    assert sensor.read(0, warm(20), moist(0.5), warm(30, "u"))["room_dew_point_celsius"][("t",)] == pytest.approx(
        9.26, abs=0.01
    )
    assert sensor.read(0, warm(20, "a"), moist(0.5, "b"))["room_dew_point_celsius"].keys() == {("b",)}
    assert "room_dew_point_celsius" not in sensor.read(0, warm(20, "a"), warm(30, "c"), moist(0.5, "b"))
    assert "room_dew_point_celsius" not in sensor.read(0, warm(20, "a", "inlet"), moist(0.5, "b"))


def test_the_margin_is_that_of_the_coldest_surface_or_supply() -> None:
    cold = (warm(12, "pipe", "surface"), warm(14, "duct", "supply"), warm(5, "window", "return"))
    found = Sensor().read(0, warm(20), moist(0.5), *cold)
    assert found["room_condensation_margin_celsius"][("t",)] == pytest.approx(12 - 9.26, abs=0.01)
    assert "room_condensation_margin_celsius" not in Sensor().read(0, warm(20), moist(0.5))


def test_a_change_is_told_once_two_thirds_of_its_window_are_known() -> None:
    sensor = Sensor()
    for at in range(0, 600, 30):
        assert "room_temperature_change_celsius" not in sensor.read(at, warm(20 + at / 300))
    found = sensor.read(600, warm(22))["room_temperature_change_celsius"]
    assert found == {("t", "15m"): pytest.approx(2)}
    for at in range(630, 3630, 30):
        found = sensor.read(at, warm(20 + at / 300))["room_temperature_change_celsius"]
    assert found == {("t", "15m"): pytest.approx(3), ("t", "1h"): pytest.approx(12)}


def test_one_wild_reading_is_no_rise() -> None:
    sensor = Sensor()
    for at in range(0, 900, 30):
        sensor.read(at, warm(20))
    found = sensor.read(900, warm(26))["room_temperature_change_celsius"]
    assert 0 < found["t", "15m"] < 1.2


def test_falls_are_negative_and_humidity_is_told_over_two_hours() -> None:
    sensor = Sensor()
    for at in range(0, 7201, 60):
        found = sensor.read(at, warm(30 - at / 600), moist(0.4 + at / 72000))
    assert found["room_temperature_change_celsius"]["t", "1h"] == pytest.approx(-6)
    assert found["room_humidity_change_ratio"] == {("t", "2h"): pytest.approx(0.1)}


def test_a_sensor_that_stands_still_is_timed_until_it_moves() -> None:
    sensor = Sensor()
    constant = [
        sensor.read(at, warm(celsius))["room_sensor_constant_seconds"]["t", "temperature"]
        for at, celsius in ((0, 21.5), (30, 21.5), (3600, 21.5), (7200, 21.5), (7230, 21.6), (7260, 21.6))
    ]
    assert constant == [0, 30, 3600, 7200, 0, 30]


def test_what_was_not_read_is_not_told_and_after_two_hours_forgotten() -> None:
    sensor = Sensor()
    sensor.read(0, warm(20, "a"), warm(20, "b"))
    assert sensor.read(30, warm(20, "a"))["room_sensor_constant_seconds"].keys() == {("a", "temperature")}
    sensor.read(8000, warm(20, "c"))
    assert [key[1] for key in sensor.memory["air"]] == ["c"]


def test_a_device_polled_every_second_holds_no_more_than_others() -> None:
    sensor = Sensor()
    for at in range(0, 5000):
        sensor.read(at, warm(20 + at % 7))
    (course,) = sensor.memory["air"].values()
    assert len(course.points) <= 3600 / 20 + 2


def test_the_two_ends_of_a_cooling_unit_share_their_series_over_time() -> None:
    sensor = Sensor()
    for at in range(0, 901, 30):
        found = sensor.read(at, warm(24, "ac", "return"), warm(15 + at / 900, "ac", "supply"))
    assert found["room_temperature_celsius"] == {("ac", "return"): 24, ("ac", "supply"): 16}
    assert found["room_temperature_change_celsius"] == {("ac", "15m"): pytest.approx(0)}


def test_the_fit_is_the_line_of_least_squares() -> None:
    assert fitted_change([(0, 1.0), (10, 2.0), (20, 6.0)]) == pytest.approx(5.0)
