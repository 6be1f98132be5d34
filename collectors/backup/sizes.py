"""The size of a copy against those before it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

COMPARED = 7  # copies before the newest
ENOUGH = 2  # that must be known
GROWING = 5  # steps in which it always grew before one that hardly does is told
LITTLE = 0.1  # of the usual growth


def before(sizes: Sequence[tuple[int, int]], newest: int) -> list[int]:
    """Bytes of the copies made before one of this time, the oldest first; empty ones say nothing."""
    return [size for at, size in sizes if at < newest and size > 0]


def change(size: int, earlier: Sequence[int]) -> float | None:
    """Against the median of the last ones, as a ratio less 1; None where too few are known."""
    last = earlier[-COMPARED:]
    return size / median(last) - 1 if len(last) >= ENOUGH else None


def grew_too_little(size: int, earlier: Sequence[int]) -> bool:
    """Each copy was larger than the one before, and this one hardly is: what it copies may have stopped."""
    last = earlier[-GROWING - 1 :]
    steps = [later - sooner for sooner, later in pairwise(last)]
    usual = median(steps) if len(steps) == GROWING and min(steps) > 0 else 0.0
    return usual > 0 and -usual < size - last[-1] < LITTLE * usual
