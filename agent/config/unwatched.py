"""What agent.yaml says that nothing reads yet: said at `validate`, so that nobody trusts a watch that is not kept."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from pathlib import Path as FilePath
from typing import Any

from pydantic import BaseModel

from agent.config.problem import Path, spelled
from agent.config.references import NAMES
from agent.core.model import Collector, Target
from agent.core.site import Site
from agent.core.text import Text, clean
from agent.options import NotYet

THRESHOLDS = Text("thresholds", "thresholds")


def not_yet_watched(
    site: Site, collectors: Mapping[str, Collector], used: Container[str] = (), playbooks: Container[str] = ()
) -> list[Text]:
    """A sentence for each target that no collector reads, for each section that is written down and not among `used`
    (keys of Site.sections that something reads), and for each option of the others that nothing uses. `playbooks` are
    the ids whose `thresholds` are applied."""
    said: list[Text] = []
    for target in site.targets:
        if not any(collector.applies(target) for collector in collectors.values()):
            said.append(_unread(target))
        else:
            said += [_unused(_called(target), path) for path in _not_yet(target.options)]
    for key, value in site.sections.items():
        if key in used:
            said += [_unused(Text(key, key), path) for path in _not_yet(value)]
        elif isinstance(value, FilePath):
            said.append(Text(f"{key}:文件 {value} 尚未读取", f"{key}: the file {value} is not read yet"))
        elif _written(value):
            said.append(
                Text(f"{key}:已读取并检查,但还没有功能使用它", f"{key}: read and checked, but nothing uses it yet")
            )
    if "thresholds" in used:
        said += [_unused(THRESHOLDS, path) for path in _unapplied(site.sections.get("thresholds", {}), playbooks)]
    return said


def _unapplied(thresholds: Mapping[str, Sequence[BaseModel]], playbooks: Container[str]) -> Iterator[Path]:
    """Of playbooks all but the first `for` that is not for one target."""
    for rule, limits in thresholds.items():
        if rule not in playbooks:
            continue
        applied = False
        for index, limit in enumerate(limits):
            place = (rule, index) if len(limits) > 1 else (rule,)
            given = [limit.__class__.model_fields[name].alias or name for name in sorted(limit.model_fields_set)]
            if "target" in given or (applied and "for" in given):
                yield place
                continue
            applied = applied or "for" in given
            yield from ((*place, name) for name in given if name != "for")


def _called(target: Target) -> Text:
    kind = NAMES.get(target.kind, Text(target.kind, target.kind))
    return Text(f"{kind.zh} {target.id}", f"{kind.en} {target.id}")


def _unread(target: Target) -> Text:
    called, name = _called(target), clean(target.name, 60)
    return Text(
        f"{called.zh}({name}):尚未监测,还没有能读它的采集器",
        f"{called.en} ({name}): not yet watched; no collector reads it",
    )


def _unused(whose: Text, path: Path) -> Text:
    option = spelled(path)
    if not option:
        return Text(
            f"{whose.zh}:目前只监测它是否应答,尚未采集读数",
            f"{whose.en}: only whether it answers is watched; its readings are not collected yet",
        )
    return Text(f"{whose.zh}:选项 {option} 尚未使用", f"{whose.en}: option {option} is not used yet")


def _not_yet(value: Any, path: Path = ()) -> Iterator[Path]:
    """Options marked NotYet that are set, those that a part says itself it does not use (`unused`), and parts that say
    that nothing asks them (`watched` is False)."""
    if isinstance(value, BaseModel):
        if getattr(value, "watched", True) is False:
            yield path
            return
        yield from ((*path, name) for name in getattr(value, "unused", ()))
        for name, info in type(value).model_fields.items():
            here = (*path, info.alias or name)
            if name in value.model_fields_set and any(isinstance(mark, NotYet) for mark in info.metadata):
                yield here
            else:
                yield from _not_yet(getattr(value, name), here)
    elif isinstance(value, tuple | list):
        for index, each in enumerate(value):
            yield from _not_yet(each, (*path, index))


def _written(value: Any) -> bool:
    return bool(value.model_fields_set) if isinstance(value, BaseModel) else bool(value)
