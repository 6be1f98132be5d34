"""Which addresses are asked: all that devices can have, never those by which one asks everybody."""

from __future__ import annotations

import pytest

from agent.discovery.networks import addresses
from agent.options import Refused


def test_network_and_broadcast_addresses_are_never_among_them() -> None:
    found = addresses(["10.0.0.0/29"])
    assert found == [f"10.0.0.{n}" for n in range(1, 7)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("10.0.0.7", ["10.0.0.7"]),
        ("10.0.0.7/32", ["10.0.0.7"]),
        ("10.0.0.6/31", ["10.0.0.6", "10.0.0.7"]),
        ("10.0.0.9/30", ["10.0.0.9", "10.0.0.10"]),
        (" 10.0.0.7 ", ["10.0.0.7"]),
        ("fd00::7", ["fd00::7"]),
        ("fd00::/126", ["fd00::1", "fd00::2", "fd00::3"]),
    ],
)
def test_a_network_has_the_addresses_of_its_hosts(text: str, found: list[str]) -> None:
    assert addresses([text]) == found


def test_several_networks_are_asked_once_where_they_overlap() -> None:
    assert addresses(["10.0.0.0/30", "10.0.0.2", "10.0.0.0/29"]) == [f"10.0.0.{n}" for n in range(1, 7)]


def test_the_largest_network_is_a_slash_20() -> None:
    assert len(addresses(["10.0.0.0/20"])) == 4094
    assert len(addresses(["fd00::/116"])) == 4095


@pytest.mark.parametrize("text", ["10.0.0.0/19", "0.0.0.0/0", "fd00::/64", "fd00::/115"])
def test_a_larger_network_is_refused_in_both_languages(text: str) -> None:
    with pytest.raises(Refused, match="too large; at most a /") as refused:
        addresses([text])
    assert "太大" in refused.value.text.zh


@pytest.mark.parametrize("text", ["224.0.0.0/24", "239.1.2.3", "240.0.0.0/24", "255.255.255.255", "0.0.0.0"])
def test_what_holds_no_devices_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="holds no devices"):
        addresses([text])


@pytest.mark.parametrize("text", ["fe80::/120", "ff02::1"])
def test_addresses_that_need_an_interface_or_mean_many_are_refused(text: str) -> None:
    with pytest.raises(Refused, match="holds no devices"):
        addresses([text])


@pytest.mark.parametrize("text", ["", "core", "10.0.0", "10.0.0.0/33", "10.0.0.0-255", "10.0.0.0/24/1", "../etc"])
def test_what_is_no_network_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="not a network"):
        addresses([text])
