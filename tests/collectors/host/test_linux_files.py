"""Canaries, watched files and signs of encryption: with real files and real tools, by the commands as they are put."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from pathlib import Path

import pytest

from agent.core.kept import LIMIT
from agent.core.ledger import canonical
from agent.core.ssh import Answer
from agent.core.unchanged import MISSING, approve, compared
from agent.transports.ssh import rounds
from collectors.host.linux import canaries, extensions, software, watched
from collectors.host.linux.watched import hashes
from tests.collectors.host.hosts import Found, Recorded, Says

DAY = 86400.0


@dataclass
class Real(Recorded):
    """A subject whose commands this machine runs, with the tools of busybox where that is set; root is not there."""

    busybox: Path | None = None

    def _answers(self, says: Mapping[str, Says]) -> Sequence[Answer]:
        denied = {each: Answer(each, 1, b"", b"sudo: a password is required\n") for each in self.asked if each.root}
        others = [each for each in self.asked if not each.root]
        if not others:
            return [denied[each] for each in self.asked]
        asked = rounds.prepared(others, "posix", 20)
        path = f"{self.busybox}:{os.environ['PATH']}" if self.busybox else os.environ["PATH"]
        done = subprocess.run(
            ["/bin/sh", "-s"], input=asked.script, capture_output=True, check=False, env={**os.environ, "PATH": path}
        )
        found = {each.command: each for each in rounds.answers(asked, done.stdout, done.stderr)}
        return [denied.get(each) or found[each] for each in self.asked]


@pytest.fixture(params=["coreutils", "busybox"])
def tools(request: pytest.FixtureRequest, tmp_path: Path) -> Path | None:
    """A folder that comes first in the PATH."""
    if request.param == "coreutils":
        return None
    busybox = shutil.which("busybox")
    if busybox is None:
        pytest.skip("needs busybox (apt-get install busybox)")
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("find", "sha256sum", "head", "grep", "tail", "stat", "id", "printf"):
        (folder / name).symlink_to(busybox)
    return folder


HOSTILE = [
    "$(touch MARK)",
    "a\nb",
    "-rf",
    "'; touch MARK;'",
    "a b",
    "`touch MARK`",
    "\\",
    os.fsdecode(b"\xff\xfe"),
    "*",
    "李",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_canary_of_any_name_is_watched(name: str, tools: Path | None, tmp_path: Path) -> None:
    folder = tmp_path / "srv"
    folder.mkdir()
    file = folder / name
    file.write_text("a canary")
    try:
        options = {"canaries": [str(file)]}
        host = Real(canaries.SUBJECT, options=options, busybox=tools)
    except ValueError:
        pytest.skip("no such text can stand in agent.yaml")
    assert host.poll() == {"host_canary_touched": {(): 0}}
    assert host.poll() == {"host_canary_touched": {(): 0}}
    file.write_text("another")
    assert host.poll() == {"host_canary_touched": {(): 1}}
    file.write_text("a canary")
    assert host.poll() == {"host_canary_touched": {(): 0}}
    file.rename(folder / "a canary.locked")
    assert host.poll() == {"host_canary_touched": {(): 1}}
    assert not list(tmp_path.rglob("MARK"))


def test_a_canary_outlives_the_agent(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a")
    host = Real(canaries.SUBJECT, options={"canaries": [str(tmp_path / "a")]})
    host.poll()
    (tmp_path / "a").unlink()
    again = Real(canaries.SUBJECT, options={"canaries": [str(tmp_path / "a")]}, kept=host.kept)
    assert again.poll() == {"host_canary_touched": {(): 1}}
    assert again.remarks == [f"canary {tmp_path}/a is missing"]


def test_a_canary_that_never_was_there_or_may_not_be_read_tells_nothing(tmp_path: Path) -> None:
    host = Real(canaries.SUBJECT, options={"canaries": [str(tmp_path / "none")]})
    assert not host.poll()
    assert "lay it down first" in host.remarks[0]
    denied: Says = (1, "", "sha256sum: /srv/a: Permission denied\n")
    recorded = Recorded(canaries.SUBJECT, {"sha256sum": denied}, {"canaries": ["/srv/a"]})
    assert not recorded.poll()
    assert "cannot be read" in recorded.remarks[0]


def renewals(found: Found) -> float | None:
    return found.get("host_file_changes_approved", {}).get(())


def changes(found: Found) -> float | None:
    return found.get("host_file_changes_unapproved", {}).get(())


def test_watched_files_are_compared_until_a_person_approves(tools: Path | None, tmp_path: Path) -> None:
    folder = tmp_path / "www"
    (folder / "sub").mkdir(parents=True)
    for name in ("index.html", "a\nb", "$(touch MARK)", "sub/-x"):
        (folder / name).write_text(name)
    host = Real(watched.SUBJECT, options={"watch": [str(folder)]}, busybox=tools)
    assert changes(host.poll()) == 0
    (folder / "sub/-x").write_text("other")
    (folder / "new.php").write_text("<?php")
    (folder / "index.html").unlink()
    assert changes(host.poll()) == 3
    assert "shouwang hosts approve web" in host.remarks[-1]
    assert changes(Real(watched.SUBJECT, options=host.options, busybox=tools, kept=host.kept).poll()) == 3
    assert len(approve(host.kept[str(folder)])) == 3
    assert changes(host.poll()) == 0
    assert not list(tmp_path.rglob("MARK"))


def test_what_an_approved_change_changed_is_told_until_the_change_is_over(tmp_path: Path) -> None:
    page = tmp_path / "index.html"
    page.write_text("old")
    over = [inf]
    host = Real(watched.SUBJECT, options={"watch": [str(tmp_path)]}, planned=lambda start, end: start < over[0])
    assert renewals(host.poll()) == 0
    page.write_text("new")
    found = host.poll()
    assert (changes(found), renewals(found)) == (0, 1)
    assert renewals(host.poll()) == 1, "still to be looked at"
    over[0] = 0
    found = host.poll()
    assert (changes(found), renewals(found)) == (0, 0)
    page.write_text("newer")
    found = host.poll()
    assert (changes(found), renewals(found)) == (1, 0)


def test_a_folder_of_many_files_is_watched_as_one(tmp_path: Path) -> None:
    for number in range(150):
        (tmp_path / f"{number}.html").write_text(str(number))
    host = Real(watched.SUBJECT, options={"watch": [str(tmp_path)]})
    assert changes(host.poll()) == 0
    (tmp_path / "7.html").write_text("changed")
    assert changes(host.poll()) == 1
    assert len(str(host.kept)) < 1000


def test_what_is_kept_of_many_watched_folders_stays_within_what_the_agent_keeps() -> None:
    says = {
        f"find /srv/{place} ": "".join(f"{'a' * 64}  /srv/{place}/{'长' * 40}{number}\n" for number in range(90))
        for place in range(50)
    }
    host = Recorded(watched.SUBJECT, says, {"watch": [f"/srv/{place}" for place in range(50)]})
    assert changes(host.poll()) == 0
    changed = {name: said.replace("a" * 64, "b" * 64) for name, said in says.items()}
    assert changes(host.poll(says=changed)) == 50
    assert len(canonical(host.kept)) < LIMIT


def test_a_folder_that_is_gone_is_a_change_and_one_that_cannot_be_read_is_not_known(tmp_path: Path) -> None:
    folder = tmp_path / "a"
    folder.mkdir()
    (folder / "b").write_text("b")
    host = Real(watched.SUBJECT, options={"watch": [str(folder)]})
    host.poll()
    shutil.rmtree(folder)
    assert changes(host.poll()) == 1
    denied: Says = (1, "", "find: '/srv': Permission denied\n")
    recorded = Recorded(watched.SUBJECT, {"find": denied}, {"watch": ["/srv"]})
    assert changes(recorded.poll()) is None
    assert "could not be read whole" in recorded.remarks[0]


def test_of_a_folder_with_files_that_may_not_be_read_the_others_are_compared() -> None:
    lines = f"{'a' * 64}  /srv/x\n{'b' * 64}  /srv/y\n"
    denied = "sha256sum: /srv/key: Permission denied\n"
    host = Recorded(watched.SUBJECT, {"find": (1, lines, denied)}, {"watch": ["/srv"]})
    assert changes(host.poll()) == 0
    assert changes(host.poll(says={"find": (1, lines.replace("a" * 64, "c" * 64), denied)})) == 1
    assert changes(host.poll(says={"find": (1, lines.splitlines()[0], denied * 2)})) == 0, "it may be one of the denied"
    assert changes(host.poll(says={"find": (1, lines, denied + "find: /srv: Input/output error\n")})) is None


def test_files_that_only_root_reads_are_compared_where_the_host_lets_them_be() -> None:
    digest = "0" * 64
    said = f"{digest}  /etc/sudoers\n{digest}  /etc/ssh/sshd_config\n"
    host = Recorded(watched.SUBJECT, {"sha256sum": (1, said, "sha256sum: /etc/crontab: No such file or directory\n")})
    assert changes(host.poll()) == 0
    assert changes(host.poll(says={"sha256sum": said.replace("0" * 64, "1" * 64, 1)})) == 1
    denied: Says = (1, "", "sudo: a password is required\n")
    assert changes(Recorded(watched.SUBJECT, {"sha256sum": denied}).poll()) is None


def test_a_name_that_speaks_for_another_file_is_not_believed() -> None:
    """busybox writes a newline in a name as it is."""
    lines = f"{'a' * 64}  /srv/x\n{'b' * 64}  /srv/x\n{'c' * 64}  /srv/y\n"
    found = hashes(lines)
    assert found["/srv/x"] == "told twice"
    kept: dict[str, object] = {}
    assert not compared({"/srv/x": "a" * 64, "/srv/y": "c" * 64}, kept)
    assert compared(found, kept) == ["/srv/x"]


def test_what_is_new_missing_or_changed_is_told_and_approved() -> None:
    kept: dict[str, object] = {}
    assert compared({"/a": "1", "/b": MISSING}, kept) == []
    assert compared({"/a": "2", "/b": "3"}, kept) == ["/a", "/b"]
    assert compared({}, kept) == ["/a"]
    assert approve(kept) == ["/a"]
    assert compared({}, kept) == []
    assert approve(kept) == []


def test_many_files_with_a_new_extension_are_seen_and_stay_seen_for_a_day(tools: Path | None, tmp_path: Path) -> None:
    for number in range(60):
        (tmp_path / f"{number}.docx").write_text("x")
    host = Real(extensions.SUBJECT, options={"watch": [str(tmp_path)]}, busybox=tools)
    assert host.poll() == {"host_new_extension_files": {(): 0}, "host_ransom_note_found": {(): 0}}
    for number in range(60):
        (tmp_path / f"{number}.docx").rename(tmp_path / f"{number}.docx.LOCKED")
        (tmp_path / f"{number}.docx.LOCKED").write_text("y")
    assert host.poll(300)["host_new_extension_files"] == {(): 60}
    again = Real(extensions.SUBJECT, options=host.options, kept=host.kept, at=host.at, busybox=tools)
    assert again.poll(12 * 3600)["host_new_extension_files"] == {(): 60}
    assert again.poll(13 * 3600)["host_new_extension_files"] == {(): 0}


@pytest.mark.parametrize(
    "name", ["HOW_TO_DECRYPT_FILES.txt", "_readme.txt", "sub/!!!READ_ME!!!.html", "RECOVER-abc-FILES.txt"]
)
def test_a_ransom_note_is_found_by_its_name(name: str, tools: Path | None, tmp_path: Path) -> None:
    host = Real(extensions.SUBJECT, options={"watch": [str(tmp_path)]}, busybox=tools)
    (tmp_path / "readme.txt").write_text("how to install")
    assert host.poll()["host_ransom_note_found"] == {(): 0}
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("pay")
    assert host.poll()["host_ransom_note_found"] == {(): 1}


def test_extensions_are_what_follows_the_last_dot_of_a_name() -> None:
    names = {
        "/a/b.TXT": "txt",
        "/a.b/c": "",
        "/a/.bashrc": "",
        "/a/x.tar.gz": "gz",
        "/a/x." + "y" * 17: "",
        "/a/x.\udcff": "",
    }
    assert {name: extensions.extension(name) for name in names} == names


def test_of_a_folder_with_more_files_than_can_be_listed_what_is_usual_is_learnt_for_a_day() -> None:
    notes: Says = ""
    many = "".join(f"/srv/{number:060}.docx\n" for number in range(70_000))
    host = Recorded(extensions.SUBJECT, {"iname": notes, "find": (141, many)}, {"watch": ["/srv"]})
    assert host.poll()["host_new_extension_files"] == {(): 0}
    pictures = {"iname": notes, "find": "".join(f"/srv/{number}.jpg\n" for number in range(99))}
    assert host.poll(300, pictures)["host_new_extension_files"] == {(): 0}
    locked = {"iname": notes, "find": "".join(f"/srv/{number}.locked\n" for number in range(99))}
    assert host.poll(DAY, {**pictures})["host_new_extension_files"] == {(): 0}
    assert host.poll(300, locked)["host_new_extension_files"] == {(): 99}


def test_of_a_folder_that_may_not_be_read_whole_only_what_is_found_is_told() -> None:
    denied = "find: /srv/x: Permission denied\n"
    says: dict[str, Says] = {"iname": (1, "", denied), "find": (1, "/srv/a.docx\n", denied)}
    host = Recorded(extensions.SUBJECT, says, {"watch": ["/srv"]})
    assert not host.poll()
    assert not host.poll(2 * DAY)
    bad: dict[str, Says] = {"iname": (1, "/srv/_readme.txt\n", denied), "find": (1, "/srv/a.locked\n", denied)}
    found = host.poll(300, bad)
    assert found == {"host_ransom_note_found": {(): 1}, "host_new_extension_files": {(): 1}}


def test_program_files_are_told_by_their_hash_and_those_that_are_not_there(tools: Path | None, tmp_path: Path) -> None:
    program, gone = tmp_path / "client's $(x).jar", tmp_path / "gone.jar"
    program.write_bytes(b"3.2.0")
    host = Real(software.SUBJECT, options={"software": [str(program), str(gone)]}, busybox=tools)

    def copy(path: Path, content: bytes | None) -> tuple[str, ...]:
        return str(path), MISSING if content is None else hashlib.sha256(content).hexdigest(), ""

    assert host.poll() == {"host_software_info": {copy(program, b"3.2.0"): 1, copy(gone, None): 1}}
    program.write_bytes(b"3.2.1")
    assert host.poll() == {"host_software_info": {copy(program, b"3.2.1"): 1, copy(gone, None): 1}}
