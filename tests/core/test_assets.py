"""Hardware addresses in one spelling, whoever wrote them."""

from __future__ import annotations

import pytest

from agent.core.assets import mac_of, mac_text, of_one_station


@pytest.mark.parametrize(
    "written",
    ["00e0-fc12-3456", "00E0.FC12.3456", "00:E0:FC:12:34:56", "00-e0-fc-12-34-56", "00E0FC123456", " 00e0fc-123456 "],
)
def test_every_usual_spelling_is_the_same_address(written: str) -> None:
    assert mac_of(written) == "00:e0:fc:12:34:56"


@pytest.mark.parametrize(
    "written", ["", "00e0fc12345", "00:e0:fc:12:34:5g", "00:e0:fc:12:34", "10.0.0.1", "无", "+" * 99]
)
def test_what_is_no_address_is_none(written: str) -> None:
    assert mac_of(written) == ""


def test_only_six_bytes_are_an_address() -> None:
    assert mac_text(bytes(range(6))) == "00:01:02:03:04:05"
    assert mac_text(b"") == mac_text(bytes(8)) == ""


@pytest.mark.parametrize(
    ("mac", "station"),
    [
        ("00:e0:fc:12:34:56", True),
        ("02:e0:fc:12:34:56", True),
        ("01:00:5e:00:00:01", False),
        ("ff:ff:ff:ff:ff:ff", False),
        ("00:00:00:00:00:00", False),
        ("", False),
    ],
)
def test_groups_and_nobody_are_no_stations(mac: str, station: bool) -> None:
    assert of_one_station(mac) is station
