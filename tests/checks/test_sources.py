"""From whom an item hears of a target: its own collectors, and those that tell of it by asking another."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.core.computed import OfAnother, part_of
from agent.core.model import Metric, Sample, Target
from checks.book import items_of, load
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


SIGNATURES = Metric("host_antivirus_signature_timestamp_seconds", "gauge", "Unix seconds", (), "")
ACTIVE = Metric("host_antivirus_active", "gauge", "0/1", (), "")
WARM = Target("host", "warm", "主机", every=60)


def whole(at: float, usage: float = 0.4) -> tuple[Sample, ...]:
    return USAGE.sample(usage, mountpoint="/"), INODES.sample(0.1, mountpoint="/")


ASKED = replace(ITEMS["HOST-04"], rules=tuple(replace(each, if_told=False) for each in ITEMS["HOST-04"].rules))
TWO = {"host": collector("host", "host", USAGE, INODES)}


def test_what_is_told_no_more_is_unknown_after_its_patience_though_the_rest_is_in_order() -> None:
    """As when sudo is taken away from the account: the host answers, and says less."""
    watchers = Watchers(ASKED, WARM, collectors=TWO)
    watchers.read(WARM, NOON, *whole(NOON), name="host")
    assert watchers.result(NOON) == "pass"
    for minute in range(1, 20):
        watchers.read(WARM, NOON + minute * 60, USAGE.sample(0.4, mountpoint="/"), name="host")
        found = watchers.found(NOON + minute * 60)
        assert found.verdict.result == ("pass" if minute <= 15 else "unknown"), minute
    assert found.verdict.observed.zh == "19 分钟没有读数:host_filesystem_inodes_usage_ratio"
    watchers.read(WARM, NOON + 1200, *whole(NOON + 1200), name="host")
    assert watchers.result(NOON + 1200) == "pass"


def test_a_warning_of_the_one_part_hides_no_silence_of_the_other() -> None:
    watchers = Watchers(ASKED, WARM, collectors=TWO)
    watchers.read(WARM, NOON, *whole(NOON), name="host")
    watchers.run(NOON)
    watchers.read(WARM, NOON + 2 * 86400, USAGE.sample(0.85, mountpoint="/"), name="host")
    assert watchers.result(NOON + 2 * 86400) == "fail"
    watchers.read(WARM, NOON + 2 * 86400 + 60, *whole(NOON, 0.85), name="host")
    assert watchers.result(NOON + 2 * 86400 + 60) == "warn"


def test_what_only_another_system_has_is_not_asked_of_this_one() -> None:
    linux = replace(collector("linux", "host", USAGE, INODES), watches=lambda target: False)
    windows = collector("windows", "host", USAGE)
    for instead, result in (((), "not_connected"), (("linux",), "pass")):
        both = {"linux": linux, "windows": replace(windows, instead=instead)}
        watchers = Watchers(ASKED, WARM, collectors=both)
        watchers.read(WARM, NOON, USAGE.sample(0.4, mountpoint="C:"), name="windows")
        assert watchers.result(NOON) == result


def test_a_source_that_is_taken_out_leaves_what_it_said_lost_until_it_is_waived() -> None:
    watchers = Watchers(ASKED, WARM, collectors=TWO)
    watchers.read(WARM, NOON, *whole(NOON, 0.99), name="host")
    assert watchers.result(NOON) == "fail"
    watchers.collectors = {"host": replace(TWO["host"], watches=lambda target: False)}
    results = []
    for after in (60, 1200, 90_000):
        found = watchers.found(NOON + after)
        results.append(found.verdict.result.value)
    assert results == ["unknown", "unknown", "fail"]
    assert found.verdict.observed.zh == "接入过,agent.yaml 里已没有它的接入方式"
    assert "waive HOST-04 --target warm" in found.verdict.remedy.en if found.verdict.remedy else ""


def test_a_time_to_come_is_no_pass_where_something_is_asked_that_happened() -> None:
    """As of an antivirus whose signatures are of next year, by a clock that is wrong on one side."""
    signatures, active = SIGNATURES.sample(NOON + 400 * 86400), ACTIVE.sample(1)
    item = next(each for each in items_of(load()) if each.id == "HOST-14")
    watchers = Watchers(item, WARM, collectors={"host": collector("host", "host", SIGNATURES, ACTIVE)})
    watchers.read(WARM, NOON, signatures, active, name="host")
    found = watchers.found(NOON)
    assert found.verdict.result == "warn"
    assert "请核对两边的时钟" in found.verdict.observed.zh
    watchers.read(WARM, NOON + 60, SIGNATURES.sample(NOON + 1800), active, name="host")
    assert watchers.result(NOON + 60) == "pass"


def test_where_the_way_in_works_what_is_not_told_yet_asks_for_a_running_agent_not_for_a_way_in() -> None:
    watch = Watchers("HOST-04", HOST)
    watch.read(HOST, NOON, name="host")
    found = watch.found(NOON)
    assert (found.verdict.result.value, found.verdict.observed.zh) == ("not_connected", "已接入,这一遍没有读到")
    assert found.verdict.remedy is not None
    assert "shouwang run" in found.verdict.remedy.zh
    assert "credentials" not in found.verdict.remedy.zh
    assert found.verdict.expected.zh.endswith(",且守望持续运行")


def test_a_device_without_sensors_passes_where_all_that_is_asked_is_that_it_is_read() -> None:
    """PHY-17 of a UPS: its own collector tells no sensor, the runner tells when it read it."""
    read_at = Metric("shouwang_target_read_timestamp_seconds", "gauge", "Unix seconds", ("collector",), "")
    item = next(each for each in items_of(load()) if each.id == "PHY-17")
    ups = Target("machine_room", "ups-1", "机房UPS1", every=30)
    load_ratio = Metric("ups_load_ratio", "gauge", "ratio", (), "")
    watchers = Watchers(item, ups, collectors={"ups": collector("ups", "machine_room", load_ratio)})
    watchers.read(ups, NOON, load_ratio.sample(0.4), read_at.sample(NOON, collector="ups"), name="ups")
    assert watchers.result(NOON) == "pass"
