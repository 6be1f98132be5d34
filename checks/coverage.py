"""Coverage: how each automatic item hears of what it judges, and whether this centre has that source connected."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agent.core.checklist import Area, Finding, Item
from agent.core.model import Collector, Target
from agent.core.site import Site
from agent.core.ssh import AsRoot
from agent.core.text import Text, both
from checks import scores, sources
from checks.book import items_of
from checks.report import Report

FRAME = "shouwang"  # what the agent tells of the centre by itself, without a collector
EVERY = "*"  # every collector
NO_FINDING = Text("还没有检查过", "not judged yet")


@dataclass(frozen=True, slots=True)
class Asked:
    """A target that the item is asked of; `why` says what is wrong where it is not connected."""

    target: Target
    connected: bool
    why: Text | None


@dataclass(frozen=True)
class Row:
    """One automatic item. `metrics`: by name the collectors that give it; `root`: what a host must let the agent run as
    root, argument by argument; `why`: what is missing where no target is there to ask."""

    item: Item
    metrics: Mapping[str, tuple[str, ...]]
    root: tuple[tuple[str, ...], ...]
    asked: tuple[Asked, ...]
    connected: bool
    why: Text | None

    @property
    def heard(self) -> int:
        return sum(each.connected for each in self.asked)

    @property
    def collectors(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for names in self.metrics.values() for name in names))


def rows(report: Report, site: Site, collectors: Mapping[str, Collector], as_root: Iterable[AsRoot]) -> tuple[Row, ...]:
    """One for each automatic item, in the order of the areas; its findings say what is connected."""
    connected = scores.connected(report.areas, report.findings)
    found: dict[str, list[Finding]] = {}
    for finding in report.findings:
        found.setdefault(finding.item, []).append(finding)
    commands = tuple(as_root)
    return tuple(
        _row(item, found.get(item.id, []), site, collectors, commands, item.id in connected)
        for item in items_of(report.areas)
        if item.mode == "automatic"
    )


def _row(
    item: Item,
    findings: Sequence[Finding],
    site: Site,
    collectors: Mapping[str, Collector],
    as_root: Iterable[AsRoot],
    connected: bool,
) -> Row:
    by_place = {(each.kind, each.verdict.subject): each for each in findings}
    targets = sources.targets(item, site, collectors)
    if item.asked == "any":  # those that never told of it are not asked, as long as one does
        targets = tuple(each for each in targets if (each.kind, each.id) in by_place) or targets
    asked = tuple(_asked(each, by_place.get((each.kind, each.id))) for each in targets)
    nowhere = (
        next((each.verdict.observed for each in findings if scores.without_source(each)), NO_FINDING)
        if not asked
        else None
    )
    metrics = {name: _givers(name, collectors) for name in item.metrics}
    return Row(item, metrics, tuple(each.argv for each in as_root if each.item == item.id), asked, connected, nowhere)


def _asked(target: Target, finding: Finding | None) -> Asked:
    if finding is None:
        return Asked(target, False, NO_FINDING)
    if not scores.without_source(finding):
        return Asked(target, True, None)
    return Asked(target, False, finding.verdict.observed)


def _givers(metric: str, collectors: Mapping[str, Collector]) -> tuple[str, ...]:
    if metric == sources.READ_AT:
        return (EVERY,)
    given = tuple(each.name for each in collectors.values() if any(name.name == metric for name in each.metrics))
    return given or (FRAME,)


def document(report: Report, found: Sequence[Row]) -> dict[str, Any]:
    """As JSON. `at`: when the findings were judged, Unix seconds, 0 if never."""
    return {
        "at": report.at,
        "level": report.level,
        "areas": [
            {
                "area": area.id,
                "title": both(area.title),
                "connected": score.connected,
                "automatic": score.automatic,
                "ratio": score.connected / score.automatic if score.automatic else None,
            }
            for area, score in zip(report.areas, report.scores, strict=True)
        ],
        "items": [_entry(each) for each in found],
    }


def _entry(row: Row) -> dict[str, Any]:
    return {
        "item": row.item.id,
        "area": row.item.area,
        "title": both(row.item.title),
        "level": row.item.level,
        "metrics": {name: list(collectors) for name, collectors in row.metrics.items()},
        "needs": [each.split("|") for each in row.item.needs],
        "root": [list(argv) for argv in row.root],
        "connected": row.connected,
        "targets_connected": row.heard,
        "targets_asked": len(row.asked),
        "why": both(row.why) if row.why else None,
        "targets": [
            {
                "kind": each.target.kind,
                "target": each.target.id,
                "connected": each.connected,
                "why": both(each.why) if each.why else None,
            }
            for each in row.asked
        ],
    }


def of_areas(areas: Iterable[Area], found: Iterable[Row]) -> Mapping[str, tuple[Row, ...]]:
    """By area, in their order."""
    kept = tuple(found)
    return {area.id: tuple(each for each in kept if each.item.area == area.id) for area in areas}
