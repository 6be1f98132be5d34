"""What is seen of an application on this machine: its process, and a spool, which may be full or hang."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from agent.core.reach import CannotAsk, Poll, Reach
from collectors.application import ApplicationOptions
from collectors.application.aside import bounded
from collectors.application.on_host import waiting
from tests.collectors.applications import UP, page, poll, why
from tests.collectors.ways import value, values
from tests.transports.http_server import plain

BACKLOG, OLDEST = "application_upload_backlog", "application_upload_oldest_timestamp_seconds"
NOBODY: Any = None


def spooled(place: Path, **options: Any) -> Any:
    return poll({"role": "upload", "host": "self", "spool": str(place), **options})


def test_files_that_wait_are_counted_and_the_oldest_is_told(tmp_path: Path) -> None:
    for number, name in enumerate(("a.xml", "b.xml", "c.txt", ".d.xml")):
        (tmp_path / name).write_text(name)
        os.utime(tmp_path / name, (0, 1_700_000_000 + number))
    (tmp_path / "sent").mkdir()
    found = spooled(tmp_path)
    assert found.failure is None
    assert values(found, BACKLOG) == {("upload",): 3}
    assert values(found, OLDEST) == {("upload",): 1_700_000_000}
    assert values(found, UP) == {}
    assert values(spooled(tmp_path, pattern="c.*"), OLDEST) == {("upload",): 1_700_000_002}


def test_an_empty_spool_has_no_oldest(tmp_path: Path) -> None:
    found = spooled(tmp_path)
    assert (value(found, BACKLOG), value(found, OLDEST)) == (0, None)


def test_a_spool_that_is_not_there_could_not_be_read(tmp_path: Path) -> None:
    found = spooled(tmp_path / "none")
    assert found.failure is not None
    assert found.failure.kind == "missing"
    assert "No such file or directory" in found.failure.message


def test_beside_a_page_a_spool_that_cannot_be_read_is_a_remark(tmp_path: Path) -> None:
    found = page(plain(), host="self", spool=str(tmp_path / "none"))
    assert (found.failure, value(found, UP)) == (None, 1)
    assert "No such file or directory" in found.remarks[0]


def test_a_hundred_thousand_files_are_counted_in_time_and_others_are_not_held_up(tmp_path: Path) -> None:
    for number in range(100_000):
        os.close(os.open(tmp_path / f"{number}.xml", os.O_CREAT | os.O_WRONLY))
    late: list[float] = []

    async def others() -> None:
        while True:
            began = time.monotonic()
            await asyncio.sleep(0.01)
            late.append(time.monotonic() - began - 0.01)

    async def main() -> Any:
        ticking = asyncio.create_task(others())
        context = Poll(Reach(NOBODY, NOBODY, NOBODY), 0.0, 0.0, {})
        found = await bounded(context, "spool", lambda: waiting(str(tmp_path), "*", time.monotonic() + 20), 20)
        ticking.cancel()
        return found

    assert asyncio.run(main()).files == 100_000
    assert max(late) < 0.5


def test_what_takes_too_long_is_given_up(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("")
    with pytest.raises(CannotAsk, match="too many to count in time"):
        waiting(str(tmp_path), "*", time.monotonic() - 1)


def test_a_call_that_hangs_costs_one_thread_and_is_told_each_time() -> None:
    started: list[float] = []
    release = os.pipe()

    def hang() -> bytes:
        started.append(time.monotonic())
        return os.read(release[0], 1)

    async def main() -> list[str]:
        context = Poll(Reach(NOBODY, NOBODY, NOBODY), 0.0, 0.0, {})
        said = []
        for _ in range(3):
            began = time.monotonic()
            try:
                await bounded(context, "/nfs/spool", hang, 0.1)
            except CannotAsk as error:
                said.append(f"{error.kind} {error}")
            assert time.monotonic() - began < 1
        os.write(release[1], b"x")
        await asyncio.sleep(0.1)
        os.write(release[1], b"y")
        assert await bounded(context, "/nfs/spool", hang, 5) == b"y"  # what came too late is not taken for this answer
        return said

    assert asyncio.run(main()) == ["timeout /nfs/spool: hangs for more than 0.1 s; look at its disk or file server"] * 3
    assert len(started) == 2


def test_a_process_is_found_by_its_name_and_by_the_script_that_an_interpreter_runs(tmp_path: Path) -> None:
    script = tmp_path / "acceptance-server.py"
    script.write_text("import time; print('runs', flush=True); time.sleep(60)")
    viewer = subprocess.Popen(["tail", "-f", str(script)], stdout=subprocess.DEVNULL)
    child = None
    try:
        assert value(poll({"host": "self", "process": script.name}), UP) == 0
        assert value(poll({"host": "self", "process": "tail"}), UP) == 1
        child = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE)
        assert child.stdout is not None
        child.stdout.readline()
        assert value(poll({"host": "self", "process": script.name}), UP) == 1
    finally:
        for each in (viewer, child):
            if each is not None:
                each.kill()
                each.wait()
                if each.stdout is not None:
                    each.stdout.close()
    gone = poll({"host": "self", "process": script.name})
    assert why(gone) == [
        (
            "{since} 起不可用:主机上没有运行进程 acceptance-server.py。",
            "Down since {since}: the process acceptance-server.py does not run on its host.",
        )
    ]


@pytest.mark.parametrize("name", ["", " ", "/usr/bin/java"])
def test_what_is_no_name_of_a_program_is_refused(name: str) -> None:
    with pytest.raises(ValidationError, match="not the name of a program"):
        ApplicationOptions.model_validate({"id": "a", "host": "self", "process": name})


def test_a_page_that_answers_without_its_process_is_down() -> None:
    found = page(plain(), host="self", process="no-such-process")
    assert value(found, UP) == 0
    assert "no-such-process" in why(found)[0][0]
