"""The simulated UPS, by RFC 1628 and by APC's own MIB, as the collector of UPS sees them over SNMP."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from demo.devices.ups import Ups, apc_ups, standard_ups
from tests.demo.watched import Values, Watched, watched


@pytest.fixture(params=[standard_ups, apc_ups])
def ups(request: pytest.FixtureRequest) -> Ups:
    make: Callable[[], Ups] = request.param
    return make()


@pytest.fixture
def seen(ups: Ups) -> Iterator[Watched]:
    with watched(ups) as found:
        yield found


def source(found: Values) -> str:
    return next(labels[0] for labels, value in found["ups_output_source"].items() if value)


def only(found: Values, metric: str) -> float:
    (value,) = found[metric].values()
    return value


def test_on_mains_the_battery_is_full_and_nothing_is_wrong(seen: Watched, ups: Ups) -> None:
    found = seen.poll()
    assert source(found) == "normal"
    assert only(found, "ups_on_battery") == 0
    assert only(found, "ups_on_battery_seconds") == 0
    assert only(found, "ups_battery_charge_ratio") == 1
    assert only(found, "ups_battery_low") == 0
    assert only(found, "ups_load_ratio") == pytest.approx(ups.load)
    assert only(found, "ups_input_volts") == 228
    assert only(found, "ups_input_hertz") == 50
    assert only(found, "ups_output_volts") == 220
    assert only(found, "ups_battery_temperature_celsius") == 25


def test_without_mains_the_battery_drains_until_the_load_is_off(seen: Watched, ups: Ups) -> None:
    full = only(seen.poll(), "ups_battery_runtime_seconds")
    ups.cut_mains()
    found = seen.poll(after=0)
    assert source(found) == "battery"
    assert only(found, "ups_on_battery") == 1
    assert only(found, "ups_input_volts") == 0
    lasts = ups.runtime
    assert full == pytest.approx(lasts, abs=60)  # RFC 1628 tells minutes
    found = seen.poll(after=lasts / 2)
    assert only(found, "ups_battery_charge_ratio") == pytest.approx(0.5, abs=0.01)
    assert only(found, "ups_battery_runtime_seconds") == pytest.approx(lasts / 2, abs=60)
    assert only(found, "ups_on_battery_seconds") == pytest.approx(lasts / 2, abs=1)
    assert only(found, "ups_battery_low") == 0
    found = seen.poll(after=lasts * 0.35)
    assert only(found, "ups_battery_low") == 1
    assert source(found) == "battery"
    found = seen.poll(after=lasts)
    assert source(found) == "none"
    assert only(found, "ups_battery_charge_ratio") == 0
    assert only(found, "ups_output_volts") == 0


def test_with_the_mains_back_the_battery_charges_again(seen: Watched, ups: Ups) -> None:
    ups.cut_mains()
    seen.poll(after=ups.runtime / 2)
    ups.restore_mains()
    found = seen.poll(after=ups.charging_seconds / 4)
    assert source(found) == "normal"
    assert only(found, "ups_on_battery_seconds") == 0
    assert only(found, "ups_battery_charge_ratio") == pytest.approx(0.75, abs=0.01)
    assert only(seen.poll(after=ups.charging_seconds), "ups_battery_charge_ratio") == 1


def test_a_greater_load_empties_it_sooner(ups: Ups) -> None:
    light = ups.runtime
    ups.load *= 2
    assert ups.runtime < light / 2


def test_in_bypass_the_load_sees_the_mains(seen: Watched, ups: Ups) -> None:
    ups.bypass, ups.volts = True, 213.0
    found = seen.poll()
    assert source(found) == "bypass"
    assert only(found, "ups_output_volts") == 213


def test_a_reboot_of_the_card_leaves_the_power_as_it_is(seen: Watched, ups: Ups) -> None:
    ups.cut_mains()
    seen.poll()
    charge = ups.charge
    ups.reboot()
    found = seen.poll(after=10)
    assert found["device_restarts_unapproved"][()] == 1
    assert source(found) == "battery"
    assert 0.9 < only(found, "ups_battery_charge_ratio") / charge < 1


@pytest.fixture
def standard() -> Iterator[tuple[Watched, Ups]]:
    ups = standard_ups(phases=3)
    with watched(ups) as found:
        yield found, ups


def test_three_phases_are_told_apart(standard: tuple[Watched, Ups]) -> None:
    seen, _ = standard
    found = seen.poll()
    assert set(found["ups_input_volts"]) == set(found["ups_output_volts"]) == {("L1",), ("L2",), ("L3",)}


def test_alarms_are_counted_and_named(standard: tuple[Watched, Ups]) -> None:
    seen, ups = standard
    assert only(seen.poll(), "ups_alarms") == 0
    ups.cut_mains()
    ups.battery_good = False
    assert only(seen.poll(), "ups_alarms") == 3
    named = seen.column("1.3.6.1.2.1.33.1.6.2.1.2")
    assert set(named.values()) == {f"1.3.6.1.2.1.33.1.6.3.{number}" for number in (1, 2, 6)}
    raised = seen.column("1.3.6.1.2.1.33.1.6.2.1.3")
    assert set(raised.values()) == {(int(ups.uptime) - 30) * 100, int(ups.uptime) * 100}


def test_a_power_failure_between_two_polls_is_counted(standard: tuple[Watched, Ups]) -> None:
    seen, ups = standard
    assert only(seen.poll(), "ups_input_deviations") == 0
    ups.cut_mains()
    ups.restore_mains()
    assert only(seen.poll(), "ups_input_deviations") == 1


@pytest.mark.parametrize(
    ("result", "ok", "warning"), [("passed", 1, 0), ("warning", 1, 1), ("failed", 0, 0), ("aborted", 0, 0)]
)
def test_a_self_test_runs_and_ends(standard: tuple[Watched, Ups], result: str, ok: int, warning: int) -> None:
    seen, ups = standard
    assert "ups_self_test_ok" not in seen.poll()
    ups.run_self_test(result, takes=20)  # type: ignore[arg-type]  # a parameter of the test
    began = 1.7e9 + seen.at
    assert "ups_self_test_ok" not in seen.poll(after=10)
    found = seen.poll(after=15)
    assert only(found, "ups_self_test_ok") == ok
    assert only(found, "ups_self_test_warning") == warning
    assert only(found, "ups_self_test_timestamp_seconds") == pytest.approx(began, abs=1)


def test_a_bad_battery_is_told_by_a_card_that_knows_it() -> None:
    ups = apc_ups()
    with watched(ups) as seen:
        assert only(seen.poll(), "ups_battery_health_ok") == 1
        ups.battery_good = False
        assert only(seen.poll(), "ups_battery_health_ok") == 0
