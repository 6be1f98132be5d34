"""The book of items: one YAML file per area in checks/areas, parsed once into Area and Item."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import Field, ValidationError, model_validator

from agent.core.checklist import Area, Item, Mode, Result, Rule, Severity, Words
from agent.core.incident import Condition
from agent.core.text import Text
from agent.options import Duration, Options
from checks import AREAS
from checks.judges import JUDGES

FOLDER = Path(__file__).parent / "areas"
# The C loader is ten times as fast; it is there wherever PyYAML was built with libyaml.
Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class BookError(ValueError):
    """An area file does not say what an area file says; the message names file, item and key."""


class _Text(Options):
    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def text(self) -> Text:
        return Text(self.zh, self.en)


class _Words(Options):
    says: _Text
    values: dict[float, _Text] = Field(default_factory=dict)
    labels: dict[str, dict[str, _Text]] = Field(default_factory=dict)

    def words(self) -> Words:
        values = {value: text.text() for value, text in self.values.items()}
        labels = {label: {name: text.text() for name, text in names.items()} for label, names in self.labels.items()}
        return Words(self.says.text(), values, labels)


class _Rule(Options):
    metric: str
    result: Literal["warn", "fail"]
    labels: dict[str, str] = Field(default_factory=dict)
    above: float | None = None
    below: float | None = None
    equals: float | None = None
    age_above: Duration | None = None
    for_: Duration = Field(default=0.0, alias="for")

    @model_validator(mode="after")
    def _one_comparison(self) -> _Rule:
        said = [each for each in (self.above, self.below, self.equals, self.age_above) if each is not None]
        if len(said) != 1:
            raise ValueError("a rule has exactly one of above, below, equals, age_above")
        return self

    def rule(self) -> Rule:
        condition = Condition(self.metric, self.labels, self.above, self.below, self.equals, self.age_above)
        return Rule(condition, Result(self.result), self.for_)


class _Item(Options):
    id: str = Field(pattern=r"^[A-Z]{3,4}-\d\d$")
    title: _Text
    verify: _Text
    mode: Mode
    severity: Severity
    level: Literal[2, 3]
    metrics: tuple[str, ...]
    needs: tuple[str, ...]
    remedy: _Text
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
    title: _Text
    words: dict[str, _Words]
    items: tuple[_Item, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _worded(self) -> _Area:
        if dumb := {rule.metric for item in self.items for rule in item.rules} - set(self.words):
            raise ValueError(f"words are missing for {', '.join(sorted(dumb))}")
        return self

    def built(self) -> Area:
        words = {metric: each.words() for metric, each in self.words.items()}
        return Area(self.area, self.title.text(), tuple(_item(self.area, words, each) for each in self.items))


def _item(area: str, words: dict[str, Words], said: _Item) -> Item:
    return Item(
        id=said.id,
        area=area,
        title=said.title.text(),
        verify=said.verify.text(),
        mode=said.mode,
        severity=said.severity,
        level=said.level,
        metrics=said.metrics,
        rules=tuple(rule.rule() for rule in said.rules),
        needs=said.needs,
        remedy=said.remedy.text(),
        playbooks=said.playbooks,
        source=said.source,
        origin=said.origin,
        cadence=said.cadence,
        judge=said.judge,
        kinds=said.kinds,
        words={metric: words[metric] for metric in said.metrics if metric in words},
    )


def load(names: Iterable[str] = AREAS, folder: Path = FOLDER) -> tuple[Area, ...]:
    """The areas in the table's order. BookError if a file breaks the form or two items share an id."""
    areas = tuple(_read(folder / f"{name}.yaml") for name in names)
    seen: dict[str, str] = {}
    for item in items_of(areas):
        if item.id in seen:
            raise BookError(f"checklist item {item.id} stands in {seen[item.id]} and in {item.area}; keep one")
        seen[item.id] = item.area
    return areas


def items_of(areas: Iterable[Area]) -> tuple[Item, ...]:
    return tuple(item for area in areas for item in area.items)


def _read(path: Path) -> Area:
    try:
        said = _Area.model_validate(yaml.load(path.read_text(encoding="utf-8"), Loader))  # noqa: S506 - a safe loader
    except ValidationError as error:
        places = ((".".join(map(str, each["loc"])), each["msg"]) for each in error.errors(include_url=False))
        raise BookError("\n".join(f"{path.name}: {place}: {said}" for place, said in places)) from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BookError(f"{path.name}: {error}") from error
    if said.area != path.stem:
        raise BookError(f"{path.name}: area is {said.area!r}; expected {path.stem!r}, the file's name")
    return said.built()
