"""The copies that the simulated centre's backup jobs leave, as real programs read them; what faults make of them."""

import subprocess
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from demo.backups.copies import SUMS, Backups
from demo.backups.jobs import DAY, JOBS, Job, Place
from demo.world.active import Active
from demo.world.on_disk import OnDisk

NOW = 1_795_550_400.0  # 2026-11-25 04:00 in Shanghai, after that night's jobs
JOB = pytest.mark.parametrize("job", JOBS, ids=[job.id for job in JOBS])
READERS = {".sql.gz": ("gzip", "-t"), ".tar.gz": ("tar", "-tzf"), ".sql": ("grep", "-q", "^-- Dump completed on")}
TWICE = [job for job in JOBS if job.second is not None]


class Nights:
    """Backups by a clock that can be set."""

    def __init__(self, tree: Path) -> None:
        self.now, self.active, self.tree = NOW, Active(), tree
        self.backups = Backups(JOBS, self.active, lambda: self.now, tree)
        self.pass_(0)

    def pass_(self, seconds: float) -> None:
        self.now += seconds
        self.backups.advance(seconds)

    def copies(self, place: Place | None) -> list[Path]:
        assert place is not None
        folder = self.tree / place.host / place.folder.lstrip("/")
        return sorted(path for path in folder.iterdir() if path.name != SUMS)


@pytest.fixture
def nights(tmp_path: Path) -> Nights:
    return Nights(tmp_path)


def ends_well(*argv: str, cwd: Path | None = None) -> bool:
    return subprocess.run(argv, capture_output=True, check=False, timeout=20, cwd=cwd).returncode == 0


def readable(job: Job, copy: Path) -> bool:
    return ends_well(*READERS[job.ending], str(copy))


def listed(copy: Path) -> bool:
    """Whether it is as the list of checksums says."""
    return ends_well("sha256sum", "-c", "--ignore-missing", "--strict", SUMS, cwd=copy.parent)


@JOB
def test_every_copy_is_whole_and_as_the_list_of_checksums_says(nights: Nights, job: Job) -> None:
    copies = nights.copies(job.place)
    assert len(copies) == job.kept
    assert all(readable(job, copy) for copy in copies)
    assert listed(copies[0])


@JOB
def test_copies_are_as_far_apart_as_the_job_runs_and_the_last_is_of_the_last_run(nights: Nights, job: Job) -> None:
    times = [copy.stat().st_mtime for copy in nights.copies(job.place)]
    assert {later - before for before, later in pairwise(times)} == {job.every}
    assert 0 < NOW - times[-1] < job.every


def test_a_weekly_job_runs_on_sundays(nights: Nights) -> None:
    (weekly,) = (job for job in JOBS if job.days == 7)
    days = {time.gmtime(copy.stat().st_mtime + 8 * 3600).tm_wday for copy in nights.copies(weekly.place)}
    assert days == {6}


@JOB
def test_each_copy_is_a_little_larger_than_the_one_before(nights: Nights, job: Job) -> None:
    sizes = [copy.stat().st_size for copy in nights.copies(job.place)]
    assert all(1 < later / before < 1.02 for before, later in pairwise(sizes))


@pytest.mark.parametrize("job", TWICE, ids=[job.id for job in TWICE])
def test_the_second_copies_are_the_same_on_another_host(nights: Nights, job: Job) -> None:
    first, second = nights.copies(job.place), nights.copies(job.second)
    assert [copy.name for copy in first] == [copy.name for copy in second]
    assert all(one.read_bytes() == other.read_bytes() for one, other in zip(first, second, strict=True))
    assert job.second is not None
    assert job.second.host != job.place.host


@JOB
def test_the_next_run_leaves_a_copy_and_takes_the_oldest_away(nights: Nights, job: Job) -> None:
    before = nights.copies(job.place)
    nights.pass_(job.every)
    after = nights.copies(job.place)
    assert after[:-1] == before[1:]
    assert after[-1] not in before
    assert listed(after[-1])


def _no_last_one(job: Job, copy: Path, before: list[Path], now: float) -> bool:
    return copy == before[-2] and now - copy.stat().st_mtime > job.every


def _a_tenth(job: Job, copy: Path, before: list[Path], now: float) -> bool:
    share = copy.stat().st_size / before[-2].stat().st_size
    return copy == before[-1] and 0.08 < share < 0.13 and readable(job, copy) and listed(copy)


def _damaged(job: Job, copy: Path, before: list[Path], now: float) -> bool:
    return copy == before[-1] and not readable(job, copy) and not listed(copy)


FAULTS = {"backup-stale": _no_last_one, "backup-shrunk": _a_tenth, "backup-corrupt": _damaged}


@JOB
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_befalls_the_newest_copy_of_its_job_until_it_is_healed(nights: Nights, job: Job, fault: str) -> None:
    before = nights.copies(job.place)
    content = before[-1].read_bytes()
    nights.active.begin(fault, job.id)
    nights.pass_(1)
    seen: Callable[..., bool] = FAULTS[fault]
    assert seen(job, nights.copies(job.place)[-1], before, nights.now)
    assert nights.copies(job.place)[0] == before[0]
    nights.active.end(fault, job.id)
    nights.pass_(1)
    assert nights.copies(job.place) == before
    assert before[-1].read_bytes() == content
    assert listed(before[-1])


@pytest.mark.parametrize("job", TWICE, ids=[job.id for job in TWICE])
def test_a_second_copy_differs_and_is_as_large(nights: Nights, job: Job) -> None:
    nights.active.begin("second-copy-differs", job.id)
    nights.pass_(1)
    first, second = nights.copies(job.place)[-1], nights.copies(job.second)[-1]
    assert first.name == second.name
    assert first.stat().st_size == second.stat().st_size
    assert first.read_bytes() != second.read_bytes()
    assert listed(first)
    nights.active.end("second-copy-differs", job.id)
    nights.pass_(1)
    assert first.read_bytes() == second.read_bytes()


def test_a_night_without_a_backup_is_overdue_at_any_time_of_day(tmp_path: Path) -> None:
    nights = Nights(tmp_path)
    nights.active.begin("backup-stale", JOBS[0].id)
    for _ in range(24):
        nights.pass_(3600)
        age = nights.now - nights.copies(JOBS[0].place)[-1].stat().st_mtime
        assert DAY + 3600 < age < 2 * DAY + 2 * 3600


def test_what_cannot_be_written_for_a_while_is_told_once_and_written_later(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    nights = Nights(tmp_path)
    part, host = OnDisk(nights.backups), tmp_path / "backup-host"
    host.rename(tmp_path / "away")
    nights.now += DAY
    for _ in range(3):
        part.advance(1)
    assert len(caplog.records) == 1
    assert "cannot be written: No such file or directory" in caplog.text
    (tmp_path / "away").rename(host)
    part.advance(1)
    assert all(listed(nights.copies(job.place)[-1]) for job in JOBS)
    assert nights.copies(JOBS[0].place)[-1].stat().st_mtime > NOW


def test_a_centre_that_cannot_write_at_all_does_not_begin(tmp_path: Path) -> None:
    nights = Nights(tmp_path)
    (tmp_path / "backup-host").rename(tmp_path / "away")
    nights.now += DAY
    with pytest.raises(FileNotFoundError):
        OnDisk(nights.backups)
