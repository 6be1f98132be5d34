"""From whom an item hears of a target: its own collectors, and those that tell of it by asking another."""

from __future__ import annotations

from dataclasses import replace

from agent.core.computed import OfAnother, part_of
from tests.checks.scene import HOST, INODES, LINE, NOON, TO_FULL, USAGE, Watchers, collector

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
