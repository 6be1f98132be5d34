"""What becomes of values beyond what 0.21 knows; the rest is compared with the real snmp_exporter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from agent.core.smi import Counter64, IpAddress, OpaqueFloat
from exporters.families import Families
from exporters.snmp.index import read
from exporters.snmp.module import Module
from exporters.snmp.render import render

Oid = tuple[int, ...]
ROW = {"labelname": "row", "type": "gauge"}


def lines(metrics: list[dict[str, Any]], found: Mapping[Oid, Any]) -> list[str]:
    """The series of a module with these metrics; OIDs are short: column, index."""
    module = Module.model_validate({"metrics": [{"help": "", **metric} for metric in metrics]})
    families = Families()
    for _ in render(module, found, families):
        pass
    body = b"".join(families.rendered()).decode()
    return [line for line in body.split("\n") if line and not line.startswith("# HELP")]


def one(found: Any, **metric: Any) -> list[str]:
    """The series of one value with the index 7."""
    given = {"name": "a", "oid": "1.1", "indexes": [ROW], **metric}
    return [line for line in lines([given], {(1, 1, 7): found}) if not line.startswith("#")]


@pytest.mark.parametrize(
    ("metric", "value", "said"),
    [
        ({"type": "gauge", "scale": 0.1}, 235, "23.5"),
        ({"type": "gauge", "scale": 0.1, "offset": -273.15}, 3000, "26.850000000000023"),
        ({"type": "gauge", "offset": -1}, 5, "4"),
        ({"type": "counter", "scale": 10}, Counter64(2**53 + 1), "10.0"),
        ({"type": "gauge", "scale": 0.5}, b"text", "0.0"),
        ({"type": "Float", "scale": 2}, OpaqueFloat(0.5), "1.0"),
        ({"type": "NTPTimeStamp"}, (2_208_988_800 + 60).to_bytes(4) + bytes(4), "60"),
        ({"type": "ParseDateAndTime", "datetime_pattern": "%b %d %Y"}, b"Nov 24 2026", "1795478400"),
        ({"type": "DateAndTime", "offset": 1}, bytes.fromhex("07b2010100000000"), "1"),
    ],
)
def test_a_number_is_scaled_moved_and_read(metric: dict[str, Any], value: Any, said: str) -> None:
    (line,) = one(value, **metric)
    assert line.startswith('a{row="7"} ')
    assert float(line.rpartition(" ")[2]) == float(said)


@pytest.mark.parametrize(
    ("metric", "value"),
    [
        ({"type": "NTPTimeStamp"}, b"short"),
        ({"type": "ParseDateAndTime", "datetime_pattern": "%b %d %Y"}, b"never"),
        ({"type": "DateAndTime"}, 5),
        ({"type": "Bits", "enum_values": {0: "x"}}, 5),
        ({"type": "DisplayString", "regex_extracts": {"Cut": [{"regex": r"(\d+)"}]}}, b"none"),
        ({"type": "EnumAsInfo", "name": "row"}, 1),
        ({"type": "EnumAsStateSet", "name": "row", "enum_values": {1: "x"}}, 1),
    ],
)
def test_what_says_nothing_gives_no_series(metric: dict[str, Any], value: Any) -> None:
    assert one(value, **metric) == []


def test_a_text_that_is_scaled_has_the_scaled_one_as_its_value() -> None:
    assert one(b"x", type="DisplayString", scale=2, offset=0.5) == ['a{a="x",row="7"} 2.5']


def test_octets_follow_the_display_hint() -> None:
    assert one(b"\x01\x02", type="OctetString", display_hint="1d.") == ['a{a="1.2",row="7"} 1']
    assert one(b"\x01\x02", type="OctetString", display_hint="1q") == ['a{a="0x0102",row="7"} 1']


def test_a_number_out_of_a_text_is_scaled() -> None:
    extracts = {"Celsius": [{"regex": r"(\d+)F", "value": "$1"}]}
    cut = {"type": "DisplayString", "regex_extracts": extracts}
    assert one(b"100F", **cut, scale=0.5, offset=1) == ['aCelsius{row="7"} 51.0']


def test_a_state_that_is_looked_up_is_named() -> None:
    lookups = [{"labels": ["row"], "labelname": "kind", "oid": "1.2", "type": "EnumAsInfo", "enum_values": {1: "fan"}}]
    metric = {"name": "a", "oid": "1.1", "type": "gauge", "indexes": [ROW], "lookups": lookups}
    found = {(1, 1, 7): 5, (1, 1, 8): 6, (1, 2, 7): 1, (1, 2, 8): 9}
    assert lines([metric], found)[1:] == ['a{kind="fan",row="7"} 5', 'a{kind="9",row="8"} 6']


def test_an_address_that_is_looked_up_is_read_by_its_kind_in_the_column_before() -> None:
    lookups = [{"labels": ["row"], "labelname": "to", "oid": "1.3", "type": "InetAddress"}]
    metric = {"name": "a", "oid": "1.1", "type": "gauge", "indexes": [ROW], "lookups": lookups}
    found = {(1, 1, 7): 5, (1, 2, 7): 1, (1, 3, 7): b"\x0a\0\0\1"}
    assert lines([metric], found)[1:] == ['a{row="7",to="10.0.0.1"} 5']


def test_two_metrics_of_one_name_make_one_family_and_one_of_another_type_is_left_out() -> None:
    metrics = [
        {"name": "a", "oid": "1.1", "type": "gauge"},
        {"name": "a", "oid": "1.2", "type": "gauge", "indexes": [ROW]},
        {"name": "a", "oid": "1.3", "type": "counter", "indexes": [ROW]},
    ]
    assert lines(metrics, {(1, 1, 0): 1, (1, 2, 7): 2, (1, 3, 8): 3}) == ["# TYPE a gauge", "a 1", 'a{row="7"} 2']


def test_the_highest_of_two_metrics_takes_what_lies_below_it() -> None:
    metrics = [{"name": "below", "oid": "1.1.7", "type": "gauge"}, {"name": "above", "oid": "1.1", "type": "gauge"}]
    assert lines(metrics, {(1, 1, 7): 1}) == ["# TYPE above gauge", "above 1"]


def test_nothing_below_a_metric_gives_no_empty_family() -> None:
    assert lines([{"name": "a", "oid": "1.1", "type": "gauge"}], {(1, 2, 7): 1}) == []


def test_a_length_that_no_index_can_have_takes_what_is_there() -> None:
    """A hostile agent could make others reserve gigabytes for it."""
    assert read((2**32 - 1, 97, 98), "DisplayString") == ("ab", (2**32 - 1, 97, 98), ())


def test_an_ipv6_address_in_an_ip_address_is_written_as_one() -> None:
    assert one(IpAddress(bytes(15) + b"\1"), type="InetAddressIPv4") == ['a{a="::1",row="7"} 1']
