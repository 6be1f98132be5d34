"""Tests of copies, by real programs on real archives and dumps: whole, cut off, damaged."""

from __future__ import annotations

import gzip
import hashlib
import os
import random
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from agent.core.model import Reading
from collectors.backup import check
from collectors.backup.formats import format_of
from collectors.backup.manifest import checksum
from tests.collectors.backup_jobs import DAY, HOUR, Job, polled, said
from tests.collectors.test_backup_ssh import as_host, busybox, server  # noqa: F401 - fixtures
from tests.collectors.ways import value
from tests.databases import Database, mariadb, postgresql
from tests.peers import need
from tests.sshd import Sshd

CONTENT = b"\0" + os.urandom(300_000)
MYSQL = (
    b"-- MySQL dump 10.13  Distrib 8.0.36, for Linux (x86_64)\n--\nCREATE TABLE t (n int);\n"
    b"-- Dump completed on 2026-11-24  2:10:33\n"
)


def archive(*argv: str) -> Callable[[Path, Path], None]:
    """Makes `to` of the folder or file `source`."""

    def make(source: Path, to: Path) -> None:
        need(argv[0])
        with to.open("wb") as output:
            filled = [each.format(source=source, to=to, folder=source.parent, name=source.name) for each in argv]
            subprocess.run(filled, check=True, stdout=output, timeout=60, cwd=source.parent)

    return make


def zipped(source: Path, to: Path) -> None:
    subprocess.run([need("zip"), "-q", str(to), source.name], check=True, timeout=60, cwd=source.parent)


ARCHIVES: dict[str, tuple[str, Callable[[Path, Path], None]]] = {
    "gzip": ("db.gz", archive("gzip", "-c", "{source}")),
    "zstd": ("db.zst", archive("zstd", "-qc", "{source}")),
    "xz": ("db.xz", archive("xz", "-c0", "{source}")),
    "bzip2": ("db.bz2", archive("bzip2", "-c", "{source}")),
    "tar": ("db.tar", archive("tar", "-cf", "-", "{name}")),
    "tar in gzip": ("db.tgz", archive("tar", "-czf", "-", "{name}")),
    "tar in zstd": ("db.tar.zst", archive("tar", "--zstd", "-cf", "-", "{name}")),
    "tar in xz": ("db.txz", archive("tar", "-cJf", "-", "{name}")),
    "zip": ("db.zip", zipped),
}


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("archives")
    source = folder / "source"
    source.write_bytes(CONTENT)
    made = {}
    for name, (file, make) in ARCHIVES.items():
        make(source, folder / file)
        made[name] = (folder / file).read_bytes()
    return made


def reading_of(folder: Path, name: str, content: bytes, **options: object) -> Reading:
    path = folder / name
    path.write_bytes(content)
    now = time.time()
    os.utime(path, (now - HOUR, now - HOUR))
    return Job({"path": str(folder), "pattern": "db*", **options}, at=now).poll(check.COLLECTOR)


def verdict(reading: Reading) -> float | None:
    assert reading.failure is None, reading.failure
    return value(reading, "backup_verified")


@pytest.mark.parametrize("kind", ARCHIVES)
def test_a_whole_archive_is_verified_and_one_that_is_cut_or_damaged_is_not(
    kind: str, archives: dict[str, bytes], tmp_path: Path
) -> None:
    whole, name = archives[kind], ARCHIVES[kind][0]
    good = reading_of(tmp_path, name, whole)
    assert verdict(good) == 1
    assert value(good, "backup_verified_timestamp_seconds") == pytest.approx(time.time(), abs=5)
    assert good.by_metric["backup_info"][0].label("format") == kind
    cut = reading_of(tmp_path, name, whole[: len(whole) // 2])
    assert verdict(cut) == 0
    assert "fails its test" in said(cut)
    if kind != "tar":  # a tar has no checksum of what is in it
        middle = len(whole) // 2
        flipped = whole[:middle] + bytes([whole[middle] ^ 0xFF]) + whole[middle + 1 :]
        assert verdict(reading_of(tmp_path, name, flipped)) == 0


def test_a_list_of_checksums_decides_where_there_is_one(tmp_path: Path) -> None:
    right = hashlib.sha256(b"data").hexdigest()
    for name, line in (
        ("db.bin.sha256", f"{right}  db.bin\n"),
        ("db.bin.sha256", f"{right}\n"),
        ("SHA256SUMS", f"{'0' * 64}  other\n{right} *db.bin\n"),
        ("SHA256SUMS", f"SHA256 (db.bin) = {right}\n"),
        ("db.bin.md5", f"{hashlib.md5(b'data').hexdigest()}  ./db.bin\r\n"),
        ("SHA512SUMS", f"{hashlib.sha512(b'data').hexdigest()}  db.bin\n"),
    ):
        (tmp_path / name).write_text(line)
        assert verdict(reading_of(tmp_path, "db.bin", b"data", pattern="*.bin")) == 1, line
        bad = reading_of(tmp_path, "db.bin", b"date", pattern="*.bin")
        assert (verdict(bad), "not the one that is listed" in said(bad)) == (0, True), line
        (tmp_path / name).unlink()


def test_a_list_that_is_named_must_know_the_copy(tmp_path: Path) -> None:
    (tmp_path / "sums").write_text(f"{'0' * 64}  db.older\n")
    reading = reading_of(tmp_path, "db.gz", gzip.compress(b"x"), pattern="*.gz", verify={"manifest": "sums"})
    assert verdict(reading) is None
    assert "does not name it" in said(reading)


def test_what_cannot_be_tested_is_neither_good_nor_bad(tmp_path: Path) -> None:
    reading = reading_of(tmp_path, "db.bin", os.urandom(1000))
    assert verdict(reading) is None
    assert "cannot be tested" in said(reading)


@pytest.mark.parametrize("dump", [MYSQL, MYSQL.replace(b"MySQL dump", b"MariaDB dump")])
def test_a_dump_of_mysql_is_whole_by_its_last_line(dump: bytes, tmp_path: Path) -> None:
    """Recorded in the form of mysqldump, of our own making."""
    without = dump[: dump.index(b"-- Dump completed")]
    assert verdict(reading_of(tmp_path, "db.sql", dump, kind="mysql")) == 1
    assert verdict(reading_of(tmp_path, "db.sql", without, kind="mysql")) == 0
    assert verdict(reading_of(tmp_path, "db.sql", gzip.compress(dump))) == 1
    assert verdict(reading_of(tmp_path, "db.sql", gzip.compress(without))) == 0


def test_what_is_no_dump_of_the_database_is_bad(tmp_path: Path) -> None:
    error = reading_of(
        tmp_path, "db.sql.gz", gzip.compress(b"mysqldump: Got error: 1045: Access denied\n"), kind="mysql"
    )
    assert verdict(error) == 0
    assert "no dump of that database" in said(error)


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("openssl", b"Salted__" + bytes(range(100))),
        ("age", b"age-encryption.org/v1\n-> X25519 abc\n"),
        ("pgp", b"\x8c\x0d\x04\x09\x03\x0a" + os.urandom(90)),
    ],
)
def test_what_is_encrypted_is_known_and_may_be_asked_for(name: str, head: bytes, tmp_path: Path) -> None:
    reading = reading_of(tmp_path, "db.enc", head, verify={"encrypted": True})
    assert reading.by_metric["backup_info"][0].labels == (name, "yes")
    assert verdict(reading) is None
    plain = reading_of(tmp_path, "db.enc", gzip.compress(b"x"), verify={"encrypted": True})
    assert (verdict(plain), "this one is not" in said(plain)) == (0, True)


def test_a_zip_is_encrypted_where_all_its_files_are(tmp_path: Path) -> None:
    """A folder in it never is, and comes first."""
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "a").write_text("a" * 1000)
    (tmp_path / "b").write_text("b" * 1000)
    for file, more, found in (("db-1.zip", [], "yes"), ("db-2.zip", ["b"], "no")):
        subprocess.run([need("zip"), "-qr", "-P", "word", file, "source"], check=True, cwd=tmp_path, timeout=30)
        if more:
            subprocess.run([need("zip"), "-q", file, *more], check=True, cwd=tmp_path, timeout=30)
        content = (tmp_path / file).read_bytes()
        reading = reading_of(tmp_path, "db.zip", content, pattern="db.zip", verify={"encrypted": True})
        assert reading.by_metric["backup_info"][0].label("encrypted") == found
        assert verdict(reading) == (None if found == "yes" else 0)
    mixed = reading_of(tmp_path, "db.zip", content, pattern="db.zip")
    assert (verdict(mixed), "are encrypted" in said(mixed)) == (None, True)


def test_nobody_can_tell_whether_what_is_not_known_is_encrypted(tmp_path: Path) -> None:
    reading = reading_of(tmp_path, "db.enc", os.urandom(1000), verify={"encrypted": True}, kind="postgresql")
    assert reading.by_metric["backup_info"][0].label("encrypted") == "unknown"
    assert (verdict(reading), "nobody can tell" in said(reading)) == (None, True)


def test_a_copy_with_nothing_in_it_is_bad(tmp_path: Path) -> None:
    """What `dump | gzip` and `tar -czf` leave when the dump fails."""
    for content in (gzip.compress(b""), gzip.compress(bytes(10240)), bytes(10240)):
        reading = reading_of(tmp_path, "db.gz", content)
        assert (verdict(reading), "nothing in it" in said(reading)) == (0, True)


def test_what_gzip_only_warns_of_is_not_damaged(archives: dict[str, bytes], tmp_path: Path) -> None:
    assert verdict(reading_of(tmp_path, "db.tgz", archives["tar in gzip"] + b"more")) == 1
    loose = reading_of(tmp_path, "db.gz", archives["gzip"] + b"more", pattern="db.gz")
    assert (verdict(loose), "cannot be told" in said(loose)) == (None, True)


def test_what_was_packed_with_a_long_memory_is_unpacked(tmp_path: Path) -> None:
    argv = [need("zstd"), "-qc", "--long=30", "--no-content-size"]
    packed = subprocess.run(argv, input=CONTENT, capture_output=True, check=True, timeout=60).stdout
    assert verdict(reading_of(tmp_path, "db.zst", packed)) == 1


def test_a_dump_may_be_in_an_archive(archives: dict[str, bytes], tmp_path: Path) -> None:
    assert verdict(reading_of(tmp_path, "db.tgz", archives["tar in gzip"], kind="postgresql")) == 1


def test_bytes_without_a_meaning_are_of_no_format() -> None:
    dice = random.Random(7)
    named = [format_of(dice.randbytes(512)).name for _ in range(100_000)]
    assert sum(name != "other" for name in named) < 20
    for short in (b"", b"\x8c", b"\xc1\xff", b"PK\x03\x04", b"\x1f"):
        format_of(short)


def test_a_real_encrypted_file_is_known() -> None:
    secret = ["-pass", "pass:x"]
    argv = [need("openssl"), "enc", "-aes-256-cbc", "-pbkdf2", *secret]
    salted = subprocess.run(argv, input=b"data", capture_output=True, check=True, timeout=30)
    assert format_of(salted.stdout).name == "openssl"


def test_a_copy_is_tested_once_and_again_a_day_later(tmp_path: Path) -> None:
    path = tmp_path / "db.gz"
    path.write_bytes(gzip.compress(CONTENT))
    now = time.time()
    os.utime(path, (now - HOUR, now - HOUR))
    job = Job({"path": str(tmp_path)}, at=now)
    assert verdict(job.poll(check.COLLECTOR)) == 1
    content = path.read_bytes()
    path.write_bytes(b"\x1f\x8bbroken" + content[8:])
    os.utime(path, (now - HOUR, now - HOUR))
    job.at = now + HOUR
    assert verdict(job.poll(check.COLLECTOR)) == 1
    job.at = now + DAY + HOUR
    again = job.poll(check.COLLECTOR)
    assert verdict(again) == 0
    assert value(again, "backup_verified_timestamp_seconds") == pytest.approx(job.at, abs=1)


def test_a_test_that_takes_too_long_is_told_and_ends_in_time(tmp_path: Path) -> None:
    path = tmp_path / "db.gz"
    with gzip.open(path, "wb", 1) as file:
        for _ in range(50):
            file.write(bytes(2**20))
    content = path.read_bytes()
    path.write_bytes(content * 200)
    now = time.time()
    os.utime(path, (now - HOUR, now - HOUR))
    job = Job({"path": str(tmp_path), "verify": {"within": "2s"}}, at=now)
    began = time.monotonic()
    reading = job.poll(check.COLLECTOR)
    assert time.monotonic() - began < 3
    assert verdict(reading) is None
    assert "is over" in said(reading)


def test_copies_on_a_host_are_tested_there(archives: dict[str, bytes], server: Sshd, tmp_path: Path) -> None:  # noqa: F811
    kinds = ("tar in zstd", "zip")
    assert on_host(server, tmp_path, archives, kinds) == {kind: [1, 0] for kind in kinds}


def test_copies_on_a_host_with_busybox_are_tested_as_far_as_it_can(
    archives: dict[str, bytes],
    busybox: Sshd,  # noqa: F811
    tmp_path: Path,
) -> None:
    kinds = ("bzip2", "tar", "tar in gzip", "zip")
    assert on_host(busybox, tmp_path, archives, kinds) == {kind: [1, 0] for kind in kinds}


def on_host(
    server: Sshd,  # noqa: F811
    folder: Path,
    archives: dict[str, bytes],
    kinds: tuple[str, ...],
) -> dict[str, list[float | None]]:
    """What is said of each, and of its first two thirds."""
    jobs, now = [], time.time()
    for number, (kind, whole) in enumerate((kind, whole) for kind in kinds for whole in (True, False)):
        content = archives[kind] if whole else archives[kind][: len(archives[kind]) * 2 // 3]
        path = folder / f"{number:02} $(touch x)\n'"
        path.write_bytes(content)
        os.utime(path, (now - HOUR, now - HOUR))
        options = {"host": "store", "path": str(folder), "pattern": f"{number:02}*"}
        jobs.append(Job(options, {"store": as_host(server)}, at=now))
    verdicts = [verdict(reading) for reading in polled(jobs, check.COLLECTOR)]
    return {kind: verdicts[2 * place : 2 * place + 2] for place, kind in enumerate(kinds)}


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    with postgresql(tmp_path_factory.mktemp("postgresql") / "log") as running:
        running.run("CREATE TABLE t AS SELECT n, md5(n::text) AS word FROM generate_series(1, 20000) AS n")
        yield running


@pytest.mark.parametrize("form", ["custom", "plain", "tar", "plain in gzip", "custom in gzip", "tar in gzip"])
def test_a_real_dump_of_postgresql_is_whole_and_its_first_half_is_not(
    form: str, database: Database, tmp_path: Path
) -> None:
    login = database.admin[3 : database.admin.index("-d")]
    argv = [need("pg_dump"), *login, "-F", form[0], "-d", "q"]
    dump = subprocess.run(argv, capture_output=True, check=True, timeout=60).stdout
    dump = gzip.compress(dump) if "gzip" in form else dump
    assert verdict(reading_of(tmp_path, "db.dump", dump, kind="postgresql")) == 1
    assert verdict(reading_of(tmp_path, "db.dump", dump[: len(dump) * 2 // 3], kind="postgresql")) == 0
    assert verdict(reading_of(tmp_path, "db.dump", dump, kind="mysql")) == 0


def test_a_real_dump_of_mariadb_is_whole_and_its_first_half_is_not(tmp_path: Path) -> None:
    program = need("mariadb-dump")
    with mariadb(tmp_path / "log") as running:
        running.run("CREATE TABLE q.t (n int); INSERT INTO q.t VALUES (1), (2)")
        argv = [program, *running.admin[1:-1], "q"]
        dump = subprocess.run(argv, capture_output=True, check=True, timeout=60).stdout
    assert verdict(reading_of(tmp_path, "db.sql", dump, kind="mysql", pattern="db.sql")) == 1
    assert verdict(reading_of(tmp_path, "db.sql", dump[:-200], kind="mysql", pattern="db.sql")) == 0


def test_names_in_lists_of_checksums_are_read_as_coreutils_writes_them(tmp_path: Path) -> None:
    for name in ("plain.gz", "two\nlines.gz", "back\\slash.gz", "数据.gz", " space *.gz", "return\r.gz"):
        (tmp_path / name).write_bytes(name.encode())
        listed = subprocess.run([need("sha256sum"), "--", name], capture_output=True, check=True, cwd=tmp_path).stdout
        assert checksum(listed, f"/store/./{name}") == hashlib.sha256(name.encode()).hexdigest(), name
