"""Ids that an entry names although the entry is wrong elsewhere: what dangles is told with the other errors at once."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Annotated, Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from agent.config.leaves import leaves
from agent.config.problem import Path
from agent.config.references import Named
from agent.config.shape import alternatives, is_model, items_of, keys, values_of
from agent.core.model import Section
from agent.options import Reference


def salvaged(section: Section, place: Path, value: Any) -> Iterator[Named]:
    """From the parts of an entry that was refused which are right by themselves."""
    owner = value.get("id") if isinstance(value, dict) else None
    for path, reference in _parts(section.options, value, ()):
        yield Named(section, place, None if owner is None else str(owner), path, reference)


def _parts(annotation: Any, value: Any, path: Path) -> Iterator[tuple[Path, Reference]]:
    for type_ in alternatives(annotation):
        if isinstance(value, dict) and is_model(type_):
            for key in keys(type_).keys() & value.keys():
                yield from _part(type_, key, value[key], (*path, key))
        elif isinstance(value, list) and (item := items_of(type_)) is not None:
            for index, each in enumerate(value):
                yield from _tried(item, each, (*path, index))
        elif isinstance(value, dict):
            for item in values_of(type_):
                for key, each in value.items():
                    yield from _tried(item, each, (*path, key))


def _part(model: type[BaseModel], key: str, value: Any, path: Path) -> Iterator[tuple[Path, Reference]]:
    try:
        options = _field(model, key).validate_python(value)
    except ValidationError:
        yield from _parts(keys(model)[key].annotation, value, path)
    else:
        yield from _references(options, path)


def _tried(annotation: Any, value: Any, path: Path) -> Iterator[tuple[Path, Reference]]:
    try:
        options = _of(annotation).validate_python(value)
    except ValidationError:
        yield from _parts(annotation, value, path)
    else:
        yield from _references(options, path)


def _references(options: Any, path: Path) -> Iterator[tuple[Path, Reference]]:
    return ((here, value) for here, value in leaves(options, path) if isinstance(value, Reference))


@lru_cache(maxsize=1024)
def _field(model: type[BaseModel], key: str) -> TypeAdapter[Any]:
    info = keys(model)[key]
    annotation: Any = info.annotation
    return TypeAdapter(Annotated[annotation, *info.metadata] if info.metadata else annotation)


@lru_cache(maxsize=256)
def _of(annotation: Any) -> TypeAdapter[Any]:
    return TypeAdapter(annotation)
