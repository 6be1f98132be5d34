"""Second copies: on another host, on another disk; late, missing, different."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from agent.core.model import Reading
from collectors.backup import offsite
from tests.collectors.backup_jobs import DAY, HOUR, Job, said, write
from tests.collectors.test_backup_ssh import as_host, server  # noqa: F401 - a fixture
from tests.collectors.ways import value
from tests.sshd import Sshd


@pytest.fixture
def places(tmp_path: Path) -> tuple[Path, Path]:
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    return first, second


def job(places: tuple[Path, Path], **options: object) -> Job:
    return Job({"path": str(places[0]), "second_copy": {"path": str(places[1])}, **options}, at=time.time())


def told(reading: Reading) -> tuple[float | None, float | None]:
    assert reading.failure is None, reading.failure
    ratio = value(reading, "backup_offsite_overdue_ratio")
    return value(reading, "backup_offsite_match"), None if ratio is None else round(ratio, 2)


def test_a_copy_of_another_place_is_the_same_and_in_time(places: tuple[Path, Path]) -> None:
    ours = job(places)
    for place in places:
        write(place, "a.gz", HOUR, b"same", ours.at)
    reading = ours.poll(offsite.COLLECTOR)
    assert told(reading) == (1, round(-47 / 24, 2))
    assert value(reading, "backup_offsite_timestamp_seconds") == pytest.approx(ours.at - HOUR, abs=2)


@pytest.mark.parametrize("content", [b"somE", b"some and more"])
def test_a_copy_that_differs_is_told(content: bytes, places: tuple[Path, Path]) -> None:
    ours = job(places)
    write(places[0], "a.gz", HOUR, b"some", ours.at)
    write(places[1], "a.gz", HOUR / 2, content, ours.at)
    reading = ours.poll(offsite.COLLECTOR)
    assert told(reading)[0] == 0
    assert "not the same" in said(reading)


def test_a_second_place_that_gets_nothing_any_more_is_late(places: tuple[Path, Path]) -> None:
    ours = job(places)
    write(places[0], "new.gz", HOUR, now=ours.at)
    write(places[1], "old.gz", 4 * DAY, now=ours.at)
    reading = ours.poll(offsite.COLLECTOR)
    assert told(reading) == (None, 2.0)
    assert "second copy is late" in said(reading)


def test_an_empty_second_place_is_late_two_days_after_it_was_first_looked_at(places: tuple[Path, Path]) -> None:
    ours = job(places)
    assert told(ours.poll(offsite.COLLECTOR)) == (None, -2.0)
    ours.at += 2.5 * DAY
    assert told(ours.poll(offsite.COLLECTOR)) == (None, 0.5)


def test_copies_are_compared_once_and_again_a_day_later(places: tuple[Path, Path]) -> None:
    ours = job(places)
    for place in places:
        write(place, "a.gz", HOUR, b"same", ours.at)
    assert told(ours.poll(offsite.COLLECTOR))[0] == 1
    write(places[1], "a.gz", HOUR, b"sane", ours.at)
    ours.at += HOUR
    assert told(ours.poll(offsite.COLLECTOR))[0] == 1
    ours.at += DAY
    assert told(ours.poll(offsite.COLLECTOR))[0] == 0


def test_a_second_host_is_logged_in_to(places: tuple[Path, Path], server: Sshd) -> None:  # noqa: F811
    ours = job(places, second_copy={"host": "store", "path": str(places[1])})
    ours.hosts = {"store": as_host(server)}
    for place in places:
        write(place, "a.gz", HOUR, b"same", ours.at)
    assert told(ours.poll(offsite.COLLECTOR))[0] == 1


def test_both_on_one_host_do_not_wait_for_each_other(places: tuple[Path, Path], server: Sshd) -> None:  # noqa: F811
    ours = job(places, host="store", second_copy={"host": "store", "path": str(places[1])})
    ours.hosts = {"store": as_host(server)}
    for place in places:
        write(place, "a.gz", HOUR, b"same", ours.at)
    began = time.monotonic()
    assert told(ours.poll(offsite.COLLECTOR))[0] == 1
    assert time.monotonic() - began < 15


def test_what_was_read_of_the_second_is_kept_where_the_first_cannot_be_read(places: tuple[Path, Path]) -> None:
    ours = job(places)
    write(places[1], "a.gz", HOUR, now=ours.at)
    places[0].rmdir()
    reading = ours.poll(offsite.COLLECTOR)
    assert reading.failure is not None
    assert value(reading, "backup_offsite_overdue_ratio") == pytest.approx(-47 / 24, abs=0.01)
