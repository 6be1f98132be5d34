"""The book of device profiles: reads the files once, finds the one for a device. A bad file is refused whole."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from collectors.profiles.form import Profile

FOLDER = Path(__file__).parent.parent / "devices"
# Tried on every device after its own profile, in this order, for the metrics that nothing before gave.
STANDARD = ("ups-mib", "entity-sensor", "ucd-snmp", "host-resources", "ucd-cpu", "lm-sensors", "power-ethernet")
# The C loader takes a tenth of the time; it is there wherever PyYAML was built with libyaml.
Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class ProfileError(ValueError):
    """Profile files do not say what a profile says; one line per mistake: file:line: path: what is wrong."""


@dataclass(frozen=True)
class Book:
    profiles: Mapping[str, Profile]

    def candidates(self, object_id: str, descr: str) -> list[tuple[Profile, str | None]]:
        """The profiles that sysObjectID and sysDescr allow, the likeliest first: by length of the prefix, then those
        that know more than it. Beside each the object that the device must have for it."""
        ranked = [
            (len(each.oid.split(".")), each.has is not None or each.descr is not None, profile, each.has)
            for profile in self.profiles.values()
            for each in profile.match
            if _fits(each.oid, each.descr, object_id, descr)
        ]
        ranked.sort(key=lambda each: each[:2], reverse=True)
        return [(profile, has) for _, _, profile, has in ranked]

    def own(self, profile: Profile | None) -> tuple[Profile, ...]:
        """The profile and those that it extends, each before what it extends."""
        if profile is None:
            return ()
        parents = [parent for each in profile.extends for parent in self.own(self.profiles[each])]
        return (profile, *parents)

    def standard(self, profile: Profile | None) -> tuple[Profile, ...]:
        left_out = {each for mine in self.own(profile) for each in mine.without}
        return tuple(self.profiles[each] for each in STANDARD if each not in left_out and each in self.profiles)


def _fits(prefix: str, pattern: str | None, object_id: str, descr: str) -> bool:
    if object_id != prefix and not object_id.startswith(prefix + "."):
        return False
    return pattern is None or re.search(pattern, descr) is not None


@cache
def shipped() -> Book:
    return load([FOLDER])


def load(folders: Sequence[Path]) -> Book:
    """The profiles of all folders; a later folder's profile replaces an earlier one's of the same id."""
    found: dict[str, Profile] = {}
    mistakes: list[str] = []
    for path in (path for folder in folders for path in sorted(folder.glob("*.yaml"))):
        try:
            profile = _read(path)
            found[profile.id] = profile
        except ProfileError as error:
            mistakes.append(str(error))
    mistakes += _dangling(found)
    if mistakes:
        raise ProfileError("\n".join(mistakes))
    return Book(found)


def _dangling(found: Mapping[str, Profile]) -> Iterator[str]:
    for profile in found.values():
        for each in profile.extends:
            if each not in found:
                yield f"{profile.id}.yaml: extends {each!r}, which is no profile; known: {', '.join(sorted(found))}"
            elif profile.id in _ancestors(each, found):
                yield f"{profile.id}.yaml: extends itself by way of {each!r}"


def _ancestors(name: str, found: Mapping[str, Profile], seen: frozenset[str] = frozenset()) -> set[str]:
    if name in seen or name not in found:
        return set()
    return {name}.union(*(_ancestors(each, found, seen | {name}) for each in found[name].extends))


def _read(path: Path) -> Profile:
    try:
        text = path.read_text(encoding="utf-8")
        said = Profile.model_validate(yaml.load(text, Loader))  # noqa: S506 - one of the two safe loaders
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ProfileError(f"{path.name}:{line}: {error.problem}") from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ProfileError(f"{path.name}: {error}") from error
    except ValidationError as error:
        raise ProfileError("\n".join(_mistakes(path.name, text, error))) from error
    if said.id != path.stem:
        raise ProfileError(f"{path.name}:1: id is {said.id!r}; expected {path.stem!r}, the file's name")
    return said


def _mistakes(name: str, text: str, error: ValidationError) -> Iterable[str]:
    root = yaml.compose(text, Loader)
    for each in error.errors(include_url=False):
        where = ".".join(map(str, each["loc"]))
        yield f"{name}:{_line(root, each['loc'])}: {where + ': ' if where else ''}{each['msg']}"


def _line(node: yaml.Node | None, path: Sequence[int | str]) -> int:
    """The line, counted from 1, of the deepest part of this path that the document has."""
    line = 1 if node is None else node.start_mark.line + 1
    for part in path:
        if isinstance(node, yaml.MappingNode):
            key, node = next(((key, value) for key, value in node.value if key.value == part), (None, None))
            line = line if key is None else key.start_mark.line + 1
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line + 1
    return line
