"""Which of the files are copies that are whole, and when each was made. Pure.

A copy is whole once nobody has written to it for a while, or once two looks found it as it is. A host whose clock is
wrong dates its copies wrong, which is taken off. What is dated in the future nevertheless says nothing by its date:
such a file was made when it was first seen, or at an unknown time if it was there at the very first look.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from collectors.backup.listing import UNFINISHED, Listing

SETTLED = 600.0  # seconds without a change after which nobody writes to a file any more
TWO_LOOKS = 60.0  # seconds between two looks that found the same
ABANDONED = 3600.0  # seconds after which half a copy will not become a whole one
SKEW = 60.0  # what a clock may be off before it matters
FUTURE = 600.0
NOTED = 100  # files that are remembered from look to look
HISTORY = 60  # copies whose size is remembered after they are gone


class Copy(NamedTuple):
    """`at` in Unix seconds of the agent's clock; `size` in bytes, None where only the program that made it could say;
    `key` tells one copy from another, whatever it is called."""

    at: float
    size: int | None
    path: str
    key: tuple[int, int]
    volumes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return posixpath.basename(self.path)


@dataclass(frozen=True)
class Copies:
    """`whole`: those that are complete, the newest first, empty ones too. `writing`: one that is not complete yet;
    `broken`: half a copy, newer than every whole one, which nobody writes any more. `undated`: how many are from the
    future, and of an unknown time therefore. `skew`: by how much the host's clock is ahead, in seconds; 0 while that
    does not matter. `known` is False where there are more files than were told, or
    folders that could not be looked into, `unseen`. `torn`: when copies were made of which a volume is missing."""

    whole: tuple[Copy, ...]
    writing: Copy | None = None
    broken: Copy | None = None
    undated: int = 0
    skew: float = 0.0
    known: bool = True
    unseen: int = 0
    torn: tuple[float, ...] = ()

    @property
    def good(self) -> tuple[Copy, ...]:
        return tuple(copy for copy in self.whole if copy.size != 0)


class Seen(NamedTuple):
    """When a file was first seen as it is now. `at_start`: by the first look of all, so that it may be of any age."""

    at: float
    at_start: bool


Noted = Mapping[tuple[int, int], Seen]  # by key


def sorted_out(listing: Listing, pattern: str, noted: Noted | None, now: float) -> tuple[Copies, Noted | None]:
    """`noted` is what the last look gave beside its copies, None before the first; with what the next look needs."""
    ahead = 0.0 if listing.clock is None else listing.clock - now
    skew = ahead if abs(ahead) > SKEW else 0.0
    later = _noted(listing, skew, noted, now)
    whole: list[Copy] = []
    half: list[Copy] = []
    torn: list[float] = []
    undated = 0
    for file in listing.files:
        key = (file.at, file.size)
        at: float | None = file.at - skew
        if now - file.at + skew < -FUTURE:
            at = None if later[key].at_start else later[key].at
        if at is None:
            undated += 1
            continue
        if file.missing:
            torn.append(at)
        settled = key not in later or now - later[key].at >= TWO_LOOKS
        kind = whole if settled and not file.missing and not unfinished(file.name, pattern) else half
        kind.append(Copy(at, file.size, file.path, key, file.volumes))
    whole.sort(key=_age, reverse=True)
    latest = whole[0].at if whole else float("-inf")
    newer = sorted((copy for copy in half if copy.at > latest), key=_age, reverse=True)
    writing = next((copy for copy in newer if now - copy.at < ABANDONED), None)
    broken = newer[0] if newer and writing is None else None
    known = listing.whole and not listing.unseen
    found = Copies(tuple(whole), writing, broken, undated, skew, known, listing.unseen, tuple(sorted(torn)))
    return found, later if len(later) <= NOTED else None


def _age(copy: Copy) -> tuple[float, str]:
    return copy.at, copy.path


def _noted(listing: Listing, skew: float, before: Noted | None, now: float) -> Noted:
    """The files that were written to a moment ago, or later than now."""
    recent = [(file.at, file.size) for file in listing.files if now - file.at + skew < SETTLED]
    return {key: (before or {}).get(key, Seen(now, before is None)) for key in recent}


def unfinished(name: str, pattern: str) -> bool:
    """By its name: something is still to come, or was never finished."""
    return name.endswith(UNFINISHED) or (name.startswith(".") and not pattern.startswith("."))


def history(found: Copies, kept: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """(when it was made, by the host's clock; bytes) of whole copies, the oldest first: those there now and those that
    are remembered, since a job that writes over its only copy has no history otherwise."""
    known = dict(kept)
    known.update({copy.key[0]: copy.key[1] for copy in found.whole if copy.size is not None})
    return tuple(sorted(known.items())[-HISTORY:])


def noted_of(kept: Mapping[str, Any]) -> Noted | None:
    rows = kept.get("noted")
    return None if rows is None else {(int(at), int(size)): Seen(seen, start) for at, size, seen, start in rows}


def noted_as_json(noted: Noted | None) -> list[list[Any]] | None:
    return None if noted is None else [[at, size, seen.at, seen.at_start] for (at, size), seen in noted.items()]
