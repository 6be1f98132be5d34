"""What is seen of an application on another host by SSH: its process, its spool, its files, the log of its uploads."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agent.core.kept import Kept
from agent.core.model import Reading
from agent.core.reach import CannotAsk
from agent.core.snapshot import Snapshot
from agent.core.ssh import Answer
from agent.reaching import reaching
from agent.runner import Runner
from collectors.application import COLLECTOR
from collectors.application.host_round import Asked
from collectors.application.on_other_host import of_process, of_spool
from collectors.application.part import Part
from collectors.host.options import HostOptions
from tests.collectors.applications import OTHER_MACHINE, UP, poll, polls, target, why
from tests.collectors.ways import value, values
from tests.peers import free_port
from tests.sshd import Sshd, sshd
from tests.transports.http_server import plain, saying

BACKLOG, OLDEST = "application_upload_backlog", "application_upload_oldest_timestamp_seconds"
SUCCESS, FAILURES = "application_upload_last_success_timestamp_seconds", "application_upload_failures"
TICKET = "application_ticket_last_timestamp_seconds"
NOBODY: Any = None
NINE = 1_795_482_600.0  # 2026-11-24 09:10:00 in Shanghai


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    with sshd(tmp_path_factory.mktemp("sshd")) as running:
        yield running


def ask(server: Sshd, options: Mapping[str, Any], timeout: float = 10.0, times: int = 1) -> Reading:
    """What the last of these runs gives, on the host `web`."""
    web = replace(server.target(id_="web"), options=OTHER_MACHINE.options)
    return asyncio.run(polls({"host": "web", **options}, times, timeout, sources={"web": web}))[-1]


def test_a_process_of_another_host_is_found_by_its_name_and_by_the_script_that_an_interpreter_runs(
    server: Sshd, tmp_path: Path
) -> None:
    script = tmp_path / "acceptance-on-web.py"
    script.write_text("import time; print('runs', flush=True); time.sleep(60)")
    assert value(ask(server, {"process": "sshd"}), UP) == 1
    gone = ask(server, {"process": script.name})
    assert (gone.failure, value(gone, UP)) == (None, 0)
    assert "主机上没有运行进程 acceptance-on-web.py" in why(gone)[0][0]
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        assert value(ask(server, {"process": script.name}), UP) == 1
        child.kill()


def told(asked: Asked, *given: tuple[int, str, str]) -> Part:
    """What the parser makes of these exit statuses, outputs and errors."""
    commands = [replace(each, seconds=5.0) for each in asked.commands]
    return asked.told(
        [
            Answer(command, status, out.encode(), err.encode())
            for command, (status, out, err) in zip(commands, given, strict=True)
        ]
    )


# As procps and as busybox write them.
LISTED = "    1 Ss   systemd\n  700 Sl   java\n  800 Z    upload-client\n"
WITH_ARGUMENTS = (
    "    1 Ss   /sbin/init splash\n  700 Sl   /usr/lib/jvm/bin/java -Xmx1g -jar /opt/app/acceptance.jar --port 80\n"
    "  800 Z    [upload-client] <defunct>\n  900 S    vi /etc/queue.conf\n"
)


@pytest.mark.parametrize(
    ("wanted", "runs"),
    [
        ("java", True),
        ("systemd", True),
        ("init", True),
        ("acceptance.jar", True),
        ("upload-client", False),  # a zombie
        ("queue.conf", False),  # an editor's file
    ],
)
def test_processes_are_told_from_their_names_and_arguments(wanted: str, runs: bool) -> None:
    assert told(of_process(wanted), (0, LISTED, ""), (0, WITH_ARGUMENTS, "")).up is runs


@pytest.mark.parametrize(
    ("names", "kind", "said"),
    [
        ((0, "  700 Sl   java\n", ""), "permission", "hidepid"),
        ((127, "", "sh: ps: not found"), "missing", "no ps"),
        ((124, "", ""), "timeout", "hangs for more than 5 s"),
        ((1, "", "error: unsupported option \x1b[2J"), "missing", "unsupported option"),
    ],
)
def test_a_list_of_processes_that_cannot_be_had_says_nothing_of_the_process(
    names: tuple[int, str, str], kind: str, said: str
) -> None:
    with pytest.raises(CannotAsk, match=said) as raised:
        told(of_process("acceptance"), names, (0, WITH_ARGUMENTS, ""))
    assert raised.value.kind == kind
    assert "\x1b" not in str(raised.value)


def test_files_that_wait_on_another_host_are_counted_and_the_oldest_is_told(server: Sshd, tmp_path: Path) -> None:
    place = tmp_path / "-spool $(touch pwned) '\""
    place.mkdir()
    names = ("a.xml", "b $(touch pwned).xml", "c\nd.xml", "\\.xml", "-e.xml", ".f.xml", "g.txt")
    for number, name in enumerate(names):
        (place / name).write_text(name)
        os.utime(place / name, (0, 1_700_000_000 + number))
    (place / "sent.xml").mkdir()
    (tmp_path / "link").symlink_to(place)
    for spool in (place, tmp_path / "link"):
        found = ask(server, {"role": "upload", "spool": str(spool), "pattern": "*.xml"})
        assert (found.failure, found.remarks) == (None, ())
        assert values(found, BACKLOG) == {("upload",): 5}
        assert values(found, OLDEST) == {("upload",): 1_700_000_000}
    assert value(ask(server, {"spool": str(place), "pattern": "\\.xml"}), OLDEST) == 1_700_000_003
    assert not (Path.home() / "pwned").exists()


def test_an_empty_spool_of_another_host_has_no_oldest(server: Sshd, tmp_path: Path) -> None:
    found = ask(server, {"spool": str(tmp_path)})
    assert (value(found, BACKLOG), value(found, OLDEST)) == (0, None)


def test_a_spool_that_is_relative_to_nothing_is_told_to_be_put_right(server: Sshd) -> None:
    for place in ("spool", "-delete", "."):
        found = ask(server, {"spool": place})
        assert found.failure is not None
        assert "is no absolute path" in found.failure.message


def test_a_spool_that_is_not_on_the_host_could_not_be_read_and_the_process_is_told_all_the_same(
    server: Sshd, tmp_path: Path
) -> None:
    alone = ask(server, {"spool": str(tmp_path / "none")})
    assert alone.failure is not None
    assert (alone.failure.kind, "on host web" in alone.failure.message) == ("missing", True)
    assert "No such directory" in alone.failure.message
    beside = ask(server, {"spool": str(tmp_path / "none"), "process": "sshd"})
    assert (beside.failure, value(beside, UP), len(beside.remarks)) == (None, 1, 1)


@pytest.mark.parametrize(
    ("there", "found", "kind"),
    [
        ((0, "", ""), (1, "", "find: '/s/.': Permission denied"), "permission"),
        ((0, "", ""), (137, "1\n", ""), "timeout"),
        ((0, "", ""), (0, "1700000000\n<b>\n", ""), "protocol"),
        ((0, "", ""), (127, "", "sh: find: not found"), "missing"),
        ((1, "", ""), (1, "", "find: '/s/.': No such file or directory"), "missing"),
    ],
)
def test_a_spool_that_cannot_be_looked_through_is_not_taken_for_an_empty_one(
    there: tuple[int, str, str], found: tuple[int, str, str], kind: str
) -> None:
    with pytest.raises(CannotAsk) as raised:
        told(of_spool("/s", "*", "upload"), there, found)
    assert raised.value.kind == kind


def test_a_file_that_was_uploaded_meanwhile_is_no_failure() -> None:
    gone = (1, "1700000000\n", "stat: cannot statx '/s/./a.xml': No such file or directory\n")
    assert [each.value for each in told(of_spool("/s", "*", "upload"), (0, "", ""), gone).samples] == [1, 1_700_000_000]


LOG = """2026-11-24 08:00:00 upload A001 ok
2026-11-24 08:30:00 upload A002 failed: timeout
2026-11-24 09:10:00 upload A002 ok
2026-11-24 09:40:00 upload A003 failed: timeout
2026-11-24 09:50:00 upload A003 failed: timeout
"""
UPLOADS = {"success": " ok$", "failure": "failed"}


@pytest.mark.parametrize("success", [" ok$", "^([0-9]+-[-0-9: ]+) upload .* ok$"])
def test_the_last_upload_and_the_failures_since_are_read_from_a_log_of_another_host(
    server: Sshd, tmp_path: Path, success: str
) -> None:
    log = tmp_path / "upload.log"
    log.write_text("上传\n" * 100_000 + LOG, encoding="gb18030")
    found = ask(server, {"role": "upload", "uploads": {**UPLOADS, "success": success, "log": str(log)}})
    assert (found.failure, found.remarks) == (None, ())
    assert values(found, SUCCESS) == {("upload",): NINE}
    assert values(found, FAILURES) == {("upload",): 2}


def test_a_log_of_this_machine_is_read_alike(tmp_path: Path) -> None:
    (tmp_path / "upload.log").write_text(LOG)
    found = poll({"host": "self", "uploads": {**UPLOADS, "log": str(tmp_path / "upload.log")}})
    assert (value(found, SUCCESS), value(found, FAILURES)) == (NINE, 2)


def test_the_last_success_is_kept_when_the_log_is_begun_anew(tmp_path: Path) -> None:
    log = tmp_path / "upload.log"

    async def main() -> Reading:
        async with reaching() as reach:
            runner = Runner(reach, Snapshot(), kept=Kept())
            watched = target({"host": "self", "uploads": {**UPLOADS, "log": str(log)}})
            log.write_text(LOG)
            await runner.run(COLLECTOR, watched)
            log.write_text("2026-11-24 10:00:00 upload A004 failed: timeout\n")
            return await runner.run(COLLECTOR, watched)

    found = asyncio.run(main())
    assert (value(found, SUCCESS), value(found, FAILURES)) == (NINE, 1)


def test_the_last_ticket_is_read_from_a_file_of_another_host(server: Sshd, tmp_path: Path) -> None:
    file = tmp_path / "tickets"
    file.write_text("2026-11-24 09:10:00 取号 A012\n", encoding="gb18030")
    os.utime(file, (0, 1_700_000_000))
    by_text = {"file": str(file), "pattern": "(2026[-0-9: ]+) 取号"}
    assert value(ask(server, {"process": "sshd", "role": "queue", "ticket": by_text}), TICKET) == NINE
    assert value(ask(server, {"process": "sshd", "ticket": {"file": str(file)}}), TICKET) == 1_700_000_000
    none = ask(server, {"process": "sshd", "ticket": {"file": "/none"}})
    assert (value(none, UP), value(none, TICKET)) == (1, None)
    assert "No such file" in none.remarks[0]


def test_a_pipe_on_another_host_holds_up_no_more_than_itself(server: Sshd, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    began = time.monotonic()
    found = ask(server, {"process": "sshd", "ticket": {"file": str(tmp_path / "pipe"), "pattern": "x"}}, timeout=8)
    assert time.monotonic() - began < 8
    assert (found.failure, value(found, UP)) == (None, 1)
    assert "hangs for more than" in found.remarks[0]


def test_a_host_that_is_not_there_leaves_the_application_unread_and_its_page_told(server: Sshd) -> None:
    away = replace(server, port=free_port())
    alone = ask(away, {"process": "sshd"})
    assert alone.failure is not None
    assert (alone.failure.kind, values(alone, UP)) == ("refused", {})

    async def main() -> Reading:
        async with saying(plain()) as port:
            web = replace(away.target(id_="web"), options=OTHER_MACHINE.options)
            options = {"http": f"http://127.0.0.1:{port}/", "host": "web", "process": "sshd", "spool": "/s"}
            return (await polls(options, sources={"web": web}))[0]

    beside = asyncio.run(main())
    assert (beside.failure, value(beside, UP), len(beside.remarks)) == (None, 1, 1)


def test_a_host_that_cannot_be_asked_is_told_what_to_write(server: Sshd) -> None:
    said = {"id": "web", "address": "10.0.0.9", "by": "ssh", "credentials": "room", "system": "windows"}
    windows = replace(server.target(id_="web"), options=HostOptions.model_validate(said))
    for sources in ({}, {"web": windows}):
        found = asyncio.run(polls({"host": "web", "process": "java"}, sources=sources))[0]
        assert found.failure is not None
        assert (found.failure.kind, "by SSH of Linux" in found.failure.message) == ("missing", True)
