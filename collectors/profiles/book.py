"""The book of device profiles: reads the files once, finds the one for a device. A bad file is refused whole."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from agent.options.shipped import FormError, read
from collectors.profiles.form import Profile

FOLDER = Path(__file__).parent.parent / "devices"
# Tried on every device after its own profile, in this order, for the metrics that nothing before gave.
STANDARD = ("ups-mib", "entity-sensor", "ucd-snmp", "host-resources", "ucd-cpu", "lm-sensors", "power-ethernet")


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
            profile = read(path, Profile)
            found[profile.id] = profile
        except FormError as error:
            mistakes.append(str(error))
    mistakes += _dangling(found)
    if mistakes:
        raise FormError("\n".join(mistakes))
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
