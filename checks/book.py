"""The book of items: one YAML file per area in checks/areas, parsed once into Area and Item."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from agent.core.checklist import Area, Item, Words
from agent.options.shipped import FormError, read
from checks import AREAS
from checks.form import AreaForm, ItemForm

FOLDER = Path(__file__).parent / "areas"


def load(names: Iterable[str] = AREAS, folder: Path = FOLDER) -> tuple[Area, ...]:
    """The areas in the table's order. FormError if a file breaks the form or two items share an id."""
    areas = tuple(_area(read(folder / f"{name}.yaml", AreaForm, id_="area")) for name in names)
    seen: dict[str, str] = {}
    for item in items_of(areas):
        if item.id in seen:
            raise FormError(f"checklist item {item.id} stands in {seen[item.id]} and in {item.area}; keep one")
        seen[item.id] = item.area
    return areas


@cache
def shipped() -> tuple[Area, ...]:
    """The areas that the product ships, read once in a process: a tenth of a second."""
    return load()


def items_of(areas: Iterable[Area]) -> tuple[Item, ...]:
    return tuple(item for area in areas for item in area.items)


def _area(said: AreaForm) -> Area:
    words = {metric: each.words for metric, each in said.words.items()}
    return Area(said.area, said.title.text, tuple(_item(said.area, words, each) for each in said.items))


def _item(area: str, words: Mapping[str, Words], said: ItemForm) -> Item:
    return Item(
        id=said.id,
        area=area,
        title=said.title.text,
        verify=said.verify.text,
        how=said.how.text if said.how else None,
        mode=said.mode,
        severity=said.severity,
        level=said.level,
        metrics=said.metrics,
        rules=tuple(rule.rule for rule in said.rules),
        needs=said.needs,
        remedy=said.remedy.text,
        playbooks=said.playbooks,
        clauses=tuple(each.clause for each in said.clauses),
        origin=said.origin,
        origin_note=said.origin_note.text if said.origin_note else None,
        cadence=said.cadence,
        rhythm=said.rhythm.text if said.rhythm else None,
        limits=said.limits.limits,
        attested=said.attested.attesting if said.attested else None,
        fallback=said.fallback.attesting if said.fallback else None,
        figures=tuple(each.figure for each in said.figures),
        documents=tuple(each.document for each in said.documents),
        judge=said.judge,
        kinds=said.kinds,
        asked=said.asked,
        words={metric: words[metric] for metric in said.metrics if metric in words},
    )
