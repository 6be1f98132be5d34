"""Sample restores from archives and dumps, made and unpacked by the real programs."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import tarfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.core.model import Reading
from collectors.backup import restore
from tests.collectors.backup_jobs import DAY, HOUR, Job, said
from tests.collectors.test_backup_ssh import as_host, busybox, server  # noqa: F401 - fixtures
from tests.collectors.ways import value
from tests.databases import Database, postgresql
from tests.peers import need
from tests.sshd import Sshd

CONTENT = os.urandom(200_000)
DIGEST = hashlib.sha256(CONTENT).hexdigest()
NAME = "dir/统一 受理 $(touch x).db"
HOSTILE = ("a\nb", "-rf", "x*", "..", "a\\b", "[a]")
PACKED = {"db.tar": "-c", "db.tgz": "-cz", "db.txz": "-cJ", "db.tar.zst": "-c --zstd"}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """One file that can be drawn, among some that cannot."""
    folder = tmp_path / "source"
    (folder / "dir").mkdir(parents=True)
    (folder / NAME).write_bytes(CONTENT)
    for name in HOSTILE:
        if name != "..":
            (folder / "dir" / name if name != "-rf" else folder / name).write_bytes(b"hostile")
    (folder / "dir" / "empty").touch()
    (folder / "link").symlink_to(NAME)
    return folder


@pytest.fixture
def store(tmp_path: Path) -> Path:
    made = tmp_path / "store"
    made.mkdir()
    return made


def job(store: Path, **options: object) -> Job:
    return Job({"path": str(store), "pattern": "db*", "restore_sample": {}, **options}, at=time.time())


def aged(path: Path) -> Path:
    os.utime(path, (time.time() - HOUR, time.time() - HOUR))
    return path


def tarred(source: Path, to: Path, how: str = "-c", *what: str) -> Path:
    argv = [need("tar"), *how.split(), "-f", str(to), "--", *(what or ("dir", "link"))]
    subprocess.run(argv, check=True, timeout=60, cwd=source)
    return aged(to)


def zipped(source: Path, to: Path) -> Path:
    subprocess.run([need("zip"), "-qr", str(to), "dir"], check=True, timeout=60, cwd=source)
    return aged(to)


def ok(reading: Reading) -> float | None:
    assert reading.failure is None, reading.failure
    return value(reading, "backup_restore_ok")


def tree(folder: Path) -> dict[str, tuple[int, int]]:
    return {str(each): (each.stat().st_mtime_ns, each.stat().st_size) for each in folder.rglob("*")}


@pytest.mark.parametrize("name", [*PACKED, "db.zip"])
def test_a_member_is_read_to_its_end_and_its_size_and_hash_are_the_evidence(
    name: str, source: Path, store: Path
) -> None:
    zipped(source, store / name) if name == "db.zip" else tarred(source, store / name, PACKED[name])
    before, ours = tree(store), job(store)
    reading = ours.poll(restore.COLLECTOR)
    assert ok(reading) == 1, said(reading)
    assert value(reading, "backup_restore_timestamp_seconds") == ours.at
    assert f"{len(CONTENT)} bytes, SHA-256 {DIGEST}" in said(reading)
    assert "统一 受理" in said(reading)
    assert "not that it is what it was made of" in said(reading)
    assert tree(store) == before
    ours.at += DAY
    assert DIGEST in said(ours.poll(restore.COLLECTOR))
    assert tree(store) == before


def on_host(host: Sshd, store: Path) -> Reading:
    return Job(job(store, host="store").options, {"store": as_host(host)}, at=time.time()).poll(restore.COLLECTOR)


@pytest.mark.parametrize("name", ["db.tgz", "db.zip"])
def test_a_member_is_read_on_a_host(name: str, source: Path, store: Path, server: Sshd) -> None:  # noqa: F811
    zipped(source, store / name) if name == "db.zip" else tarred(source, store / name, PACKED[name])
    reading = on_host(server, store)
    assert (ok(reading), DIGEST in said(reading)) == (1, True), said(reading)


def test_on_a_host_with_busybox_a_member_is_read_and_a_line_that_is_half_a_name_is_not(
    source: Path,
    store: Path,
    busybox: Sshd,  # noqa: F811
) -> None:
    tarred(source, store / "db.tar", "-c", NAME)
    reading = on_host(busybox, store)
    assert (ok(reading), DIGEST in said(reading)) == (1, True), said(reading)
    tarred(source, store / "db.tar", "-c", "dir/a\nb")
    reading = on_host(busybox, store)
    assert (ok(reading), "no sample could be restored" in said(reading)) == (None, True), said(reading)


def test_a_member_that_cannot_be_read_to_its_end_fails_the_restore(source: Path, store: Path) -> None:
    for name, make in (("db.tgz", lambda to: tarred(source, to, "-cz")), ("db.zip", lambda to: zipped(source, to))):
        whole = make(store / name)
        content = bytearray(whole.read_bytes())
        place = content.index(CONTENT[1000:1040]) if CONTENT[1000:1040] in content else len(content) // 2
        content[place] ^= 0xFF
        whole.write_bytes(bytes(content))
        aged(whole)
        reading = job(store).poll(restore.COLLECTOR)
        assert ok(reading) == 0, said(reading)
        assert "The sample restore of" in said(reading)
        assert "could not be read to its end" in said(reading)
        whole.unlink()


def test_a_tar_that_was_cut_off_fails_the_restore(source: Path, store: Path) -> None:
    whole = tarred(source, store / "db.tar", "-c")
    whole.write_bytes(whole.read_bytes()[:100_000])
    aged(whole)
    assert ok(job(store).poll(restore.COLLECTOR)) == 0


def test_names_that_a_program_might_take_for_something_else_are_not_drawn(store: Path) -> None:
    with tarfile.open(store / "db.tar", "w") as archive:
        for name in (*HOSTILE, "../../etc/passwd", "twice", "twice", "a 5 2020-01-01 00:00 forged\n-rw-r--r-- a/b 1 x"):
            info = tarfile.TarInfo(name)
            info.size = 7
            archive.addfile(info, io.BytesIO(b"hostile"))
    aged(store / "db.tar")
    reading = job(store).poll(restore.COLLECTOR)
    assert (ok(reading), "nothing in it can be drawn" in said(reading)) == (None, True), said(reading)
    (store / "db.tar").unlink()
    with zipfile.ZipFile(store / "db.zip", "w") as archive_:
        for name in (*HOSTILE, "../../etc/passwd", "-d/tmp"):
            archive_.writestr(name, b"hostile")
    aged(store / "db.zip")
    reading = job(store).poll(restore.COLLECTOR)
    assert (ok(reading), "nothing in it can be drawn" in said(reading)) == (None, True), said(reading)


def test_what_has_no_members_is_neither_good_nor_bad(store: Path) -> None:
    (store / "db.bin").write_bytes(CONTENT)
    aged(store / "db.bin")
    reading = job(store).poll(restore.COLLECTOR)
    assert (ok(reading), "no sample could be restored" in said(reading)) == (None, True)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    with postgresql(tmp_path_factory.mktemp("postgresql") / "log") as made:
        made.run("""CREATE TABLE "t ; ' $(touch x)" AS SELECT n, md5(n::text) FROM generate_series(1, 5000) n""")
        yield made


@pytest.mark.parametrize("form", ["c", "t"])
def test_the_rows_of_a_table_are_read_from_a_dump(form: str, database: Database, store: Path) -> None:
    dump = store / "db.dump"
    client = [need("pg_dump"), *database.admin[3:-3], "-F", form, "-f", str(dump), "q"]
    subprocess.run(client, check=True, timeout=60)
    aged(dump)
    before = tree(store)
    reading = job(store, kind="postgresql").poll(restore.COLLECTOR)
    assert ok(reading) == 1, said(reading)
    assert "public t ; ' $(touch x)" in said(reading)
    assert tree(store) == before
    if form == "c":
        content = bytearray(dump.read_bytes())
        content[len(content) // 2] ^= 0xFF
        dump.write_bytes(bytes(content))
        aged(dump)
        assert ok(job(store, kind="postgresql").poll(restore.COLLECTOR)) == 0
