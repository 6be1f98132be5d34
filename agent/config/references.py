"""What holds between sections: ids are unique, what is referred to exists, nothing depends on itself in the end."""

from __future__ import annotations

import difflib
import graphlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice, pairwise
from typing import Any, get_args

from agent.config.document import Document
from agent.config.leaves import leaves
from agent.config.problem import Path, Problem, spelled
from agent.config.sections import CounterOptions
from agent.core.model import Section
from agent.core.text import Text
from agent.options import Business, Reference, shown

# Options by which one target cannot work without another; an incident looks for its cause along them.
NEEDS = ("depends_on", "powered_by", "via", "host")
MOST_SHOWN = 12  # known ids in a message
MOST_COMPARED = 500  # ids among which the nearest is looked for
HINTS = 20  # dangling ids for which it is
MOST_CYCLES = 10
NO_TARGETS = ("credentials", "person", "contact", "coverage")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a section (or the whole of a section that is no list), validated."""

    section: Section
    path: Path
    options: Any


@dataclass(frozen=True, slots=True)
class Named:
    """An id that must exist, at `path` below the place of an entry. `owner` is the entry's own id, where it has one."""

    section: Section
    place: Path
    owner: str | None
    path: Path
    reference: Reference


def named(entry: Entry) -> Iterator[Named]:
    """Every id below the options of an entry that must exist."""
    owner = getattr(entry.options, "id", None)
    for path, value in leaves(entry.options):
        if isinstance(value, Reference):
            yield Named(entry.section, entry.path, owner, path, value)


def crossed(
    document: Document, entries: Iterable[Entry], sections: Mapping[str, Section], salvaged: Iterable[Named] = ()
) -> list[Problem]:
    """`salvaged` are ids named by entries that are wrong elsewhere."""
    entries = list(entries)
    found = [*chain.from_iterable(map(named, entries)), *salvaged]
    return [
        *_twice(document, entries, sections),
        *_dangling(document, found, sections),
        *_cycles(document, found),
    ]


def _ids(document: Document, sections: Mapping[str, Section]) -> Iterator[tuple[Section, Path, str]]:
    """Ids as they stand in the file, of entries that are wrong elsewhere too: else one error would make others."""
    for key, section in sections.items():
        listed = document.value.get(key)
        for index, entry in enumerate(listed if section.many and isinstance(listed, list) else ()):
            if isinstance(entry, dict) and isinstance(entry.get("id"), str | int):
                yield section, (key, index), str(entry["id"])


def _twice(document: Document, entries: list[Entry], sections: Mapping[str, Section]) -> Iterator[Problem]:
    first: dict[tuple[str, str], Path] = {}

    def met(space: str, identity: str, path: Path) -> Iterator[Problem]:
        before = first.setdefault((space, identity), path)
        if before is not path:
            place, line = spelled(before), document.lines.get(before, 0)
            text = Text(
                f"编号 {identity} 已在 {place}(第 {line} 行)用过;编号在全文件中不能重复",
                f"id {identity} is already used by {place} (line {line}); ids are unique over all sections",
            )
            yield document.problem(path, text)

    center = document.value.get("center")
    if isinstance(center, dict) and isinstance(center.get("id"), str | int):
        # Incidents about the centre as a whole have its id for a target.
        yield from met("target", str(center["id"]), ("center", "id"))
    for section, path, identity in _ids(document, sections):
        yield from met("target" if section.kind else section.key, identity, (*path, "id"))
    for entry in entries:
        if isinstance(entry.options, CounterOptions):
            twice = (met("target", identity, (*entry.path, "ids")) for identity in entry.options.numbers())
            yield from islice(chain.from_iterable(twice), 1)
        yield from _twice_within(document, entry)


def _twice_within(document: Document, entry: Entry) -> Iterator[Problem]:
    """Lists inside a section, such as channels, whose items have ids of their own."""
    for name in type(entry.options).model_fields if entry.section.kind is None else ():
        seen: dict[str, int] = {}
        items = getattr(entry.options, name)
        for index, item in enumerate(items if isinstance(items, tuple) else ()):
            identity = getattr(item, "id", None)
            if identity is not None and seen.setdefault(identity, index) != index:
                text = Text(
                    f"编号 {identity} 已在 {name}[{seen[identity]}] 用过",
                    f"id {identity} is already used by {name}[{seen[identity]}]",
                )
                yield document.problem((*entry.path, name, index, "id"), text)


def _known(document: Document, sections: Mapping[str, Section]) -> dict[str, dict[str, str]]:
    """Per space of ids: each id and what it is."""
    known: dict[str, dict[str, str]] = {"target": {}, "person": {}, "contact": {}}
    for section, path, identity in _ids(document, sections):
        if section.kind:
            known["target"][identity] = section.kind
            known.setdefault(section.kind, {})[identity] = section.kind
        elif section.key == "people":
            known["person"][identity] = known["contact"][identity] = "person"
            role = document.value["people"][path[1]].get("role")
            known["contact"][str(role)] = "role"
    logins = document.value.get("credentials")
    known["credentials"] = dict.fromkeys(logins if isinstance(logins, dict) else (), "login")
    known["coverage"] = dict.fromkeys((*get_args(Business), *sections), "coverage")
    return known


def _dangling(document: Document, found: list[Named], sections: Mapping[str, Section]) -> Iterator[Problem]:
    known, hints = _known(document, sections), HINTS
    for each in found:
        if each.reference.wanted not in known.get(each.reference.among, {}):
            yield document.problem((*each.place, *each.path), _missing(each.reference, known, hints > 0))
            hints -= 1


NAMES = {
    "target": Text("监测对象", "target"),
    "machine_room": Text("机房设备", "machine room device"),
    "switch": Text("交换机", "switch"),
    "line": Text("专线", "line"),
    "host": Text("主机", "host"),
    "application": Text("应用", "application"),
    "backup": Text("备份", "backup"),
    "credentials": Text("登录信息(credentials)", "credentials"),
    "person": Text("人员(people)", "person"),
    "contact": Text("角色或人员(people)", "role or person in people"),
    "coverage": Text("业务或配置段", "business or section"),
}


def _missing(reference: Reference, known: Mapping[str, Mapping[str, str]], hint: bool) -> Text:
    among = known.get(reference.among, {})
    name, wanted = NAMES.get(reference.among, Text(reference.among, reference.among)), reference.wanted
    other = known["target"].get(wanted) if reference.among not in ("target", *NO_TARGETS) else None
    if other is not None:
        is_ = NAMES.get(other, Text(other, other))
        return Text(f"{shown(wanted)} 是{is_.zh},应为{name.zh}", f"{shown(wanted)} is a {is_.en}, expected a {name.en}")
    near = difflib.get_close_matches(wanted, list(among), 1, 0.6) if hint and len(among) <= MOST_COMPARED else []
    ids = [*islice(among, MOST_SHOWN), *(["…"] if len(among) > MOST_SHOWN else [])]
    zh = (f"是不是 {near[0]}?" if near else "") + (f"已有:{'、'.join(ids)}" if ids else "目前一个也没有")
    en = (f"did you mean {near[0]}? " if near else "") + (f"known: {', '.join(ids)}" if ids else "there is none")
    return Text(f"没有叫 {shown(wanted)} 的{name.zh};{zh}", f"no {name.en} {shown(wanted)}; {en}")


def _cycles(document: Document, found: list[Named]) -> Iterator[Problem]:
    edges: dict[str, dict[str, Path]] = {}
    for each in found:
        if each.section.kind is not None and each.owner is not None and each.path[0] in NEEDS:
            needs = edges.setdefault(each.owner, {})
            needs.setdefault(each.reference.wanted, (*each.place, *each.path))
    for _ in range(MOST_CYCLES):
        try:
            graphlib.TopologicalSorter(edges).prepare()
        except graphlib.CycleError as error:
            cycle = error.args[1][::-1]  # each needs the next, the first is also the last
            steps = [(one, edges[one].pop(other), other) for one, other in pairwise(cycle)]
            first = min(range(len(steps)), key=lambda index: document.lines.get(steps[index][1], 0))
            steps = steps[first:] + steps[:first]
            yield document.problem(steps[0][1], _circle(steps))
        else:
            return


def _circle(steps: list[tuple[str, Path, str]]) -> Text:
    words = {"depends_on": "依赖", "powered_by": "供电来自", "via": "经由", "host": "运行于"}
    told = [(one, next(str(part) for part in place if part in NEEDS), other) for one, place, other in steps]
    zh = ",".join(f"{one} {words[option]} {other}" for one, option, other in told)
    en = ", ".join(f"{one} {option} {other}" for one, option, other in told)
    return Text(f"循环依赖:{zh};请去掉其中一个", f"cycle: {en}; take one of them out")
