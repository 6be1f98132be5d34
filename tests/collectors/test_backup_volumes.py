"""Copies in volumes are one copy each, and rotated copies are not taken for volumes."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from collectors.backup import check, offsite
from collectors.backup.listing import File
from collectors.backup.volumes import joined
from tests.collectors.backup_jobs import DAY, HOUR, NOW, Job, said, write
from tests.collectors.ways import value
from tests.peers import need


def volumes(names: str, size: int = 100, last: int = 40, step: int = 60, at: int = 0) -> list[File]:
    found = names.split()
    return [
        File(f"/b/{name}", size if place < len(found) - 1 else last, at + place * step)
        for place, name in enumerate(found)
    ]


@pytest.mark.parametrize(
    ("names", "missing"),
    [
        ("db.part1.rar db.part2.rar db.part3.rar", 0),
        ("db.part01.rar db.part03.rar", 1),
        ("db.7z.001 db.7z.002 db.7z.003", 0),
        ("db.7z.001 db.7z.003", 1),
        ("db.7z.002 db.7z.003", 1),
        ("db.tar.gz.aa db.tar.gz.ab db.tar.gz.ac", 0),
        ("db.tar.gz.aa db.tar.gz.ac", 1),
        ("db.tgz.00 db.tgz.01", 0),
        ("db.z01 db.z02 db.zip", 0),
        ("db.z01 db.z03 db.zip", 1),
    ],
)
def test_the_volumes_of_a_set_are_one_copy_and_a_gap_is_seen(names: str, missing: int) -> None:
    (copy,) = joined(volumes(names))
    count = len(names.split())
    assert (copy.size, copy.missing, len(copy.volumes)) == (100 * (count - 1) + 40, missing, count)
    assert copy.path == f"/b/{names.split(maxsplit=1)[0]}"


@pytest.mark.parametrize(
    "files",
    [
        volumes("db.001 db.002 db.003", step=int(DAY)),  # one a day
        volumes("db.001 db.002 db.003", step=-int(HOUR)),  # rotated: the first is the newest
        volumes("db.001 db.002", last=101),
        [File(f"/b/db.sql.{name}", size, 0) for name, size in (("gz", 10), ("xz", 7), ("aa", 9))],
        volumes("db.zip"),
        volumes("db.sql db.tar"),
        volumes("db.2025 db.2026"),
    ],
)
def test_rotated_copies_and_other_names_are_not_volumes(files: list[File]) -> None:
    assert sorted(joined(files)) == sorted(files)


def test_a_copy_that_was_split_is_read_as_one_and_lacks_no_volume_in_the_middle(tmp_path: Path) -> None:
    for number in range(3):
        big = write(tmp_path, "big", 0, os.urandom(1000))
        subprocess.run([need("split"), "-b", "400", str(big), f"{tmp_path}/{number}.tar.gz."], check=True, timeout=10)
        for path in tmp_path.glob(f"{number}.tar.gz.*"):
            os.utime(path, (NOW - number * DAY - HOUR, NOW - number * DAY - HOUR))
    job = Job({"path": str(tmp_path), "pattern": "*.tar.gz.*", "second_copy": {"path": str(tmp_path)}})
    found = job.values()
    assert (found["copies"], found["size_bytes"], found["last_run_failed"]) == (3, 1000, 0)
    reading = job.poll(check.COLLECTOR)
    assert (value(reading, "backup_verified"), "in volumes is not unpacked" in said(reading)) == (None, True)
    assert value(job.poll(offsite.COLLECTOR), "backup_offsite_match") == 1
    (tmp_path / "0.tar.gz.ab").unlink()
    job.at += 3 * HOUR
    torn = job.poll()
    assert value(torn, "backup_copies") == 2
    assert value(torn, "backup_last_run_failed") == 1
    assert "one in between is missing" in said(torn)
