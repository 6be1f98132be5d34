"""`shouwang checklist coverage` on a terminal."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from agent.cli.common import table_of
from agent.core.text import Language, Text

if TYPE_CHECKING:
    from rich.console import Group
    from rich.table import Table

    from checks.coverage import Row
    from checks.report import Report

AREAS = (Text("方面", "area"), Text("自动项已接入", "automatic items connected"), Text("接入率", "onboarding"))
ITEMS = (
    Text("检查项", "item"),
    Text("指标 ← 采集器", "metrics ← collector"),
    Text("接入方式", "way in"),
    Text("已接入对象", "targets connected"),
)
AS_ROOT = Text("以 root 执行:", "as root: ")
EVERY = Text("每个采集器", "every collector")
ADVICE = Text("(三级,仅建议)", " (level 3, advice)")
NAMED = 3  # targets, by name; of the others only how many


def tables(report: Report, rows: Sequence[Row], language: Language) -> Group:
    """The areas' meters, then an item a row."""
    from rich.console import Group

    return Group(_areas(report, language), _items(report, rows, language))


def _areas(report: Report, language: Language) -> Table:
    shown = table_of(AREAS, language)
    for area, score in zip(report.areas, report.scores, strict=True):
        ratio = f"{score.connected / score.automatic:.0%}" if score.automatic else "–"
        shown.add_row(area.title[language], score.meter[language], ratio)
    return shown


def _items(report: Report, rows: Sequence[Row], language: Language) -> Table:
    shown = table_of(ITEMS, language)
    for column in shown.columns:
        column.overflow = "fold"
    for row in rows:
        advice = ADVICE[language] if row.item.level > report.level else ""
        title = f"{row.item.id} {row.item.title[language]}{advice}"
        shown.add_row(title, _metrics(row, language), _ways(row, language), _targets(row, language))
    return shown


def _metrics(row: Row, language: Language) -> str:
    by_givers: dict[tuple[str, ...], list[str]] = {}
    for name, givers in row.metrics.items():
        by_givers.setdefault(givers, []).append(name)
    return "\n".join(
        f"{', '.join(names)} ← {EVERY[language] if givers == ('*',) else ', '.join(givers)}"
        for givers, names in by_givers.items()
    )


def _ways(row: Row, language: Language) -> str:
    needs = " + ".join(each.replace("|", "/") for each in row.item.needs)
    return "\n".join((needs, *(AS_ROOT[language] + shlex.join(argv) for argv in row.root)))


def _targets(row: Row, language: Language) -> str:
    """`2/5`, and why not the others."""
    lines = [f"{row.heard}/{len(row.asked)}"]
    if row.why:
        lines.append(row.why[language])
    reasons = Counter(each.why[language] for each in row.asked if each.why)
    for reason in reasons:
        names = [each.target.id for each in row.asked if each.why and each.why[language] == reason]
        more = f" +{len(names) - NAMED}" if len(names) > NAMED else ""
        lines.append(f"{', '.join(names[:NAMED])}{more}: {reason}")
    return "\n".join(lines)
