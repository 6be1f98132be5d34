"""Raw rules: the triggers as PromQL, for a district whose Prometheus is to judge by itself.

Each trigger is an alert of its own with the label `trigger`, one per series: the state machine of playbooks.triggers.
It sees itself in ALERTS, which at each evaluation still holds what the evaluation before gave. An incident is then an
alert over the alerts of its triggers, with the class of the gravest, never falling. Only the incidents go to
Alertmanager: the alerting configuration drops what carries `trigger`.

A series that never comes back (a target taken out of agent.yaml) keeps its alert; the agent closes such an incident,
PromQL cannot tell it from one that cannot be read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping

from agent.core.incident import Condition, Playbook, Trigger, joined_on
from agent.core.model import Metric
from exporters.rules.district import center_silent
from exporters.rules.document import BY_IDENTITY, Alert, brief, document

COMMENT = """Made by `shouwang export rules --raw`: the triggers of the playbooks, judged by Prometheus itself.
Use either this file or the one of `shouwang export rules`. It needs Prometheus 2.42 or later.
Alerts with the label `trigger` are parts of incidents and must not reach Alertmanager."""

# Metrics of the centre as a whole carry neither kind nor target; its id stands for the target.
OF_CENTER = re.compile(r"center_|checklist_|incident_|calendar_|shouwang_(?!target_)")
ADDED = ("alertname", "alertstate", "trigger", "playbook", "class")  # what an alert has besides its series' labels
PLACE = ("center", "district", "kind", "target")

Labels = Mapping[str, tuple[str, ...]]


def raw_rules(playbooks: Iterable[Playbook], metrics: Iterable[Metric]) -> str:
    """The rule file. `metrics` are all that triggers compare: by their labels, series of `and_also` are joined."""
    labels = {metric.name: metric.labels for metric in metrics}
    groups = {f"shouwang {each.id}": [*_triggers(each, labels), *_incidents(each)] for each in playbooks}
    return document(COMMENT, {**groups, "shouwang centers": [center_silent()]})


def _triggers(playbook: Playbook, labels: Labels) -> Iterable[Alert]:
    for trigger in playbook.triggers:
        added = {"trigger": trigger.id, "playbook": playbook.id, "class": trigger.raises_to}
        if _of_center(trigger.condition.metric):
            added |= {"kind": "center", "target": "{{ $labels.center }}"}
        yield Alert(trigger.id, expression(trigger, labels), {}, added, trigger.for_seconds, trigger.clear_seconds)


def _incidents(playbook: Playbook) -> Iterable[Alert]:
    """One alert per class, the gravest first: a class counts while a trigger of it fires, or while the incident that
    had it is held by any trigger, and only if no graver one does."""
    fires = f'ALERTS{{playbook="{playbook.id}", trigger!="", alertstate="firing"}}'
    graver: list[str] = []
    for class_ in sorted({trigger.raises_to for trigger in playbook.triggers}):
        own = f'ALERTS{{alertname="{playbook.alert}", playbook="{playbook.id}", class="{class_}", alertstate="firing"}}'
        lines = [
            f'{BY_IDENTITY} ({fires[:-1]}, class="{class_}"}})',
            f"or ({BY_IDENTITY} ({own}) and on (center, district, target) {fires})",
        ]
        if graver:
            above = own.replace(f'class="{class_}"', f'class=~"{"|".join(graver)}"')
            lines = ["(", *(f"  {line}" for line in lines), ")", f"unless on (center, district, target) {above}"]
        yield Alert(playbook.alert, "\n".join(lines), brief(playbook), {"class": class_})
        graver.append(class_)


def expression(trigger: Trigger, labels: Labels) -> str:
    """When this trigger is active, as playbooks.triggers says it: enter, or firing and hold, or firing and unknown."""
    condition = trigger.condition
    added = ADDED + (("kind", "target") if _of_center(condition.metric) else ())
    itself = f'ALERTS{{alertname="{trigger.id}", trigger="{trigger.id}", alertstate="firing"}}'
    enter = [_holds(condition, None)]
    enter += [f"and on ({', '.join(_join(condition, each, labels))}) {_holds(each, None)}" for each in trigger.and_also]
    if trigger.during != "any":
        enter.append(f"and on (center, district) (center_{trigger.during}_open == 1)")
    lines = [
        "(",
        *(f"  {line}" for line in enter),
        ")",
        "or",
        f"({_holds(condition, trigger.clear)} and ignoring ({', '.join(added)}) {itself})",
        "or",
        f"(max without (alertstate) ({itself}) unless ignoring ({', '.join(added)}) {_series(condition)})",
    ]
    return "\n".join(lines)


def _holds(condition: Condition, threshold: float | None) -> str:
    """The comparison, at another threshold where one is given."""
    series = _series(condition)
    if condition.age_above is not None:
        return f"(time() - {series} > {_number(condition.age_above if threshold is None else threshold)})"
    for sign, own in ((">", condition.above), ("<", condition.below), ("==", condition.equals)):
        if own is not None:
            return f"({series} {sign} {_number(own if threshold is None else threshold)})"
    raise ValueError(f"a condition on {condition.metric} compares nothing")


def _series(condition: Condition) -> str:
    matchers = [_matcher(name, wanted.split("|")) for name, wanted in condition.labels.items()]
    return f"{condition.metric}{{{', '.join(matchers)}}}" if matchers else condition.metric


def _matcher(name: str, wanted: list[str]) -> str:
    if len(wanted) == 1:
        return f"{name}={_quoted(wanted[0])}"
    return f"{name}=~{_quoted('|'.join(map(re.escape, wanted)))}"


def _join(condition: Condition, other: Condition, labels: Labels) -> tuple[str, ...]:
    """What must be equal: the target, and what makes two series of it speak of the same thing."""
    return (*PLACE, *joined_on(condition, other, labels[condition.metric], labels[other.metric]))


def _of_center(metric: str) -> bool:
    return OF_CENTER.match(metric) is not None


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _number(value: float) -> str:
    return f"{value:.15g}"
