"""The uploads of the simulated centre's acceptance software: files that wait, and the log of what became of them."""

from pathlib import Path

import pytest

from demo.world.active import Active
from demo.world.uploads import FOLDER, HOST, LOG, LOGGED, Uploads

TICK = 0.25


class Day:
    def __init__(self, tree: Path) -> None:
        self.now, self.active, self.tree = 1_795_550_400.0, Active(), tree
        self.uploads = Uploads(self.active, lambda: self.now, tree)

    def pass_(self, seconds: float) -> None:
        for _ in range(int(seconds / TICK)):
            self.now += TICK
            self.uploads.advance(TICK)

    @property
    def waiting(self) -> list[Path]:
        return sorted((self.tree / HOST / FOLDER.lstrip("/")).iterdir())

    @property
    def log(self) -> list[str]:
        return (self.tree / HOST / LOG.lstrip("/")).read_text().splitlines()


@pytest.fixture
def day(tmp_path: Path) -> Day:
    return Day(tmp_path)


def test_what_was_accepted_is_sent_soon(day: Day) -> None:
    for _ in range(40):
        day.pass_(1)
        assert len(day.waiting) <= 1
    assert sum("uploaded" in line for line in day.log) >= 9


def test_files_pile_up_while_uploads_are_stuck_and_drain_after_healing(day: Day) -> None:
    day.active.begin("upload-stuck", "")
    began = day.now
    day.pass_(60)
    assert len(day.waiting) in (15, 16)
    assert min(path.stat().st_mtime for path in day.waiting) - began < 5
    assert "failed" in day.log[-1]
    day.active.end("upload-stuck", "")
    day.pass_(6)
    assert len(day.waiting) <= 1
    assert "uploaded" in day.log[-1]


@pytest.mark.parametrize(("fault", "waiting"), [("all-lines-down", 15), ("acceptance-down", 0), ("database-down", 0)])
def test_other_faults_stop_uploads_or_what_there_is_to_upload(day: Day, fault: str, waiting: int) -> None:
    day.pass_(3)
    day.active.begin(fault, "")
    day.pass_(60)
    assert len(day.waiting) == waiting


def test_the_log_does_not_grow_for_ever(day: Day) -> None:
    day.pass_(4 * 3 * LOGGED)
    assert len(day.log) <= LOGGED
