"""Backups on hosts whose account may use SFTP and nothing else: OpenSSH's internal-sftp, forced."""

from __future__ import annotations

import gzip
import hashlib
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from agent.core.model import Target
from agent.core.text import spoken
from collectors.backup import check, offsite, over_sftp, restore, store
from tests.collectors.backup_jobs import DAY, HOUR, Job, said, write
from tests.collectors.test_backup import HOSTILE_NAMES
from tests.collectors.ways import value
from tests.sshd import Keys, Sshd, sshd


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    options = ("Subsystem sftp internal-sftp", "ForceCommand internal-sftp")
    with sshd(tmp_path_factory.mktemp("sshd"), Keys(options=options)) as running:
        yield running


@pytest.fixture
def host(server: Sshd) -> Target:
    return replace(server.target(id_="store"), options=SimpleNamespace(local=False))


def job_on(host: Target, folder: Path, **options: object) -> Job:
    return Job({"path": str(folder), **options, "host": "store"}, {"store": host}, at=time.time())


@pytest.mark.parametrize("by", [{}, {"by": "sftp"}])
def test_age_size_and_copies_are_told_by_sftp(by: dict[str, str], host: Target, tmp_path: Path) -> None:
    job = job_on(host, tmp_path, pattern="*.gz", **by)
    for day in range(3):
        write(tmp_path, f"{day}.gz", day * DAY + HOUR, now=job.at)
    write(tmp_path, "other.txt", 0, now=job.at)
    write(tmp_path, "9.gz.part", 120, now=job.at)
    found = job.values()
    assert (found["copies"], found["size_bytes"], found["last_run_failed"]) == (3, 1000, 0)
    assert found["overdue_seconds"] == pytest.approx(-29 * HOUR, abs=3)
    assert "being written" in said(job.poll())


def test_names_of_any_bytes_are_copies_by_sftp_too(host: Target, tmp_path: Path) -> None:
    job = job_on(host, tmp_path, pattern="*.gz", by="sftp")
    for number, name in enumerate(HOSTILE_NAMES):
        write(tmp_path, name, number * DAY + HOUR, now=job.at)
    assert job.values()["copies"] == len(HOSTILE_NAMES)
    assert sorted(os.listdir(os.fsencode(tmp_path))) == sorted(HOSTILE_NAMES)


def test_folders_below_are_looked_into_and_no_link_is_followed(host: Target, tmp_path: Path) -> None:
    job = job_on(host, tmp_path, pattern="*.gz", depth=2, by="sftp")
    for folder in ("a", "b", "a/deeper"):
        (tmp_path / folder).mkdir()
        write(tmp_path / folder, "db.gz", HOUR + len(folder), now=job.at)
    (tmp_path / "c").symlink_to(tmp_path / "a/deeper")
    (tmp_path / "link.gz").symlink_to(tmp_path / "a/db.gz")
    os.mkfifo(tmp_path / "pipe.gz")
    assert job.values()["copies"] == 2


def test_what_is_missing_or_closed_is_said_by_sftp(host: Target, tmp_path: Path) -> None:
    failure = job_on(host, tmp_path / "gone", by="sftp").poll().failure
    assert failure is not None
    assert (failure.kind, "no such file or folder" in failure.message) == ("missing", True)
    write(tmp_path, "file", HOUR)
    failure = job_on(host, tmp_path / "file", by="sftp").poll().failure
    assert failure is not None


def test_a_checksum_is_compared_and_an_archive_is_not_passed_unopened(host: Target, tmp_path: Path) -> None:
    content = b"\0\1\2" * 50_000
    job = job_on(host, tmp_path, pattern="db.bin")
    write(tmp_path, "db.bin", HOUR, content, now=job.at)
    (tmp_path / "SHA256SUMS").write_text(f"{hashlib.sha256(content).hexdigest()}  db.bin\n")
    assert value(job.poll(check.COLLECTOR), "backup_verified") == 1
    write(tmp_path, "db.bin", HOUR - 5, content[::-1], now=job.at)
    bad = job.poll(check.COLLECTOR)
    assert (value(bad, "backup_verified"), "not the one that is listed" in said(bad)) == (0, True)
    packed = job_on(host, tmp_path, pattern="*.gz")
    write(tmp_path, "db.gz", HOUR, gzip.compress(content), now=job.at)
    reading = packed.poll(check.COLLECTOR)
    assert value(reading, "backup_verified") is None
    (remark,) = reading.remarks
    assert "只能用 SFTP" in spoken(remark, "zh")


def test_the_end_of_a_dump_is_read_by_sftp(host: Target, tmp_path: Path) -> None:
    job = job_on(host, tmp_path, kind="mysql")
    whole = b"-- MySQL dump 10.13\n" + b"INSERT\n" * 500 + b"-- Dump completed on 2026-01-01\n"
    write(tmp_path, "db.sql", HOUR, whole, now=job.at)
    assert value(job.poll(check.COLLECTOR), "backup_verified") == 1
    write(tmp_path, "db.sql", HOUR - 5, whole[:-40], now=job.at)
    assert value(job.poll(check.COLLECTOR), "backup_verified") == 0


def test_too_large_a_copy_is_not_fetched_and_not_passed(host: Target, tmp_path: Path) -> None:
    job = job_on(host, tmp_path, pattern="*.bin")
    with (tmp_path / "db.bin").open("wb") as file:
        file.write(b"\x01\x02\x03")
        file.truncate(over_sftp.MOST_READ + 1)
    os.utime(tmp_path / "db.bin", (job.at - HOUR, job.at - HOUR))
    (tmp_path / "db.bin.sha256").write_text("0" * 64)
    reading = job.poll(check.COLLECTOR)
    assert value(reading, "backup_verified") is None
    assert "64 MiB" in said(reading)


def test_free_space_is_told_by_the_servers_statvfs(host: Target, tmp_path: Path) -> None:
    reading = job_on(host, tmp_path, isolation={"account": "app"}).poll(store.COLLECTOR)
    assert reading.failure is None
    here = os.statvfs(tmp_path)
    free = here.f_bavail / (here.f_blocks - here.f_bfree + here.f_bavail)
    assert value(reading, "backup_space_free_ratio") == pytest.approx(free, abs=0.01)
    assert "isolation is seen by commands only" in said(reading)
    assert "backup_isolated" not in reading.by_metric


def test_a_second_copy_by_sftp_is_compared_and_one_of_another_size_differs(host: Target, tmp_path: Path) -> None:
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
    second = {"host": "store", "path": str(tmp_path / "second")}
    job = job_on(host, tmp_path / "first", second_copy=second)
    for name in ("first", "second"):
        write(tmp_path / name, "db.gz", HOUR, now=job.at)
    assert value(job.poll(offsite.COLLECTOR), "backup_offsite_match") == 1
    write(tmp_path / "second", "db.gz", HOUR - 1, b"x" * 999, now=job.at)
    assert value(job.poll(offsite.COLLECTOR), "backup_offsite_match") == 0


def test_second_copies_too_large_to_be_fetched_are_not_told_to_be_the_same(host: Target, tmp_path: Path) -> None:
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
    job = job_on(host, tmp_path / "first", second_copy={"host": "store", "path": str(tmp_path / "second")})
    for name in ("first", "second"):
        path = write(tmp_path / name, "db.gz", HOUR, now=job.at)
        os.truncate(path, over_sftp.MOST_READ + 1)
        os.utime(path, (job.at - HOUR, job.at - HOUR))
    reading = job.poll(offsite.COLLECTOR)
    assert "backup_offsite_match" not in reading.by_metric
    assert "not told to be the same" in said(reading)


def test_how_the_last_run_ended_is_read_by_sftp(host: Target, tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    (tmp_path / "status").write_text("1\n")
    os.mkfifo(tmp_path / "pipe")
    job = job_on(host, tmp_path / "store", run={"status": str(tmp_path / "status")})
    write(tmp_path / "store", "db.gz", HOUR, now=job.at)
    assert job.values()["last_run_failed"] == 1
    began = time.monotonic()
    reading = job_on(host, tmp_path / "store", run={"status": str(tmp_path / "pipe")}).poll()
    assert (value(reading, "backup_copies"), time.monotonic() - began < 5) == (1, True)
    assert "is no file" in said(reading)


def test_a_repository_of_restic_needs_commands_and_says_so(host: Target, tmp_path: Path) -> None:
    job = job_on(host, tmp_path, kind="restic", restic={"password": "x"}, restore_sample={})
    for collector in (check.COLLECTOR, restore.COLLECTOR):
        failure = job.poll(collector).failure
        assert failure is not None
        assert (failure.kind, "give it a shell" in failure.message) == ("permission", True)


def test_patterns_match_as_find_has_them() -> None:
    for pattern, name, matches in (
        ("*.gz", ".db.gz", True),
        ("db?.gz", "db1.gz", True),
        ("[!a]b", "ab", False),
        (r"a\*b", "axb", False),
        (r"a\*b", "a*b", True),
        ("*.gz", "DB.GZ", False),
        ("*", "a\nb\udcff", True),
        ("*.gz", ".db.gz.a1b2c3", True),
    ):
        assert over_sftp.wanted(pattern)(name) is matches, (pattern, name)
    began = time.monotonic()
    assert not over_sftp.wanted("*a" * 20 + "b")("a" * 250)
    assert time.monotonic() - began < 1


def test_an_account_that_is_shut_into_a_folder_names_paths_from_there(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can shut a login into a folder")
    # sshd wants every folder above it to be root's alone, which those of the tests are not.
    with tempfile.TemporaryDirectory(dir="/var/lib", prefix="shouwang-test-") as jail:
        os.chmod(jail, 0o755)
        (Path(jail) / "backup").mkdir()
        options = ("Subsystem sftp internal-sftp", "ForceCommand internal-sftp", f"ChrootDirectory {jail}")
        with sshd(tmp_path, Keys(options=options)) as server:
            host = replace(server.target(id_="store"), options=SimpleNamespace(local=False))
            job = job_on(host, Path("/backup"))
            write(Path(jail) / "backup", "db.gz", HOUR, now=job.at)
            assert job.values()["copies"] == 1
            failure = job_on(host, Path(jail) / "backup").poll().failure
            assert failure is not None
            assert "in a chroot, paths begin there" in failure.message


@pytest.mark.parametrize("system", ["windows", "linux"])
def test_an_account_without_sftp_and_without_a_shell_is_said(system: str, tmp_path: Path) -> None:
    with sshd(tmp_path, Keys(options=("ForceCommand echo no; exit 1",))) as server:
        host = replace(server.target(id_="store"), options=SimpleNamespace(local=False, system=system))
        failure = job_on(host, tmp_path).poll().failure
    assert failure is not None
    assert (failure.kind, "gives this login no sftp" in failure.message) == ("permission", True)
