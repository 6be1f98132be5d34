"""Index: the triggers of all playbooks by the metrics that they compare."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from agent.core.calendar import During
from agent.core.incident import Condition, Playbook, Trigger
from playbooks.triggers import at_clear


@dataclass(frozen=True, slots=True)
class Rule:
    """A trigger made ready. `aged`: one of its conditions becomes true by time alone."""

    trigger: Trigger
    hold: Condition
    aged: bool


@dataclass(frozen=True, slots=True)
class Watch:
    """All rules of one metric, and which values alarm none of them."""

    rules: tuple[Rule, ...]
    floor: float
    ceiling: float
    exact: frozenset[float]

    def quiet(self, value: float) -> bool:
        """Whether no main condition can hold; never for NaN, and never where age matters."""
        return self.floor <= value <= self.ceiling and value not in self.exact


class Index:
    """Rules by id, by the metric of their main condition and by those of `and_also`; and which hours they ask for."""

    def __init__(self, playbooks: Iterable[Playbook]) -> None:
        self.by_id = {each.id: _rule(each) for playbook in playbooks for each in playbook.triggers}
        self.joined: dict[str, list[Rule]] = {}
        by_metric: dict[str, list[Rule]] = {}
        for rule in self.by_id.values():
            by_metric.setdefault(rule.trigger.condition.metric, []).append(rule)
            for other in rule.trigger.and_also:
                self.joined.setdefault(other.metric, []).append(rule)
        self.by_metric = {metric: _watch(rules) for metric, rules in by_metric.items()}
        self.hours: tuple[During, ...] = tuple(sorted({rule.trigger.during for rule in self.by_id.values()} - {"any"}))


def _rule(trigger: Trigger) -> Rule:
    aged = any(each.age_above is not None for each in (trigger.condition, *trigger.and_also))
    return Rule(trigger, at_clear(trigger), aged)


def _watch(rules: list[Rule]) -> Watch:
    conditions = [rule.trigger.condition for rule in rules]
    aged = any(each.age_above is not None for each in conditions)
    floor = max((each.below for each in conditions if each.below is not None), default=-math.inf)
    ceiling = min((each.above for each in conditions if each.above is not None), default=math.inf)
    exact = frozenset(each.equals for each in conditions if each.equals is not None)
    return Watch(tuple(rules), math.nan if aged else floor, ceiling, exact)
