"""Repositories of restic: a real one, read and checked by restic itself without leaving a trace."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from agent.core.secrets import Secret
from collectors.backup import BackupOptions, check, restore
from collectors.backup.restic import command, listed
from tests.collectors.backup_jobs import DAY, HOUR, Job, said
from tests.collectors.test_backup_ssh import as_host, server  # noqa: F401 - a fixture
from tests.collectors.ways import value
from tests.peers import need, until
from tests.sshd import Sshd

PASSWORD = "canary'\\ $(touch x)\" of restic"


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three snapshots, of two days ago, of yesterday and of an hour ago, and one of another host."""
    folder = tmp_path_factory.mktemp("restic")
    source, made = folder / "source", folder / "repository"
    source.mkdir()
    restic(made, "init")
    for number, age in enumerate((2 * DAY + HOUR, DAY + HOUR, HOUR)):
        (source / f"{number}.bin").write_bytes(os.urandom(200_000))
        when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(time.time() - age))
        restic(made, "backup", "--host", "db", "--tag", "nightly", "--time", when, str(source))
    restic(made, "backup", "--host", "other", str(source))
    return made


def restic(repository: Path, *words: str) -> None:
    argv = [need("restic"), "-q", "-r", str(repository), "--no-cache", *words]
    env = {**os.environ, "RESTIC_PASSWORD": PASSWORD}
    done = subprocess.run(argv, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


def job(repository: Path, hosts: dict[str, Any] | None = None, **options: object) -> Job:
    ours = {"password": Secret(PASSWORD), "hosts": ["db"]} | options.pop("restic", {})  # type: ignore[operator]
    return Job({"kind": "restic", "path": str(repository), "restic": ours, **options}, hosts or {}, at=time.time())


def tree(folder: Path) -> dict[str, tuple[int, float]]:
    return {str(each): (each.stat().st_size, each.stat().st_mtime) for each in folder.rglob("*")}


def test_snapshots_are_copies_and_nothing_is_written(repository: Path) -> None:
    before = tree(repository)
    found = job(repository).values()
    assert found["copies"] == 3
    assert found["overdue_seconds"] == pytest.approx(-29 * HOUR, abs=30)
    assert found["size_bytes"] == 600_000
    assert found["last_run_failed"] == 0
    assert job(repository).values(check.COLLECTOR)["verified"] == 1
    assert tree(repository) == before


def test_a_size_is_compared_with_those_that_were_seen_before(repository: Path) -> None:
    nightly = job(repository)
    key = [int(time.time()) - 5 * DAY, 100_000]
    nightly.values()
    kept = nightly.kept.of("backup", nightly.target)
    kept["sizes"] = [key, [key[0] + DAY, 200_000], *kept["sizes"]]
    assert nightly.values()["size_change_ratio"] == pytest.approx(600_000 / 150_000 - 1)


def test_only_snapshots_that_are_asked_for_count(repository: Path) -> None:
    argv = [need("restic"), "-r", str(repository), "--no-cache", "--json", "snapshots"]
    done = subprocess.run(
        argv, env={**os.environ, "RESTIC_PASSWORD": PASSWORD}, capture_output=True, check=True, timeout=60
    )

    def counted(**more: object) -> int:
        return len(list(listed(done.stdout, job(repository, restic=more).target.options)))

    assert (counted(), counted(hosts=[]), counted(tags=["nightly"])) == (3, 4, 3)
    assert (counted(paths=["/elsewhere"]), counted(paths=[str(repository.parent / "source")])) == (0, 3)


def test_a_wrong_password_and_a_missing_repository_are_told_apart(repository: Path, tmp_path: Path) -> None:
    wrong = job(repository, restic={"password": Secret("wrong")}).poll().failure
    assert wrong is not None
    assert wrong.kind == "authentication"
    gone = job(tmp_path / "gone").poll().failure
    assert gone is not None
    assert gone.kind == "missing"
    assert "no repository" in gone.message


def test_the_password_is_in_no_argument_and_no_message(repository: Path) -> None:
    options = job(repository).target.options
    assert PASSWORD not in " ".join(command(options, "snapshots").argv)
    reading = job(repository, restic={"password": Secret("other canary")}).poll()
    assert "canary" not in repr(reading)


def test_a_repository_that_lost_a_file_fails_its_check(repository: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(repository, broken)
    pack = max((each for each in (broken / "data").rglob("*") if each.is_file()), key=lambda each: each.stat().st_size)
    content = bytearray(pack.read_bytes())
    content[1000] ^= 0xFF
    pack.chmod(0o600)
    pack.write_bytes(content)
    assert job(broken, verify={"read_data": 100}).values(check.COLLECTOR)["verified"] == 0
    pack.unlink()
    reading = job(broken).poll(check.COLLECTOR)
    assert value(reading, "backup_verified") == 0
    assert "restic check finds errors" in said(reading)


def test_errors_that_a_check_finds_under_a_lock_say_nothing_until_it_is_given_back_or_old(
    repository: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "repository"
    shutil.copytree(repository, copy)
    # The largest holds files; one of folders restic tries to read again for a minute.
    max((copy / "data").rglob("??*"), key=lambda each: each.stat().st_size * each.is_file()).unlink()
    argv = [need("restic"), "-q", "-r", str(copy), "--no-cache", "backup", "--stdin"]
    env = {**os.environ, "RESTIC_PASSWORD": PASSWORD}
    with subprocess.Popen(argv, env=env, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as writer:
        until(lambda: any((copy / "locks").iterdir()), why="restic has locked the repository")
        ours = job(copy)
        reading = ours.poll(check.COLLECTOR)
        assert reading.failure is None
        assert value(reading, "backup_verified") is None
        assert "was being written to" in said(reading)
        writer.kill()  # the lock stays
    late = job(copy)
    late.at += HOUR
    reading = late.poll(check.COLLECTOR)
    assert (value(reading, "backup_verified"), "finds errors" in said(reading)) == (0, True)


def test_a_repository_on_a_host_is_read_by_the_hosts_restic(repository: Path, server: Sshd, tmp_path: Path) -> None:  # noqa: F811
    password = tmp_path / "password"
    password.write_text(PASSWORD)
    hosts = {"store": as_host(server)}
    assert job(repository, hosts, host="store").values()["copies"] == 3
    by_file = Job({**job(repository).options, "host": "store", "restic": {"password_file": str(password)}}, hosts)
    by_file.at = time.time()
    assert by_file.values(check.COLLECTOR)["verified"] == 1


def restored(repository: Path, hosts: dict[str, Any] | None = None, **options: object) -> Job:
    return job(repository, hosts, restore_sample={"files": 2}, **options)


def test_files_are_restored_into_checksums_and_compared_with_those_on_the_host(
    repository: Path,
    server: Sshd,  # noqa: F811
    tmp_path: Path,
) -> None:
    before = tree(repository)
    local = restored(repository)
    reading = local.poll(restore.COLLECTOR)
    assert reading.failure is None, reading.failure
    assert "2 of 2 files identical" in said(reading)
    assert value(reading, "backup_restore_ok") == 1
    assert value(reading, "backup_restore_timestamp_seconds") == local.at
    again = local.poll(restore.COLLECTOR)
    assert (value(again, "backup_restore_ok"), "files identical" in said(again)) == (1, False)
    far = restored(repository, {"store": as_host(server)}, host="store").poll(restore.COLLECTOR)
    assert value(far, "backup_restore_ok") == 1
    assert tree(repository) == before


def test_a_file_that_differs_although_nobody_touched_it_fails_the_restore(tmp_path: Path) -> None:
    source, repository = tmp_path / "source", tmp_path / "repository"
    source.mkdir()
    for name in ("a", "b $(touch x)\n'", "c"):
        (source / name).write_bytes(os.urandom(1000))
    restic(repository, "init")
    restic(repository, "backup", "--host", "db", str(source))
    changed = source / "b $(touch x)\n'"
    was = changed.stat()
    changed.write_bytes(os.urandom(1000))
    os.utime(changed, (was.st_atime, was.st_mtime))
    (source / "c").write_bytes(b"written to since")
    reading = restored(repository).poll(restore.COLLECTOR)
    assert "1 of 2 files identical" in said(reading)
    assert value(reading, "backup_restore_ok") == 0
    shutil.rmtree(source)
    nothing = restored(repository).poll(restore.COLLECTOR)
    assert (value(nothing, "backup_restore_ok"), "0 of 0" in said(nothing)) == (None, True)


@pytest.mark.parametrize(
    "options",
    [
        {"path": "sftp:-oProxyCommand=touch x:/"},
        {"path": "rclone:x"},
        {"path": "rest:https://user:secret@host/"},
        {"path": "/r", "restic": {}},
        {"path": "/r", "restic": {"password": "a", "password_file": "/b"}},
        {"path": "/r", "kind": "files", "restic": {"password": "a"}},
        {"path": "/r", "kind": "files", "restic": None, "host": "h", "by": "sftp", "restore_sample": {}},
    ],
)
def test_what_would_start_a_program_or_show_a_password_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        BackupOptions.model_validate({"id": "r", "kind": "restic", "restic": {"password": "a"}, **options})


@pytest.mark.parametrize("output", [b"", b"{}", b"[1]", b'[{"time": 1}]', b"null x", b'[{"id":"a","time":"never"}]'])
def test_output_that_is_not_restics_is_no_reading(output: bytes, repository: Path) -> None:
    options = job(repository).target.options.model_copy(update={"restic": None})
    if output == b"{}":
        assert list(listed(output, options)) == []
        return
    with pytest.raises(Exception, match="not the JSON"):
        list(listed(output, options))
