"""The collectors device, ups and room over real SNMP, with small devices of our own making."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from agent.core.model import Collector, Target
from agent.core.reach import CannotAsk, Login, Poll, Reach, SshLogin, Unanswered
from agent.transports.snmp import Manners, SnmpWay
from collectors import device, room, ups
from collectors.machine_room import MachineRoomOptions
from tests.snmp_agent import SnmpAgent, Value, gauge32, object_id, snmp_target, ticks

DESCR, OBJECT_ID, UPTIME = "1.3.6.1.2.1.1.1.0", "1.3.6.1.2.1.1.2.0", "1.3.6.1.2.1.1.3.0"
UPS, NAMES, SENSOR = "1.3.6.1.2.1.33.1", "1.3.6.1.2.1.47.1.1.1.1.7", "1.3.6.1.2.1.99.1.1.1"
DAY = 86400.0
Found = dict[str, dict[tuple[str, ...], float]]


def identity(object_id_: str = "1.3.6.1.4.1.99999.1", descr: str = "a card", up: float = DAY) -> dict[str, Value]:
    return {DESCR: descr, OBJECT_ID: object_id(object_id_), UPTIME: ticks(up)}


def three_phase_ups() -> dict[str, Value]:
    found: dict[str, Value] = {
        **identity(),
        f"{UPS}.1.1.0": "EAST",
        f"{UPS}.1.2.0": "EA9010",
        f"{UPS}.2.1.0": 2,
        f"{UPS}.2.2.0": 0,
        f"{UPS}.2.3.0": 38,
        f"{UPS}.2.4.0": 97,
        f"{UPS}.2.5.0": 2734,
        f"{UPS}.2.6.0": -12,
        f"{UPS}.2.7.0": 25,
        f"{UPS}.3.1.0": 4,
        f"{UPS}.4.1.0": 3,
        f"{UPS}.4.2.0": 500,
        f"{UPS}.6.1.0": gauge32(0),
        f"{UPS}.7.3.0": 1,
        f"{UPS}.7.5.0": ticks(DAY - 3600),
    }
    for line, (volts, load) in enumerate([(229, 20), (231, 45), (230, 31)], start=1):
        found[f"{UPS}.3.3.1.2.{line}"] = 499 + line
        found[f"{UPS}.3.3.1.3.{line}"] = volts
        found[f"{UPS}.4.4.1.2.{line}"] = 220
        found[f"{UPS}.4.4.1.3.{line}"] = 75
        found[f"{UPS}.4.4.1.4.{line}"] = 1500
        found[f"{UPS}.4.4.1.5.{line}"] = load
    return found


def sensors(*rows: tuple[int, str, int, int, int, int, int]) -> dict[str, Value]:
    """ENTITY-SENSOR-MIB rows: index, name, type, scale, precision, value, status."""
    found = identity()
    for index, name, type_, scale, precision, value, status in rows:
        found[f"{NAMES}.{index}"] = name
        for column, each in zip((1, 2, 3, 4, 5), (type_, scale, precision, value, status), strict=True):
            found[f"{SENSOR}.{column}.{index}"] = each
    return found


@dataclass
class Watch:
    """Polls of one device in the machine room, `memory` as the runner keeps it. Time is the test's own."""

    agent: SnmpAgent
    options: dict[str, Any] = field(default_factory=dict)
    memory: dict[str, dict[str, Any]] = field(default_factory=dict)
    at: float = 1000.0
    remarks: list[str] = field(default_factory=list)

    def poll(self, collector: Collector, after: float = 30.0) -> Found:
        self.at += after
        return asyncio.run(self._collect(collector))

    async def _collect(self, collector: Collector) -> Found:
        options = MachineRoomOptions.model_validate({"id": "it", "address": self.agent.host, **self.options})
        target = snmp_target(self.agent, kind="machine_room", options=options, timeout=30)
        assert collector.applies(target)
        nothing: Any = None
        reach = Reach(nothing, nothing, SnmpWay(manners=Manners(pauses=(5, 5, 5))))
        poll = Poll(reach, 1.7e9 + self.at, self.at, self.memory.setdefault(collector.name, {}))
        self.remarks = poll.remarks
        found: Found = {}
        async for metric, value, labels in collector.collect(target, options, poll):
            assert metric in collector.metrics
            assert len(labels) == len(metric.labels)
            assert labels not in found.setdefault(metric.name, {}), f"{metric.name}{labels} twice"
            found[metric.name][labels] = value
        return found


@pytest.fixture
def watch() -> Iterator[Watch]:
    with SnmpAgent() as agent:
        yield Watch(agent)


def test_a_ups_with_rfc_1628_is_found_out_and_read_in_base_units(watch: Watch) -> None:
    watch.agent.replace(three_phase_ups())
    found = watch.poll(ups.COLLECTOR)
    assert {name: list(values.values()) for name, values in found.items() if list(values) == [()]} == {
        "ups_on_battery": [0],
        "ups_on_battery_seconds": [0],
        "ups_alarms": [0],
        "ups_battery_charge_ratio": [pytest.approx(0.97)],
        "ups_battery_runtime_seconds": [38 * 60],
        "ups_battery_low": [0],
        "ups_battery_health_ok": [1],
        "ups_battery_volts": [pytest.approx(273.4)],
        "ups_battery_temperature_celsius": [25],
        "ups_load_ratio": [pytest.approx(0.45)],
        "ups_input_hertz": [pytest.approx(50.0)],
        "ups_self_test_ok": [1],
        "ups_self_test_warning": [0],
        "ups_self_test_timestamp_seconds": [pytest.approx(1.7e9 + watch.at - 3600, abs=1)],
    }
    assert found["ups_input_volts"] == {("L1",): 229, ("L2",): 231, ("L3",): 230}
    assert found["ups_output_amperes"]["L2",] == pytest.approx(7.5)
    assert [source for (source,), on in found["ups_output_source"].items() if on] == ["normal"]


def test_what_a_ups_says_beyond_the_ups_metrics_is_told_by_the_collector_device(watch: Watch) -> None:
    watch.agent.replace(three_phase_ups())
    found = watch.poll(device.COLLECTOR)
    assert found["device_power_watts"]["output L3",] == 1500
    assert found["device_frequency_hertz"] == {
        ("input L2",): pytest.approx(50.1),
        ("input L3",): pytest.approx(50.2),
        ("output",): 50,
    }
    assert "device_current_amperes" in found


def test_a_ups_without_a_profile_is_named_by_what_it_says_of_itself_if_its_agent_is_a_common_one(watch: Watch) -> None:
    watch.agent.replace({**three_phase_ups(), **identity("1.3.6.1.4.1.8072.3.2.10")})
    assert list(watch.poll(device.COLLECTOR)["device_info"]) == [("EAST", "EA9010", "", "")]


def test_a_load_on_battery_is_seen_in_source_boolean_and_seconds(watch: Watch) -> None:
    watch.agent.replace({**three_phase_ups(), f"{UPS}.4.1.0": 5, f"{UPS}.2.2.0": 77, f"{UPS}.2.1.0": 3})
    found = watch.poll(ups.COLLECTOR)
    assert found["ups_on_battery"][()] == 1
    assert found["ups_on_battery_seconds"][()] == 77
    assert found["ups_output_source"]["battery",] == 1
    assert found["ups_battery_low"][()] == 1
    assert found["ups_battery_health_ok"][()] == 0


def test_unknown_readings_of_a_ups_give_no_sample(watch: Watch) -> None:
    nothing: dict[str, Value] = {
        f"{UPS}.2.1.0": 1,
        f"{UPS}.2.3.0": -1,
        f"{UPS}.2.4.0": -1,
        f"{UPS}.2.7.0": 2147483647,
        f"{UPS}.7.3.0": 6,
    }
    watch.agent.replace({**three_phase_ups(), **nothing})
    found = watch.poll(ups.COLLECTOR)
    absent = ("battery_runtime_seconds", "battery_charge_ratio", "battery_temperature_celsius", "battery_low")
    assert not {f"ups_{name}" for name in (*absent, "battery_health_ok", "self_test_ok")} & set(found)


def test_a_self_test_outlives_the_card_that_forgets_it(watch: Watch) -> None:
    watch.agent.replace(three_phase_ups())
    before = watch.poll(ups.COLLECTOR)["ups_self_test_timestamp_seconds"][()]
    watch.agent.update({UPTIME: ticks(20), f"{UPS}.7.3.0": 6, f"{UPS}.7.5.0": ticks(0)})
    found = watch.poll(ups.COLLECTOR)
    assert found["ups_self_test_ok"][()] == 1
    assert found["ups_self_test_timestamp_seconds"][()] == before


def test_a_test_that_failed_after_one_that_passed_is_the_last_one(watch: Watch) -> None:
    watch.agent.replace(three_phase_ups())
    watch.poll(ups.COLLECTOR)
    watch.agent.update({UPTIME: ticks(2 * DAY), f"{UPS}.7.3.0": 3, f"{UPS}.7.5.0": ticks(2 * DAY - 60)})
    found = watch.poll(ups.COLLECTOR, after=DAY)
    assert found["ups_self_test_ok"][()] == 0
    assert found["ups_self_test_timestamp_seconds"][()] == pytest.approx(1.7e9 + watch.at - 60, abs=1)


def test_deviations_are_the_growth_of_a_day_and_survive_the_card_counting_anew(watch: Watch) -> None:
    watch.agent.replace(three_phase_ups())
    deviations = "ups_input_deviations"
    assert watch.poll(ups.COLLECTOR)[deviations]["24h",] == 0
    watch.agent[f"{UPS}.3.1.0"] = 7
    assert watch.poll(ups.COLLECTOR)[deviations]["24h",] == 3
    watch.agent[f"{UPS}.3.1.0"] = 2
    assert watch.poll(ups.COLLECTOR, after=DAY / 2)[deviations]["24h",] == 5
    assert watch.poll(ups.COLLECTOR, after=DAY / 2 + 60)[deviations]["24h",] == 2


@pytest.mark.parametrize("said", [{"kind": "ups"}, {"device": "east"}])
def test_a_ups_that_tells_nothing_of_itself_is_a_failure(watch: Watch, said: dict[str, str]) -> None:
    watch.agent.replace({**identity(), f"{UPS}.6.1.0": gauge32(0), f"{UPS}.7.3.0": 1})
    assert set(watch.poll(ups.COLLECTOR)) == {"ups_alarms", "ups_self_test_ok", "ups_self_test_warning"}
    watch.options = said
    with pytest.raises(Unanswered, match="sw: the card answers, but tells nothing of a UPS; look on the card") as error:
        watch.poll(ups.COLLECTOR)
    assert error.value.kind == "missing"


def test_a_ups_that_was_found_out_and_tells_nothing_any_more_is_a_failure(watch: Watch) -> None:
    watch.agent.replace(three_phase_ups())
    watch.poll(ups.COLLECTOR)
    watch.agent.replace(identity())
    with pytest.raises(Unanswered, match="tells nothing of a UPS"):
        watch.poll(ups.COLLECTOR)
    watch.agent.replace(three_phase_ups())
    assert watch.poll(ups.COLLECTOR)["ups_on_battery"][()] == 0


def test_what_a_card_shows_of_a_ups_that_it_has_lost_is_not_told(watch: Watch) -> None:
    lost = {f"{UPS}.6.1.0": gauge32(1), f"{UPS}.6.2.1.2.7": object_id(f"{UPS}.6.3.20")}
    watch.agent.replace({**three_phase_ups(), **lost})
    with pytest.raises(Unanswered, match=r"sw: the card has lost its UPS \(upsAlarmCommunicationsLost\)"):
        watch.poll(ups.COLLECTOR)


def test_which_alarms_a_ups_raises_is_remarked(watch: Watch) -> None:
    raised = {
        f"{UPS}.6.1.0": gauge32(2),
        f"{UPS}.6.2.1.2.3": object_id(f"{UPS}.6.3.16"),
        f"{UPS}.6.2.1.2.4": object_id("1.3.6.1.4.1.99999.7"),
    }
    watch.agent.replace({**three_phase_ups(), **raised})
    assert watch.poll(ups.COLLECTOR)["ups_alarms"][()] == 2
    assert watch.remarks == ["sw: the UPS raises upsAlarmFanFailure, 1.3.6.1.4.1.99999.7"]
    watch.agent.replace(three_phase_ups())
    watch.poll(ups.COLLECTOR)
    assert watch.remarks == []


def test_entity_sensors_are_scaled_by_scale_and_precision_and_unavailable_ones_left_out(watch: Watch) -> None:
    watch.agent.replace(
        sensors(
            (1, "inlet", 8, 9, 1, 235, 1),
            (2, "rail", 4, 8, 0, 3318, 1),
            (3, "supply", 6, 9, 0, 212, 1),
            (4, "fan", 10, 9, 0, 5400, 1),
            (5, "gone", 8, 9, 0, 0, 2),
            (6, "broken", 8, 9, 0, 99, 3),
            (7, "state", 12, 9, 0, 1, 1),
            (8, "bias", 5, 7, 0, 6500, 1),
        )
    )
    found = watch.poll(device.COLLECTOR)
    assert found["device_temperature_celsius"] == {("inlet",): pytest.approx(23.5)}
    assert found["device_voltage_volts"] == {("rail",): pytest.approx(3.318)}
    assert found["device_power_watts"] == {("supply",): 212}
    assert found["device_fan_speed_rpm"] == {("fan",): 5400}
    assert found["device_current_amperes"] == {("bias",): pytest.approx(0.0065)}


def test_of_a_sensor_the_temperature_is_the_rooms_and_the_dew_point_is_computed(watch: Watch) -> None:
    watch.agent.replace(
        sensors((1, "rack 1", 8, 9, 1, 250, 1), (2, "rack 1", 9, 9, 0, 60, 1), (3, "pipe", 8, 9, 0, 18, 1))
    )
    watch.options = {"kind": "sensor", "place": {"rack 1": "inlet", "pipe": "surface"}}
    found = watch.poll(room.COLLECTOR)
    assert found["room_temperature_celsius"] == {("rack 1", "inlet"): 25, ("pipe", "surface"): 18}
    assert found["room_humidity_ratio"] == {("rack 1", "inlet"): pytest.approx(0.6)}
    # 25 degrees at 60 %: 16.7 degrees by the Magnus formula
    assert found["room_dew_point_celsius"] == {("rack 1",): pytest.approx(16.7, abs=0.05)}
    assert found["room_condensation_margin_celsius"] == {("rack 1",): pytest.approx(1.3, abs=0.05)}
    assert "device_temperature_celsius" not in watch.poll(device.COLLECTOR)


def test_a_device_that_is_neither_gives_nothing_and_no_failure(watch: Watch) -> None:
    watch.agent.replace(identity())
    assert watch.poll(ups.COLLECTOR) == {}
    assert watch.poll(room.COLLECTOR) == {}
    assert set(watch.poll(device.COLLECTOR)) == {"device_info", "device_uptime_seconds", "device_restarts_unapproved"}


def test_what_a_device_lacks_is_asked_more_and_more_seldom(watch: Watch) -> None:
    watch.agent.replace(identity())

    def asks(after: float) -> int:
        before = len(watch.agent.asked)
        watch.poll(device.COLLECTOR, after)
        return len(watch.agent.asked) - before

    first = asks(30)
    assert asks(30) == first, "it may have been starting"
    assert asks(30) == 1, "only what it is"
    assert asks(30) == first
    assert asks(60) == 1
    assert asks(60) == first
    assert [asks(900) for _ in range(4)] == [first] * 4
    assert asks(600) == 1
    watch.agent[UPTIME] = ticks(5)
    assert asks(30) == first, "it began again"


def test_what_a_device_has_shown_once_is_seen_again_at_once(watch: Watch) -> None:
    watch.agent.replace(three_phase_ups())
    watch.poll(ups.COLLECTOR)
    watch.agent.replace({**identity(), f"{UPS}.6.1.0": gauge32(0)})
    for _ in range(3):
        with pytest.raises(Unanswered):
            watch.poll(ups.COLLECTOR)
    watch.agent.replace({**three_phase_ups(), f"{UPS}.4.1.0": 5})
    assert watch.poll(ups.COLLECTOR)["ups_on_battery"][()] == 1


def test_what_comes_late_after_a_start_is_seen_at_the_next_poll(watch: Watch) -> None:
    watch.agent.replace(identity())
    watch.poll(ups.COLLECTOR)
    watch.agent.replace(three_phase_ups())
    assert watch.poll(ups.COLLECTOR)["ups_on_battery"][()] == 0


def test_the_profile_named_in_agent_yaml_is_taken_whatever_the_device_says(watch: Watch) -> None:
    watch.agent.replace({**identity(), "1.3.6.1.4.1.3808.1.1.1.2.2.1.0": 88})
    assert "ups_battery_charge_ratio" not in watch.poll(ups.COLLECTOR)
    watch.options = {"device": "cyberpower"}
    assert watch.poll(ups.COLLECTOR)["ups_battery_charge_ratio"][()] == pytest.approx(0.88)


def test_a_profile_that_is_not_there_is_told_with_those_that_are_near(watch: Watch) -> None:
    watch.agent.replace(identity())
    watch.options = {"device": "cyberpowr"}
    with pytest.raises(CannotAsk, match="no device profile 'cyberpowr'; near: cyberpower"):
        watch.poll(ups.COLLECTOR)


def test_a_device_behind_a_common_agent_is_told_by_an_object_that_only_it_has(watch: Watch) -> None:
    common = identity("1.3.6.1.4.1.8072.3.2.10", "Linux nas")
    watch.agent.replace({**common, "1.3.6.1.4.1.6574.1.1.0": 1, "1.3.6.1.4.1.6574.1.2.0": 41})
    found = watch.poll(device.COLLECTOR)
    assert [labels[0] for labels in found["device_info"]] == ["Synology"]
    assert found["device_temperature_celsius"] == {("system",): 41}


def test_a_vendors_own_readings_come_before_the_standard_mibs(watch: Watch) -> None:
    state = "1.3.6.1.4.1.2011.5.25.31.1.1.1.1"
    watch.agent.replace(
        {
            **sensors((67, "MPU 0", 8, 9, 0, 99, 1)),
            **identity("1.3.6.1.4.1.2011.2.23.291", "S5720-28X"),
            f"{state}.5.67": 12,
            f"{state}.7.67": 40,
            f"{state}.11.67": 45,
            f"{state}.12.67": 70,
        }
    )
    found = watch.poll(device.COLLECTOR)
    assert found["device_temperature_celsius"] == {("MPU 0",): 45}
    assert found["device_temperature_margin_celsius"] == {("MPU 0",): 25}
    assert found["device_cpu_usage_ratio"] == {("MPU 0",): pytest.approx(0.12)}


def test_only_devices_with_an_snmp_login_are_read() -> None:
    options = MachineRoomOptions.model_validate({"id": "it", "address": "10.0.0.9"})
    for login in (None, Login("room", ssh=SshLogin("reader"))):
        target = Target("machine_room", "it", "it", options=options, login=login)
        assert not any(each.applies(target) for each in (device.COLLECTOR, ups.COLLECTOR, room.COLLECTOR))
