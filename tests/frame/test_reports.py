"""Reports: numbers, and that there is a whole report or none."""

from __future__ import annotations

import os
import resource
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import pytest

from agent import reports
from agent.core.store import Store
from agent.reports import FOLDER, latest, rows_of


def made(number: str) -> reports.Made:
    return {**rows_of({"number": number}), f"{number}.html": number.encode()}


def keep(state: Path, year: int, make: Callable[[str], reports.Made]) -> tuple[str, Path]:
    return reports.keep(state, year, make, lambda number, files: None)


def names(state: Path) -> list[str]:
    return sorted(each.name for each in (state / FOLDER).iterdir() if each.name != reports.LOCK)


def test_each_year_counts_from_one_and_nothing_is_overwritten(tmp_path: Path) -> None:
    first, folder = keep(tmp_path, 2026, made)
    before = {each.name: each.read_bytes() for each in folder.iterdir()}
    assert [keep(tmp_path, year, made)[0] for year in (2026, 2027, 2026)] == ["2026-0002", "2027-0001", "2026-0003"]
    assert first == "2026-0001"
    assert {each.name: each.read_bytes() for each in folder.iterdir()} == before


def test_a_folder_that_somebody_put_there_is_no_number_to_be_given(tmp_path: Path) -> None:
    (tmp_path / FOLDER / "2026-0041").mkdir(parents=True)
    assert keep(tmp_path, 2026, made)[0] == "2026-0042"


def test_those_at_it_at_the_same_time_get_numbers_of_their_own(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        got = list(pool.map(lambda _: keep(tmp_path, 2026, made)[0], range(40)))
    assert sorted(got) == [f"2026-{place:04d}" for place in range(1, 41)]
    assert all((tmp_path / FOLDER / each / f"{each}.html").read_text() == each for each in got)


def test_what_cannot_be_made_leaves_nothing_and_its_number_is_given_again(tmp_path: Path) -> None:
    def broken(number: str) -> reports.Made:
        raise ValueError(number)

    with pytest.raises(ValueError, match="2026-0001"):
        keep(tmp_path, 2026, broken)
    assert names(tmp_path) == []
    assert keep(tmp_path, 2026, made)[0] == "2026-0001"


def test_a_disk_that_takes_half_a_report_keeps_none(tmp_path: Path) -> None:
    """The kernel refuses to write on after 4096 bytes, as a full disk does."""
    before, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            keep(tmp_path, 2026, lambda number: {**rows_of({}), "big.html": bytes(100_000)})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert names(tmp_path) == []


def test_what_a_killed_process_left_is_swept_away(tmp_path: Path) -> None:
    (tmp_path / FOLDER / ".half-x").mkdir(parents=True)
    (tmp_path / FOLDER / ".half-x" / "report.json").write_text("{")
    keep(tmp_path, 2026, made)
    assert names(tmp_path) == ["2026-0001"]


def test_only_the_owner_reads_them(tmp_path: Path) -> None:
    _, folder = keep(tmp_path, 2026, made)
    assert [oct(os.stat(each).st_mode & 0o777) for each in (folder.parent, folder)] == ["0o700", "0o700"]


def test_the_last_that_can_be_read_is_the_one_to_compare_with(tmp_path: Path) -> None:
    assert latest(tmp_path) is None
    for _ in range(3):
        _, folder = keep(tmp_path, 2026, made)
    (folder / reports.ROWS).write_text("{half")
    found = latest(tmp_path)
    assert found == ("2026-0002", {"number": "2026-0002"})
    assert latest(tmp_path, "2026-0002") == ("2026-0001", {"number": "2026-0001"})


def test_a_report_that_the_ledger_does_not_take_is_not_kept(tmp_path: Path) -> None:
    def refuses(number: str, files: reports.Hashes) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        reports.keep(tmp_path, 2026, made, refuses)
    assert names(tmp_path) == []
    keep(tmp_path, 2026, made)
    with pytest.raises(OSError, match="No space"):
        reports.add(tmp_path, "2026-0001", "2026-0001.docx", b"docx", refuses)
    assert sorted(os.listdir(tmp_path / FOLDER / "2026-0001")) == ["2026-0001.html", "report.json"]


def test_the_hash_of_each_file_is_entered_and_no_file_is_written_over(tmp_path: Path) -> None:
    entered: list[tuple[str, reports.Hashes]] = []
    number, folder = reports.keep(tmp_path, 2026, made, lambda *said: entered.append(said))
    path = reports.add(tmp_path, number, f"{number}.docx", b"docx", lambda *said: entered.append(said))
    with pytest.raises(FileExistsError):
        reports.add(tmp_path, number, f"{number}.docx", b"else", lambda *said: entered.append(said))
    assert path.read_bytes() == b"docx"
    hashes = {each.name: sha256(each.read_bytes()).hexdigest() for each in folder.iterdir()}
    assert {name: said for _, files in entered for name, said in files.items()} == hashes
    assert dict(reports.on_disk(tmp_path)) == {number: hashes}


@pytest.mark.parametrize(
    "request_",
    [
        {"number": "2026-1", "files": {"report.json": "ab" * 32}},
        {"number": "../../x", "files": {"report.json": "ab" * 32}},
        {"number": "2026-0001", "files": {}},
        {"number": "2026-0001", "files": {"../report.json": "ab" * 32}},
        {"number": "2026-0001", "files": {"2026-0002.pdf": "ab" * 32}},
        {"number": "2026-0001", "files": {"2026-0001.pdf": "x"}},
    ],
)
def test_what_is_no_report_is_not_entered(tmp_path: Path, request_: dict[str, object]) -> None:
    store = Store.open(tmp_path)
    before = store.head()
    with pytest.raises(ValueError, match="report"):
        reports.enter(store, request_, 0.0)
    assert store.head() == before
    store.close()
