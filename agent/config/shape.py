"""Which models and keys stand where below a section's options; read from the types that the section brings."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from agent.config.problem import Path
from agent.core.secrets import Secret


def alternatives(annotation: Any) -> Iterator[Any]:
    """The types that an annotation allows, looking through Annotated, unions and root models."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from alternatives(get_args(annotation)[0])
    elif origin in (Union, types.UnionType):
        for each in get_args(annotation):
            yield from alternatives(each)
    elif is_model(annotation) and "root" in annotation.model_fields:
        yield from alternatives(annotation.model_fields["root"].annotation)
    else:
        yield annotation


def is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def keys(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """The model's fields by the key that stands in the file."""
    return {info.alias or name: info for name, info in model.model_fields.items()}


def models_at(annotation: Any, path: Path) -> list[type[BaseModel]]:
    """The models that may describe the mapping at this path below the annotation."""
    return [each for each in _flat(_types_at(annotation, path)) if is_model(each)]


def known_keys(annotation: Any, path: Path) -> tuple[str, ...]:
    """The keys that the mapping at this path may have."""
    return _known_keys(annotation, _any_item(path))


@lru_cache(maxsize=256)
def _known_keys(annotation: Any, path: Path) -> tuple[str, ...]:
    return tuple(dict.fromkeys(key for model in models_at(annotation, path) for key in keys(model)))


def may_show(annotation: Any, path: Path) -> bool:
    """Whether a message may quote what stands at this path: not where a secret may stand, nor beside one."""
    return _may_show(annotation, _any_item(path))


def _any_item(path: Path) -> Path:
    """All entries of a list have the same form."""
    return tuple(0 if isinstance(part, int) else part for part in path)


@lru_cache(maxsize=256)
def _may_show(annotation: Any, path: Path) -> bool:
    here = _types_at(annotation, path)
    beside = [info.annotation for model in models_at(annotation, path[:-1]) for info in keys(model).values()]
    return not any(_holds_secret(each) for each in here) and Secret not in _flat(beside)


def _holds_secret(annotation: Any) -> bool:
    for type_ in _flat([annotation]):
        if type_ is Secret:
            return True
        inner = [info.annotation for info in keys(type_).values()] if is_model(type_) else list(values_of(type_))
        if any(_holds_secret(each) for each in inner):
            return True
    return False


def _types_at(annotation: Any, path: Path) -> list[Any]:
    found = [annotation]
    for part in path:
        found = [below for each in found for below in _below(each, part)]
    return found


def _flat(annotations: list[Any]) -> list[Any]:
    """Single entries where a list is meant stand for a list of one, so look into lists too."""
    flat: list[Any] = []
    for each in annotations:
        for type_ in alternatives(each):
            item = items_of(type_)
            flat += [type_] if item is None else _flat([item])
    return flat


def _below(annotation: Any, part: str | int) -> Iterator[Any]:
    for type_ in alternatives(annotation):
        item = items_of(type_)
        if item is not None:
            yield from [item] if isinstance(part, int) else _below(item, part)
        elif is_model(type_) and part in keys(type_):
            yield keys(type_)[str(part)].annotation
        else:
            yield from values_of(type_)


def values_of(type_: Any) -> Iterator[Any]:
    """The type of a mapping's values."""
    origin = get_origin(type_)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        yield get_args(type_)[1]


def items_of(type_: Any) -> Any:
    """The type of a list's items; None if it is no list."""
    args = get_args(type_)
    return args[0] if get_origin(type_) in (tuple, list, frozenset, set) and args else None
