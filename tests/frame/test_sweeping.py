"""Circles of objects are found, but not in the middle of polls."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Iterator

import pytest

from agent import sweeping


class Circle:
    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def begun() -> Iterator[None]:
    sweeping.begin()
    yield
    sweeping.end()


def generations(allocated: int) -> set[int]:
    """Those that Python looked through by itself while so many objects were made and kept."""
    seen: set[int] = set()

    def look(phase: str, info: dict[str, int]) -> None:
        seen.add(info["generation"])

    gc.callbacks.append(look)
    try:
        kept = [[number] for number in range(allocated)]
    finally:
        gc.callbacks.remove(look)
    assert len(kept) == allocated
    return seen


def test_python_looks_through_young_objects_only(begun: None) -> None:
    assert generations(300_000) == {0, 1}


def test_a_circle_that_grew_old_is_freed_by_a_sweep(begun: None) -> None:
    circle = weakref.ref(Circle())
    asyncio.run(sweeping.sweep())
    assert circle() is None


def test_afterwards_everything_is_as_it_was() -> None:
    before = gc.get_threshold()
    sweeping.begin()
    sweeping.end()
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0
