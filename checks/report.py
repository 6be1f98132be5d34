"""What a run of the checklist found, worst first, and the same as one JSON document for programs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agent.core.checklist import SEVERITIES, WORST_FIRST, Area, Changed, Finding, Item, Result, Score, Verdict
from agent.core.document import finite
from agent.core.site import Site
from agent.core.text import Text, both
from checks import changes, scores
from checks.book import items_of
from checks.metrics import CENTER
from checks.options import level_of

RESULTS: Mapping[Result, tuple[Text, str]] = {
    Result.FAIL: (Text("不合格", "fail"), "bold red"),
    Result.UNKNOWN: (Text("无数据", "unknown"), "magenta"),
    Result.WARN: (Text("预警", "warn"), "yellow"),
    Result.PASS: (Text("合格", "pass"), "green"),
    Result.NOT_CONNECTED: (Text("未接入", "not connected"), "dim"),
    Result.NOT_APPLICABLE: (Text("不适用", "not applicable"), "dim"),
}
COLOURS = {
    "red": (Text("红", "red"), "bold red"),
    "amber": (Text("黄", "amber"), "yellow"),
    "green": (Text("绿", "green"), "green"),
    "none": (Text("无结果", "no result"), "dim"),
}
ADVICE = Text(
    "另有建议项（三级要求，不计分）不合格 {count} 项。",
    "Besides, {count} items that are advice (level 3, no score) fail.",
)
ADVICE_GRAVE = Text(
    "另有建议项（三级要求，不计分）不合格 {count} 项，其中严重：{grave}。",
    "Besides, {count} items that are advice (level 3, no score) fail, of these critical: {grave}.",
)
OF_AREA = ("area", "colour", "score_ratio", "connected", "automatic", "attested", "people", "judged", "asked")


@dataclass(frozen=True)
class Report:
    """One run. `at` in Unix seconds; `scores` stand in the order of `areas`; `level`: items above it
    are advice at this centre."""

    areas: tuple[Area, ...]
    findings: tuple[Finding, ...]
    scores: tuple[Score, ...]
    at: float
    level: int = 2
    changed: tuple[Changed, ...] = ()  # limits that the site changed

    @property
    def asked(self) -> list[Finding]:
        """The findings that are no advice."""
        wanted = {item.id for item in items_of(self.areas) if item.level <= self.level}
        return [finding for finding in self.findings if finding.item in wanted]

    @property
    def advice_failing(self) -> list[Item]:
        """The items above the centre's level that fail, the gravest first: they score nothing and are no less true."""
        results = scores.item_results(self.findings)
        above = (item for item in items_of(self.areas) if item.level > self.level)
        failing = (item for item in above if results.get(item.id) is Result.FAIL)
        return sorted(failing, key=lambda item: SEVERITIES.index(item.severity))

    @property
    def advice(self) -> Text | None:
        """The same in a sentence that names the critical ones; None where none fails."""
        failing = self.advice_failing
        grave = [item for item in failing if item.severity == "critical"]
        zh, en = (
            "、".join(f"{each.id} {each.title.zh}" for each in grave),
            ", ".join(f"{each.id} {each.title.en}" for each in grave),
        )
        form = ADVICE_GRAVE if grave else ADVICE
        return form.format(count=len(failing), grave=Text(zh, en)) if failing else None


def document(report: Report) -> dict[str, Any]:
    """The run as JSON: what `checklist run --format json` and the HTTP API give out. Infinite values are text."""
    items = {item.id: item for item in items_of(report.areas)}
    return {
        "at": report.at,
        "level": report.level,
        "counts": {
            result.value: sum(finding.verdict.result is result for finding in report.findings) for result in Result
        },
        "areas": [
            {
                "area": area.id,
                "title": both(area.title),
                "colour": score.colour,
                "score_ratio": score.ratio,
                "connected": score.connected,
                "automatic": score.automatic,
                "attested": score.attested,
                "people": score.people,
                "judged": score.judged,
                "asked": score.asked,
            }
            for area, score in zip(report.areas, report.scores, strict=True)
        ],
        "advice_failing": [item.id for item in report.advice_failing],
        "thresholds": [changes.entry(each) for each in report.changed],
        "findings": [finding_document(finding, items[finding.item]) for finding in worst_first(report.findings, items)],
    }


def read(said: Mapping[str, Any], areas: Sequence[Area]) -> Report:
    """The run that `document` wrote, as another process of the same version reads it. KeyError if it is none."""
    known = {each["area"]: Score(*(each[name] for name in OF_AREA)) for each in said["areas"]}
    findings = findings_of(said)
    scored = tuple(known[area.id] for area in areas)
    changed = tuple(changes.read(each) for each in said["thresholds"])
    return Report(tuple(areas), findings, scored, said["at"], said["level"], changed)


def findings_of(said: Mapping[str, Any]) -> tuple[Finding, ...]:
    """Those of a run that `document` wrote, be it of another version and its items. KeyError if it is none."""
    return tuple(_finding(each) for each in said["findings"])


def current(findings: Iterable[Finding], items: Iterable[Item]) -> list[Finding]:
    """Of those that a store kept: left out are items that the checklist no longer has, and that an item had no target
    where it has one now."""
    known = {item.id: CENTER in item.kinds for item in items}
    ours = [finding for finding in findings if finding.item in known]
    judged = {finding.item for finding in ours if finding.kind != CENTER}
    return [each for each in ours if each.kind != CENTER or known[each.item] or each.item not in judged]


def latest(findings: Iterable[Finding], areas: Sequence[Area], site: Site) -> Report:
    """The findings that a store kept, as a report. Left out is what is not current, and targets that the site no longer
    has."""
    present = {(target.kind, target.id) for target in site.targets}
    here = [each for each in findings if each.kind == CENTER or (each.kind, each.verdict.subject) in present]
    kept = tuple(current(here, items_of(areas)))
    level, at = level_of(site), max((finding.at for finding in kept), default=0.0)
    changed = changes.of_areas(areas)
    return Report(tuple(areas), kept, scores.of_areas(areas, kept, level), at, level, changed)


def exit_code(findings: Iterable[Finding]) -> int:
    """0 all pass or warn, 1 any fail, 3 any unknown and no fail; not connected and not applicable do not count."""
    results = {finding.verdict.result for finding in findings}
    if Result.FAIL in results:
        return 1
    return 3 if Result.UNKNOWN in results else 0


def worst_first(findings: Iterable[Finding], items: Mapping[str, Item]) -> list[Finding]:
    """By result, then severity, then item and target."""

    def rank(finding: Finding) -> tuple[int, int, str, str]:
        severity = SEVERITIES.index(items[finding.item].severity)
        return WORST_FIRST.index(finding.verdict.result), severity, finding.item, finding.verdict.subject

    return sorted(findings, key=rank)


def finding_document(finding: Finding, item: Item) -> dict[str, Any]:
    verdict = finding.verdict
    return {
        "item": finding.item,
        "area": finding.area,
        "title": both(item.title),
        "severity": item.severity,
        "kind": finding.kind,
        "subject": verdict.subject,
        "result": verdict.result.value,
        "observed": both(verdict.observed),
        "expected": both(verdict.expected),
        "remedy": both(verdict.remedy) if verdict.remedy else None,
        "playbooks": list(item.playbooks),
        "at": finding.at,
        "who": finding.who,
        "waiver": finding.waiver or None,
        "found": finding.found or None,
        "evidence": [finite(sample) for sample in finding.evidence],
    }


def _finding(said: Mapping[str, Any]) -> Finding:
    remedy = Text(**said["remedy"]) if said["remedy"] else None
    observed, expected = Text(**said["observed"]), Text(**said["expected"])
    verdict = Verdict(Result(said["result"]), said["subject"], observed, expected, remedy)
    evidence = tuple({**sample, "value": float(sample["value"])} for sample in said["evidence"])
    without = said["waiver"] or "", said["found"] or ""
    return Finding(said["item"], said["area"], said["kind"], verdict, said["at"], said["who"], evidence, *without)
