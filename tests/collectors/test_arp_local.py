"""Whom the machine that the agent runs on has met in its own network, as the kernel has it."""

from __future__ import annotations

from tests.namespace import run_script


def test_registered_devices_and_strangers_are_told_and_those_who_never_answered_are_not() -> None:
    assert run_script("collectors/arp_local_cases.py").splitlines() == [
        "device_asset_address_info pc 10.9.1.5",
        "device_unknown_station_address_info 00:e0:fc:00:01:03 10.9.1.66",
    ]
