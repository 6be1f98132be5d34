"""Evidence is copied whole under its hash, or refused in words, and nothing half is left."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from agent.core.attestations import File
from agent.core.unfit import Unfit
from agent.evidence import MOST, harmless, held, keep

PHOTO = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 5000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "evidence"


def refused(source: Path, folder: Path) -> str:
    """Why, in both languages; nothing is left in the folder."""
    with pytest.raises(Unfit) as caught:
        keep(source, folder)
    assert not folder.exists() or list(folder.iterdir()) == []
    return f"{caught.value.text.zh} {caught.value.text.en}"


def test_a_copy_lies_under_its_hash_for_the_agent_alone_and_once(tmp_path: Path, folder: Path) -> None:
    first, second = tmp_path / "现场.jpg", tmp_path / "same.jpg"
    for each in (first, second):
        each.write_bytes(PHOTO)
    digest = hashlib.sha256(PHOTO).hexdigest()
    assert keep(first, folder) == File("现场.jpg", digest, len(PHOTO))
    assert keep(second, folder) == File("same.jpg", digest, len(PHOTO))
    assert [each.name for each in folder.iterdir()] == [digest]
    assert (folder / digest).read_bytes() == PHOTO
    assert stat.S_IMODE((folder / digest).stat().st_mode) == 0o600
    assert held(folder, File("same.jpg", digest, len(PHOTO)))
    assert not held(folder, File("same.jpg", digest, len(PHOTO) - 1))
    assert not held(folder, File("x", "../same.jpg", len(PHOTO)))


def test_a_file_of_two_gigabytes_is_refused_before_it_is_read(tmp_path: Path, folder: Path) -> None:
    large = tmp_path / "video.mp4"
    with large.open("wb") as file:
        file.truncate(2 * 10**9)
    said = refused(large, folder)
    assert "2000 MB,超过 50 MB" in said
    assert not folder.exists()


def test_what_is_as_large_as_it_may_be_is_taken(tmp_path: Path, folder: Path) -> None:
    scan = tmp_path / "scan.pdf"
    with scan.open("wb") as file:
        file.truncate(MOST)
    assert keep(scan, folder).size == MOST
    with scan.open("ab") as file:
        file.write(b"x")
    with pytest.raises(Unfit, match="50 MB"):
        keep(scan, folder)


def test_no_link_is_followed_and_nothing_but_a_file_is_opened(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "passwd.txt").symlink_to("/etc/passwd")
    assert "符号链接" in refused(tmp_path / "passwd.txt", folder)
    (tmp_path / "dangling.txt").symlink_to(tmp_path / "nothing")
    assert "symbolic link" in refused(tmp_path / "dangling.txt", folder)
    os.mkfifo(tmp_path / "pipe.txt")
    assert "不是普通文件" in refused(tmp_path / "pipe.txt", folder)
    assert "not a regular file" in refused(tmp_path, folder)
    assert "不是普通文件" in refused(Path("/dev/zero"), folder)
    assert "No such file" in refused(tmp_path / "gone.jpg", folder)
    assert "cannot be read" in refused(Path("a\0b"), folder)
    (tmp_path / "empty.jpg").touch()
    assert "空文件" in refused(tmp_path / "empty.jpg", folder)


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("photo.jpg", b"MZ\x90\0" + bytes(60) + b"PE\0\0", "PE"),
        ("photo.jpg", b"\xfe\xed\xfa\xcf" + bytes(28), "Mach-O"),
        ("photo.jpg", b"\xcf\xfa\xed\xfe" + bytes(28), "Mach-O"),
        ("photo.jpg", b"\xca\xfe\xba\xbe\0\0\0\2", "Mach-O"),
        ("notes.txt", b"#!/bin/sh\nrm -rf /\n", "#!"),
        ("notes.txt", b"\xef\xbb\xbf#!/bin/sh\n", "#!"),
        ("巡检.pdf.EXE", b"%PDF-1.7", ".EXE"),
        ("report.ps1", b"Get-Item", ".ps1"),
        ("report.bat. ", b"del *", ".bat"),
        ("x.lnk", b"L\0\0\0", ".lnk"),
    ],
)
def test_a_program_is_refused_by_its_content_and_by_its_name(
    tmp_path: Path, folder: Path, name: str, content: bytes, what: str
) -> None:
    (tmp_path / name).write_bytes(content)
    assert f"可执行文件({what}" in refused(tmp_path / name, folder)


def test_a_real_program_that_calls_itself_a_photograph_is_refused(tmp_path: Path, folder: Path) -> None:
    shutil.copyfile(os.path.realpath(sys.executable), tmp_path / "photo.jpg")
    if (tmp_path / "photo.jpg").stat().st_size > MOST:
        shutil.copyfile("/bin/true", tmp_path / "photo.jpg")
    assert "ELF" in refused(tmp_path / "photo.jpg", folder)


def test_a_file_that_changes_while_it_is_copied_is_refused(tmp_path: Path, folder: Path) -> None:
    source, done = tmp_path / "growing.log", threading.Event()
    source.write_bytes(bytes(MOST - 1))

    def write() -> None:
        with source.open("r+b", buffering=0) as file:
            while not done.is_set():
                file.seek(0)
                file.write(os.urandom(1))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert "正在被改动" in refused(source, folder)
    finally:
        done.set()
        writer.join()


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\windows\\win.ini", "win.ini"),
        ("照片\x1b[2J\n\u202egpj.txt", "照片[2J gpj.txt"),
        ("...", "evidence"),
        (".hidden", "hidden"),
        ("长" * 100 + ".jpeg", "长" * 65 + ".jpeg"),
        ("a" * 255, "a" * 200),
        ("x." + "y" * 250, "x." + "y" * 19),
        (b"\xd5\xd5\xc6\xac.jpg".decode("utf-8", "surrogateescape"), "照片.jpg"),
    ],
)
def test_a_name_becomes_one_harmless_line_of_at_most_200_bytes(name: str, kept: str) -> None:
    assert harmless(name) == kept
    assert len(harmless(name).encode()) <= 200


FULL = """
import resource, signal, sys
from pathlib import Path
from agent.core.unfit import Unfit
from agent.evidence import keep
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
try:
    keep(Path(sys.argv[1]), Path(sys.argv[2]))
except Unfit as error:
    print(error.text.en)
"""


def test_a_disk_that_takes_only_half_keeps_nothing(tmp_path: Path, folder: Path) -> None:
    """A process whose files may not grow: a full disk without root."""
    (tmp_path / "photo.jpg").write_bytes(PHOTO)
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path / "photo.jpg"), str(folder)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert f"{folder}: the evidence cannot be kept there (File too large)" in done.stdout
    assert list(folder.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(PHOTO)
    (tmp_path / "evidence").write_text("a file in its place", encoding="utf-8")
    with pytest.raises(Unfit, match="evidence: the evidence cannot be kept there"):
        keep(tmp_path / "photo.jpg", tmp_path / "evidence")
