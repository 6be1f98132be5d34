"""The collector ups over real SNMP: power states, self-test, alarms, and cards that have lost their UPS."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from agent.core.reach import Unanswered
from collectors import ups
from tests.collectors.room_watch import DAY, UPS, UPTIME, Watch, identity, three_phase_ups
from tests.snmp_agent import SnmpAgent, Value, gauge32, object_id, ticks

ENGINE_TIME = "1.3.6.1.6.3.10.2.1.3.0"


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


TEST_TIME = "ups_self_test_timestamp_seconds"


def test_a_test_whose_start_the_card_does_not_know_has_no_time(watch: Watch) -> None:
    watch.agent.replace({**three_phase_ups(), f"{UPS}.7.5.0": ticks(0)})
    found = watch.poll(ups.COLLECTOR)
    assert found["ups_self_test_ok"][()] == 1
    assert TEST_TIME not in found


def test_a_test_before_sys_up_time_began_again_is_not_in_the_future(watch: Watch) -> None:
    wrap = 2**32 / 100
    watch.agent.replace({**three_phase_ups(), f"{UPS}.7.5.0": ticks(wrap - 5 * DAY)})
    assert watch.poll(ups.COLLECTOR)[TEST_TIME][()] == pytest.approx(1.7e9 + watch.at - 6 * DAY, abs=1)


def test_a_start_from_before_the_card_restarted_is_no_time(watch: Watch) -> None:
    watch.agent.replace({**three_phase_ups(), f"{UPS}.7.5.0": ticks(30 * DAY), ENGINE_TIME: int(DAY)})
    assert TEST_TIME not in watch.poll(ups.COLLECTOR)


def test_a_test_that_begins_while_the_card_is_asked_began_now(watch: Watch) -> None:
    watch.agent.replace({**three_phase_ups(), f"{UPS}.7.5.0": ticks(DAY + 2)})
    assert watch.poll(ups.COLLECTOR)[TEST_TIME][()] == 1.7e9 + watch.at


def test_another_result_without_a_time_does_not_take_the_time_of_the_last_test(watch: Watch) -> None:
    watch.agent.replace(three_phase_ups())
    assert TEST_TIME in watch.poll(ups.COLLECTOR)
    watch.agent.update({f"{UPS}.7.3.0": 3, f"{UPS}.7.5.0": ticks(0)})
    found = watch.poll(ups.COLLECTOR)
    assert found["ups_self_test_ok"][()] == 0
    assert TEST_TIME not in found


def test_what_is_kept_outlives_the_agent(watch: Watch) -> None:
    watch.agent.replace(three_phase_ups())
    began = watch.poll(ups.COLLECTOR)[TEST_TIME][()]
    watch.agent.update({f"{UPS}.3.1.0": 6})
    watch.poll(ups.COLLECTOR)
    watch.memory.clear()
    watch.kept = json.loads(json.dumps(watch.kept))
    watch.agent.update({UPTIME: ticks(60), f"{UPS}.7.3.0": 6, f"{UPS}.7.5.0": ticks(0), f"{UPS}.3.1.0": 7})
    found = watch.poll(ups.COLLECTOR, after=600)
    assert found["ups_self_test_ok"][()] == 1
    assert found[TEST_TIME][()] == began
    assert found["ups_input_deviations"]["24h",] == 3


def test_many_deviations_are_kept_in_little_room(watch: Watch) -> None:
    watch.agent.replace(three_phase_ups())
    for count in range(200):
        watch.agent[f"{UPS}.3.1.0"] = count
        found = watch.poll(ups.COLLECTOR)
    assert found["ups_input_deviations"]["24h",] == 199
    assert len(json.dumps(watch.kept)) < 2000


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


@pytest.mark.parametrize("raw", [-1, 65535, 32767, 2147483647, "N/A", ""])
def test_what_means_unknown_gives_no_sample_whatever_is_read(watch: Watch, raw: Value) -> None:
    numbers = {oid: raw for oid in three_phase_ups() if oid.startswith((f"{UPS}.2.", f"{UPS}.3.", f"{UPS}.4.4"))}
    watch.agent.replace({**three_phase_ups(), **numbers, f"{UPS}.6.1.0": raw})
    found = set(watch.poll(ups.COLLECTOR))
    self_test = {"ups_self_test_ok", "ups_self_test_warning", "ups_self_test_timestamp_seconds"}
    assert found == {"ups_output_source", "ups_on_battery", "ups_on_battery_seconds", *self_test}


@pytest.mark.parametrize(
    ("oid", "raw", "metric"),
    [
        (f"{UPS}.3.3.1.2.1", 255, "ups_input_hertz"),
        (f"{UPS}.2.5.0", 10_001, "ups_battery_volts"),
        (f"{UPS}.2.7.0", 127, "ups_battery_temperature_celsius"),
        (f"{UPS}.6.1.0", gauge32(65_534), "ups_alarms"),
        (f"{UPS}.3.1.0", -128, "ups_input_deviations"),
    ],
)
def test_what_no_ups_measures_gives_no_sample(watch: Watch, oid: str, raw: Value, metric: str) -> None:
    watch.agent.replace(three_phase_ups())
    watch.agent.update({f"{UPS}.3.3.1.2.{line}": raw for line in (2, 3) if metric == "ups_input_hertz"} | {oid: raw})
    assert metric not in watch.poll(ups.COLLECTOR)


E = "1.3.6.1.4.1"
CYBERPOWER, MEGATEC, WEBPOWER, ITA2 = f"{E}.3808.1.1.1", f"{E}.935.1.1.1", f"{E}.2468.1.2.1", f"{E}.13400.2.54"
SOCOMEC, APC, MGE, XUPS = f"{E}.4555.1.1.7", f"{E}.318.1.1.1", f"{E}.705.1", f"{E}.534.1"


@pytest.mark.parametrize(
    ("number", "battery", "mains"),
    [
        (CYBERPOWER, {".4.1.1.0": 3}, {".4.1.1.0": 2}),
        (MEGATEC, {".4.1.1.0": 3}, {".4.1.1.0": 2}),
        (WEBPOWER, {".1.4.1.0": 5}, {".1.4.1.0": 3}),
        (ITA2, {".2.1.2.0": 2}, {".2.1.2.0": 1}),
        (SOCOMEC, {".1.2.1.0": 5, ".1.4.1.0": 3}, {".1.2.1.0": 3, ".1.4.1.0": 3}),
        (APC, {".4.1.1.0": 3}, {".4.1.1.0": 2}),
        (MGE, {".7.3.0": 1}, {".7.3.0": 2}),
    ],
)
def test_a_load_on_battery_is_seen_and_its_time_counted_whoever_made_the_ups(
    watch: Watch, number: str, battery: dict[str, Value], mains: dict[str, Value]
) -> None:
    def told(said: dict[str, Value], after: float = 30.0) -> tuple[float, float]:
        watch.agent.replace({**identity(number), **{number + oid: value for oid, value in said.items()}})
        found = watch.poll(ups.COLLECTOR, after)
        return found["ups_on_battery"][()], found["ups_on_battery_seconds"][()]

    assert told(mains) == (0, 0)
    assert [told(battery) for _ in range(3)] == [(1, 0), (1, 30), (1, 60)]
    assert told(mains) == (0, 0)
    assert told(battery) == (1, 0)


def test_seconds_on_battery_alone_tell_that_the_load_is_on_battery(watch: Watch) -> None:
    seconds = f"{WEBPOWER}.1.2.2.0"
    watch.agent.replace({**identity(WEBPOWER), seconds: 300})
    found = watch.poll(ups.COLLECTOR)
    assert (found["ups_on_battery"][()], found["ups_on_battery_seconds"][()]) == (1, 300)
    watch.agent[seconds] = 0
    assert watch.poll(ups.COLLECTOR)["ups_on_battery"][()] == 0


@pytest.mark.parametrize("state", [15, 28])
def test_a_self_test_of_an_apc_is_no_power_failure(watch: Watch, state: int) -> None:
    watch.agent.replace({**identity(APC), f"{APC}.4.1.1.0": state, f"{APC}.2.1.2.0": ticks(90)})
    found = watch.poll(ups.COLLECTOR)
    assert (found["ups_on_battery"][()], found["ups_on_battery_seconds"][()]) == (0, 0)
    assert found["ups_output_source"]["other",] == 1


@pytest.mark.parametrize(
    ("number", "said", "healthy"),
    [
        (APC, {f"{APC}.2.1.1.0": 2, f"{APC}.2.2.4.0": 1}, 1),
        (APC, {f"{APC}.2.1.1.0": 4, f"{APC}.2.2.4.0": 1}, 0),
        (APC, {f"{APC}.2.1.1.0": 5, f"{APC}.2.2.4.0": 1}, 0),
        (CYBERPOWER, {f"{CYBERPOWER}.2.1.1.0": 4, f"{CYBERPOWER}.2.2.5.0": 1}, 0),
        (MGE, {f"{MGE}.5.9.0": 1, f"{MGE}.5.11.0": 2}, 0),
        (MGE, {f"{MGE}.5.9.0": 2, f"{MGE}.5.11.0": 1}, 0),
        (MGE, {f"{MGE}.5.9.0": 2, f"{MGE}.5.11.0": 2, f"{UPS}.2.1.0": 4}, 0),
        (MGE, {f"{MGE}.5.9.0": 2, f"{MGE}.5.11.0": 2, f"{UPS}.2.1.0": 2}, 1),
        (SOCOMEC, {f"{SOCOMEC}.1.2.1.0": 8}, 0),
        (E, {f"{UPS}.2.1.0": 2, f"{UPS}.6.1.0": 1, f"{UPS}.6.2.1.2.1": object_id(f"{UPS}.6.3.1")}, 0),
    ],
)
def test_a_battery_is_healthy_only_if_nothing_speaks_against_it(
    watch: Watch, number: str, said: dict[str, Value], healthy: float
) -> None:
    watch.agent.replace({**identity(number), f"{UPS}.2.4.0": 100, **said})
    assert watch.poll(ups.COLLECTOR)["ups_battery_health_ok"] == {(): healthy}


def test_a_socomec_that_charges_its_battery_has_no_low_one(watch: Watch) -> None:
    watch.agent.replace({**identity(SOCOMEC), f"{SOCOMEC}.1.2.1.0": 3, f"{SOCOMEC}.1.4.1.0": 3})
    found = watch.poll(ups.COLLECTOR)
    assert found["ups_battery_low"][()] == 0
    assert found["ups_output_source"]["normal",] == 1


def test_the_self_test_of_a_webpower_card_is_told(watch: Watch) -> None:
    watch.agent.replace({**identity(WEBPOWER), f"{WEBPOWER}.1.4.1.0": 3, f"{WEBPOWER}.1.6.3.0": 2})
    found = watch.poll(ups.COLLECTOR)
    assert (found["ups_self_test_ok"][()], found["ups_self_test_warning"][()]) == (1, 1)
