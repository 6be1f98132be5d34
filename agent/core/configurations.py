"""Configurations of devices on record: versions that were read, and the one that people approved. Pure; times are Unix
seconds. The real store: agent.configurations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Protocol

Stretch = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Version:
    """A configuration as it was read at `at`, by the hashes of its normalised texts: `running`, and `saved`, None where
    that could not be read.

    `before`: until then the version before it is known to have held; None for the first.
    """

    at: float
    running: str
    saved: str | None = None
    before: float | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Of one device: its versions, the newest first; `seen`: when the newest was last found to be as the device has it;
    `approved`: hash of the approved running configuration, None where there is none."""

    versions: tuple[Version, ...] = ()
    seen: float | None = None
    approved: str | None = None

    @property
    def changed(self) -> float | None:
        """When the running configuration was first read as it is."""
        found = None
        for version in self.versions:
            if version.running != self.versions[0].running:
                break
            found = version.at
        return found

    @property
    def saved(self) -> bool | None:
        """Whether the device would start with what it runs; None where it is not known."""
        newest = self.versions[0] if self.versions else None
        return None if newest is None or newest.saved is None else newest.saved == newest.running

    def drifts(self) -> Iterator[Stretch]:
        """When each change since the approved configuration was made: a stretch that it lies in; the newest first."""
        for version, older in zip(self.versions, (*self.versions[1:], None), strict=True):
            if version.running == self.approved:
                return
            if older is None or older.running != version.running:
                yield version.at if version.before is None else version.before, version.at


def digest(text: str) -> str:
    """The hash of a normalised text."""
    return sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def as_read(standing: Standing, running: str, saved: str | None, at: float) -> Standing:
    """After a device was read at `at`. A saved one that could not be read is as it was while the running one is."""
    newest = standing.versions[0] if standing.versions else None
    found = Version(at, digest(running), None if saved is None else digest(saved), standing.seen)
    if newest is not None and newest.running == found.running and found.saved in (None, newest.saved):
        return replace(standing, seen=at)
    return replace(standing, versions=(found, *standing.versions), seen=at)


class Configurations(Protocol):
    async def standing(self, identity: str) -> Standing:
        """How the device of this id stands. CannotAsk if the store cannot be read."""
        ...

    async def keep(self, identity: str, running: str, saved: str | None, at: float) -> Standing:
        """Puts normalised texts on record, as a version where they are new; `saved` is None where it could not be read,
        empty where there is none. CannotAsk if the disk does not take them."""
        ...

    def wanted(self, identity: str) -> int:
        """How many times somebody asked for this device to be read."""
        ...

    def fingerprint(self, secret: str) -> str:
        """What stands for a secret: the same for the same one, telling nothing of it without the key of this store."""
        ...
