"""Each automatic item turns when the simulated centre is changed, shows what was changed, and turns back healed."""

from collections.abc import Mapping

import pytest

from tests.demo import flips_physical
from tests.demo.centres import running
from tests.demo.flipping import Turn, run, shorten
from tests.demo.flips import TURNS, Flip

pytestmark = pytest.mark.long
AREAS = (flips_physical,)
ROWS = tuple(row for area in AREAS for row in area.ROWS)
SHORTENED = {item: told for area in AREAS for item, told in area.SHORTENED.items()}
EACH = pytest.mark.parametrize("row", ROWS, ids=[row.item for row in ROWS])


@pytest.fixture(scope="module")
def turns(tmp_path_factory: pytest.TempPathFactory) -> Mapping[Flip, Turn]:
    with running(tmp_path_factory.mktemp("demo") / "centre", early=True) as centre:
        shorten(centre, SHORTENED)
        return run(centre, ROWS)


@EACH
def test_a_row_that_takes_longer_says_why(row: Flip) -> None:
    assert bool(row.why) == (max(row.within, row.gone) > TURNS)


@EACH
def test_an_item_passes_at_first(turns: Mapping[Flip, Turn], row: Flip) -> None:
    assert turns[row].begun, f"{row.item} of {row.subject} never passed: {turns[row].seen}"


@EACH
def test_it_turns_and_shows_what_was_changed(turns: Mapping[Flip, Turn], row: Flip) -> None:
    assert turns[row].turned, f"{row.item} of {row.subject} was not {row.result}, {row.shows}: {turns[row].missed}"


@EACH
def test_it_turns_back_when_healed(turns: Mapping[Flip, Turn], row: Flip) -> None:
    assert turns[row].back, f"{row.item} of {row.subject} did not pass again: {turns[row].seen}"
