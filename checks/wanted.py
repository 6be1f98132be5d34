"""What of a run is asked for: some areas, items or targets. Their names are checked: a wrong one would find nothing,
which looks like all is well."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from agent.core.checklist import Area, Finding
from agent.core.site import Site
from agent.core.text import Text, clean
from agent.core.unfit import Unfit
from checks.book import items_of
from checks.report import Report

AREA, ITEM, TARGET = Text("方面", "area"), Text("检查项", "checklist item"), Text("对象", "target")
UNKNOWN = Text("没有这个{what}:{name};有:{known}", "no such {what}: {name}; there are: {known}")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Ids; empty: all. A finding must fit each of the three."""

    areas: frozenset[str] = frozenset()
    items: frozenset[str] = frozenset()
    targets: frozenset[str] = frozenset()

    @property
    def everything(self) -> bool:
        return not (self.areas or self.items or self.targets)

    def item(self, area: str, item: str) -> bool:
        return (not self.areas or area in self.areas) and (not self.items or item in self.items)

    def finding(self, finding: Finding) -> bool:
        fits = not self.targets or finding.verdict.subject in self.targets
        return fits and self.item(finding.area, finding.item)


def wanted(
    book: Sequence[Area], site: Site, areas: Collection[str], items: Collection[str], targets: Collection[str]
) -> Wanted:
    """Unfit names the first that is not known. An area goes by its id or either title, an item in either case; the
    centre as a whole is a target by its id."""
    by_name = {name: area.id for area in book for name in (area.id, area.title.zh, area.title.en)}
    known = {item.id for item in items_of(book)}
    places = {target.id for target in site.targets} | {site.center.id}
    found = [(name, by_name.get(name.strip())) for name in areas]
    _object_to(AREA, [name for name, area in found if area is None], [f"{each.id}({each.title.zh})" for each in book])
    upper = [item.strip().upper() for item in items]
    _object_to(ITEM, [item for item in upper if item not in known], sorted(known))
    _object_to(TARGET, [target for target in targets if target not in places], sorted(places))
    return Wanted(frozenset(area for _, area in found if area), frozenset(upper), frozenset(targets))


def _object_to(what: Text, strange: Sequence[str], known: Sequence[str]) -> None:
    if strange:
        name, names = clean(strange[0], 60), ", ".join(known)
        raise Unfit(UNKNOWN.format(what=what, name=name, known=names))


def of_report(report: Report, asked: Wanted) -> Report:
    """Of the run what is asked for. The scores stay those of whole areas."""
    if asked.everything:
        return report
    kept = [
        (replace(area, items=tuple(item for item in area.items if asked.item(area.id, item.id))), score)
        for area, score in zip(report.areas, report.scores, strict=True)
    ]
    kept = [(area, score) for area, score in kept if area.items]
    items = {item.id for area, _ in kept for item in area.items}
    return replace(
        report,
        areas=tuple(area for area, _ in kept),
        scores=tuple(score for _, score in kept),
        findings=tuple(each for each in report.findings if asked.finding(each)),
        changed=tuple(
            each
            for each in report.changed
            if each.item in items and each.target in {"", *(asked.targets or [each.target])}
        ),
    )
