"""A past as OpenMetrics: Prometheus makes blocks of it, and has the series that it would have scraped."""

from __future__ import annotations

import math
import re
from pathlib import Path

from agent.core.calendar import Calendar
from agent.core.model import Metric
from agent.core.past import Level, Past, Turn
from agent.core.site import Center, Site
from exporters.backfill import HEAD, STEP, openmetrics
from tests.exporters.promtool import filled

UP = Metric("line_up", "gauge", "0/1", (), "Whether it\nserves")
LOAD = Metric("line_utilization_ratio", "gauge", "ratio", ("direction",), "Share")
METRICS = {metric.name: metric for metric in (UP, LOAD)}
SITE = Site(Center("test", "测试", '"普陀"区\\'), Calendar(), Path("/agent.yaml"), Path("/var"))
START = 1_790_000_000
ROW = re.compile(r"^\{(.*)\} (\S+) (\d+)$", re.MULTILINE)


def in_prometheus(past: Past, folder: Path) -> list[tuple[str, float, int]]:
    """Labels, value and Unix seconds of all samples that it has then."""
    file, data = folder / "past.om", folder / "data"
    file.write_text("".join(openmetrics(SITE, past, METRICS)), encoding="utf-8")
    return [(labels, float(value), int(at) // 1000) for labels, value, at in ROW.findall(filled(file, data))]


def test_what_turned_has_its_value_until_it_turned_again(tmp_path: Path) -> None:
    cut, mended = START + 10 * STEP, START + 13 * STEP - 1
    turns = [Turn(at, "line", "yibao", "line_up", value) for at, value in ((START, 1), (cut, 0), (mended, 1))]
    found = in_prometheus(Past(START, START + HEAD + 20 * STEP, tuple(turns)), tmp_path)
    assert [value for _, value, _ in found] == [1.0] * 10 + [0.0] * 3 + [1.0] * 7
    assert [at for _, _, at in found] == list(range(START, START + 20 * STEP, STEP))


def test_a_level_has_gaps_where_nothing_was_measured(tmp_path: Path) -> None:
    def value(at: float) -> float:
        return math.nan if at == START + STEP else (at - START) / STEP

    level = Level("line", "yibao", "line_utilization_ratio", value, (("direction", "receive"),))
    found = in_prometheus(Past(START, START + HEAD + 4 * STEP, levels=(level,)), tmp_path)
    assert [(value, at - START) for _, value, at in found] == [(0, 0), (2, 2 * STEP), (3, 3 * STEP)]


def test_the_labels_are_those_of_the_scrape(tmp_path: Path) -> None:
    level = Level("line", "yibao", "line_utilization_ratio", lambda at: 1.0, (("direction", "receive"),))
    ((labels, _, _),) = in_prometheus(Past(START, START + HEAD + 1, levels=(level,)), tmp_path)
    assert labels == (
        '__name__="line_utilization_ratio", center="test", direction="receive", district="\\"普陀\\"区\\\\", '
        'instance="127.0.0.1:9780", job="shouwang", kind="line", target="yibao"'
    )
