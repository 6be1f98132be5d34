"""What a test of a network device gave, whatever MIB told it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

MILLISECOND, MICROSECOND = 1e-3, 1e-6
# A round trip or jitter beyond this is a value that means none.
LONGEST = 3600.0
SHORTEST_PATIENCE = 300.0


@dataclass(frozen=True, slots=True)
class Result:
    """One finished test. `round_trip` and `jitter` are means in seconds, None where it has none; `sent` and `lost`
    count packets. `mark` tells it from the test before and after, None where the MIB does not; `every`: seconds between
    two tests, 0 where unknown."""

    answered: bool
    round_trip: float | None = None
    jitter: float | None = None
    sent: int = 0
    lost: int = 0
    mark: int | None = None
    every: float = 0.0


@dataclass(frozen=True, slots=True)
class Running:
    """The test runs, and tells nothing yet."""

    every: float = 0.0


@dataclass(frozen=True, slots=True)
class Held:
    """The latest result and when (monotonic) it was first seen."""

    result: Result
    since: float


def follow(held: Held | None, given: Result | Running, now: float) -> tuple[Held | None, bool]:
    """What holds now, and whether it is news: a device is asked more often than it tests, or less often. None where it
    has told nothing for three of its own intervals: then its test does not run any more."""
    patience = max(SHORTEST_PATIENCE, 3 * given.every)
    if isinstance(given, Running):
        return (held if held and now - held.since <= patience else None), False
    if held is None or _another(held, given, now):
        return Held(given, now), True
    if given.mark is not None and now - held.since > patience:
        return None, False
    return Held(given, held.since), False


def _another(held: Held, given: Result, now: float) -> bool:
    if given.mark is not None:
        return given.mark != held.result.mark
    return now - held.since >= given.every


def index_of(*texts: str) -> str:
    """Texts of variable length as an index (RFC 2578 section 7.7): each its length, then its bytes."""
    return ".".join(".".join(map(str, (len(raw), *raw))) for raw in (text.encode() for text in texts))


def number(value: Any) -> int | None:
    return int(value) if isinstance(value, int) and value >= 0 else None


def seconds(value: Any, unit: float) -> float | None:
    counted = number(value)
    return None if counted is None or counted * unit > LONGEST else counted * unit


def mean(total: int | None, count: int | None, unit: float) -> float | None:
    found = total / count * unit if total is not None and count else None
    return None if found is None or found > LONGEST else found
