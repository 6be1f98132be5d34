"""Firmware: which versions of device software the centre has approved, which makers no longer maintain, and what their
advisories are about. Pure; patterns are those of fnmatch, without regard to case. The real list: agent.firmware."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal, Protocol

from agent.core.text import Text

Severity = Literal["critical", "high", "medium", "low"]
SEVERITIES: tuple[Severity, ...] = ("critical", "high", "medium", "low")


@dataclass(frozen=True, slots=True)
class Device:
    """What it is, as device_info has it."""

    vendor: str
    model: str
    version: str


@dataclass(frozen=True, slots=True)
class Release:
    """Of the models that `vendor` and `model` match: versions that are `approved`, and those that have `ended`."""

    vendor: str
    model: str
    approved: tuple[str, ...]
    ended: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Advisory:
    """A maker's: for the `versions` that match, and for all of the same train `before` the one that has it repaired."""

    id: str
    severity: Severity
    vendor: str
    model: str
    versions: tuple[str, ...] = ()
    before: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """The list, last changed at `changed` (Unix seconds); `flaw` where it cannot be read."""

    releases: tuple[Release, ...] = ()
    advisories: tuple[Advisory, ...] = ()
    flaw: Text | None = None
    changed: float | None = None


class Firmware(Protocol):
    async def listed(self) -> Listed | None:
        """None where nobody keeps a list."""
        ...


class NoFirmware:
    """Nobody keeps a list."""

    async def listed(self) -> Listed | None:
        return None


def approved(device: Device, listed: Listed) -> bool:
    """A model that the list does not have was approved in no version."""
    return any(_any(each.approved, device.version) for each in _of(device, listed))


def supported(device: Device, listed: Listed) -> bool | None:
    """None for a model that the list does not have."""
    known = list(_of(device, listed))
    return not any(_any(each.ended, device.version) for each in known) if known else None


def hits(device: Device, listed: Listed) -> Iterator[Advisory]:
    """The advisories that are about it."""
    for each in listed.advisories:
        named = _any(each.versions, device.version) or (each.before != "" and earlier(device.version, each.before))
        if named and _is(device, each.vendor, each.model):
            yield each


def earlier(version: str, other: str) -> bool:
    """Of the same train: its letters are the same, its first number that is another one is less. Of versions that go
    apart otherwise, nobody can say which is earlier."""
    ours, theirs = _parts(version), _parts(other)
    for mine, his in zip(ours, theirs, strict=False):
        if mine != his:
            return mine.isdigit() and his.isdigit() and int(mine) < int(his)
    return len(ours) < len(theirs)


def _parts(version: str) -> list[str]:
    """V200R021C00SPC600: V, 200, R, 021 …; a number without the zeros before it."""
    return [
        each.lstrip("0") or "0" if each.isdigit() else each for each in re.findall(r"[0-9]+|[a-z]+", version.lower())
    ]


def _of(device: Device, listed: Listed) -> Iterator[Release]:
    return (each for each in listed.releases if _is(device, each.vendor, each.model))


def _is(device: Device, vendor: str, model: str) -> bool:
    return _any((vendor,), device.vendor) and _any((model,), device.model)


def _any(patterns: tuple[str, ...], text: str) -> bool:
    return any(fnmatchcase(text.casefold(), each.casefold()) for each in patterns)
