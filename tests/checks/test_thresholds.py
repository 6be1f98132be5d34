"""Thresholds of agent.yaml on checklist items: the rules they change, the mistakes that are refused, the marks left."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from agent.config import ConfigError
from agent.core.checklist import Item
from agent.core.snapshot import Snapshot
from agent.tables import load_site, threshold_remarks
from checks import book, report
from checks.options import Threshold
from checks.running import Checklist
from checks.screen import table
from checks.thresholds import of_item
from tests.checks import scene
from tests.checks.scene import HOST, NOON, USAGE, Watchers

ITEMS = {item.id: item for item in book.items_of(book.load())}
OTHER = replace(HOST, id="archive")


def ours(item: str, *said: dict[str, Any]) -> Item:
    return of_item(ITEMS[item], [Threshold.model_validate(each) for each in said])


def limits(item: Item) -> list[tuple[float | None, float]]:
    """Of rules with a bound: the bound and for how long."""
    conditions = [(rule.condition, rule.for_seconds) for rule in item.rules]
    bounds = [(each.above, each.below, each.age_above, each.age_below, lasting) for each, lasting in conditions]
    return [(next(one for one in found if one is not None), lasting) for *found, lasting in bounds if any(found)]


def result(item: Item, usage: float, target: Any = HOST) -> str:
    watch = Watchers(item, target)
    watch.read(target, NOON, USAGE.sample(usage, mountpoint="/"), scene.TO_FULL.sample(1e9, mountpoint="/"))
    watch.read(target, NOON, USAGE.sample(usage, mountpoint="/"), scene.INODES.sample(0.1, mountpoint="/"))
    (finding,) = watch.run(NOON).findings
    return finding.verdict.result.value


def test_a_limit_of_the_site_judges_in_place_of_the_shipped_one() -> None:
    item = ours("HOST-04", {"warn": 0.5, "fail": 0.6, "metric": USAGE.name})
    assert [result(ITEMS["HOST-04"], 0.55), result(item, 0.55), result(item, 0.65)] == ["pass", "warn", "fail"]
    assert result(ours("HOST-04", {"warn": 0.97, "fail": 0.99, "metric": USAGE.name}), 0.95) == "pass"


def test_a_limit_for_one_target_leaves_the_others_as_they_were() -> None:
    item = ours(
        "HOST-04",
        {"fail": 0.99, "warn": 0.97, "metric": USAGE.name, "target": OTHER.id},
        {"fail": 0.92, "metric": USAGE.name},
    )
    assert [result(item, 0.95), result(item, 0.95, OTHER)] == ["fail", "pass"]
    (all_of_them, *theirs) = item.changed
    assert (all_of_them.target, all_of_them.shipped, all_of_them.own) == ("", 0.9, 0.92)
    assert {(each.target, each.own) for each in theirs} == {(OTHER.id, 0.97), (OTHER.id, 0.99)}


def test_the_limit_is_found_by_what_it_can_mean_by_metric_by_labels_and_by_the_shipped_value() -> None:
    assert (600.0, 0) in limits(ours("PHY-05", {"fail": 600}))  # a share of 600 is none
    assert (0.7, 0) in limits(ours("PHY-05", {"fail": 0.7, "metric": "ups_battery_charge_ratio"}))
    assert (6.0, 0) in limits(ours("PHY-02", {"fail": 6, "labels": {"window": "15m"}}))
    assert (32.0, 300) in limits(ours("PHY-01", {"fail": 32, "instead_of": 30}))
    assert (15.0, 600) in limits(ours("PHY-01", {"warn": 15, "instead_of": 18}))


def test_how_long_it_must_hold_changes_with_its_limit_or_alone() -> None:
    both = ours("PHY-01", {"fail": 32, "for": "20m", "instead_of": 30})
    assert (32.0, 1200) in limits(both)
    assert (10.0, 300) in limits(both)
    alone = ours("NET-01", {"for": "2m", "metric": "line_up", "instead_of": 0})
    assert alone == ITEMS["NET-01"]  # two rules with times of their own: refused at validate, and nothing changes
    assert ours("NET-06", {"for": "10m"}).rules != ITEMS["NET-06"].rules
    assert {rule.for_seconds for rule in ours("NET-06", {"for": "10m"}).rules} == {600}


def test_a_time_and_a_share_are_written_as_people_write_them() -> None:
    assert (600.0, 0) in limits(ours("PHY-05", {"fail": "10m"}))
    assert (0.5, 0) in limits(ours("PHY-05", {"fail": "50%"})), "the unit says which of the two limits is meant"
    assert (0.7, 0) in limits(ours("PHY-05", {"fail": "70%", "instead_of": "60%"}))
    assert (172800.0, 0) in limits(ours("NET-20", {"warn": "2d", "instead_of": "1d"}))
    assert [each.own for each in ours("APP-10", {"warn": "45d", "instead_of": "30d"}).changed] == [45 * 86400]
    assert [each.own for each in ours("POL-07", {"fail": "80%"}).changed] == [0.8], "a figure's unit counts"


def test_a_rule_without_a_limit_is_found_by_its_result() -> None:
    for result, seconds in (("warn", 0), ("fail", 90)):
        said = {"for": "2m", "metric": "line_up", "result": result}
        assert [(each.shipped, each.own) for each in ours("NET-01", said).changed] == [(seconds, 120)]


def test_what_is_near_its_end_is_said_as_people_say_it() -> None:
    shipped = [rule.condition.age_above for rule in ITEMS["APP-10"].rules if rule.condition.age_above]
    item = ours("APP-10", {"warn": 45 * 86400, "metric": "certificate_expiry_timestamp_seconds"})
    changed = [rule.condition.age_above for rule in item.rules if rule.condition.age_above]
    assert min(shipped) > min(changed) == -45 * 86400
    assert [(each.own, each.laxer) for each in item.changed] == [(45 * 86400, False)]
    (later,) = ours("APP-10", {"fail": 3600, "metric": "certificate_expiry_timestamp_seconds"}).changed
    assert (later.laxer, later.of_standard) == (True, True)


def test_laxer_is_what_objects_to_less() -> None:
    for item, said, laxer in (
        ("HOST-04", {"warn": 0.85, "metric": USAGE.name}, True),
        ("HOST-04", {"warn": 0.75, "metric": USAGE.name}, False),
        ("PHY-05", {"fail": 600}, True),
        ("PHY-05", {"fail": 1200}, False),
        ("PHY-05", {"fail": 900, "for": "1m"}, True),
    ):
        (changed,) = ours(item, said).changed
        assert changed.laxer is laxer, (item, said)
    assert ours("PHY-05", {"fail": 900}).changed == (), "as shipped"


def shown(thresholds: dict[str, tuple[Threshold, ...]]) -> report.Report:
    snapshot = Snapshot()
    site = replace(scene.site(HOST), sections={"thresholds": thresholds})
    checklist = Checklist(scene.AREAS, scene.COLLECTORS, snapshot, site)
    checklist.run(NOON)
    return checklist.report()


LAX = {"HOST-04": (Threshold.model_validate({"warn": 0.85, "metric": USAGE.name, "target": HOST.id}),)}


def test_a_changed_limit_is_marked_on_the_screen_and_in_the_document() -> None:
    console = Console(file=io.StringIO(), width=140, color_system=None)
    console.print(table(shown(LAX), "en"))
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert "(changed limit)" in text
    assert "HOST-04 Disk and inode usage localhost: warn host_filesystem_usage_ratio above 80% is 85% (laxer" in text
    (entry,) = report.document(shown(LAX))["thresholds"]
    assert (entry["item"], entry["target"], entry["shipped"], entry["own"]) == ("HOST-04", "localhost", 0.8, 0.85)
    assert (entry["laxer"], entry["laxer_than_standard"]) == (True, False)
    assert report.document(shown({}))["thresholds"] == []


def test_another_process_reads_the_marks_from_the_document() -> None:
    before = report.document(shown(LAX))
    read = report.read(json.loads(json.dumps(before)), scene.AREAS)
    assert report.document(read)["thresholds"] == before["thresholds"]


def test_a_changed_agent_yaml_judges_by_its_limits_from_the_next_run_on() -> None:
    watch = Watchers("HOST-04", HOST)
    watch.read(HOST, NOON, USAGE.sample(0.7, mountpoint="/"), scene.TO_FULL.sample(1e9, mountpoint="/"))
    checklist = Checklist(scene.AREAS, scene.COLLECTORS, watch.snapshot, watch.site)
    before = {each.item: each.verdict.result.value for each in checklist.run(NOON)}
    strict = {"HOST-04": (Threshold.model_validate({"warn": 0.6, "metric": USAGE.name}),)}
    checklist.reload(replace(watch.site, sections={"thresholds": strict}))
    after = {each.item: each.verdict.result.value for each in checklist.run(NOON + 30)}
    assert (before["HOST-04"], after["HOST-04"]) == ("pass", "warn")


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ("PHY-01: {fail: 31}", "thresholds.PHY-01.fail: PHY-01 has several limits; name one by metric"),
        ("PHY-05: {fail: 0.5}", "thresholds.PHY-05.fail: PHY-05 has several limits"),
        ("NET-01: {for: 2m}", "thresholds.NET-01.for: NET-01 has several limits"),
        ("PHY-09: {warn: 3}", "thresholds.PHY-09.warn: PHY-09 has no such limit"),
        ("PHY-05: {fail: 900, metric: ups_load_ratio}", "has no such limit; known: ups_battery_runtime_seconds < 900"),
        ("PHY-05: {above: 3}", "thresholds.PHY-05.above: a checklist item has no above"),
        ("IR-04: {warn: 3}", "thresholds.IR-04.warn: a playbook has no warn"),
        ("PHY-05: [{fail: 800}, {fail: 700}]", r"thresholds.PHY-05\[1\].fail: this limit of PHY-05 is changed twice"),
        ("PHY-05: {fail: soon}", 'thresholds.PHY-05.fail: not a limit: "soon"; allowed: a number, or like 85%, 30m'),
        ("PHY-05: {fail: 10 min}", 'thresholds.PHY-05.fail: not a duration: "10 min"; allowed'),
        ("PHY-05: {fail: .inf}", 'thresholds.PHY-05.fail: not a limit: ".inf"'),
        ("PHY-05: {fail: yes}", "thresholds.PHY-05.fail: "),
        (
            "PHY-01: {warn: 28%}",
            "28% cannot be a limit of PHY-01: a number without a unit is expected here; known: room",
        ),
        ("NET-20: {fail: 80%}", "80% cannot be a limit of NET-20: a time, like 30m, 90d or a number of seconds,"),
        (
            "PHY-07: {warn: 80}",
            "80 cannot be a limit of PHY-07: a share, like 85% or 0.85, is expected here; known: .*0.*%",
        ),
        ("PHY-05: {warn: 600}", "warn 600 of PHY-05 lies beyond fail 900: it would never warn"),
    ],
)
def test_mistakes_are_refused_with_file_and_line(said: str, refusal: str, tmp_path: Path) -> None:
    path = tmp_path / "agent.yaml"
    path.write_text(f"language: en\nthresholds:\n  {said}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=rf"agent\.yaml:3: .*{refusal}"):
        load_site(path)


def test_a_threshold_for_a_target_that_is_not_asked_is_said(tmp_path: Path) -> None:
    path = tmp_path / "agent.yaml"
    own = "HOST-04: {warn: 0.7, metric: host_filesystem_usage_ratio, target: a}"
    path.write_text(
        f"hosts: [{{id: a, address: 10.0.0.1}}]\nthresholds:\n  PHY-05: {{fail: 800, target: a}}\n  {own}\n",
        encoding="utf-8",
    )
    told = [text.en for text in threshold_remarks(load_site(path))]
    assert "thresholds.PHY-05: the item is not asked of a; this threshold has no effect" in told
