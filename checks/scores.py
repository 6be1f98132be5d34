"""Scores: item results and area scores from findings, as the domain page says. Pure functions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from agent.core.checklist import ITSELF, WORST_FIRST, Area, Colour, Finding, Item, Result, Score

WEIGHT = {"critical": 8, "high": 4, "medium": 2, "low": 1}
VALUE = {Result.PASS: 1.0, Result.WARN: 0.5, Result.FAIL: 0.0, Result.UNKNOWN: 0.0}
BEST_FIRST = (Result.PASS, Result.WARN, Result.UNKNOWN, Result.FAIL)  # what was judged
RED_CAP = 0.59


def item_results(findings: Iterable[Finding]) -> dict[str, Result]:
    """One result per item: the worst of its targets; not_connected only where none of them is connected."""
    found: dict[str, Result] = {}
    for finding in findings:
        worst = found.get(finding.item, finding.verdict.result)
        found[finding.item] = min(worst, finding.verdict.result, key=WORST_FIRST.index)
    return found


def of_areas(areas: Iterable[Area], findings: Iterable[Finding], level: int) -> tuple[Score, ...]:
    """The score of each area, in their order, of a centre of this protection level."""
    found, all_areas = tuple(findings), tuple(areas)
    results, sources = item_results(found), connected(all_areas, found)
    return tuple(score(asked(area, level), results, sources) for area in all_areas)


def asked(area: Area, level: int) -> Area:
    """Without the items that are only advised at this level."""
    return replace(area, items=tuple(item for item in area.items if item.level <= level))


def connected(areas: Iterable[Area], findings: Iterable[Finding]) -> frozenset[str]:
    """The items whose source has been connected at least once: one that is lost gives unknown, not not_connected. What
    people saw in place of a source connects none."""
    automatic = {item.id for area in areas for item in area.items if item.mode == "automatic"}
    told = (each for each in findings if not (each.item in automatic and each.who != ITSELF and _judged(each)))
    return frozenset(each.item for each in told if (each.found or each.verdict.result) != Result.NOT_CONNECTED)


def without_source(finding: Finding) -> bool:
    """Of an automatic item: not connected; what people saw in the source's place connects none."""
    return finding.verdict.result is Result.NOT_CONNECTED or finding.who != ITSELF


def _judged(finding: Finding) -> bool:
    return finding.verdict.result in VALUE


def score(area: Area, results: Mapping[str, Result], sources: Collection[str]) -> Score:
    """`results` by item id; `sources` are the items whose source is connected, or that people have attested."""
    judged = [(item, results[item.id]) for item in area.items if results.get(item.id) in VALUE]
    weight = sum(WEIGHT[item.severity] for item, _ in judged)
    ratio = sum(WEIGHT[item.severity] * VALUE[result] for item, result in judged) / weight if weight else None
    shade = colour(judged)
    if shade == "red" and ratio is not None:
        ratio = min(ratio, RED_CAP)
    automatic = {item.id for item in area.items if item.mode == "automatic"}
    people = {item.id for item in area.items} - automatic
    meter = (len(automatic.intersection(sources)), len(automatic), len(people.intersection(sources)), len(people))
    return Score(area.id, shade, ratio, *meter, len(judged), len(area.items))


def colour(judged: Sequence[tuple[Item, Result]]) -> Colour:
    """Red if a critical item fails or two high ones do; amber if any fails, is unknown, or three warn; none of none."""
    if not judged:
        return "none"
    failed = Counter(item.severity for item, result in judged if result is Result.FAIL)
    count = Counter(result for _, result in judged)
    if failed["critical"] or failed["high"] >= 2:
        return "red"
    if count[Result.FAIL] or count[Result.UNKNOWN] or count[Result.WARN] >= 3:
        return "amber"
    return "green"
