"""What a device's answers mean by a profile: labels, conditions, states, unknown readings, scales. Pure."""

from __future__ import annotations

from typing import Any

import pytest

from collectors.profiles.form import Profile
from collectors.profiles.meaning import Answers, meanings, settled
from collectors.profiles.values import number

T = "1.3.6.1.4.1.99999.1.1"  # a made-up table
TEMPERATURE = {"metric": "device_temperature_celsius", "oid": f"{T}.4", "unit": "0.1 celsius"}


def read(*entries: dict[str, Any], columns: dict[str, Any] | None = None, **answers: Any) -> dict[tuple[str, str], Any]:
    """By metric and label; `answers` are rows of the column after the underscore (t4={"1": 235}) or `single`."""
    profile = Profile.model_validate({"id": "made", "columns": columns or {}, "read": entries})
    table = {f"{T}.{name[1:]}": rows for name, rows in answers.items() if name != "single"}
    found = settled(list(meanings(profile, profile.read, Answers(answers.get("single", {}), table))))
    return {(each.metric.removeprefix("device_"), each.label): each.value for each in found}


def test_each_row_becomes_a_sample_named_by_the_column_that_the_profile_names() -> None:
    found = read(TEMPERATURE, columns={"name": f"{T}.2"}, t4={"1": 235, "2": -15}, t2={"1": b"board", "2": b"inlet "})
    assert found == {
        ("temperature_celsius", "board"): pytest.approx(23.5),
        ("temperature_celsius", "inlet"): pytest.approx(-1.5),
    }


def test_without_a_name_the_index_is_the_label_and_its_parts_can_be_told_apart() -> None:
    assert set(read(TEMPERATURE, t4={"1.2": 200})) == {("temperature_celsius", "1.2")}
    assert set(read({**TEMPERATURE, "label": "unit {1} slot {2}"}, t4={"1.2": 200})) == {
        ("temperature_celsius", "unit 1 slot 2")
    }


def test_rows_that_share_a_name_are_numbered_so_that_no_series_is_twice() -> None:
    found = read(TEMPERATURE, columns={"name": f"{T}.2"}, t4={"1": 10, "2": 20}, t2={"1": b"fan", "2": b"fan"})
    assert [label for _, label in found] == ["fan", "fan #2"]


def test_single_values_whose_names_are_blank_are_told_apart() -> None:
    columns = {"first": f"{T}.1.0", "second": f"{T}.2.0"}
    entries = [{**TEMPERATURE, "oid": f"{T}.{4 + n}.0", "label": f"{{{name}}}"} for n, name in enumerate(columns)]
    found = read(*entries, columns=columns, single={f"{T}.4.0": 10, f"{T}.5.0": 20, f"{T}.1.0": b" "})
    assert [label for _, label in found] == ["unnamed", "unnamed #2"]


def test_a_name_is_found_by_a_part_of_the_index_or_by_what_another_column_says() -> None:
    columns = {"unit": {"oid": f"{T}.7", "key": "1"}, "entity": f"{T}.8", "part": {"oid": f"{T}.9", "by": "entity"}}
    found = read(
        {**TEMPERATURE, "label": "{unit} {part}"},
        columns=columns,
        t4={"3.1": 300},
        t7={"3": b"stack 3"},
        t8={"3.1": 1001},
        t9={"1001": b"CPU"},
    )
    assert set(found) == {("temperature_celsius", "stack 3 CPU")}


def test_a_type_column_decides_and_rows_can_be_left_out() -> None:
    columns = {"type": f"{T}.3", "state": f"{T}.5"}
    entry = {**TEMPERATURE, "where": {"type": 1}, "unless": {"state": [7, "absent"]}}
    found = read(
        entry,
        columns=columns,
        t4={"1": 10, "2": 20, "3": 30, "4": 40},
        t3={"1": 1, "2": 2, "3": 1, "4": 1},
        t5={"1": 1, "2": 1, "3": 7, "4": b"Absent"},
    )
    assert set(found) == {("temperature_celsius", "1")}


def test_a_condition_may_be_a_regular_expression() -> None:
    entry = {**TEMPERATURE, "where": {"name": "/^temp/", "index": r"/\.2$/"}}
    found = read(entry, columns={"name": f"{T}.2"}, t4={"1.1": 10, "1.2": 20}, t2={"1.1": b"Temp A", "1.2": b"TEMP B"})
    assert set(found) == {("temperature_celsius", "TEMP B")}


@pytest.mark.parametrize(
    "raw", [2147483647, -2147483648, 4294967295, 65535, -9999, b"N/A", b"", b"--", b"not supported", None]
)
def test_a_reading_that_means_unknown_gives_no_sample(raw: Any) -> None:
    entry = {**TEMPERATURE, "unit": "celsius", "unknown": [65535]}
    assert read(entry, t4={"1": raw} if raw is not None else {}) == {}


@pytest.mark.parametrize("raw", [32767, -32768, 65535, -65535])
def test_what_16_bits_are_full_of_is_no_reading_even_where_the_profile_does_not_say_so(raw: int) -> None:
    volts = {"metric": "device_voltage_volts", "oid": f"{T}.1", "unit": "0.1 millivolts", "label": "{index}"}
    assert read(volts, t1={"1": raw, "2": 33011}) == {("voltage_volts", "2"): pytest.approx(3.3011)}


def test_a_percentage_below_zero_or_far_above_a_hundred_is_none() -> None:
    entry = {"metric": "device_humidity_ratio", "oid": f"{T}.4", "unit": "percent"}
    assert list(read(entry, t4={"1": -1, "2": 255, "3": 45, "4": 100})) == [
        ("humidity_ratio", "3"),
        ("humidity_ratio", "4"),
    ]


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (b"23.5 C", 23.5),
        (b" -4", -4),
        (b"20,9", 20.9),
        (b"+12 mV", 12),
        (b"1200 RPM", 1200),
        (7, 7),
        (0.5, 0.5),
        (b"0,123 A", 0.123),
        (b"95 F/ 35 C", 95),
        (b"5 V 2", 5),
    ],
)
def test_numbers_sent_as_text_are_read(raw: Any, value: float) -> None:
    assert number(raw) == value


@pytest.mark.parametrize("raw", [b"1,234 W", b"12,345.6", b"12 000 W", b"1'234", b"1e9", b"1E-3", b"0x1F", b"1.2.3"])
def test_a_text_that_is_no_plain_number_is_not_read_as_its_first_digits(raw: bytes) -> None:
    assert number(raw) is None


@pytest.mark.parametrize("raw", [b"01/10/2022", b"2022-01-10 10:00", b"N/A", b"\xff\xfe", b"", float("nan")])
def test_dates_and_words_are_no_numbers(raw: Any) -> None:
    assert number(raw) is None


def test_states_become_one_and_zero_and_what_is_not_listed_nothing() -> None:
    entry = {
        "metric": "device_fan_up",
        "oid": f"{T}.6",
        "states": {1: ["ok", 1], 2: ["failed", 0], "spinning": ["word", 1]},
        "label": "fan {index}",
    }
    found = read(entry, t6={"1": 1, "2": 2, "3": 3, "4": b"Spinning"})
    assert found == {("fan_up", "fan 1"): 1, ("fan_up", "fan 2"): 0, ("fan_up", "fan 4"): 1}


def test_digits_and_the_si_scale_come_from_columns() -> None:
    columns = {"digits": f"{T}.7", "scale": f"{T}.8"}
    entry = {"metric": "device_voltage_volts", "oid": f"{T}.4", "unit": "volts", "digits": "digits", "si": "scale"}
    # 8 is milli, 9 units, 10 kilo (RFC 3433)
    found = read(
        entry,
        columns=columns,
        t4={"1": 3300, "2": 2305, "3": 4},
        t7={"1": 0, "2": 1, "3": 0},
        t8={"1": 8, "2": 9, "3": 10},
    )
    assert list(found.values()) == [pytest.approx(3.3), pytest.approx(230.5), pytest.approx(4000)]


@pytest.mark.parametrize("scale", [0, 18, 112, 255, -5])
def test_a_scale_that_does_not_exist_costs_one_sample_and_not_the_reading(scale: int) -> None:
    entry = {"metric": "device_voltage_volts", "oid": f"{T}.4", "unit": "volts", "si": "scale"}
    found = read(entry, columns={"scale": f"{T}.8"}, t4={"1": 3300, "2": 5}, t8={"1": scale, "2": 9})
    assert list(found.values()) == [5]


def test_thousands_of_sensors_of_one_name_are_each_numbered_once() -> None:
    rows = {str(index): 200 for index in range(4000)}
    names = dict.fromkeys(rows, b"fan") | {"1": b"fan #3"}
    labels = [label for _, label in read(TEMPERATURE, columns={"name": f"{T}.2"}, t4=rows, t2=names)]
    assert labels[:4] == ["fan", "fan #3", "fan #2", "fan #4"]
    assert len(set(labels)) == 4000


def test_more_rows_than_any_device_has_are_not_read() -> None:
    assert len(read(TEMPERATURE, t4=dict.fromkeys(map(str, range(12_000)), 200))) == 10_000


def test_a_share_comes_from_any_two_of_used_free_and_total() -> None:
    memory = {"metric": "device_memory_usage_ratio"}
    found = read(
        {**memory, "used": f"{T}.1", "total": f"{T}.2"},
        {**memory, "free": [f"{T}.3", f"{T}.4"], "total": f"{T}.2", "label": "by free"},
        {**memory, "used": f"{T}.1", "free": f"{T}.3", "label": "both"},
        t1={"1": 30},
        t2={"1": 100},
        t3={"1": 10},
        t4={"1": 50},
    )
    assert list(found.values()) == [pytest.approx(0.3), pytest.approx(0.4), pytest.approx(0.75)]
    assert read({**memory, "used": f"{T}.1", "total": f"{T}.2"}, t1={"1": 5}, t2={"1": 0}) == {}


def test_a_limit_gives_the_margin_to_it() -> None:
    found = read({**TEMPERATURE, "limit": f"{T}.5"}, t4={"1": 300, "2": 400}, t5={"1": 650, "2": 0})
    assert found["temperature_margin_celsius", "1"] == pytest.approx(35)
    assert ("temperature_margin_celsius", "2") not in found


def test_a_fallback_counts_only_where_the_finer_reading_is_missing() -> None:
    fine = {**TEMPERATURE, "oid": f"{T}.8.0", "label": "case"}
    coarse = {**TEMPERATURE, "oid": f"{T}.9.0", "label": "case", "unit": "celsius", "fallback": True}
    key = ("temperature_celsius", "case")
    assert read(fine, coarse, single={f"{T}.8.0": 234, f"{T}.9.0": 23}) == {key: pytest.approx(23.4)}
    assert read(fine, coarse, single={f"{T}.9.0": 23}) == {key: 23}


def test_of_rows_of_a_metric_without_a_label_the_worst_counts() -> None:
    load = {"metric": "ups_load_ratio", "oid": f"{T}.4", "unit": "percent"}
    charge = {"metric": "ups_battery_charge_ratio", "oid": f"{T}.5", "unit": "percent"}
    found = read(load, charge, t4={"1": 20, "2": 45, "3": 30}, t5={"1": 90, "2": 60})
    assert found == {("ups_load_ratio", ""): pytest.approx(0.45), ("ups_battery_charge_ratio", ""): pytest.approx(0.6)}


def test_a_pattern_finds_the_number_in_a_text() -> None:
    entry = {**TEMPERATURE, "unit": "celsius", "pattern": r"/ ?(\d+) C"}
    assert list(read(entry, t4={"1": b"95 F/ 35 C", "2": b"--"}).values()) == [35]
