"""From whom an item hears of a target: its own collectors, and those that tell of it by asking another."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.core.computed import OfAnother, part_of
from tests.checks.scene import HOST, INODES, ITEMS, LINE, NOON, TO_FULL, USAGE, Watchers, collector

BY_LINE = {"vantage": replace(collector("vantage", "line", USAGE, INODES, TO_FULL), others=("host",))}


def test_what_is_told_of_a_target_by_another_that_was_asked_is_judged() -> None:
    watchers = Watchers("HOST-04", HOST, LINE, collectors=BY_LINE)
    assert watchers.run(NOON).findings[0].verdict.result == "not_connected"
    told = (USAGE.sample(0.99, mountpoint="/"), INODES.sample(0.1, mountpoint="/"))
    part = part_of("vantage", LINE.id)
    watchers.snapshot.put(OfAnother(HOST, part, NOON, 0.0, told, by=LINE.id))
    assert [each.kind for each in watchers.run(NOON).findings] == ["host"]
    assert watchers.result(NOON) == "fail"
    watchers.snapshot.put(OfAnother(HOST, "somebody else by yibao", NOON, 0.0, told, by=LINE.id))
    watchers.snapshot.put(OfAnother(HOST, part, NOON, 0.0, (), by=LINE.id))
    assert watchers.result(NOON + 7200) == "unknown"


@pytest.mark.parametrize(("if_told", "result"), [(True, "pass"), (False, "not_connected")])
def test_what_a_rule_asks_only_if_told_keeps_no_host_without_it_from_a_pass(if_told: bool, result: str) -> None:
    rules = [replace(each, if_told=if_told and each.condition.metric == INODES.name) for each in ITEMS["HOST-04"].rules]
    item = replace(ITEMS["HOST-04"], rules=tuple(rules))
    found = {
        "windows": collector("windows", "host", USAGE, TO_FULL),
        "linux": collector("linux", "host", INODES, only="b"),
    }
    watchers = Watchers(item, HOST, collectors=found)
    watchers.read(HOST, NOON, USAGE.sample(0.4, mountpoint="C:"), TO_FULL.sample(1e9, mountpoint="C:"), name="windows")
    assert watchers.result(NOON) == result
