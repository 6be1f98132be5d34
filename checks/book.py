"""The book of items: one YAML file per area in checks/areas, parsed once into Area and Item."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from agent.core import checklist
from agent.core.checklist import Area, Item, Mode, Result, Rule, Severity
from agent.options import Duration, Options
from agent.options.shipped import Comparison, FormError, Words, read
from checks import AREAS
from checks.judges import JUDGES

FOLDER = Path(__file__).parent / "areas"


class _Said(Options):
    says: Words
    values: dict[float, Words] = Field(default_factory=dict)
    labels: dict[str, dict[str, Words]] = Field(default_factory=dict)

    def words(self) -> checklist.Words:
        values = {value: text.text for value, text in self.values.items()}
        labels = {label: {name: text.text for name, text in names.items()} for label, names in self.labels.items()}
        return checklist.Words(self.says.text, values, labels)


class _Rule(Comparison):
    result: Literal["warn", "fail"]
    for_: Duration = Field(default=0.0, alias="for")

    @property
    def rule(self) -> Rule:
        return Rule(self.condition, Result(self.result), self.for_)


class _Item(Options):
    id: str = Field(pattern=r"^[A-Z]{3,4}-\d\d$")
    title: Words
    verify: Words
    mode: Mode
    severity: Severity
    level: Literal[2, 3]
    metrics: tuple[str, ...]
    needs: tuple[str, ...]
    remedy: Words
    kinds: tuple[str, ...] = ()
    rules: tuple[_Rule, ...] = ()
    judge: str = ""
    playbooks: tuple[str, ...] = ()
    source: str = ""
    origin: str = ""
    cadence: str = ""

    @model_validator(mode="after")
    def _consistent(self) -> _Item:
        if strange := {rule.metric for rule in self.rules} - set(self.metrics):
            raise ValueError(f"{self.id}: rules use {', '.join(sorted(strange))}, which its metrics do not name")
        if self.judge and self.judge not in JUDGES:
            raise ValueError(f"{self.id}: no judge {self.judge!r}; known: {', '.join(sorted(JUDGES))}")
        return self


class _Area(Options):
    area: str
    title: Words
    words: dict[str, _Said]
    items: tuple[_Item, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _worded(self) -> _Area:
        if dumb := {rule.metric for item in self.items for rule in item.rules} - set(self.words):
            raise ValueError(f"words are missing for {', '.join(sorted(dumb))}")
        return self

    def built(self) -> Area:
        words = {metric: each.words() for metric, each in self.words.items()}
        return Area(self.area, self.title.text, tuple(_item(self.area, words, each) for each in self.items))


def _item(area: str, words: dict[str, checklist.Words], said: _Item) -> Item:
    return Item(
        id=said.id,
        area=area,
        title=said.title.text,
        verify=said.verify.text,
        mode=said.mode,
        severity=said.severity,
        level=said.level,
        metrics=said.metrics,
        rules=tuple(rule.rule for rule in said.rules),
        needs=said.needs,
        remedy=said.remedy.text,
        playbooks=said.playbooks,
        source=said.source,
        origin=said.origin,
        cadence=said.cadence,
        judge=said.judge,
        kinds=said.kinds,
        words={metric: words[metric] for metric in said.metrics if metric in words},
    )


def load(names: Iterable[str] = AREAS, folder: Path = FOLDER) -> tuple[Area, ...]:
    """The areas in the table's order. FormError if a file breaks the form or two items share an id."""
    areas = tuple(read(folder / f"{name}.yaml", _Area, id_="area").built() for name in names)
    seen: dict[str, str] = {}
    for item in items_of(areas):
        if item.id in seen:
            raise FormError(f"checklist item {item.id} stands in {seen[item.id]} and in {item.area}; keep one")
        seen[item.id] = item.area
    return areas


def items_of(areas: Iterable[Area]) -> tuple[Item, ...]:
    return tuple(item for area in areas for item in area.items)
