"""Where copies lie: free space, and whether production could alter or delete them."""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from agent.core.reach import CannotAsk
from agent.core.ssh import Answer, Command
from collectors.backup import store
from collectors.backup.here import Here
from collectors.backup.isolation import Account, Rights, immutable, judged, read_only, rights_of
from collectors.backup.listing import File, Listing, listed
from collectors.backup.space import Space, points, space, time_to_full
from tests.collectors.backup_jobs import DAY, HOUR, NOW, Job, said, write
from tests.collectors.test_backup_ssh import as_host, server  # noqa: F401 - a fixture
from tests.collectors.ways import value
from tests.databases import NOBODY
from tests.sshd import Sshd

GIB = 2**30


def answer(stdout: bytes, status: int = 0) -> Answer:
    return Answer(Command(("x",)), status, stdout)


def test_free_space_is_that_of_the_file_system(tmp_path: Path) -> None:
    found = Job({"path": str(tmp_path)}).values(store.COLLECTOR)
    here = shutil.disk_usage(tmp_path)
    assert found["space_free_ratio"] == pytest.approx(here.free / (here.used + here.free), rel=0.01)
    assert "space_time_to_full_seconds" not in found


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (b"/dev/sda1 1000 250 750 25% /", Space(250 * 1024, 750 * 1024)),
        (b"//nas/share with spaces 1000 250 750 25% /mnt/x y", Space(250 * 1024, 750 * 1024)),
        (b"/dev/full 1000 1010 -10 101% /b", Space(1010 * 1024, 0)),
        (b"nonsense", None),
    ],
)
def test_df_is_read_whatever_the_device_is_called(line: bytes, found: Space | None) -> None:
    head = b"Filesystem 1024-blocks Used Available Capacity Mounted on\n"
    assert space(answer(head + line + b"\n")) == found


def test_when_it_is_full_is_told_by_the_growth_of_some_days() -> None:
    known = points([], NOW, 100 * GIB)
    assert time_to_full(known, NOW + DAY / 2, Space(101 * GIB, 50 * GIB)) is None
    assert time_to_full(known, NOW + 5 * DAY, Space(150 * GIB, 50 * GIB)) == pytest.approx(5 * DAY)
    assert time_to_full(known, NOW + 5 * DAY, Space(90 * GIB, 50 * GIB)) == float("inf")
    for hour in range(0, 40 * 24):
        known = points(known, NOW + hour * HOUR, 100 * GIB)
    assert len(known) <= 30 * 4 + 1


@pytest.fixture
def public() -> Iterator[Path]:
    """A folder in a place that everybody may look into, as copies lie."""
    made = Path(tempfile.mkdtemp(prefix="store"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


def isolated(folder: Path, account: str, **options: object) -> tuple[float | None, str]:
    job = Job({"path": str(folder), "isolation": {"account": account}, **options}, at=time.time())
    reading = job.poll(store.COLLECTOR)
    assert reading.failure is None, reading.failure
    return value(reading, "backup_isolated"), said(reading)


def test_another_account_is_kept_out_by_rights_and_let_in_by_them(public: Path) -> None:
    copy = write(public, "db.gz", HOUR, now=time.time())
    copy.chmod(0o644)
    assert isolated(public, "nobody")[0] == 1
    copy.chmod(0o646)
    assert isolated(public, "nobody") == (0, isolated(public, "nobody")[1])
    assert "can write to copies" in isolated(public, "nobody")[1]
    copy.chmod(0o644)
    public.chmod(0o777)
    assert "delete or rename" in isolated(public, "nobody")[1]
    public.chmod(0o1777)
    assert isolated(public, "nobody")[0] == 1


def test_a_folder_that_can_be_moved_away_is_not_isolated(public: Path) -> None:
    inner = public / "inner"
    inner.mkdir(mode=0o755)
    write(inner, "db.gz", HOUR, now=time.time()).chmod(0o644)
    assert isolated(inner, "nobody")[0] == 1
    public.chmod(0o777)
    assert "move the folder" in isolated(inner, "nobody")[1]


def test_root_is_never_kept_out(public: Path) -> None:
    assert isolated(public, "root") == (0, isolated(public, "root")[1])
    assert "is root" in isolated(public, "root")[1]


def test_an_account_that_is_not_there_fails_the_run_and_space_is_kept(public: Path) -> None:
    reading = Job({"path": str(public), "isolation": {"account": "no-such-account"}}).poll(store.COLLECTOR)
    assert reading.failure is not None
    assert "no account no-such-account" in reading.failure.message
    assert value(reading, "backup_space_free_ratio") is not None


def test_a_host_is_looked_at_where_production_runs(public: Path, server: Sshd) -> None:  # noqa: F811
    options = {"path": "/", "pattern": "none", "isolation": {"account": "nobody", "host": "web", "path": str(public)}}
    job = Job(options, {"web": as_host(server)}, at=time.time())
    assert job.values(store.COLLECTOR)["isolated"] == 1
    public.chmod(0o777)
    assert job.values(store.COLLECTOR)["isolated"] == 0


APP = Account(1000, frozenset({1000, 50}))
STORE, ABOVE = Rights(0o755, 0, 0), Rights(0o755, 0, 0)
COPY = File("/b/a", 1, 1, 0o640, 0, 0)


@pytest.mark.parametrize(
    ("folder", "above", "file", "mounted_ro", "wanted"),
    [
        (STORE, ABOVE, COPY, False, True),
        (Rights(0o755, 1000, 0), ABOVE, COPY, False, False),
        (Rights(0o555, 1000, 0), ABOVE, COPY, False, False),
        (Rights(0o775, 0, 50), ABOVE, COPY, False, False),
        (Rights(0o775, 0, 60), ABOVE, COPY, False, True),
        (Rights(0o1775, 0, 50), ABOVE, COPY, False, True),
        (Rights(0o1775, 0, 50), ABOVE, File("/b/a", 1, 1, 0o640, 1000, 0), False, False),
        (Rights(0o757, 0, 50), ABOVE, COPY, False, True),  # its group may not, so that "others" does not count
        (Rights(0o757, 0, 60), ABOVE, COPY, False, False),
        (Rights(0o755, 0, 0, users=frozenset({1000})), ABOVE, COPY, False, False),
        (Rights(0o755, 0, 0, groups=frozenset({50})), ABOVE, COPY, False, False),
        (Rights(0o755, 0, 0, users=frozenset({7})), ABOVE, COPY, False, True),
        (Rights(0o777, 0, 0, fixed=True), ABOVE, COPY, False, True),
        (Rights(0o755, 0, 0, readable=False), ABOVE, COPY, False, None),
        (None, ABOVE, COPY, False, None),
        (STORE, Rights(0o777, 0, 0), COPY, False, False),
        (STORE, Rights(0o1777, 0, 0), COPY, False, True),
        (STORE, Rights(0o755, 1000, 0), COPY, False, False),
        (STORE, ABOVE, File("/b/a", 1, 1, 0o660, 0, 50), False, False),
        (STORE, ABOVE, File("/b/a", 1, 1, 0o660, 0, 60), False, True),
        (Rights(0o777, 0, 0), ABOVE, COPY, True, True),
    ],
)
def test_who_could_delete_is_judged_as_the_kernel_would(
    folder: Rights | None, above: Rights, file: File, mounted_ro: bool, wanted: bool | None
) -> None:
    assert judged(APP, mounted_ro, [folder, above], [file]).isolated is wanted


def test_the_last_mount_on_the_longest_way_counts() -> None:
    mounts = (
        b"/dev/sda1 / ext4 rw 0 0\n"
        b"nas:/b /mnt/backup\\040store nfs ro,vers=4.2 0 0\n"
        b"/dev/sdb1 /mnt/disk ext4 ro 0 0\n/dev/sdb2 /mnt/disk ext4 rw,errors=remount-ro 0 0\nbroken\n"
    )
    assert read_only(mounts, "/mnt/backup store/db")
    assert not read_only(mounts, "/mnt/backup storeroom")
    assert not read_only(mounts, "/mnt/disk")
    assert not read_only(b"", "/")


def test_access_lists_and_attributes_are_read_as_recorded() -> None:
    stat, listed = answer(b"775 0 50\n"), answer(b"drwxrwxr-x+ 2 0 50 4096 Nov 24 02:10 /b\n")
    acl = b"user::rwx\nuser:1000:rwx\nuser:7:r-x\ngroup::r-x\ngroup:60:rwx\nmask::rwx\nother::r-x\n"
    plain = answer(b"--------------e------- /b\n")
    rights = rights_of([stat, answer(acl), listed, plain])
    assert rights == Rights(0o755, 0, 50, frozenset({1000}), frozenset({60}))
    masked = rights_of([stat, answer(acl.replace(b"mask::rwx", b"mask::r-x")), listed, plain])
    assert masked is not None
    assert (masked.users, masked.groups) == (frozenset(), frozenset())
    unseen = rights_of([stat, answer(b"", 127), listed, plain])
    assert unseen is not None
    assert not unseen.readable
    without = rights_of([stat, answer(b"", 127), answer(b"drwxrwxr-x 2 0 50 4096 x /b\n"), answer(b"", 1)])
    assert without == Rights(0o775, 0, 50)
    for flags in (b"----i---------e-------", b"-----a--------e-------"):
        fixed = rights_of([stat, answer(b"", 127), answer(b"drwx"), answer(flags + b" /b\n")])
        assert fixed is not None
        assert fixed.fixed
    assert immutable(answer(b"----i---------e------- /b/a i\n"))
    assert not immutable(answer(b"--------------e------- /b/i i\n"))


def test_the_account_cannot_be_an_option_or_a_command() -> None:
    for account in ("-n", "a b", "$(touch x)", "a;b", "", "a" * 65, "a\nb"):
        with pytest.raises(ValueError, match="isolation"):
            Job({"path": "/", "isolation": {"account": account}}).target  # noqa: B018 - building it is the test


def test_an_ordinary_user_sees_who_he_is(public: Path) -> None:
    me = pwd.getpwuid(os.geteuid()).pw_name
    assert isolated(public, me)[0] == 0


class Ordinary(Here):
    """This machine as somebody without rights of his own sees it."""

    async def round(self, commands: Sequence[Command]) -> Sequence[Answer]:
        drop = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups") if os.geteuid() == 0 else ()
        return await super().round([replace(each, argv=(*drop, *each.argv)) for each in commands])


async def seen(path: Path, depth: int = 1) -> Listing:
    return await listed(Ordinary(asyncio.get_running_loop().time() + 20), str(path), "*", depth)


def test_a_folder_behind_one_that_is_closed_is_not_called_missing(public: Path) -> None:
    inner = public / "closed" / "store"
    inner.mkdir(parents=True)
    (public / "closed").chmod(0)
    with pytest.raises(CannotAsk, match="search rights") as closed:
        asyncio.run(seen(inner))
    (public / "closed").chmod(0o700)
    assert closed.value.kind == "permission"


def test_folders_below_that_are_closed_are_counted(public: Path) -> None:
    for name in ("open", "closed", "lost+found"):
        (public / name).mkdir()
        (public / name / "db.gz").write_text("x")
    for name in ("closed", "lost+found"):
        (public / name).chmod(0)
    found = asyncio.run(seen(public, 2))
    for name in ("closed", "lost+found"):
        (public / name).chmod(0o700)
    assert ([file.name for file in found.files], found.unseen) == (["db.gz"], 1)
