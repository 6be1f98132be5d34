"""What a run shows on a terminal: one screen for people, worst first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from agent.core.checklist import Finding, Result
from agent.core.grouped import alike, fitting, ranges
from agent.core.text import Language, Text
from checks import changes, words
from checks.book import items_of
from checks.report import COLOURS, RESULTS, Report, worst_first

if TYPE_CHECKING:
    from rich.console import Group
    from rich.table import Table

ADVISED = Text("(建议)", " (advice)")
CHANGED = Text("(阈值已改)", " (changed limit)")
OLD = 120.0  # seconds
ROOM = 40  # characters of subjects beside each other
MERGED = (Result.PASS, Result.NOT_CONNECTED)  # one row per item, however many targets


def table(report: Report, language: Language) -> Group:
    """One screen for a terminal: areas with score and onboarding meter, then the findings, worst first."""
    from rich.console import Group
    from rich.markup import escape

    shown: list[Any] = [_areas(report, language), "", _findings(report, language)]
    if report.advice:
        shown[1:1] = ["", escape(report.advice[language])]
    if report.changed:
        items = {item.id: item for item in items_of(report.areas)}
        lines = (changes.HEAD, *changes.lines(report.changed, items))
        shown += ["", *(escape(line[language]) for line in lines)]
    return Group(*shown)


def _areas(report: Report, language: Language) -> Table:
    from rich.table import Table

    shown = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for head in _in(
        language, ("方面", "area"), ("评定", "colour"), ("得分", "score"), ("已接入", "connected"), ("", "")
    ):
        shown.add_column(head)
    for area, score in zip(report.areas, report.scores, strict=True):
        word, style = COLOURS[score.colour]
        points = "–" if score.ratio is None else f"{score.ratio * 100:.0f}"
        few = score.few[language] if score.few else ""
        shown.add_row(area.title[language], f"[{style}]{word[language]}[/]", points, score.meter[language], few)
    return shown


def _findings(report: Report, language: Language) -> Table:
    from rich.markup import escape
    from rich.table import Table

    shown = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for head in _in(
        language, ("结果", "result"), ("检查项", "item"), ("对象", "target"), ("现状", "observed"), ("处置", "remedy")
    ):
        shown.add_column(head, overflow="fold")
    items = {item.id: item for item in items_of(report.areas)}
    for group in _merged(worst_first(report.findings, items)):
        first = group[0]
        word, style = RESULTS[first.verdict.result]
        mark = ADVISED[language] if items[first.item].level > report.level else ""
        mark += CHANGED[language] if changes.about(report.changed, first.item, group) else ""
        title = f"{first.item} {items[first.item].title[language]}{mark}"
        seen = _seen(group, language) + _age(group, report.at, language)
        cells = (title, _subjects(group, language), seen, _remedy(first, language))
        shown.add_row(f"[{style}]{word[language]}[/]", *(escape(cell) for cell in cells))
    return shown


def _merged(findings: Sequence[Finding]) -> list[list[Finding]]:
    """What is said in the same words as one, and all that passes of an item."""
    groups: dict[object, list[Finding]] = {}
    for place, group in enumerate(alike(findings)):
        result = group[0].verdict.result
        groups.setdefault((group[0].item, result) if result in MERGED else place, []).extend(group)
    return list(groups.values())


def _subjects(group: Sequence[Finding], language: Language) -> str:
    names = ranges((finding.verdict.subject, "") for finding in group)
    shown = fitting(names, ", ", ROOM)
    said = ", ".join(names[:shown])
    if shown < len(names):
        return Text(f"{said} 等 {len(group)} 个", f"{said} … {len(group)} in all")[language]
    return said if len(group) <= 3 else Text(f"{said},共 {len(group)} 个", f"{said}; {len(group)} in all")[language]


def _seen(group: Sequence[Finding], language: Language) -> str:
    """`/ 已用 93%;应 ≤80%`; of a merged group what all of them are, not one of them for all."""
    verdict = group[0].verdict
    if len({finding.verdict.observed for finding in group}) > 1:
        return Text(f"应 {verdict.expected.zh}", f"should be {verdict.expected.en}")[language]
    if verdict.result is Result.PASS:
        return verdict.observed[language]
    observed, expected = verdict.observed, verdict.expected
    if verdict.result is Result.NOT_CONNECTED:
        return Text(f"{observed.zh}；需{expected.zh}", f"{observed.en}; to be {expected.en}")[language]
    return Text(f"{observed.zh}；应 {expected.zh}", f"{observed.en}; should be {expected.en}")[language]


def _age(group: Sequence[Finding], at: float, language: Language) -> str:
    """A verdict that stands on an old reading says so."""
    age = at - min(finding.at for finding in group)
    if age < OLD:
        return ""
    length = words.duration(age // 60 * 60)
    return Text(f"({length.zh}前的读数)", f" (read {length.en} ago)")[language]


def _remedy(finding: Finding, language: Language) -> str:
    return finding.verdict.remedy[language] if finding.verdict.remedy else ""


def _in(language: Language, *heads: tuple[str, str]) -> list[str]:
    return [Text(*head)[language] for head in heads]
