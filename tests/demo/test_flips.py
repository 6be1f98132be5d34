"""Each automatic item turns when the simulated centre is changed, shows what was changed, and turns back healed."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from checks.book import items_of, shipped
from tests.demo import flips_application, flips_backup, flips_host, flips_network, flips_physical
from tests.demo.centres import running
from tests.demo.flipping import Turn, run, shorten
from tests.demo.flips import TURNS, Flip, Sooner

pytestmark = pytest.mark.long
AREAS = (flips_backup, flips_application, flips_physical, flips_host, flips_network)
WHOLE = tuple(row for area in AREAS for row in area.ROWS)
ROWS = (*WHOLE, *flips_backup.APART)
SOONER = {place: told for area in AREAS for place, told in area.SOONER.items()}
SHORTENED = {item: told for area in AREAS for item, told in area.SHORTENED.items()}
BACK = [row for row in ROWS if not row.stays]
WITHOUT = {
    "PHY-02": "how a temperature changed is known after ten minutes of readings",
    "PHY-14": "no camera stands in the simulated centre",
    "RSP-04": "nobody is late with an incident before five minutes",
    "RSP-05": "a ticket is overdue after two working days at the earliest",
    "NET-25": "no firewall stands in the simulated centre",
}
EACH = pytest.mark.parametrize("row", ROWS, ids=[row.item for row in ROWS])


def turned(folder: Path, rows: Sequence[Flip], sooner: Sooner, *arguments: str) -> Mapping[Flip, Turn]:
    with running(folder / "centre", *arguments, early=True) as centre:
        shorten(centre, {row.item: SHORTENED[row.item] for row in rows if row.item in SHORTENED}, sooner)
        return run(centre, rows)


@pytest.fixture(scope="module")
def turns(tmp_path_factory: pytest.TempPathFactory) -> Mapping[Flip, Turn]:
    """In the whole centre, and beside it in a small one what is about all of a centre."""
    small, folder = ("--part", ",".join(flips_backup.SMALL)), tmp_path_factory.mktemp
    with ThreadPoolExecutor() as threads:
        apart = threads.submit(turned, folder("small"), flips_backup.APART, {}, *small)
        return {**turned(folder("whole"), WHOLE, SOONER), **apart.result()}


def test_every_automatic_item_has_a_row_or_a_reason() -> None:
    automatic = {item.id for item in items_of(shipped()) if item.mode == "automatic"}
    assert {row.item for row in ROWS} | WITHOUT.keys() == automatic
    assert not {row.item for row in ROWS} & WITHOUT.keys()


@EACH
def test_a_row_that_takes_longer_or_ends_otherwise_says_why(row: Flip) -> None:
    assert bool(row.why) == (max(row.within, row.gone) > TURNS or row.well != "pass" or bool(row.healed))


@EACH
def test_an_item_passes_at_first(turns: Mapping[Flip, Turn], row: Flip) -> None:
    assert turns[row].begun, f"{row.item} of {row.subject} was never {row.well}: {turns[row].seen}"


@EACH
def test_it_turns_and_shows_what_was_changed(turns: Mapping[Flip, Turn], row: Flip) -> None:
    assert turns[row].turned, f"{row.item} of {row.subject} was not {row.result}, {row.shows}: {turns[row].missed}"


@pytest.mark.parametrize("row", BACK, ids=[row.item for row in BACK])
def test_it_turns_back_when_healed(turns: Mapping[Flip, Turn], row: Flip) -> None:
    assert turns[row].back, f"{row.item} of {row.subject} was not {row.back} again: {turns[row].seen}"
