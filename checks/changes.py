"""Limits of the checklist that a site changed, as the report shows them: in words and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from agent.core.checklist import Area, Changed, Finding, Item, Result, Rule
from agent.core.incident import Condition
from agent.core.text import Text
from checks import words
from checks.thresholds import before_end, bound, limit

HEAD = Text("本中心改过的阈值:", "Limits that this centre changed:")
LINE = Text(
    "  {item} {title}{target}:{what} {shipped} 改为 {own}{note}",
    "  {item} {title}{target}: {what} {shipped} is {own}{note}",
)
WHAT = {Result.WARN: Text("预警", "warn"), Result.FAIL: Text("不合格", "fail")}
SIGNS = {"above": Text("高于", "above"), "below": Text("低于", "below"), "age_above": Text("早于", "older than")}
LEFT = Text("剩余少于", "ends within")
LAXER = Text("(比出厂值宽松)", " (laxer than shipped)")
OF_STANDARD = Text(
    "(比出厂值宽松;该项依据标准,须经批准)", " (laxer than shipped, where a standard asks: needs approval)"
)
NO_NOTE = Text("", "")


def of_areas(areas: Iterable[Area]) -> tuple[Changed, ...]:
    return tuple(each for area in areas for item in area.items for each in item.changed)


def about(changed: Iterable[Changed], item: str, findings: Sequence[Finding]) -> bool:
    """Whether a limit was changed by which one of these findings of an item was judged."""
    subjects = {"", *(finding.verdict.subject for finding in findings)}
    return any(each.item == item and each.target in subjects for each in changed)


def lines(changed: Sequence[Changed], items: Mapping[str, Item]) -> Iterator[Text]:
    """One per change; HEAD is their heading."""
    for each in changed:
        item = items[each.item]
        target = Text(f" {each.target}", f" {each.target}") if each.target else NO_NOTE
        note = OF_STANDARD if each.laxer and each.of_standard else LAXER if each.laxer else NO_NOTE
        shipped, own = _said(each, each.shipped), _said(each, each.own)
        facts = {"item": item.id, "title": item.title, "target": target, "what": _what(each.rule, each.what)}
        yield LINE.format(**facts, shipped=shipped, own=own, note=note)


def _what(rule: Rule, what: str) -> Text:
    condition = rule.condition
    sign = LEFT if before_end(condition) else SIGNS.get(bound(condition), NO_NOTE)
    labels = " ".join(value for name, value in condition.labels.items() if name != "item")
    series = condition.metric + (f" {labels}" if labels else "")
    result = WHAT[rule.result]
    if what == "for":
        return Text(f"{result.zh} {series} 持续时间", f"{result.en} {series} for")
    return Text(f"{result.zh} {series} {sign.zh}", f"{result.en} {series} {sign.en}")


def _said(changed: Changed, number: float) -> Text:
    metric = changed.rule.condition.metric
    if changed.what == "for" or metric.endswith("_seconds"):
        return words.duration(number)
    return words.value(number, "ratio" if metric.endswith("_ratio") else "")


def entry(changed: Changed) -> dict[str, Any]:
    """One change as JSON: values in the metric's unit, times in seconds; `laxer_than_standard`: laxer than shipped, of
    an item whose limits a standard asks for."""
    condition = changed.rule.condition
    return {
        "item": changed.item,
        "target": changed.target or None,
        "result": changed.rule.result.value,
        "metric": condition.metric,
        "labels": dict(condition.labels),
        "comparison": "left_below" if before_end(condition) else bound(condition) or "equals",
        "limit": limit(condition),
        "what": changed.what,
        "shipped": changed.shipped,
        "own": changed.own,
        "laxer": changed.laxer,
        "laxer_than_standard": changed.laxer and changed.of_standard,
    }


def read(said: Mapping[str, Any]) -> Changed:
    """What `entry` wrote."""
    comparison, number = said["comparison"], float(said["limit"])
    field, value = ("age_above", -number) if comparison == "left_below" else (comparison, number)
    bounds: dict[str, Any] = {field: value}
    rule = Rule(Condition(said["metric"], said["labels"], **bounds), Result(said["result"]))
    laxer, of_standard = bool(said["laxer"]), bool(said["laxer_than_standard"])
    return Changed(
        said["item"], rule, said["what"], said["shipped"], said["own"], said["target"] or "", laxer, of_standard
    )
