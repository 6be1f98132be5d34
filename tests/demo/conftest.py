"""Simulated centres for tests: `centre` is the whole one, shared by all tests and healed after each; `part_of` starts
one of its own for a test, of what it names."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.demo.centres import Centre, part, running


@pytest.fixture(scope="session")
def whole_centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    with running(tmp_path_factory.mktemp("demo") / "centre") as started:
        yield started


@pytest.fixture
def centre(whole_centre: Centre) -> Iterator[Centre]:
    yield whole_centre
    whole_centre.asked("heal", "all")


@pytest.fixture
def part_of(tmp_path: Path) -> Iterator[Callable[..., Centre]]:
    """part_of("access-1", "medical"); several may run at once."""
    with ExitStack() as ends:
        yield lambda *names: ends.enter_context(part(tmp_path / "-".join(names), *names))
