"""What a rule may ask beside one bound: two metrics of one thing, hours, a record that reaches back, an absent series;
and items that are asked of the centre as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from agent.core.calendar import DAY, Calendar
from agent.core.checklist import Item, Result, Rule
from agent.core.incident import Condition
from agent.core.model import Metric, Reading, Sample
from agent.core.text import Text
from checks.judges import JUDGES
from checks.opinion import Facts, Opinion
from tests.checks.scene import DEVICE_UP, ITEMS, NOON, SWITCH, Watchers, collector

SHARE = Metric("interface_broadcast_ratio", "gauge", "ratio", ("interface",), "")
RATE = Metric("interface_broadcast_packets_per_second", "gauge", "packets per second", ("interface",), "")
OLDEST = Metric("room_recording_oldest_timestamp_seconds", "gauge", "Unix seconds", (), "")
OVERDUE = Metric("checklist_overdue", "gauge", "tickets", (), "")
SWITCHES = {"switch": collector("switch", "switch", DEVICE_UP, SHARE, RATE, OLDEST)}
FAIL = Result.FAIL


def item(*rules: Rule, kinds: tuple[str, ...] = ("switch",)) -> Item:
    metrics = {each.metric for rule in rules for each in (rule.condition, *rule.and_also)}
    words = ITEMS["NET-05"].words["device_up"]
    return replace(
        ITEMS["NET-05"],
        rules=rules,
        judge="",
        kinds=kinds,
        metrics=("device_up", *sorted(metrics)),
        words=dict.fromkeys(metrics, words),
    )


def broadcast(ratio: float, rate: float, interface: str, of: str = "") -> list[Sample]:
    return [SHARE.sample(ratio, interface=interface), RATE.sample(rate, interface=of or interface)]


STORM = item(Rule(Condition(SHARE.name, above=0.2), FAIL, and_also=(Condition(RATE.name, above=200),)))


@pytest.mark.parametrize(
    ("ratio", "rate", "of", "result"),
    [(0.9, 900, "a", "fail"), (0.9, 9, "a", "pass"), (0.1, 900, "a", "pass"), (0.9, 900, "b", "pass")],
)
def test_two_conditions_must_hold_of_the_same_interface(ratio: float, rate: float, of: str, result: str) -> None:
    watchers = Watchers(STORM, SWITCH, collectors=SWITCHES)
    watchers.read(SWITCH, NOON, *broadcast(ratio, rate, "a", of))
    assert watchers.result(NOON) == result


def test_a_rule_of_service_hours_says_nothing_outside_them() -> None:
    down = item(Rule(Condition("device_up", equals=0), FAIL, during="service"))
    watchers = Watchers(down, SWITCH, collectors=SWITCHES)
    calendar = Calendar()
    morning = calendar.moment(calendar.local(NOON).date(), 10 * 60)
    for at, result in ((morning, "fail"), (morning + 12 * 3600, "pass")):
        watchers.read(SWITCH, at, DEVICE_UP.sample(0, tier="core"))
        assert watchers.result(at) == result


@pytest.mark.parametrize(("days", "result"), [(40, "pass"), (29, "fail")])
def test_a_record_must_reach_back_long_enough(days: int, result: str) -> None:
    short = item(Rule(Condition(OLDEST.name, age_below=30 * DAY), FAIL))
    watchers = Watchers(short, SWITCH, collectors=SWITCHES)
    watchers.read(SWITCH, NOON, OLDEST.sample(NOON - days * DAY))
    found = watchers.found(NOON)
    assert found.verdict.result == result
    assert found.verdict.expected.en == "at least 30 d old"


def test_a_series_that_is_absent_for_long_enough_is_found_and_one_that_is_not_read_is_not() -> None:
    absent = item(Rule(Condition(OLDEST.name), FAIL, 600, absent=True))
    watchers = Watchers(absent, SWITCH, collectors=SWITCHES)
    assert watchers.result(NOON) == "not_connected"
    results = []
    for after in range(0, 2400, 60):
        there = [OLDEST.sample(NOON)] if after > 900 else []
        watchers.read(SWITCH, NOON + after, DEVICE_UP.sample(1, tier="core"), *there)
        results.append(watchers.result(NOON + after))
    assert results == ["warn"] * 10 + ["fail"] * 26 + ["pass"] * 4


def test_of_an_item_that_any_may_tell_those_that_never_told_are_not_asked() -> None:
    other = replace(SWITCH, id="access")
    down = item(Rule(Condition("device_up", equals=0), FAIL))
    for asked, found in (("each", ["pass", "not_connected"]), ("any", ["pass"])):
        watchers = Watchers(replace(down, asked=asked), SWITCH, other, collectors=SWITCHES)
        first = [(each.kind, each.verdict.subject) for each in watchers.run(NOON).findings]
        assert first == ([("switch", "core"), ("switch", "access")] if asked == "each" else [("center", "changshou")])
        watchers.read(SWITCH, NOON, DEVICE_UP.sample(1, tier="core"))
        assert [each.verdict.result for each in watchers.run(NOON).findings] == found


OWN = item(Rule(Condition(OVERDUE.name, above=0), FAIL), kinds=("center",))


def test_an_item_of_the_centre_is_judged_by_what_the_frame_says() -> None:
    watchers = Watchers(OWN, SWITCH, collectors=SWITCHES)
    assert watchers.found(NOON).verdict.result == "not_connected"
    for overdue, result in ((3, "fail"), (0, "pass")):
        watchers.snapshot.put(Reading(None, "checklist", NOON + overdue, 0.0, (OVERDUE.sample(overdue),)))
        found = watchers.found(NOON + overdue)
        assert (found.verdict.result, found.kind, found.verdict.subject) == (result, "center", "changshou")
    assert watchers.result(NOON + 7200) == "unknown"


def test_of_the_centre_a_judge_hears_all_targets_of_the_kinds_and_a_rule_only_the_frame(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def both_down(facts: Facts) -> Iterator[Opinion]:
        if sum(not sample.value for _, sample in facts.samples("device_up")) > 1:
            yield Opinion(FAIL, Text("两台", "both"), Text("至多一台", "one at most"))

    monkeypatch.setitem(JUDGES, "both_down", both_down)
    rules = Rule(Condition("device_up", equals=0), Result.WARN), Rule(Condition(OVERDUE.name, above=9), FAIL)
    both = replace(item(*rules, kinds=("switch", "center")), judge="both_down")
    access = replace(SWITCH, id="access")
    watchers = Watchers(both, SWITCH, access, collectors=SWITCHES)
    assert [each.verdict.result for each in watchers.run(NOON).findings] == ["not_connected"] * 3
    for up, center in ((1, "pass"), (0, "fail")):
        watchers.read(SWITCH, NOON + 1 - up, DEVICE_UP.sample(0, tier="core"))
        watchers.read(access, NOON + 1 - up, DEVICE_UP.sample(up, tier="access"))
        found = {each.verdict.subject: each.verdict.result for each in watchers.run(NOON + 1 - up).findings}
        assert found == {"core": "warn", "access": "pass" if up else "warn", "changshou": center}
