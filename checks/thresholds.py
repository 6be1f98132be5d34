"""Thresholds of agent.yaml on checklist items: which of an item's limits one speaks of, and the item with it.

Pure. A limit is that of a rule with above, below, age_above or age_below; what is right or wrong (equals) has none.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from agent.core.attestations import VALUE
from agent.core.checklist import Area, Changed, Item, Rule
from agent.core.incident import Condition
from checks.options import Amount, Threshold

BOUNDS = ("above", "below", "age_above", "age_below")
RESULTS = ("warn", "fail")


def applied(areas: Iterable[Area], thresholds: Mapping[str, Sequence[Threshold]]) -> tuple[Area, ...]:
    """The areas with the limits of this site. What speaks of no limit, or of several, changes nothing."""
    return tuple(
        replace(area, items=tuple(of_item(each, thresholds.get(each.id, ())) for each in area.items)) for area in areas
    )


def of_item(item: Item, thresholds: Sequence[Threshold]) -> Item:
    """The item with its limits: those for all targets first, those for one target over them."""
    if not thresholds:
        return item
    rules = _changed(item, item.rules, [each for each in thresholds if each.target is None])
    for_all = replace(item, rules=rules)
    targets = dict.fromkeys(each.target for each in thresholds if each.target)
    own = {
        target: replace(for_all, rules=_changed(item, rules, [each for each in thresholds if each.target == target]))
        for target in targets
    }
    changed = [*_told(item, rules, "")]
    for target, each in own.items():
        changed += [one for one in _told(item, each.rules, target) if replace(one, target="") not in changed]
    return replace(for_all, own=own, changed=tuple(changed))


def named(item: Item, threshold: Threshold, option: str) -> list[int]:
    """The positions of the rules that `warn`, `fail` or `for` of a threshold speaks of."""
    if option == "for":
        limited = [each for each in RESULTS if getattr(threshold, each) is not None]
        if limited:
            return [place for each in limited for place in named(item, threshold, each)]
        found = [place for place, rule in enumerate(item.rules) if _meant(item, rule, threshold)]
        return [place for place in found if not item.rules[place].absent] or found
    value = getattr(threshold, option)
    return [place for place in of_result(item, threshold, option) if _possible(item, item.rules[place], value)]


def of_result(item: Item, threshold: Threshold, option: str) -> list[int]:
    """The positions of the rules with a limit that `warn` or `fail` could speak of, whatever its value."""
    return [
        place
        for place, rule in enumerate(item.rules)
        if rule.result.value == option and bound(rule.condition) and _meant(item, rule, threshold)
    ]


def unclear(item: Item, threshold: Threshold, option: str) -> bool:
    """Whether it speaks of several limits at once: a time is one, as long as it is the same of all."""
    places = named(item, threshold, option)
    if option == "for" and not any(getattr(threshold, each) is not None for each in RESULTS):
        return len({item.rules[place].for_seconds for place in places}) > 1
    return option != "for" and len(places) > 1


def bound(condition: Condition) -> str:
    """The name of its limit; empty where it has none."""
    return next((name for name in BOUNDS if getattr(condition, name) is not None), "")


def limit(condition: Condition) -> float:
    """As people say it: what is near its end is so many seconds before it, not after."""
    value: float = getattr(condition, bound(condition) or "equals") or 0.0
    return -value if before_end(condition) else value


def before_end(condition: Condition) -> bool:
    """Whether its limit is so long before a moment, as where a certificate ends, and not so long after one."""
    return (condition.age_above or 0) < 0


def unit(item: Item, condition: Condition) -> str:
    """In what its limit is said: "seconds", "ratio", or empty."""
    if condition.metric == VALUE:
        said = {figure.id: figure.unit for figure in item.figures}.get(condition.labels.get("figure", ""), "")
        return said if said in ("seconds", "ratio") else ""
    if condition.aged or condition.metric.endswith("_seconds"):
        return "seconds"
    return "ratio" if condition.metric.endswith("_ratio") else ""


def _possible(item: Item, rule: Rule, value: Amount) -> bool:
    """A share of a whole is no more than 1: 900 is meant for the other metric. `30m` is a time, `85%` a share."""
    said = unit(item, rule.condition)
    share = said == "ratio" and abs(limit(rule.condition)) <= 1
    return value.unit in ("", said) and (not share or abs(value) <= 1)


def _meant(item: Item, rule: Rule, threshold: Threshold) -> bool:
    condition, instead = rule.condition, threshold.instead_of
    return (
        threshold.metric in (None, condition.metric)
        and threshold.result in (None, rule.result.value)
        and all(condition.labels.get(name) == value for name, value in threshold.labels.items())
        and (instead is None or (_same(instead, limit(condition)) and instead.unit in ("", unit(item, condition))))
    )


def _same(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=1e-9)


def _changed(item: Item, rules: tuple[Rule, ...], thresholds: Iterable[Threshold]) -> tuple[Rule, ...]:
    found = list(rules)
    for threshold in thresholds:
        for option in (*RESULTS, "for"):
            value = threshold.for_ if option == "for" else getattr(threshold, option)
            if value is not None and not unclear(item, threshold, option):
                for place in named(item, threshold, option):
                    found[place] = _with(found[place], option, float(value))
    return tuple(found)


def _with(rule: Rule, option: str, value: float) -> Rule:
    if option == "for":
        return replace(rule, for_seconds=value)
    condition = rule.condition
    said: dict[str, Any] = {bound(condition): -value if before_end(condition) else value}
    return replace(rule, condition=replace(condition, **said))


def _told(item: Item, rules: Sequence[Rule], target: str) -> Iterable[Changed]:
    """What differs from the shipped rules."""
    for shipped, rule in zip(item.rules, rules, strict=True):
        before, after = limit(shipped.condition), limit(rule.condition)
        of_standard = "standard" in item.origin
        if not _same(before, after):
            more = bound(shipped.condition) in ("above", "age_above")
            laxer = (after > before) is (more and not before_end(shipped.condition))
            yield Changed(item.id, shipped, "limit", before, after, target, laxer, of_standard)
        if shipped.for_seconds != rule.for_seconds:
            longer = rule.for_seconds > shipped.for_seconds
            yield Changed(item.id, shipped, "for", shipped.for_seconds, rule.for_seconds, target, longer, of_standard)
