"""`shouwang demo` as a process: one to a folder, refusals that say what to do, and an end that leaves nothing."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.demo.centres import SHOUWANG, Centre, running
from tests.namespace import inside, need_namespace
from tests.peers import until

ENGLISH = ("--language", "en")
PARTLY = ("--part", "access-1")  # starts soon


def command(folder: Path, port: int, *arguments: str) -> list[str]:
    return [SHOUWANG, "demo", "--folder", str(folder), "--port", str(port), *ENGLISH, *arguments]


def refused(argv: list[str]) -> str:
    """What it says and ends with 1; nothing on standard output, and no traceback."""
    done = subprocess.run(argv, capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stdout) == (1, ""), done
    assert "Traceback" not in done.stderr
    return done.stderr


def agents(folder: Path) -> list[int]:
    """Processes that run this folder's agent.yaml."""
    wanted, found = str(folder / "agent.yaml").encode(), []
    for each in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if wanted in each.read_bytes().split(b"\0"):
                found.append(int(each.parent.name))
        except OSError:
            continue
    return found


@contextmanager
def started(folder: Path, *arguments: str) -> Iterator[Centre]:
    """From when its agent runs; killed at the end, if it has not ended."""
    need_namespace()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    argv = command(folder, port, *PARTLY, *arguments)
    process = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        yield Centre(folder, port, process)
    finally:
        process.kill()
        process.communicate()
        until(lambda: not agents(folder), 20, "the agent outlived the centre")


def test_a_second_one_on_the_same_folder_is_sent_to_the_page_of_the_first_and_harms_nothing(tmp_path: Path) -> None:
    with running(tmp_path / "demo", *PARTLY) as centre:
        before = {each: each.stat().st_mtime_ns for each in centre.folder.rglob("secrets/*")}
        said = refused(command(centre.folder, centre.port + 1))
        assert f"runs on {centre.folder} already (process {centre.process.pid})" in said
        assert f"http://127.0.0.1:{centre.port}/" in said
        assert before
        assert {each: each.stat().st_mtime_ns for each in before} == before
        assert centre.fault("switch-down", "access-1") == "access-1"


def test_a_taken_port_is_refused_and_the_folder_of_an_earlier_demo_is_kept(tmp_path: Path) -> None:
    (tmp_path / ".shouwang-demo").touch()
    (tmp_path / "agent.yaml").write_text("earlier")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = refused(command(tmp_path, port))
    assert said.startswith(f"the page cannot have 127.0.0.1:{port}: Address already in use; choose another by --port")
    assert (tmp_path / "agent.yaml").read_text() == "earlier"


def test_files_that_are_not_of_a_demo_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    assert "holds files that are not of a demo" in refused(command(tmp_path, 9))
    assert [each.name for each in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_folder_that_cannot_be_had_is_named_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    said = refused(command(tmp_path / "file" / "demo", 9))
    assert "cannot be written" in said
    assert "Not a directory" in said
    assert "--folder" in said


@pytest.mark.parametrize("size", ["4k", "128k"])
def test_a_full_disk_is_named_with_the_folder(tmp_path: Path, size: str) -> None:
    need_namespace()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    mount = f'mount -t tmpfs -o size={size} tmpfs {tmp_path}; exec "$@"'
    said = refused(inside("sh", "-c", mount, "sh", *command(tmp_path / "demo", port)))
    assert f"the files of the demo cannot be written into {tmp_path}/demo: No space left on device" in said


@pytest.mark.parametrize(("after", "again"), [(0.1, 0), (0.4, 0), (0.8, 0.05), (1.4, 0), (2.0, 0.3)])
def test_a_signal_during_the_start_ends_it_and_leaves_nothing(tmp_path: Path, after: float, again: float) -> None:
    folder = tmp_path / "demo"
    with started(folder) as centre:
        until(folder.exists, 20, "no folder")
        time.sleep(after)
        centre.process.terminate()
        if again:
            time.sleep(again)
            centre.process.send_signal(signal.SIGINT)
        assert centre.process.wait(20) == 0
        assert centre.process.communicate()[1] == ""
        assert not agents(folder)
        assert not list(folder.glob("*.sock"))


def test_when_the_agent_dies_the_centre_ends_and_says_how_that_ended(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    with started(folder) as centre:
        until(lambda: agents(folder), 20, "no agent")
        os.kill(agents(folder)[0], signal.SIGKILL)
        assert centre.process.wait(20) == 1
        assert "the agent ended by itself (ended by signal 9)" in centre.process.communicate()[1]
        assert not list(folder.glob("*.sock"))


def test_when_the_centre_is_killed_the_agent_ends_with_a_word(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    with started(folder) as centre:
        assert centre.process.stdout
        assert "the simulated centre is up" in centre.process.stdout.readline()
        until(lambda: agents(folder), 20, "no agent")
        centre.process.kill()
        until(lambda: not agents(folder), 20, "the agent outlived the centre")
        assert "the centre's process is gone (killed?), so the agent stops too" in centre.process.communicate()[1]


def test_the_commands_to_try_name_the_folder_and_work_as_they_are_printed(tmp_path: Path) -> None:
    folder = tmp_path / "a demo"
    with started(folder) as centre:
        assert centre.process.stdout
        lines = [centre.process.stdout.readline() for _ in range(8)]
        assert "Ctrl-C ends it" in lines[-1]
        tried = [line.split("   ")[0].strip() for line in lines[2:7]]
        done = subprocess.run(["sh", "-c", tried[-1]], capture_output=True, text=True, timeout=30, check=False)
        assert len(tried) == 5
        assert (done.returncode, done.stderr) == (0, "没有可恢复的故障\n")


def test_a_reader_that_is_gone_and_a_terminal_without_chinese_are_no_traceback() -> None:
    script = f"{SHOUWANG} demo faults | head -1"
    for encoding in ("utf-8", "gb18030", "latin-1", "ascii"):
        done = subprocess.run(
            ["sh", "-c", script],
            capture_output=True,
            timeout=30,
            check=False,
            env={**os.environ, "PYTHONIOENCODING": encoding},
        )
        assert done.stderr == b""
        assert done.stdout.decode(encoding).startswith("  mains-off")
    closed = subprocess.run(["sh", "-c", f"{SHOUWANG} demo faults >&-"], capture_output=True, timeout=30, check=False)
    assert (closed.returncode, closed.stderr) == (0, b"")
