"""The collectors device, ups and room over real SNMP, with small devices of our own making."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from agent.core.model import Target
from agent.core.reach import CannotAsk, Login, SshLogin, Unanswered
from collectors import device, printer_state, room, switch, ups
from collectors.machine_room import MachineRoomOptions
from tests.collectors.room_watch import DAY, NAMES, SENSOR, UPTIME, Watch, identity, three_phase_ups
from tests.snmp_agent import SnmpAgent, Value, snmp_target, ticks


def sensors(*rows: tuple[int, str, int, int, int, int, int]) -> dict[str, Value]:
    """ENTITY-SENSOR-MIB rows: index, name, type, scale, precision, value, status."""
    found = identity()
    for index, name, type_, scale, precision, value, status in rows:
        found[f"{NAMES}.{index}"] = name
        for column, each in zip((1, 2, 3, 4, 5), (type_, scale, precision, value, status), strict=True):
            found[f"{SENSOR}.{column}.{index}"] = each
    return found


@pytest.fixture
def watch() -> Iterator[Watch]:
    with SnmpAgent() as agent:
        yield Watch(agent)


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


@pytest.mark.parametrize("raw", [-1, 127, 255, 32767, 65535])
def test_what_no_room_is_as_warm_as_gives_no_sample(watch: Watch, raw: int) -> None:
    watch.agent.replace(sensors((1, "rack 1", 8, 9, 0, raw, 1), (2, "rack 2", 8, 9, 0, -2, 1)))
    watch.options = {"kind": "sensor"}
    assert set(watch.poll(room.COLLECTOR)["room_temperature_celsius"]) == {("rack 2", "room")}


@pytest.mark.parametrize("said", [{"kind": "sensor"}, {"device": "hwg"}])
def test_a_sensor_that_tells_nothing_of_the_room_is_a_failure(watch: Watch, said: dict[str, str]) -> None:
    watch.agent.replace(identity())
    watch.options = said
    with pytest.raises(Unanswered, match="sw: the device answers, but tells nothing of the room") as error:
        watch.poll(room.COLLECTOR)
    assert error.value.kind == "missing"


def test_a_device_that_is_neither_gives_nothing_and_no_failure(watch: Watch) -> None:
    watch.agent.replace(identity())
    assert watch.poll(ups.COLLECTOR) == {}
    assert watch.poll(room.COLLECTOR) == {}
    assert set(watch.poll(device.COLLECTOR)) == {
        "device_info", "device_uptime_seconds", "device_restarts_unapproved", "device_restarts_approved"
    }  # fmt: skip


@pytest.mark.parametrize(("uptime", "away", "restarts"), [(DAY + 4000, 4000, 0), (1000, 4000, 1), (5000, 9000, 1)])
def test_a_restart_while_the_agent_was_away_is_seen(watch: Watch, uptime: float, away: float, restarts: int) -> None:
    watch.agent.replace(identity())
    watch.poll(device.COLLECTOR)
    watch.memory.clear()
    watch.kept = json.loads(json.dumps(watch.kept))
    watch.agent[UPTIME] = ticks(uptime)
    assert watch.poll(device.COLLECTOR, after=away)["device_restarts_unapproved"][()] == restarts
    watch.memory.clear()
    watch.agent[UPTIME] = ticks(uptime + 30)
    assert watch.poll(device.COLLECTOR)["device_restarts_unapproved"][()] == restarts


def test_a_clock_that_was_put_right_meanwhile_is_no_restart(watch: Watch) -> None:
    watch.agent.replace(identity())
    watch.poll(device.COLLECTOR)
    watch.memory.clear()
    assert watch.poll(device.COLLECTOR, after=3600)["device_restarts_unapproved"][()] == 0


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


def test_a_card_without_interfaces_is_asked_for_them_every_quarter_of_an_hour(watch: Watch) -> None:
    watch.agent.replace(three_phase_ups())

    def asks(after: float) -> int:
        before = len(watch.agent.asked)
        assert watch.poll(switch.COLLECTOR, after) == {}
        return len(watch.agent.asked) - before

    first = asks(30)
    assert [asks(300), asks(300)] == [0, 0]
    assert asks(300) == first > 0


def test_what_agent_yaml_calls_a_ups_is_not_asked_for_its_paper(watch: Watch) -> None:
    for kind, asked in ((None, True), ("ups", False), ("pdu", False)):
        options = MachineRoomOptions.model_validate({"id": "it", "address": "10.0.0.9", "kind": kind})
        target = snmp_target(watch.agent, kind="machine_room", options=options)
        assert printer_state.COLLECTOR.applies(target) is asked


def test_only_devices_with_an_snmp_login_are_read() -> None:
    options = MachineRoomOptions.model_validate({"id": "it", "address": "10.0.0.9"})
    for login in (None, Login("room", ssh=SshLogin("reader"))):
        target = Target("machine_room", "it", "it", options=options, login=login)
        assert not any(each.applies(target) for each in (device.COLLECTOR, ups.COLLECTOR, room.COLLECTOR))
