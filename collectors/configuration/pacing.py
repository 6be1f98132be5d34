"""When a configuration is to be read. Pure; times in seconds."""

from __future__ import annotations

from dataclasses import dataclass

from agent.core.reach import ReachError

SPACING = 120.0  # between two readings while somebody is at work on the device, where agent.yaml says nothing
UNSAVED = 3600.0  # after which it is looked at again whether a configuration was saved
RETRY = 300.0
REFUSED = 3600.0  # devices lock accounts that are tried too often
MOST_VAIN = 5


@dataclass(frozen=True, slots=True)
class Facts:
    """`age` of what is on record, None for nothing; `since` the last try; `failed`: that try failed, `refused`: by the
    device; `signed`: the device gave a sign since it was read; `vain`: times in a row that a sign meant nothing;
    `wanted`: somebody asks for it."""

    age: float | None
    since: float | None = None
    failed: bool = False
    refused: bool = False
    signed: bool = False
    unsaved: bool = False
    vain: int = 0
    wanted: bool = False


def refused(failure: ReachError) -> bool:
    """By the device, so that trying again soon may lock the account."""
    return failure.kind in ("authentication", "permission")


def due(facts: Facts, every: float, spacing: float = SPACING) -> bool:
    """A device whose signs mean nothing, since reading it is one, is read more and more seldom for them."""
    if facts.wanted:
        return True
    pause = REFUSED if facts.refused else min(RETRY, every) if facts.failed else spacing
    if facts.since is not None and facts.since < pause:
        return False
    if facts.failed or facts.age is None or facts.age >= every or facts.age < 0:
        return True
    if facts.unsaved and facts.age >= UNSAVED:
        return True
    return facts.signed and (facts.since is None or facts.since >= spacing * 2 ** min(facts.vain, MOST_VAIN))
