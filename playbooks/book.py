"""The book of playbooks: one YAML file per incident type, parsed once into Playbook. A bad file is refused whole."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from agent.core.calendar import During
from agent.core.incident import Class, Confirmation, Playbook, Saying, Step, Trigger
from agent.core.model import Metric
from agent.core.text import Text
from agent.options import Duration, Options
from agent.options.shipped import Comparison, FormError, Words, read
from playbooks import PLAYBOOKS
from playbooks.triggers import at_clear

FOLDER = Path(__file__).parent
FACT = re.compile(r"\{(\w+)\}")

Counters = Literal["depends_on", "of_application", "all", "none"]
Businesses = Literal["depends_on", "of_line", "of_application", "all", "none"]


class _Words(Words):
    @model_validator(mode="after")
    def _same_facts(self) -> _Words:
        zh, en = set(FACT.findall(self.zh)), set(FACT.findall(self.en))
        if zh != en:
            raise ValueError(f"facts differ between zh and en: {', '.join(sorted(zh ^ en))}")
        return self


class _Trigger(Comparison):
    id: str
    raises_to: Class
    for_: Duration = Field(default=0.0, alias="for")
    during: During = "any"
    and_: tuple[Comparison, ...] = Field(default=(), alias="and")
    clear: float | None = None
    clear_for: Duration = 60.0

    @model_validator(mode="after")
    def _clear_on_the_good_side(self) -> _Trigger:
        if self.age_below is not None:
            raise ValueError("age_below is for the checklist: a trigger opens as time passes, it does not wait")
        if self.clear is not None and self.left_below is not None:
            raise ValueError("clear cannot be said beside left_below: what is left of a time only grows by a new one")
        if self.clear is not None:
            at_clear(self.trigger(""))
            bad = (self.above is not None and self.clear > self.above) or (
                self.below is not None and self.clear < self.below
            )
            if bad or (self.age_above is not None and self.clear > self.age_above):
                raise ValueError(f"clear {self.clear:g} lies beyond the threshold that opens; expected the good side")
        return self

    def trigger(self, playbook: str) -> Trigger:
        return Trigger(
            id=self.id,
            playbook=playbook,
            condition=self.condition,
            raises_to=self.raises_to,
            for_seconds=self.for_,
            during=self.during,
            and_also=tuple(each.condition for each in self.and_),
            clear=self.clear,
            clear_seconds=self.clear_for,
        )


class _Step(_Words):
    confirmation: Confirmation


class _Saying(_Words):
    to: _Words


class _Impact(_Words):
    counters: Counters
    businesses: Businesses


class _Playbook(Options):
    id: str = Field(pattern=r"^[A-Z]{2,4}-\d\d$")
    alert: str = Field(pattern=r"^[A-Z][A-Za-z]+$")
    title: _Words
    summary: _Words
    category: str = Field(min_length=1)
    checks: tuple[str, ...]
    triggers: tuple[_Trigger, ...]
    signs: tuple[_Words, ...] = Field(min_length=1)
    classes: _Words
    grade: _Words
    first: _Words
    acknowledge: _Words
    escalate: _Words
    resolve: _Words
    impact: _Impact
    notice: _Words | None  # to be said, even if it is null: applicants are not affected
    say_to: tuple[_Saying, ...] = Field(min_length=1)
    steps: tuple[_Step, ...] = Field(min_length=1)
    contacts: tuple[_Words, ...] = Field(min_length=1)
    close_when: tuple[_Words, ...] = Field(min_length=1)
    evidence: tuple[_Words, ...] = Field(min_length=1)
    drill: _Words

    @model_validator(mode="after")
    def _ids(self) -> _Playbook:
        ids = [each.id for each in self.triggers]
        for each in ids:
            if not re.fullmatch(rf"{self.id}\.\d+", each) or ids.count(each) > 1:
                raise ValueError(f"trigger id {each!r}: expected {self.id}.N, each only once")
        return self

    @property
    def playbook(self) -> Playbook:
        return Playbook(
            id=self.id,
            alert=self.alert,
            title=self.title.text,
            summary=self.summary.text,
            triggers=tuple(each.trigger(self.id) for each in self.triggers),
            steps=tuple(Step(each.confirmation, each.text) for each in self.steps),
            impact=self.impact.text,
            first=self.first.text,
            acknowledge=self.acknowledge.text,
            escalate=self.escalate.text,
            resolve=self.resolve.text,
            notice=Text("", "") if self.notice is None else self.notice.text,
            say_to=tuple(Saying(each.to.text, each.text) for each in self.say_to),
            close_when=_texts(self.close_when),
            evidence=_texts(self.evidence),
            category=self.category,
            signs=_texts(self.signs),
            classes=self.classes.text,
            grade=self.grade.text,
            contacts=_texts(self.contacts),
            drill=self.drill.text,
            checks=self.checks,
            counters=self.impact.counters,
            businesses=self.impact.businesses,
        )


def _texts(words: Iterable[_Words]) -> tuple[Text, ...]:
    return tuple(each.text for each in words)


def load(names: Iterable[str] = PLAYBOOKS, folder: Path = FOLDER) -> tuple[Playbook, ...]:
    """The playbooks in the table's order. FormError if a file breaks the form or two share an id or an alert's name."""
    books = tuple(read(folder / f"{name}.yaml", _Playbook).playbook for name in names)
    for said in ([each.id for each in books], [each.alert for each in books]):
        if double := sorted({each for each in said if said.count(each) > 1}):
            raise FormError(f"{', '.join(double)} stands in two playbooks; keep one")
    return books


def undeclared(books: Iterable[Playbook], metrics: Iterable[Metric]) -> tuple[str, ...]:
    """What triggers compare that nothing yields: metrics that are not among these, labels that they do not carry."""
    known: Mapping[str, Metric] = {metric.name: metric for metric in metrics}
    found = []
    for trigger in (trigger for book in books for trigger in book.triggers):
        for condition in (trigger.condition, *trigger.and_also):
            metric = known.get(condition.metric)
            if metric is None:
                found.append(f"{trigger.id}: nothing yields {condition.metric}")
            elif strange := set(condition.labels) - {"kind", "target", *metric.labels}:
                found.append(f"{trigger.id}: {condition.metric} has no label {', '.join(sorted(strange))}")
    return tuple(found)
