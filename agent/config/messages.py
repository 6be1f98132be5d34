"""What a model found wrong, in our words: what was found, what is allowed, and where, in both languages."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from agent.config.problem import Path
from agent.config.shape import known_keys, may_show
from agent.core.text import Text, clean
from agent.options import Refused, shown

EMPTY = Text("没有值;请写值,或删去这一项", "empty; write a value or remove the key")
MISSING = Text("缺少这一项", "missing; this key is required")
TEXT = ("文字", "text")
WHOLE = ("整数", "a whole number")
NUMBER = ("数字", "a number")
TRUTH = ("true 或 false", "true or false")
LIST = ("列表,如 [a, b] 或以“- ”开头的各行", "a list, like [a, b] or lines beginning with `- `")
MAPPING = ("“键: 值”", "a mapping, like key: value")
EXPECTED = {
    "string": TEXT,
    "int": WHOLE,
    "float": NUMBER,
    "finite": NUMBER,
    "decimal": NUMBER,
    "bool": TRUTH,
    "list": LIST,
    "tuple": LIST,
    "set": LIST,
    "frozen": LIST,
    "iterable": LIST,
    "dict": MAPPING,
    "mapping": MAPPING,
    "model": MAPPING,
    "dataclass": MAPPING,
}
BOUNDS = {
    "greater_than": (
        "gt",
        Text("超出范围:{value};应大于 {limit}", "out of range: {value}; allowed: more than {limit}"),
    ),
    "greater_than_equal": (
        "ge",
        Text("超出范围:{value};应不小于 {limit}", "out of range: {value}; allowed: {limit} or more"),
    ),
    "less_than": ("lt", Text("超出范围:{value};应小于 {limit}", "out of range: {value}; allowed: less than {limit}")),
    "less_than_equal": (
        "le",
        Text("超出范围:{value};应不大于 {limit}", "out of range: {value}; allowed: at most {limit}"),
    ),
    "too_short": ("min_length", Text("项数太少;至少 {limit} 项", "too few entries; allowed: {limit} or more")),
    "too_long": ("max_length", Text("项数太多;最多 {limit} 项", "too many entries; allowed: at most {limit}")),
    "string_too_short": (
        "min_length",
        Text("太短;至少 {limit} 个字符", "too short; allowed: {limit} characters or more"),
    ),
    "string_too_long": (
        "max_length",
        Text("太长;最多 {limit} 个字符", "too long; allowed: at most {limit} characters"),
    ),
    "string_pattern_mismatch": ("pattern", Text("{value} 不合格式 {limit}", "{value} does not have the form {limit}")),
}


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing that a model refused. `union` is the path at which alternatives were tried, `branch` the one tried."""

    path: Path
    kind: str
    text: Text
    union: Path | None = None
    branch: str = ""


def flaws(error: ValidationError, annotation: Any, value: Any, hints: int = 100) -> list[tuple[Path, Text]]:
    """Path below the validated value, and words, for each thing that is wrong; near secrets no value is quoted.

    `hints` is for how many of them the nearest known key is looked for: that takes longer than all the rest.
    """
    errors = [each for each in error.errors(include_url=False) if not _echo(each)]
    found = [_flaw(each, annotation, value, number < hints) for number, each in enumerate(errors)]
    found = _best_branches(found)
    guessed = {(flaw.path[:-1], flaw.text.en.split("did you mean ")[-1].split("?")[0]) for flaw in found}
    return [
        (flaw.path, flaw.text)
        for flaw in found
        if flaw.kind != "missing" or (flaw.path[:-1], flaw.path[-1]) not in guessed
    ]


def _echo(error: ErrorDetails) -> bool:
    """A list that was found too short only because its entries, told of by themselves, were refused."""
    facts, value = error.get("ctx", {}), error["input"]
    return error["type"] == "too_short" and isinstance(value, list) and len(value) >= facts["min_length"]


def _flaw(error: ErrorDetails, annotation: Any, value: Any, hint: bool) -> Flaw:
    path, union, branch = _located(error["loc"], value, error["type"] == "missing")
    if error["type"] == "extra_forbidden":
        text = unknown_key(str(path[-1]), known_keys(annotation, path[:-1]), hint)
    else:
        text = _text(error)
        if not may_show(annotation, path):
            text = _masked(text, error["input"])
    return Flaw(path, error["type"], text, union, branch)


def _located(location: Sequence[str | int], value: Any, missing: bool) -> tuple[Path, Path | None, str]:
    """The path in the file: the model's location also names the alternatives that it tried, which are no keys."""
    path: list[str | int] = []
    union, branch = None, ""
    for position, part in enumerate(location):
        last = position == len(location) - 1
        if isinstance(value, dict) and (part in value or (missing and last)):
            path.append(part)
            value = value.get(part)
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            path.append(part)
            value = value[part]
        elif part != "[key]" and union is None and isinstance(part, str):
            union, branch = tuple(path), part
    return tuple(path), union, branch


def _best_branches(all_found: Iterable[Flaw]) -> list[Flaw]:
    """Where alternatives were tried, only what the nearest one said; the others speak of what was not meant."""
    kept: list[Flaw] = []
    unions: dict[Path, dict[str, list[Flaw]]] = {}
    for flaw in all_found:
        if flaw.union is None:
            kept.append(flaw)
        else:
            unions.setdefault(flaw.union, {}).setdefault(flaw.branch, []).append(flaw)
    for path, branches in unions.items():
        kept += min((_distance(branch, path), number, branch) for number, branch in enumerate(branches.values()))[2]
    return kept


def _distance(branch: Sequence[Flaw], union: Path) -> tuple[int, int]:
    here = [flaw for flaw in branch if flaw.path == union]
    wrong_type = any(flaw.kind.endswith("_type") for flaw in here)
    return 2 * wrong_type + bool(here), len(branch)


def unknown_key(key: str, known: Sequence[str], hint: bool = True) -> Text:
    near = difflib.get_close_matches(key[:60], known, 1, 0.6) if hint else []
    zh = f"是不是 {near[0]}?" if near else ""
    en = f"did you mean {near[0]}? " if near else ""
    return Text(f"不认识的键;{zh}可用:{'、'.join(known)}", f"unknown key; {en}known: {', '.join(known)}")


def choice(value: Any, allowed: Sequence[str]) -> Text:
    """Not one of the allowed words."""
    near = difflib.get_close_matches(str(value)[:60], allowed, 1, 0.6)
    zh = f"是不是 {near[0]}?" if near else ""
    en = f"did you mean {near[0]}? " if near else ""
    return Text(
        f"不能是 {shown(value)};{zh}可用:{'、'.join(allowed)}",
        f"not allowed: {shown(value)}; {en}allowed: {', '.join(allowed)}",
    )


def _text(error: ErrorDetails) -> Text:
    kind, value, facts = error["type"], error["input"], error.get("ctx", {})
    if kind == "missing":
        return MISSING
    if value is None:
        return EMPTY
    if kind in ("value_error", "assertion_error"):
        cause = facts.get("error")
        return cause.text if isinstance(cause, Refused) else Text(*[clean(str(cause), 300)] * 2)
    if kind in ("literal_error", "enum"):
        words = re.findall(r"'([^']*)'|(-?\d+)", str(facts.get("expected", "")))
        return choice(value, ["".join(word) for word in words])
    return _expectation(kind, value, facts)


def _expectation(kind: str, value: Any, facts: Mapping[str, Any]) -> Text:
    zh, en = found(value)
    if kind in BOUNDS:
        name, text = BOUNDS[kind]
        limit = facts.get(name)
        return Text(text.zh.format(value=zh, limit=limit), text.en.format(value=en, limit=limit))
    expected = EXPECTED.get(kind.split("_", maxsplit=1)[0])
    if expected is None:
        return Text(f"不接受{zh}", f"not accepted: {en}")
    return Text(f"应为{expected[0]},不是{zh}", f"expected {expected[1]}, found {en}")


def found(value: Any) -> tuple[str, str]:
    """What stands in the file, as words."""
    if isinstance(value, list):
        return "列表", "a list"
    if isinstance(value, dict):
        return "“键: 值”", "a mapping"
    if isinstance(value, str):
        return f"文字 {shown(value)}", f"text {shown(value)}"
    if isinstance(value, bool):
        return str(value).lower(), str(value).lower()
    return f"数字 {shown(value)}", f"number {shown(value)}"


def _masked(text: Text, value: Any) -> Text:
    """The text without the value, where secrets stand near."""
    told = shown(value)
    if not isinstance(value, str | int | float):
        return Text(text.zh.replace(told, "***"), text.en.replace(told, "***"))
    pattern = rf"(?<![\w.]){re.escape(told)}(?![\w.])"  # a number may also be part of what is allowed
    return Text(re.sub(pattern, "***", text.zh), re.sub(pattern, "***", text.en))
