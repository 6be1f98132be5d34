"""Configurations of devices on record: versions that were read, and the one that people approved. Pure; times are Unix
seconds. The real store: agent.configurations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Protocol

Stretch = tuple[float, float]

# What stands for a secret in a normalised text: a mask, with a fingerprint where a change of the secret can be told.
MASK = "***"
MASKED = re.compile(r"(?<!\*)\*\*\*(?:([0-9a-f]{8})|(?!\*))")


@dataclass(frozen=True, slots=True)
class Version:
    """A configuration as it was read at `at`, by the hashes of its normalised texts: `running`, and `saved`, None where
    that could not be read.

    `before`: until then the version before it is known to have held; None for the first. `rules`: the number of those
    by which the texts were normalised. Where these are others than those of the version before, `same` tells that the
    running configuration is another one by them alone, not on the device; `approved`: the hash that the approved
    configuration had, and the one that it has now.
    """

    at: float
    running: str
    saved: str | None = None
    before: float | None = None
    rules: int = 1
    same: bool = False
    approved: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """How texts were normalised: by `rules` of this number. `mark`: the fingerprint of what the device sent, by no
    rules. Where the newest version is by other rules, `same`: the device has what it had; `approved`: the approved
    configuration by these rules."""

    rules: int = 1
    mark: str = ""
    same: bool = False
    approved: str | None = None


@dataclass(frozen=True, slots=True)
class OnRecord:
    """Normalised texts: the newest running configuration, and the approved one."""

    running: str | None = None
    approved: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Of one device: its versions, the newest first; `seen`: when the newest was last found to be as the device has it,
    `mark`: the fingerprint of what the device sent then; `approved`: hash of the approved running configuration, None
    where there is none."""

    versions: tuple[Version, ...] = ()
    seen: float | None = None
    approved: str | None = None
    mark: str = ""

    @property
    def changed(self) -> float | None:
        """When the running configuration was first read as it is."""
        return next((version.at for version, older in self._pairs() if _differs(version, older)), None)

    @property
    def alike(self) -> frozenset[str]:
        """The hashes of the approved running configuration, by whichever rules it was normalised."""
        found = set() if self.approved is None else {self.approved}
        for version, older in reversed(list(self._pairs())):
            if version.approved is not None and version.approved[0] in found:
                found.add(version.approved[1])
            if version.same and older is not None and older.running in found:
                found.add(version.running)
        return frozenset(found)

    @property
    def as_approved(self) -> bool | None:
        """Whether the running configuration is the approved one; None where there is none of either."""
        return self.versions[0].running in self.alike if self.versions and self.approved is not None else None

    @property
    def saved(self) -> bool | None:
        """Whether the device would start with what it runs; None where it is not known."""
        newest = self.versions[0] if self.versions else None
        return None if newest is None or newest.saved is None else newest.saved == newest.running

    def drifts(self) -> Iterator[Stretch]:
        """When each change since the approved configuration was made: a stretch that it lies in; the newest first."""
        alike = self.alike
        for version, older in self._pairs():
            if version.running in alike:
                return
            if _differs(version, older):
                yield version.at if version.before is None else version.before, version.at

    def _pairs(self) -> Iterator[tuple[Version, Version | None]]:
        """Each with the one before it."""
        return zip(self.versions, (*self.versions[1:], None), strict=True)


def _differs(version: Version, older: Version | None) -> bool:
    """Whether the running configuration was changed on the device in between."""
    return older is None or not (version.same or version.running == older.running)


def digest(text: str) -> str:
    """The hash of a normalised text."""
    return sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def as_read(standing: Standing, running: str, saved: str | None, at: float, form: Form) -> Standing:
    """After a device was read at `at`. A saved one that could not be read is as it was while the running one is."""
    newest, now = standing.versions[0] if standing.versions else None, digest(running)
    found = Version(
        at,
        now,
        None if saved is None else digest(saved),
        standing.seen,
        form.rules,
        form.same and newest is not None and newest.running != now,
        None if standing.approved is None or form.approved is None else (standing.approved, digest(form.approved)),
    )
    if newest is not None and newest.running == now and found.saved in (None, newest.saved):
        return replace(standing, seen=at, mark=form.mark)
    return replace(standing, versions=(found, *standing.versions), seen=at, mark=form.mark)


class Configurations(Protocol):
    async def standing(self, identity: str) -> Standing:
        """How the device of this id stands. CannotAsk if the store cannot be read."""
        ...

    async def texts(self, identity: str) -> OnRecord:
        """What is on record of this device. CannotAsk if the store cannot be read."""
        ...

    async def keep(self, identity: str, running: str, saved: str | None, at: float, form: Form) -> Standing:
        """Puts normalised texts on record, as a version where they are new; `saved` is None where it could not be read,
        empty where there is none. CannotAsk if the disk does not take them."""
        ...

    def wanted(self, identity: str) -> int:
        """How many times somebody asked for this device to be read."""
        ...

    def fingerprint(self, secret: str) -> str:
        """What stands for a secret: the same for the same one, telling nothing of it without the key of this store."""
        ...
