"""Names that a host tells and that stand in later commands: all of them put to a real sshd, none is executed."""

from __future__ import annotations

import asyncio
import gzip
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from agent.core.reach import Unanswered
from agent.core.secrets import Secret
from agent.core.ssh import Answer, Command
from collectors.backup import BackupOptions, restic, sample, testing
from collectors.backup.formats import Format, format_of
from collectors.host.linux import disks, network, space, system
from collectors.host.subject import Subject
from tests.collectors.host.hosts import Recorded
from tests.collectors.test_backup import HOSTILE_NAMES
from tests.collectors.test_backup_ssh import in_rounds
from tests.hostile_pieces import marks
from tests.sshd import Sshd, sshd
from tests.transports.test_ssh_round import HOSTILE

NAMES = tuple(f"/srv/{each}" for each in (*HOSTILE, *map(os.fsdecode, HOSTILE_NAMES)) if "/" not in each)
AT = "2026-11-24T09:00:00.123456789+08:00"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    with sshd(tmp_path_factory.mktemp("sshd")) as running:
        yield running


def executed() -> list[str]:
    return [*marks(), *(each for each in os.listdir(Path.home()) if each == "executed")]


def put(server: Sshd, asked: Sequence[Command]) -> Sequence[Answer]:
    before = executed()
    answers = asyncio.run(
        in_rounds(server.target(timeout=60), [replace(each, limit=1000, seconds=2, root=False) for each in asked])
    )
    assert executed() == before
    assert len(answers) == len(asked)
    return answers


def found(command: Command, output: str) -> system.System:
    programs = system.System(programs={"smartctl": "/usr/sbin/smartctl"})
    return system.told([Answer(command, 0, os.fsencode(output))], programs)


def octal(path: str) -> str:
    """As /proc/mounts writes it."""
    return "".join(f"\\{ord(each):03o}" if each in " \t\n\\#" else each for each in path)


def asked_by(subject: Subject, made_of: system.System) -> Sequence[Command]:
    host = Recorded(subject, system=made_of)
    host.poll()
    return host.asked


def test_mountpoints(server: Sshd) -> None:
    lines = [f"/dev/vd{number} {octal(path)} ext4 rw 0 0\n" for number, path in enumerate(NAMES)]
    asked = [command for line in lines for command in asked_by(space.SUBJECT, found(system.MOUNTS, line))]
    assert [each.argv[-1] for each in asked] == list(NAMES)
    put(server, asked)


def test_interfaces(server: Sshd) -> None:
    names = [path.removeprefix("/srv/").replace(" ", "${IFS}") for path in NAMES]
    lines = [f"{name}: 1 2 3\n" for name in names]
    asked = [command for line in lines for command in asked_by(network.SUBJECT, found(system.NETWORK, line))]
    named = {word for each in asked for word in each.argv if word.startswith(network.FOLDER)}
    assert len({name for name in names if f"{network.FOLDER}/{name}/flags" in named}) > 80
    put(server, asked)


def test_disks_are_what_the_kernel_calls_disks_and_nothing_else() -> None:
    told = "".join(f"8 0 1000 sda{path}\n8 0 1000 {path.removeprefix('/srv/')}\n" for path in NAMES)
    made_of = found(system.PARTITIONS, f"{told}8 0 1000 sda\n")
    assert [each.argv[-1] for each in asked_by(disks.SUBJECT, made_of)] == ["/dev/sda"]


@pytest.fixture
def options(tmp_path: Path) -> BackupOptions:
    made = {"id": "r", "kind": "restic", "restic": {"password": Secret("x")}, "path": str(tmp_path / "none")}
    return BackupOptions.model_validate(made)


def test_files_in_a_repository_of_restic(server: Sshd, options: BackupOptions) -> None:
    rows = [{"type": "file", "size": 1, "mtime": AT, "path": path} for path in NAMES]
    nodes = list(sample.nodes(b"\n".join(json.dumps(each).encode() for each in rows)))
    assert [each.path for each in nodes] == list(NAMES)
    put(server, [command for node in nodes for command in sample.commands(options, "ab12", node)])


@pytest.mark.parametrize("path", ["--password-command=touch MARK", "-r", "a/b", "", "/\ud800", "/a\0b"])
def test_a_path_that_restic_does_not_give_is_none(path: str) -> None:
    row = {"type": "file", "size": 1, "mtime": AT, "path": path}
    assert list(sample.nodes(json.dumps(row).encode())) == []


@pytest.mark.parametrize("name", ["--password-command=touch MARK", "-r", "", "a b", "latest:/"])
def test_a_snapshot_with_a_name_that_restic_does_not_give_is_an_answer_that_cannot_be_read(
    name: str, options: BackupOptions
) -> None:
    row = {"id": name, "time": AT, "hostname": "db", "paths": []}
    with pytest.raises(Unanswered, match="not the JSON"):
        list(restic.listed(json.dumps([row]).encode(), options))


def test_copies(server: Sshd, tmp_path: Path) -> None:
    asked: list[Command] = []
    for name in map(os.fsdecode, HOSTILE_NAMES):
        path = f"{tmp_path}/{name}"
        Path(path).write_bytes(gzip.compress(b"x"))
        asked += of_copy(path, name)
    assert len({word for each in asked for word in each.argv if word.startswith(f"{tmp_path}/")}) >= len(HOSTILE_NAMES)
    put(server, asked)
    assert sorted(os.listdir(os.fsencode(tmp_path))) == sorted(HOSTILE_NAMES)


def of_copy(path: str, name: str) -> Iterator[Command]:
    yield from testing.looking(path, name)
    packed = Format("gzip", "packed", "gzip")
    yield testing.inner(packed, path)
    forms = [format_of(each) for each in (b"\x1f\x8b", b"PK\x03\x04", b"PGDMP", b"-- MySQL dump")]
    for form in forms:
        for inside in (None, Format("tar", "tar")):
            for test in testing.tests(path, form, inside, "0" * 64):
                yield from test.commands
