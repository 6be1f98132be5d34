"""Backups on this machine: real files in real folders."""

from __future__ import annotations

import asyncio
import gc
import os
import shlex
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import ValidationError

from agent.core.reach import Unanswered
from agent.core.secrets import Secret
from agent.core.ssh import Answer, Command
from agent.transports.ssh.quoting import posix
from collectors.backup import BackupOptions, isolation, listing, restic, space, testing
from collectors.backup.formats import Format, format_of
from collectors.backup.here import Here
from collectors.backup.options import RunOptions
from collectors.backup.run import asking, failed
from tests.apart import peak
from tests.collectors.backup_jobs import DAY, HOUR, NOW, Job, said, write
from tests.collectors.ways import value

HOSTILE_NAMES = (
    b"two\nlines.gz",
    b"quote'\".gz",
    b"$(touch executed).gz",
    b"`touch executed`.gz",
    b"-rf.gz",
    b"-exec touch executed ;.gz",
    b"\xff\xfe\xb1\xb8.gz",
    "数据库备份 11月.gz".encode(),
    b"tab\tand \\ backslash.gz",
    b"0 0 644 0 .gz",
    b"\n.gz",
    b"; touch executed;.gz",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "store"
    made.mkdir()
    return made


def with_clock(folder: Path, **options: object) -> Job:
    """The machine's own clock is the agent's: files are dated by it."""
    return Job({"path": str(folder), **options}, at=time.time())


def test_a_daily_copy_is_in_time_and_its_figures_are_told(folder: Path) -> None:
    job = with_clock(folder, pattern="*.gz")
    for day in range(9):
        write(folder, f"db-{day}.gz", day * DAY + HOUR, b"x" * (2000 - day), job.at)
    write(folder, "notes.txt", 60 * DAY, b"", job.at)
    found = job.values()
    assert found["last_success_timestamp_seconds"] == pytest.approx(job.at - HOUR, abs=2)
    assert found["overdue_seconds"] == pytest.approx(-29 * HOUR, abs=2)
    assert found["overdue_ratio"] == pytest.approx(-29 / 24, abs=0.001)
    assert found["interval_seconds"] == DAY
    assert (found["size_bytes"], found["copies"], found["last_run_failed"]) == (2000, 9, 0)
    assert found["size_change_ratio"] == pytest.approx(2000 / 1996 - 1)
    assert found["retention_missing"] == 0


def test_names_of_any_bytes_are_copies_and_nothing_of_them_is_run(folder: Path) -> None:
    job = with_clock(folder, pattern="*.gz")
    for number, name in enumerate(HOSTILE_NAMES):
        write(folder, name, number * DAY + HOUR, now=job.at)
    found = job.values()
    assert found["copies"] == len(HOSTILE_NAMES)
    assert found["last_success_timestamp_seconds"] == pytest.approx(job.at - HOUR, abs=2)
    assert sorted(os.listdir(os.fsencode(folder))) == sorted(HOSTILE_NAMES)
    assert not list(Path("/").glob("executed"))


# What a shell, find or stat would do something with; each is tried alone and in the midst of others.
DANGEROUS = (
    "$(touch {mark})",
    "`touch {mark}`",
    "; touch {mark}",
    "' ; touch {mark} ; '",
    '" ; touch {mark} ; "',
    "| touch {mark}",
    "&& touch {mark}",
    "|| touch {mark}",
    "& touch {mark} &",
    "\n touch {mark} \n",
    "\r\n touch {mark}",
    "' \n touch {mark} \n '",
    "\\'; touch {mark}; \\'",
    "${{IFS}}; touch {mark}",
    "$'\\n' touch {mark}",
    "> {mark}",
    ">> {mark}",
    "-exec touch {mark} ;",
    "-fprint {mark}",
    "-fls {mark}",
    "-delete",
    "-ok touch {mark} ;",
    "{{}} + -exec touch {mark}",
    "*",
    "[",
    "\\",
    "!",
    "(",
    "-o",
    "-print0",
    "%n //",
    "\x7f\x1b[2J",
    "{{a,b}}",
    "~root",
)
STRIDE = int(os.environ.get("STRIDE", "101"))
HOSTILE_VALUES = tuple(form.format(value) for value in DANGEROUS for form in ("{}", "x{}x", "-{} "))


def hostile_commands(folder: Path, mark: Path) -> list[Command]:
    """Every hostile value in every option that reaches a command, and as the name of a file on the host; every command
    that is built of them."""
    texts = [value.format(mark=mark) for value in HOSTILE_VALUES]
    assert len(texts) > 100
    return [command for text in texts for command in commands_of(f"{folder}/{text}", text, text.replace("/", "?"))]


def commands_of(path: str, text: str, name: str) -> Iterator[Command]:
    asked: dict[str, object] = {"id": "r", "kind": "restic", "restic": {"password": Secret(text)}, "path": path}
    by_file = {**asked, "restic": {"password_file": path}}
    yield from listing.looking(path)
    yield listing.finding(os.path.dirname(path), name)
    yield listing.finding(path, "*", 1, 60)
    yield from testing.looking(path, None)
    yield from testing.looking(path, name)
    for form in (format_of(b"\x1f\x8b"), format_of(b"PK\x03\x04"), format_of(b"PGDMP"), format_of(b"-- MySQL dump")):
        yield testing.inner(Format("gzip", "packed", "gzip"), path)
        for test in (
            *testing.tests(path, form, None, "0" * 64),
            *testing.tests(path, form, Format("tar", "tar"), None),
        ):
            yield from test.commands
    yield space.command(path)
    yield from isolation.asking("nobody", path)
    yield from isolation.looking(path)
    for options in (asked, by_file):
        made = BackupOptions.model_validate(options)
        yield from (restic.command(made, "snapshots"), restic.check(made))
    yield from asking(RunOptions(status=path))
    yield from asking(RunOptions(log=path, failed="x"))


def test_no_hostile_value_is_run_as_a_command(folder: Path, tmp_path: Path) -> None:
    """All are looked at as a shell would read them, one in STRIDE is run: 1 tries all, which takes minutes."""
    mark = tmp_path / "mark"
    write(folder, "db.gz", HOUR, now=NOW)
    commands = hostile_commands(folder, mark)
    for each in commands:
        assert tuple(shlex.split(os.fsdecode(posix(each.argv)))) == each.argv
    commands = commands[::STRIDE]

    async def main() -> int:
        here = Here(asyncio.get_running_loop().time() + 300)
        return len(await here.round([replace(each, limit=4096) for each in commands]))

    assert asyncio.run(main()) == len(commands) > 25
    assert not mark.exists()
    assert os.listdir(folder) == ["db.gz"]


def test_a_folder_that_is_not_there_is_no_reading_and_says_what_to_do(tmp_path: Path) -> None:
    reading = Job({"path": str(tmp_path / "gone")}).poll()
    assert reading.failure is not None
    assert reading.failure.kind == "missing"
    assert "no such folder" in reading.failure.message
    assert not any(sample.metric.name.startswith("backup_") for sample in reading.samples)


def test_a_folder_that_cannot_be_read_is_said(folder: Path) -> None:
    folder.chmod(0)
    failure = Job({"path": str(folder)}).poll().failure
    folder.chmod(0o700)
    if os.geteuid() == 0:  # root reads everything
        assert failure is None
    else:
        assert failure is not None
        assert failure.kind == "permission"


def test_a_file_in_the_place_of_a_folder_is_said(folder: Path) -> None:
    failure = Job({"path": str(write(folder, "db.gz", HOUR))}).poll().failure
    assert failure is not None
    assert "the file's name" in failure.message


def test_a_log_that_hangs_costs_its_own_patience_and_not_the_copies(folder: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "log")
    job = with_clock(folder, run={"log": str(tmp_path / "log"), "good": "done"})
    write(folder, "db.gz", HOUR, now=job.at)
    job.timeout = 3
    reading = job.poll()
    assert reading.failure is None
    assert value(reading, "backup_copies") == 1
    assert "how the last run ended is not known" in said(reading) or "no end" in said(reading)


def test_a_folder_behind_a_link_is_looked_into(folder: Path, tmp_path: Path) -> None:
    job = with_clock(tmp_path / "link")
    (tmp_path / "link").symlink_to(folder)
    write(folder, "db.gz", HOUR, now=job.at)
    assert job.values()["copies"] == 1


def test_folders_below_are_looked_into_as_deep_as_is_said(folder: Path) -> None:
    (folder / "2026-11").mkdir()
    job = with_clock(folder)
    write(folder / "2026-11", "db.gz", HOUR, now=job.at)
    assert job.values()["copies"] == 0
    job.options = {**job.options, "depth": 2}
    assert job.values()["copies"] == 1


def test_a_folder_with_nothing_in_it_is_late_once_a_copy_should_have_come(folder: Path) -> None:
    job = with_clock(folder)
    first = job.values()
    assert first["overdue_seconds"] == pytest.approx(-30 * HOUR, abs=2)
    assert "last_success_timestamp_seconds" not in first
    job.at += 31 * HOUR
    reading = job.poll()
    assert "no good backup at all" in said(reading)


def test_an_empty_copy_is_not_a_good_one(folder: Path) -> None:
    job = with_clock(folder)
    write(folder, "old.gz", 2 * DAY, now=job.at)
    write(folder, "new.gz", HOUR, b"", now=job.at)
    found = job.values()
    assert (found["size_bytes"], found["last_run_failed"], found["copies"]) == (0, 1, 1)
    assert found["overdue_seconds"] == pytest.approx(18 * HOUR, abs=2)
    assert "is empty" in said(job.poll())


def test_half_a_copy_is_none_and_one_that_nobody_finishes_is_a_failed_run(folder: Path) -> None:
    job = with_clock(folder, pattern="*.gz")
    write(folder, "old.gz", 20 * HOUR, now=job.at)
    write(folder, "new.gz.part", 60, now=job.at)
    found = job.values()
    assert (found["copies"], found["last_run_failed"]) == (1, 0)
    assert "being written" in said(job.poll())
    write(folder, "new.gz.part", 2 * HOUR, now=job.at)
    assert job.values()["last_run_failed"] == 1
    assert "Half a backup" in said(job.poll())


def test_a_copy_that_was_just_written_counts_at_the_second_look_that_finds_it_unchanged(folder: Path) -> None:
    job = with_clock(folder)
    write(folder, "db.gz", 30, now=job.at)
    assert job.values()["copies"] == 0
    job.at += 90
    assert job.values()["copies"] == 1


def test_what_is_remembered_outlives_the_agent_and_not_another_folder(folder: Path, tmp_path: Path) -> None:
    job = with_clock(folder)
    for day in range(3):
        write(folder, "only.tar", (3 - day) * DAY + HOUR, b"x" * (1000 + day), job.at)
        job.poll()
    assert job.values()["size_change_ratio"] == pytest.approx(1002 / 1000.5 - 1)
    (tmp_path / "other").mkdir()
    write(tmp_path / "other", "only.tar", HOUR, now=job.at)
    job.options = {"path": str(tmp_path / "other")}
    assert "size_change_ratio" not in job.values()


def test_the_newest_of_more_files_than_a_listing_takes_is_found_in_little_memory(folder: Path) -> None:
    """200,000 of them: benchmarks/backup_verdicts.py."""
    job = with_clock(folder, pattern="*.log")
    job.poll()  # whatever is loaded or made once is not counted
    old = write(folder, "0.log", 500 * DAY, now=job.at)
    for number in range(20_000):
        os.link(old, folder / f"{number:0100}.log")
    write(folder, "db.log", HOUR, now=job.at)
    gc.collect()
    before = peak(begin=True)
    reading = job.poll()
    grown = peak() - before
    assert reading.failure is None
    assert grown < 20, f"{grown} MB"
    assert "narrow `pattern`" in said(reading)
    assert "backup_copies" not in reading.by_metric
    assert value(reading, "backup_last_success_timestamp_seconds") == pytest.approx(job.at - HOUR, abs=2)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"path": "relative"}, "begins with /"),
        ({"path": "/b", "pattern": "a/b"}, "without a slash"),
        ({"path": "/b", "at": "25:00"}, "not a time of day"),
        ({"path": "/b", "days": []}, "days is empty"),
    ],
)
def test_what_means_nothing_is_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        BackupOptions.model_validate({"id": "db", **options})


def test_a_run_that_says_it_failed_has_failed_whatever_lies_there(folder: Path, tmp_path: Path) -> None:
    status, log = tmp_path / "status", tmp_path / "log"
    by_log = {"log": str(log), "failed": "(?i)error|failed", "good": "^backup completed"}
    for options, file, text, wanted in (
        ({"status": str(status)}, status, "0\n", 0),
        ({"status": str(status)}, status, "exit status 2\n", 1),
        (by_log, log, "start\nERROR: disk full\n", 1),
        (by_log, log, "ERROR: disk full\nbackup completed at 02:10\n", 0),
        (by_log, log, "backup completed at 02:10\nstart\n" + "x" * 100_000 + "\nFAILED to rotate\n", 1),
        (by_log, log, "nothing of it\n", 0),
        ({"status": str(status)}, status, "", 0),
    ):
        job = with_clock(folder, run=options)
        write(folder, "db.gz", HOUR, now=job.at)
        file.write_text(text)
        assert job.values()["last_run_failed"] == wanted, (options, text)
    status.unlink()
    reading = with_clock(folder, run={"status": str(status)}).poll()
    assert reading.failure is None
    assert "not known" in said(reading)


def test_no_more_is_begun_on_this_machine_while_what_was_killed_hangs() -> None:
    async def main() -> None:
        end = asyncio.get_running_loop().time() + 30
        stuck = [await asyncio.create_subprocess_exec("sleep", "60") for _ in range(2)]
        with pytest.raises(Unanswered, match="still hang"):
            await Here(end, stuck).run("true")
        for each in stuck:
            each.kill()
            await each.wait()
        assert (await Here(end, stuck).run("true")).ok
        assert stuck == []

    asyncio.run(main())


def test_output_without_end_is_cut_also_while_others_hold_the_loop() -> None:
    """More comes at once then than asyncio takes from a pipe, whose end is told only after that."""

    async def main() -> None:
        here = Here(asyncio.get_running_loop().time() + 30)
        for pause in range(10):
            asyncio.get_running_loop().call_later(0.002 * pause, time.sleep, 0.03)
            assert (await here.run("yes", limit=1000)).cut

    asyncio.run(main())


def test_this_machine_answers_as_a_host_does() -> None:
    async def main() -> None:
        here = Here(asyncio.get_running_loop().time() + 30)
        assert (await here.run("no-such-program")).absent
        assert (await here.run("sh", "-c", "echo said; echo wrong >&2; exit 7")).status == 7
        flood = await here.run("yes", limit=1000)
        assert (len(flood.stdout), flood.cut) == (1000, True)
        assert (await here.run("sleep", "60", seconds=0.2)).late
        (echoed,) = await here.round([Command(("cat",), stdin=b"in\0\xff")])
        assert echoed.stdout == b"in\0\xff"
        assert await here.read("/proc/self/comm") == b"head\n"
        with pytest.raises(Unanswered, match="cannot be read"):
            await here.read("/no/such/file")
        with pytest.raises(Unanswered, match="had no end"):
            await Here(asyncio.get_running_loop().time() + 0.2).run("sleep", "60")

    asyncio.run(main())


def test_a_unit_of_systemd_tells_how_its_last_run_ended() -> None:
    run = RunOptions(unit="backup@db.service")
    (command,) = asking(run)
    for said_, wanted in (
        (b"Result=success\nExecMainStatus=0\nExecMainExitTimestamp=Tue 2026-11-24 02:10:33 CST\n", False),
        (b"Result=exit-code\nExecMainStatus=1\nExecMainExitTimestamp=Tue 2026-11-24 02:10:33 CST\n", True),
        (b"Result=timeout\nExecMainStatus=15\nExecMainExitTimestamp=Tue 2026-11-24 02:10:33 CST\n", True),
        (b"Result=success\nExecMainStatus=0\nExecMainExitTimestamp=\n", None),
        (b"Result=success\nExecMainStatus=0\nExecMainExitTimestamp=n/a\n", None),
    ):
        assert failed(run, [Answer(command, 0, said_)]) is wanted
    for name in ("-H evil", "a b", "$(x)", "a/b", ""):
        with pytest.raises(ValidationError):
            RunOptions(unit=name)
