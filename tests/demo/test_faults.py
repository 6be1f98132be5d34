"""Every fault that can be caused in the simulated centre shows in the agent's metrics, and is gone after healing."""

from collections.abc import Mapping

import pytest

from demo.faults import FAULTS
from tests.demo.centres import running
from tests.demo.course import Life, run
from tests.demo.shown import ROWS, Row

pytestmark = pytest.mark.long
EACH = pytest.mark.parametrize("row", ROWS, ids=[row.fault for row in ROWS])


@pytest.fixture(scope="module")
def lives(tmp_path_factory: pytest.TempPathFactory) -> Mapping[Row, Life]:
    with running(tmp_path_factory.mktemp("demo") / "centre", early=True) as centre:
        return run(centre, ROWS)


def test_every_fault_has_a_row_in_shown() -> None:
    assert sorted({row.fault for row in ROWS}) == sorted(FAULTS)


@EACH
def test_a_row_that_takes_longer_says_why(row: Row) -> None:
    assert bool(row.why) == bool(row.within or row.gone)


@EACH
def test_all_is_well_before_a_fault(lives: Mapping[Row, Life], row: Row) -> None:
    assert lives[row].begun, f"{row.metric} was never {row.well}: {lives[row].values}"


@EACH
def test_a_fault_shows_within_two_polls(lives: Mapping[Row, Life], row: Row) -> None:
    assert lives[row].shown, f"{row.metric} was not {row.then} within {lives[row].within:g} s"


@EACH
def test_it_is_gone_after_healing(lives: Mapping[Row, Life], row: Row) -> None:
    assert lives[row].gone, f"{row.metric} was not {row.well} within {lives[row].gone_within:g} s: {lives[row].values}"
