"""The list of assets against what was seen: who is where, who is missing, who is a stranger."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from agent.core.assets import Asset, Assets
from agent.core.computed import Computed
from agent.core.inventory import (
    DAY,
    MISSING_AFTER,
    PROVEN_AFTER,
    Inventory,
    Sighting,
    body_of,
    read,
    seen,
    strangers,
    without_owner,
)
from agent.core.model import Failure, Metric, Reading, Sample, Target

AT = 1.8e9
SWITCH = Target("switch", "access-1", "接入", address="10.0.0.2")
PLACE = Metric("device_asset_info", "gauge", "1", ("asset", "interface", "vlan", "attached"), "")
ADDRESS = Metric("device_asset_address_info", "gauge", "1", ("asset", "address"), "")
STRANGERS = Metric("device_unknown_stations", "gauge", "addresses", ("network",), "")
STRANGER = Metric("device_unknown_station_info", "gauge", "1", ("mac", "interface", "vlan"), "")
STRANGER_ADDRESS = Metric("device_unknown_station_address_info", "gauge", "1", ("mac", "address"), "")
INFO = Metric("device_info", "gauge", "1", ("vendor", "model", "version", "serial"), "")
UP = Metric("device_up", "gauge", "0/1", (), "")
MAC, ROGUE = "00:e0:fc:00:01:01", "00:e0:fc:00:01:09"
PC = Asset("pc", macs=(MAC,))
ASSETS = Assets({MAC: PC}, listed=(PC,))


def told(*samples: Sample, target: Target = SWITCH, at: float = AT, collector: str = "stations") -> Reading:
    return Reading(target, collector, at, 0.0, samples)


def looked(assets: Assets, *times: tuple[float, Sequence[Reading]]) -> Inventory:
    found = Inventory()
    for at, readings in times:
        found = found.looked(assets, readings, at)
    return found


def at_port(at: float = AT) -> Reading:
    return told(Sample(PLACE, 1, ("pc", "GE1", "10", "port")), Sample(STRANGERS, 0, ("business",)), at=at)


def nobody(at: float = AT) -> Reading:
    return told(Sample(STRANGERS, 0, ("business",)), at=at)


def test_a_device_is_where_it_is_plugged_in_whatever_uplinks_lead_to_it() -> None:
    core = Target("switch", "core-1", "核心")
    readings = [
        told(Sample(PLACE, 1, ("pc", "GE1", "10", "port"))),
        told(Sample(PLACE, 1, ("pc", "XGE1", "10", "uplink")), Sample(ADDRESS, 1, ("pc", "10.0.0.9")), target=core),
    ]
    expected = {"pc": Sighting(AT, "access-1", "GE1", "10", "10.0.0.9")}
    assert seen(ASSETS, readings) == seen(ASSETS, readings[::-1]) == expected


def test_a_device_without_a_known_port_is_seen_by_its_address() -> None:
    assert seen(ASSETS, [told(Sample(ADDRESS, 1, ("pc", "10.0.0.9")))]) == {
        "pc": Sighting(AT, "access-1", address="10.0.0.9")
    }


def test_a_target_that_answers_is_seen_by_its_address_and_by_its_serial_number() -> None:
    assets = Assets(listed=(Asset("sw", address="10.0.0.2"), Asset("box", serial="SN1"), Asset("other", serial="SN2")))
    answers = told(Sample(INFO, 1, ("Huawei", "S5735", "V200", "SN1")), Sample(UP, 1))
    assert set(seen(assets, [answers])) == {"sw", "box"}


@pytest.mark.parametrize(
    "readings",
    [
        [told(Sample(UP, 0))],
        [told(Sample(INFO, 1, ("", "", "", "SN1"))), told(Sample(UP, 0), collector="reach")],
        [Reading(SWITCH, "device", AT, 0.0, (), Failure("timeout", "no answer"))],
        [Computed(SWITCH, "availability", AT, 0.0, (Sample(UP, 1),))],
        [],
    ],
)
def test_a_target_that_does_not_answer_is_not_seen(readings: list[Reading]) -> None:
    assert seen(Assets(listed=(Asset("sw", address="10.0.0.2"), Asset("box", serial="SN1"))), readings) == {}


def test_strangers_are_told_with_port_and_address() -> None:
    core = Target("switch", "core-1", "核心")
    readings = [
        told(Sample(STRANGER, 1, (ROGUE, "GE7", "10"))),
        told(Sample(STRANGER_ADDRESS, 1, (ROGUE, "10.0.0.66")), target=core),
        told(Sample(STRANGER_ADDRESS, 1, ("00:e0:fc:00:01:08", "10.0.0.67")), target=core),
    ]
    assert strangers(readings) == {ROGUE: Sighting(AT, "access-1", "GE7", "10", "10.0.0.66")}


def test_the_list_agrees_with_the_network_as_soon_as_all_was_seen() -> None:
    assert looked(ASSETS, (AT, [at_port()])).match_ratio(ASSETS) == 1


def test_nobody_is_missing_before_a_day_is_over() -> None:
    assert looked(ASSETS, (AT, [nobody()]), (AT + PROVEN_AFTER - 1, [nobody()])).match_ratio(ASSETS) is None
    assert looked(ASSETS, (AT, [nobody()]), (AT + PROVEN_AFTER, [nobody()])).match_ratio(ASSETS) == 0


def test_nothing_is_said_while_no_switch_was_asked() -> None:
    assert looked(ASSETS, (AT, []), (AT + 2 * DAY, [])).match_ratio(ASSETS) is None


def test_a_stranger_counts_against_the_list() -> None:
    stranger = told(Sample(STRANGER, 1, (ROGUE, "GE7", "10")), Sample(STRANGERS, 1, ("business",)))
    assert looked(ASSETS, (AT, [at_port(), stranger])).match_ratio(ASSETS) == 1 / 2


def test_a_device_is_missing_after_thirty_days_and_found_when_it_comes_back() -> None:
    gone = looked(ASSETS, (AT, [at_port()]), (AT + MISSING_AFTER, [nobody()]))
    assert not gone.missing(PC)
    gone = gone.looked(ASSETS, [nobody()], AT + MISSING_AFTER + 1)
    assert gone.missing(PC)
    assert gone.match_ratio(ASSETS) == 0
    assert gone.looked(ASSETS, [at_port(AT + MISSING_AFTER + 2)], AT + MISSING_AFTER + 2).match_ratio(ASSETS) == 1


def test_a_thing_that_no_network_shows_is_not_missed() -> None:
    cabinet = Asset("cabinet", place="机房")
    assets = Assets({MAC: PC}, listed=(PC, cabinet))
    found = looked(assets, (AT, [at_port()]), (AT + 2 * DAY, [at_port(AT + 2 * DAY)]))
    assert not found.missing(cabinet)
    assert found.match_ratio(assets) == 1


def test_a_clock_that_is_set_makes_nobody_missing() -> None:
    moved = looked(ASSETS, (AT, [at_port()])).moved(400 * DAY)
    assert not moved.looked(ASSETS, [nobody()], AT + 400 * DAY).missing(PC)
    assert moved.began == AT + 400 * DAY


def test_it_is_the_same_after_a_restart() -> None:
    found = looked(ASSETS, (AT, [at_port(), told(Sample(STRANGER, 1, (ROGUE, "GE7", "10")))]))
    assert read(json.loads(json.dumps(body_of(found)))) == found


@pytest.mark.parametrize("body", [None, {}, [], "x", {"began": 1, "at": "x", "seen": {}, "strangers": {}}, {"seen": 1}])
def test_a_record_that_is_none_is_as_no_record(body: object) -> None:
    assert read(body) == Inventory()


def test_key_assets_need_somebody_who_answers_for_them() -> None:
    listed = (
        Asset("a", importance="关键"),
        Asset("b", importance="一般"),
        Asset("c", importance="核心", owner="王工"),
        Asset("d", address="10.0.0.2"),
        Asset("e", address="10.0.0.3"),
    )
    assert [each.id for each in without_owner(Assets(listed=listed), [SWITCH])] == ["a", "d"]


def test_what_the_list_lacks_is_forgotten_only_when_its_sighting_does_not_count_any_more() -> None:
    found = looked(ASSETS, (AT, [at_port()])).looked(Assets(), [nobody()], AT + 60)
    assert found.looked(ASSETS, [nobody()], AT + 120).seen["pc"].at == AT
    assert not found.looked(Assets(), [nobody()], AT + MISSING_AFTER + 1).seen
