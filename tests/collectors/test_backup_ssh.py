"""Backups on hosts that are logged in to: a real sshd, and one whose only tools are busybox's."""

from __future__ import annotations

import asyncio
import gc
import gzip
import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from agent.core.model import Target
from agent.core.secrets import Secret
from agent.core.ssh import Answer, Command
from agent.reaching import reaching
from collectors.backup import check
from tests.apart import peak
from tests.collectors.backup_jobs import DAY, HOUR, Job, said, write
from tests.collectors.test_backup import HOSTILE_NAMES, STRIDE, hostile_commands
from tests.peers import need
from tests.ssh_server import PASSWORD, ssh_server
from tests.sshd import Keys, Sshd, sshd


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    with sshd(tmp_path_factory.mktemp("sshd")) as running:
        yield running


@pytest.fixture(scope="module")
def busybox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    """A host whose commands are busybox's, found before those of the system."""
    tools = tmp_path_factory.mktemp("busybox")
    subprocess.run([need("busybox"), "--install", "-s", str(tools)], check=True, timeout=30)
    options = (f"SetEnv PATH={tools}",)
    with sshd(tmp_path_factory.mktemp("sshd"), Keys(options=options)) as running:
        yield running


@pytest.fixture(params=["server", "busybox"])
def host(request: pytest.FixtureRequest) -> Target:
    return as_host(request.getfixturevalue(request.param))


def as_host(server: Sshd) -> Target:
    return replace(server.target(id_="store"), options=SimpleNamespace(local=False))


def job_on(host: Target, folder: Path, **options: object) -> Job:
    return Job({"path": str(folder), **options, "host": "store"}, {"store": host}, at=time.time())


def test_copies_on_a_host_are_read_in_one_login(server: Sshd, tmp_path: Path) -> None:
    job = job_on(as_host(server), tmp_path, pattern="*.gz")
    for day in range(3):
        write(tmp_path, f"{day}.gz", day * DAY + HOUR, now=job.at)
    before = server.logins
    found = job.values()
    assert (found["copies"], found["size_bytes"], found["last_run_failed"]) == (3, 1000, 0)
    assert found["overdue_seconds"] == pytest.approx(-29 * HOUR, abs=3)
    assert server.logins == before + 1


def test_names_of_any_bytes_are_copies_on_a_host_too(host: Target, tmp_path: Path) -> None:
    job = job_on(host, tmp_path, pattern="*.gz")
    for number, name in enumerate(HOSTILE_NAMES):
        write(tmp_path, name, number * DAY + HOUR, now=job.at)
    found = job.values()
    assert found["copies"] == len(HOSTILE_NAMES)
    assert found["overdue_seconds"] == pytest.approx(-29 * HOUR, abs=3)
    assert sorted(os.listdir(os.fsencode(tmp_path))) == sorted(HOSTILE_NAMES)


def test_no_value_of_agent_yaml_is_run_on_a_host(server: Sshd, tmp_path: Path) -> None:
    folder, mark = tmp_path / "store", tmp_path / "mark"
    folder.mkdir()
    write(folder, "db.gz", HOUR)
    commands = hostile_commands(folder, mark)[::STRIDE]
    asked = [replace(each, limit=4096) for each in commands]
    answers = asyncio.run(in_rounds(server.target(timeout=300), asked))
    assert len(answers) == len(asked)
    assert not mark.exists()
    assert os.listdir(folder) == ["db.gz"]


async def in_rounds(target: Target, asked: Sequence[Command]) -> list[Answer]:
    async with reaching() as reach, reach.ssh.session(target) as session:
        return [
            answer for first in range(0, len(asked), 200) for answer in await session.round(asked[first : first + 200])
        ]


def test_a_folder_that_is_missing_on_a_host_is_said(host: Target, tmp_path: Path) -> None:
    failure = job_on(host, tmp_path / "gone").poll().failure
    assert failure is not None
    assert (failure.kind, "no such folder" in failure.message) == ("missing", True)


def test_a_host_whose_clock_is_wrong_still_tells_the_age_of_its_copies(server: Sshd, tmp_path: Path) -> None:
    job = job_on(as_host(server), tmp_path)
    write(tmp_path, "db.gz", HOUR, now=job.at)
    job.at -= 5 * HOUR  # the host is five hours ahead of the agent
    reading = job.poll()
    assert "ahead of ours" in said(reading)
    assert reading.by_metric["backup_overdue_seconds"][0].value == pytest.approx(-29 * HOUR, abs=3)


def test_many_files_on_a_host_are_read_within_the_limits_of_a_round(host: Target, tmp_path: Path) -> None:
    job = job_on(host, tmp_path, pattern="*.log")
    old = write(tmp_path, "0.log", 500 * DAY, now=job.at)
    for number in range(20_000):
        os.link(old, tmp_path / f"{number:0100}.log")
    write(tmp_path, "new.log", HOUR, now=job.at)
    reading = job.poll()
    assert reading.failure is None
    assert "narrow `pattern`" in said(reading)
    assert reading.by_metric["backup_size_bytes"][0].value == 1000


def test_a_host_that_is_not_in_known_hosts_is_no_reading(server: Sshd, tmp_path: Path) -> None:
    (tmp_path / "known_hosts").touch()
    login = replace(server.login, known_hosts=str(tmp_path / "known_hosts"))
    host = as_host(server)
    assert host.login is not None
    failure = job_on(replace(host, login=replace(host.login, ssh=login)), tmp_path).poll().failure
    assert failure is not None
    assert failure.kind == "host_key"


@pytest.mark.parametrize("word", ["says nothing", "output without end"])
def test_a_host_that_misbehaves_costs_no_more_than_the_backups_timeout(word: str, tmp_path: Path) -> None:
    with ssh_server(tmp_path, word) as server:
        target = server.target(id_="store", key=None, password=Secret(PASSWORD))
        job = job_on(replace(target, options=SimpleNamespace(local=False)), tmp_path)
        job.timeout = 1.0
        if word != "says nothing":
            job.poll()  # whatever is loaded or made once is not counted
        gc.collect()
        before, began = peak(begin=True), time.monotonic()
        reading = job.poll()
        grown = peak() - before
    assert reading.failure is not None
    assert time.monotonic() - began < 3
    assert grown < 20, f"{grown} MB"


def test_a_gigabyte_in_the_place_of_a_list_of_checksums_is_cut_and_costs_little_memory(
    server: Sshd, tmp_path: Path
) -> None:
    host = as_host(server)
    (tmp_path / "db.gz").write_bytes(gzip.compress(b"x"))
    with (tmp_path / "db.gz.sha256").open("wb") as list_:
        list_.truncate(2**30)
    job = job_on(host, tmp_path, pattern="*.gz")
    os.utime(tmp_path / "db.gz", (job.at - HOUR, job.at - HOUR))
    gc.collect()
    before = peak(begin=True)
    reading = job.poll(check.COLLECTOR)
    grown = peak() - before
    assert reading.failure is None
    assert reading.by_metric["backup_verified"][0].value == 1
    assert grown < 20, f"{grown} MB"
