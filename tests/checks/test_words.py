"""What operators read: percent, days and words instead of ratios, seconds and zeros."""

from __future__ import annotations

import math

import pytest

from agent.core.checklist import Result, Rule
from agent.core.incident import Condition
from agent.core.model import Metric
from agent.core.text import Text
from checks import words
from checks.book import items_of, load
from checks.silence import WAYS
from tests.checks import scene


@pytest.mark.parametrize(
    ("seconds", "zh", "en"),
    [
        (0, "0 秒", "0 s"),
        (0.03, "30 毫秒", "30 ms"),
        (90, "90 秒", "90 s"),
        (60, "1 分钟", "1 min"),
        (900, "15 分钟", "15 min"),
        (3600, "1 小时", "1 h"),
        (86400, "1 天", "1 d"),
        (604800, "7 天", "7 d"),
        (200000, "2.3 天", "2.3 d"),
        (math.inf, "无限长", "no end"),
    ],
)
def test_a_duration_is_said_in_its_largest_fitting_unit(seconds: float, zh: str, en: str) -> None:
    assert words.duration(seconds) == Text(zh, en)


def _rules(**comparisons: float) -> list[Rule]:
    return [Rule(Condition("m", **{name: number}), Result.WARN) for name, number in comparisons.items()]


@pytest.mark.parametrize(
    ("comparisons", "unit", "band"),
    [
        ({"above": 0.8}, "ratio", "≤80%"),
        ({"above": 0.0001}, "ratio", "≤0.01%"),
        ({"age_below": 2592000}, "Unix seconds", "不晚于 30 天前"),
        ({"below": 604800}, "seconds", "≥7 天"),
        ({"above": 27, "below": 18}, "celsius", "18 ℃ – 27 ℃"),
        ({"above": 0}, "restarts", "0"),
        ({"age_above": 86400}, "Unix seconds", "不早于 1 天前"),
        ({"age_above": -2_592_000}, "Unix seconds", "至少还有 30 天"),
        ({"equals": 3}, "1", "不是 3"),
    ],
)
def test_the_band_is_where_no_rule_is_true(comparisons: dict[str, float], unit: str, band: str) -> None:
    assert words.band(_rules(**comparisons), None, unit).zh == band


def test_the_band_of_a_boolean_is_the_word_for_the_other_value() -> None:
    line_up = scene.ITEMS["NET-01"].words["line_up"]
    assert words.band(_rules(equals=0), line_up, "0/1") == Text("通", "up")


@pytest.mark.parametrize(
    ("after", "zh", "en"),
    [
        (-259_200, "3 天前", "3 d ago"),
        (1_728_000, "20 天后", "in 20 d"),
        (math.inf, "永久", "never"),
        (-math.inf, "从未", "never"),
    ],
)
def test_a_moment_is_said_as_seen_from_now(after: float, zh: str, en: str) -> None:
    assert words.value(1e9 + after, "Unix seconds", 1e9) == Text(zh, en)


def test_a_metric_without_words_is_said_by_name_and_labels() -> None:
    metric = Metric("room_temperature_celsius", "gauge", "celsius", ("place",), "")
    assert words.said(None, metric.sample(31.5, place="inlet")).zh == "room_temperature_celsius inlet 31.5 ℃"


def test_a_label_is_said_in_the_words_of_the_area() -> None:
    probe = scene.ITEMS["NET-01"].words["line_probe_up"]
    said = words.said(probe, scene.LINE_PROBE_UP.sample(0, layer="far_gateway", probe="10.20.0.1"))
    assert said == Text("对端网关探测 10.20.0.1 无应答", "the far gateway probe 10.20.0.1 is not answered")


def test_text_from_a_device_is_made_harmless_before_it_is_said() -> None:
    usage = scene.ITEMS["HOST-04"].words["host_filesystem_usage_ratio"]
    said = words.said(usage, scene.USAGE.sample(0.5, mountpoint="/a\x1b[2J\u202e{value}" + "x" * 500))
    assert "\x1b" not in said.zh
    assert "\u202e" not in said.zh
    assert len(said.zh) < 160


def test_every_way_that_the_shipped_items_need_is_named_in_chinese_and_english() -> None:
    needed = {way for item in items_of(load()) for need in item.needs for way in need.split("|")}
    assert needed <= set(WAYS)
    assert not [way for way in needed if WAYS[way].zh == way]
