"""Promises of the evaluator: which triggers fire as readings, time and hours pass."""

from __future__ import annotations

import math

import pytest

from agent.core.incident import Condition, Incident, Trigger
from agent.core.model import Target
from agent.options.shipped import Comparison
from playbooks.evaluator import Evaluator
from tests.playbooks.made import Hours, gauge, playbook, reading

UP = gauge("line_up")
USAGE = gauge("usage_ratio", "mountpoint")
RATIO = gauge("broadcast_ratio", "interface")
PACKETS = gauge("broadcast_packets", "interface")
AUDIT = gauge("audit_timestamp_seconds")
LINE = Target("line", "yibao", "医保专线")
HOST = Target("host", "queue", "叫号主机")
KEY = ("T-01", "line", "yibao")

DOWN = Trigger("T-01.1", "T-01", Condition("line_up", equals=0), "P3", for_seconds=90)
DOWN_SERVED = Trigger("T-01.2", "T-01", Condition("line_up", equals=0), "P2", for_seconds=90, during="service")
FULL = Trigger("T-02.1", "T-02", Condition("usage_ratio", above=0.9), "P2", clear=0.8, clear_seconds=60)


def evaluator(*triggers: Trigger, hours: Hours | None = None, center: str = "changshou") -> Evaluator:
    books = [playbook(each, *(t for t in triggers if t.playbook == each)) for each in {t.playbook for t in triggers}]
    return Evaluator(books, hours or Hours(), center)


def line(value: float | None, at: float):
    """A reading of the line; None: the question could not be put."""
    return reading(LINE, [] if value is None else [UP.sample(value)], at, failed=value is None)


def disk(at: float, **usage: float):
    return reading(HOST, [USAGE.sample(value, mountpoint="/" + name) for name, value in usage.items()], at)


def names(found: Evaluator, key=KEY) -> list[str]:
    return [str(each.subject) for each in found.firing(key)]


def test_time_alone_makes_a_pending_trigger_fire():
    found = evaluator(DOWN)
    assert found.observe(line(0, 0), 0) == set()
    assert found.next_due == 90
    assert found.tick(89.9) == set()
    assert found.tick(90) == {KEY}
    assert names(found) == ["T-01.1"]


def test_time_alone_closes_what_has_cleared():
    found = evaluator(DOWN)
    for at in (0, 90):
        found.observe(line(0, at), at)
    assert found.observe(line(1, 120), 120) == set()
    assert found.tick(179) == set()
    assert found.tick(180) == {KEY}
    assert names(found) == []


def test_an_unknown_reading_sets_back_what_is_pending():
    found = evaluator(DOWN)
    found.observe(line(0, 0), 0)
    found.observe(line(None, 60), 60)
    found.observe(line(0, 80), 80)
    assert found.tick(100) == set()
    assert found.tick(170) == {KEY}


def test_unknown_never_closes():
    found = evaluator(DOWN)
    for at in (0, 90):
        found.observe(line(0, at), at)
    found.observe(line(None, 120), 120)
    assert found.tick(9000) == set()
    assert [each.value for each in found.firing(KEY)] == [None]


def test_a_series_missing_from_a_good_reading_is_unknown_too():
    found = evaluator(FULL)
    found.observe(disk(0, var=0.95, home=0.95), 0)
    found.observe(disk(30, home=0.5), 30)
    found.tick(500)
    assert names(found, ("T-02", "host", "queue")) == ['T-02.1{mountpoint="/var"}']


def test_another_collector_of_the_target_says_nothing_about_the_series():
    found = evaluator(DOWN)
    found.observe(line(0, 0), 0)
    found.observe(reading(LINE, [], 30, collector="other"), 30)
    assert found.tick(90) == {KEY}


def test_hysteresis_keeps_it_open_between_the_thresholds():
    found, key = evaluator(FULL), ("T-02", "host", "queue")
    assert found.observe(disk(0, var=0.95), 0) == {key}
    assert found.observe(disk(30, var=0.85), 30) | found.tick(500) == set()
    found.observe(disk(600, var=0.8), 600)
    assert found.tick(660) == {key}


def test_each_series_has_its_own_state():
    found, key = evaluator(FULL), ("T-02", "host", "queue")
    found.observe(disk(0, var=0.95, home=0.95, tmp=0.5), 0)
    found.observe(disk(30, var=0.5, home=0.95, tmp=0.5), 30)
    assert found.tick(90) == {key}
    assert names(found, key) == ['T-02.1{mountpoint="/home"}']


def test_nan_never_holds():
    found = evaluator(FULL)
    assert found.observe(disk(0, var=math.nan), 0) == set()


def test_hours_open_and_let_a_long_known_fault_mature():
    found = evaluator(DOWN, DOWN_SERVED, hours=Hours(service=[(3600, 7200)]))
    found.observe(line(0, 0), 0)
    found.tick(90)
    assert names(found) == ["T-01.1"]
    assert found.tick(3600) == set()
    assert found.tick(3690) == {KEY}
    assert names(found) == ["T-01.2", "T-01.1"], "the gravest first"


def test_hours_that_end_do_not_close_but_set_back_what_is_pending():
    found = evaluator(DOWN_SERVED, hours=Hours(service=[(0, 60), (100, 200)]))
    found.observe(line(0, 0), 0)
    found.tick(60)
    assert found.tick(95) == set()
    found.tick(100)
    assert found.tick(190) == {KEY}
    assert found.tick(10_000) == set()


@pytest.mark.parametrize("partner", ["one", "two"])
def test_conditions_together_must_hold_on_the_same_interface(partner):
    condition = Condition("broadcast_ratio", above=0.2)
    storm = Trigger("T-03.1", "T-03", condition, "P1", and_also=(Condition("broadcast_packets", above=200),))
    switch, key = Target("switch", "core", "核心"), ("T-03", "switch", "core")
    found = evaluator(storm)
    busy = [PACKETS.sample(500, interface="1"), PACKETS.sample(10, interface="2")]
    ratios = [RATIO.sample(0.1, interface="1"), RATIO.sample(0.5, interface="2")]
    if partner == "one":
        assert found.observe(reading(switch, ratios + busy, 0, "one"), 0) == set()
        busy = [*ratios, PACKETS.sample(500, interface="2")]
    else:
        found.observe(reading(switch, ratios, 0, "one"), 0)
        assert found.observe(reading(switch, busy, 1, partner), 1) == set()
        busy = [PACKETS.sample(500, interface="2")]
    assert found.observe(reading(switch, busy, 2, partner), 2) == {key}
    assert names(found, key) == ['T-03.1{interface="2"}']


def test_age_grows_between_readings():
    old = Trigger("T-04.1", "T-04", Condition("audit_timestamp_seconds", age_above=3600), "P2", clear_seconds=10)
    found, key = evaluator(old), ("T-04", "host", "queue")
    found.observe(reading(HOST, [AUDIT.sample(1000)], 1010), 1010)
    assert found.tick(4600) == set()
    assert found.tick(4601) == {key}
    found.observe(reading(HOST, [AUDIT.sample(4605)], 4610), 4610)
    assert found.tick(4620) == {key}


def test_what_is_left_until_a_moment_shrinks_between_readings():
    soon = Comparison(metric="audit_timestamp_seconds", left_below="3d").condition
    found, key = evaluator(Trigger("T-04.1", "T-04", soon, "P2", clear_seconds=10)), ("T-04", "host", "queue")
    end = 30 * 86400
    assert found.observe(reading(HOST, [AUDIT.sample(end)], 0), 0) == set()
    assert found.tick(end - 3 * 86400) == set()
    assert found.tick(end - 3 * 86400 + 1) == {key}
    assert found.tick(end + 86400) == set()
    assert found.firing(key)
    found.observe(reading(HOST, [AUDIT.sample(end + 90 * 86400)], end + 86400), end + 86400)
    assert found.tick(end + 86410) == {key}
    assert not found.firing(key)


def test_a_condition_picks_series_by_labels_kind_and_alternatives():
    device = gauge("device_up", "tier")
    condition = Condition("device_up", {"kind": "switch", "tier": "core|firewall"}, equals=0)
    found = evaluator(Trigger("T-05.1", "T-05", condition, "P1"))
    for kind, tier, fires in (("switch", "access", False), ("host", "core", False), ("switch", "firewall", True)):
        target = Target(kind, f"{kind}-{tier}", "x")
        assert bool(found.observe(reading(target, [device.sample(0, tier=tier)], 0), 0)) is fires


def test_what_no_target_carries_is_about_the_centre():
    offline = gauge("center_terminals_offline_ratio")
    found = evaluator(Trigger("T-06.1", "T-06", Condition(offline.name, above=0.1), "P2"))
    assert found.observe(reading(None, [offline.sample(0.2)], 0, "center"), 0) == {("T-06", "center", "changshou")}


def restarted(*subjects: str, trigger: Trigger = FULL) -> Evaluator:
    found = evaluator(trigger)
    found.restore([Incident("x", trigger.playbook, "host", "queue", "P2", 0.0, subjects=subjects)])
    return found


def test_after_a_restart_an_open_incident_fires_until_its_series_is_read_and_clears():
    found, key = restarted('T-02.1{mountpoint="/var"}', "gone.1", "not a {subject"), ("T-02", "host", "queue")
    assert names(found, key) == ['T-02.1{mountpoint="/var"}']
    assert found.observe(disk(100, home=0.5), 100) | found.tick(1000) == set()
    found.observe(disk(1030, var=0.5, home=0.5), 1030)
    assert found.tick(1090) == {key}


def test_a_metric_that_got_more_labels_is_still_the_same_series():
    found, key = restarted("T-02.1"), ("T-02", "host", "queue")
    found.observe(disk(100, var=0.5), 100)
    assert found.tick(160) == {key}
    assert names(found, key) == []


def test_a_reload_keeps_the_state_of_unchanged_triggers():
    found = evaluator(DOWN)
    found.observe(line(0, 0), 0)
    found.reload([playbook("T-01", DOWN, DOWN_SERVED)], Hours(service=[(0, 1000)]), 60, "changshou")
    assert found.tick(90) == {KEY}
    assert names(found) == ["T-01.1"]
    assert found.tick(150) == {KEY}, "the new trigger counts from the reload"


def test_a_changed_threshold_keeps_what_fires_and_starts_anew_what_is_pending():
    harder = Trigger("T-02.1", "T-02", Condition("usage_ratio", above=0.99), "P2")
    found, key = evaluator(FULL), ("T-02", "host", "queue")
    found.observe(disk(0, var=0.95), 0)
    assert found.reload([playbook("T-02", harder)], Hours(), 30, "changshou") == set()
    assert names(found, key) == ['T-02.1{mountpoint="/var"}']
    assert found.tick(90) == {key}, "below the new threshold it closes as ever"


def test_a_reload_without_the_trigger_ends_it():
    found = evaluator(DOWN)
    for at in (0, 90):
        found.observe(line(0, at), at)
    assert found.reload([], Hours(), 100, "changshou") == {KEY}
    assert names(found) == []


def test_a_target_that_is_no_longer_watched_ends_what_fires():
    found = evaluator(DOWN)
    for at in (0, 90):
        found.observe(line(0, at), at)
    assert found.keep({("line", "other")}) == {KEY}
    assert found.tick(1000) == set()


def test_a_stepped_clock_neither_opens_nor_closes():
    found = evaluator(DOWN)
    found.observe(line(0, 0), 0)
    found.shift(86_400)
    assert found.tick(86_400 + 60) == set()
    assert found.tick(86_400 + 90) == {KEY}
    found.observe(line(1, 86_500), 86_500)
    found.shift(-3600)
    assert found.tick(82_900 + 59) == set()
    assert found.tick(82_900 + 60) == {KEY}


def test_closed_by_a_person_it_opens_anew_only_after_its_time():
    found = evaluator(DOWN)
    for at in (0, 90):
        found.observe(line(0, at), at)
    found.reset(KEY)
    assert names(found) == []
    found.observe(line(0, 120), 120)
    assert found.tick(209) == set()
    assert found.tick(210) == {KEY}
