"""The reference of agent.yaml as Markdown: every section, its keys, what each takes, what holds without it."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, WithJsonSchema
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from agent import options
from agent.config.sections import SECTIONS
from agent.config.shape import alternatives, is_model, keys
from agent.core.model import Section
from agent.core.secrets import Secret
from agent.options.values import UNITS

WORDS: dict[Any, str] = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "true or false",
    Path: "path",
    Secret: "secret: `${ENV}` or `file:path`",
}
# What a validator reads, where the type behind it says less.
FORMS: dict[Any, str] = {
    options.duration: "duration (`30s`, `5m`, `1d`)",
    options.interval: "duration (`30s`, `5m`, `1d`)",
    options.bandwidth: "bandwidth (`10Mbps`)",
    options.address: "address",
    options.endpoint: "address:port",
    options.name_server: "address or address:port",
    options.time_server: "address or address:port",
    options.url: "web address",
    options.identity: "id",
    options.time_range: 'time range (`"08:30-11:30"`)',
    options.vlans: "VLANs (`10`, `30-39`), or a list of them",
}


def markdown(sections: Mapping[str, Section]) -> str:
    """One table per section; keys of what is nested are spelled with dots, `[]` stands for each entry of a list."""
    parts = ["# agent.yaml\n"]
    for key, section in sorted({**SECTIONS, **sections}.items()):
        parts.append(f"## {key}\n")
        parts += [f"{_sentence(section.options)}\n"] if _sentence(section.options) else []
        rows = list(_rows(section.options, f"{key}[]" if section.many else key))
        parts += ["| key | takes | without it | |", "|---|---|---|---|", *rows, ""]
    return "\n".join(parts)


def _sentence(model: Any) -> str:
    own = model.__dict__.get("__doc__") or ""
    return " ".join(own.split()) if not own.startswith("Usage") else ""


def _rows(annotation: Any, prefix: str) -> Iterator[str]:
    for type_ in alternatives(annotation):
        if is_model(type_):
            for key, info in keys(type_).items():
                yield _row(f"{prefix}.{key}", info, type_)
                yield from _nested(info.annotation, f"{prefix}.{key}")
        else:
            yield from _nested(type_, prefix) if not is_model(annotation) or _has_models(type_) else []
    if not _has_models(annotation):
        root = annotation.model_fields["root"]
        yield _row(prefix, root, annotation)


def _has_models(annotation: Any) -> bool:
    return any(is_model(each) or any(_has_models(arg) for arg in get_args(each)) for each in alternatives(annotation))


def _nested(annotation: Any, prefix: str) -> Iterator[str]:
    for type_ in alternatives(annotation):
        args = [each for each in get_args(type_) if _has_models(each)]
        if is_model(type_):
            yield from _rows(type_, prefix)
        elif args:
            yield from _nested(args[-1], f"{prefix}[]" if get_origin(type_) is tuple else f"{prefix}.<name>")


def _row(key: str, info: FieldInfo, model: type[BaseModel]) -> str:
    takes = _takes(info.annotation, tuple(info.metadata))
    return f"| `{key}` | {takes} | {_default(key, info, model)} | {info.description or ''} |"


def _takes(annotation: Any, marks: tuple[Any, ...] = ()) -> str:
    among = next((mark.func.keywords["among"] for mark in marks if _is_reference(mark)), None)
    if among is not None:
        return f"id ({among})"
    form = next((FORMS[mark.func] for mark in marks if getattr(mark, "func", None) in FORMS), None)
    if form is not None:
        return form
    described = (mark.json_schema or {} for mark in marks if isinstance(mark, WithJsonSchema))
    if (form := next((each["description"] for each in described if "description" in each), None)) is not None:
        return str(form)
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _takes(args[0], args[1:])
    if origin in (Union, types.UnionType):
        return " or ".join(dict.fromkeys(_takes(each) for each in args if each is not type(None)))
    return _word(annotation, origin, args)


def _is_reference(mark: Any) -> bool:
    return isinstance(getattr(mark, "func", None), partial) and mark.func.func is options.Reference


def _word(type_: Any, origin: Any, args: tuple[Any, ...]) -> str:
    if origin is Literal:
        return ", ".join(f"`{each}`" for each in args)
    if origin in (tuple, list):
        return f"list of {_takes(args[0])}" if args else "list"
    if origin is not None and args:
        return f"mapping to {_takes(args[-1])}"
    return "mapping" if is_model(type_) else WORDS.get(type_, getattr(type_, "__name__", str(type_)))


def _default(key: str, info: FieldInfo, model: type[BaseModel]) -> str:
    if info.is_required():
        return "**required**"
    value = info.get_default(call_default_factory=True)
    if issubclass(model, options.TargetOptions) and value is None and key.endswith((".every", ".timeout")):
        value = model.default_every if key.endswith(".every") else model.default_timeout
    if isinstance(value, float) and "duration" in _takes(info.annotation, tuple(info.metadata)):
        return f"`{_span(value)}`"
    if value in (None, "", (), {}, PydanticUndefined) or isinstance(value, BaseModel):
        return ""
    return f"`{', '.join(map(str, value)) if isinstance(value, tuple) else value}`"


def _span(seconds: float) -> str:
    """The largest unit that gives a whole number."""
    for unit in ("d", "h", "m"):
        if seconds % UNITS[unit] == 0:
            return f"{seconds / UNITS[unit]:g}{unit}"
    return f"{seconds:g}s"
