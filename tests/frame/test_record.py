"""The record of configurations: a real git repository, looked at with git too; ids of every shape; damage."""

from __future__ import annotations

import asyncio
import hashlib
import os
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from agent.configurations import Record
from agent.core.configurations import Form, digest
from agent.core.reach import CannotAsk
from agent.options import identity
from tests.peers import need

IDS = ("core", "核心交换机", "HEAD", "a..b", "sw1.", "sw.lock", "_-", "master", "a.b.c", "x" * 63, "七" * 63)


def record(tmp_path: Path, writable: bool = True) -> Record:
    return Record(tmp_path / "configurations", lambda: tmp_path / "baselines", writable)


def git(tmp_path: Path, *words: str) -> str:
    argv = [need("git"), "-C", str(tmp_path / "configurations" / "repository"), *words]
    env = {**os.environ, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}
    return subprocess.run(argv, capture_output=True, text=True, timeout=30, check=True, env=env).stdout


def test_versions_are_kept_and_found_again_by_another_agent(tmp_path: Path) -> None:
    first = record(tmp_path)
    first.put("core", "a\n", "a\n", 100.0)
    first.put("core", "a\n", "a\n", 200.0)
    written = first.put("core", "b\n", None, 300.5)
    found = record(tmp_path).look("core")
    assert found == written
    assert [(each.at, each.before, each.running, each.saved) for each in found.versions] == [
        (300.0, 200.0, digest("b\n"), None),
        (100.0, None, digest("a\n"), digest("a\n")),
    ]
    assert (found.seen, found.changed, found.saved, found.approved) == (300.0, 300.0, None, None)
    newest, oldest = first.versions("core")
    assert (first.text(newest.commit), first.text(oldest.commit, "saved")) == ("b\n", "a\n")
    assert first.text(newest.commit, "saved") is None
    assert git(tmp_path, "log", "--format=%at", "core").split() == ["300", "100"]


def test_a_change_of_rules_is_put_on_record_and_the_baseline_outlives_it(tmp_path: Path) -> None:
    kept = record(tmp_path)
    kept.put("core", "vlan 1\n", "vlan 1\n", 100.0, Form(1, "aa"))
    kept.put("core", "vlan 2\n", "vlan 2\n", 200.0, Form(1, "ab"))
    kept.baseline("core").parent.mkdir()
    kept.baseline("core").write_text("vlan 1\n")
    form = Form(2, "ac", same=True, approved="VLAN 1\n")
    kept.put("core", "VLAN 2\n", "VLAN 2\n", 300.0, form)
    found = record(tmp_path).look("core")
    assert [(each.rules, each.same, each.approved) for each in found.versions] == [
        (2, True, (digest("vlan 1\n"), digest("VLAN 1\n"))),
        (1, False, None),
        (1, False, None),
    ]
    assert (found.changed, found.mark, list(found.drifts())) == (200.0, "ac", [(100.0, 200.0)])
    assert record(tmp_path).approved("core") == "VLAN 1\n"
    again = kept.put("core", "VLAN 1\n", None, 400.0, Form(2, "ad"))
    assert list(again.drifts()) == []
    assert "rules: 2" in git(tmp_path, "log", "-1", "--format=%B", "core")


def test_a_saving_under_other_rules_that_change_nothing_is_no_change_of_rules(tmp_path: Path) -> None:
    kept = record(tmp_path)
    kept.put("core", "a\n", "", 100.0, Form(1))
    kept.baseline("core").parent.mkdir()
    kept.baseline("core").write_text("a\n")
    found = kept.put("core", "a\n", "a\n", 200.0, Form(2, same=True))
    assert [(each.rules, each.same) for each in found.versions] == [(2, False), (1, False)]
    assert (found.changed, found.saved, found.as_approved) == (100.0, True, True)


def test_what_an_older_agent_put_on_record_is_by_the_first_rules(tmp_path: Path) -> None:
    kept = record(tmp_path)
    kept.put("core", "a\n", None, 100.0)
    seen = tmp_path / "configurations" / "seen" / "core"
    seen.write_text("150\n")
    found = record(tmp_path).look("core")
    assert (found.seen, found.mark, found.versions[0].rules) == (150.0, "", 1)


def test_an_id_of_any_shape_has_a_branch_of_its_own(tmp_path: Path) -> None:
    kept = record(tmp_path)
    for each in IDS:
        kept.put(identity(each), f"hostname {each}\n", None, 100.0)
    for each in IDS:
        (found,) = kept.versions(each)
        assert kept.text(found.commit) == f"hostname {each}\n"
        assert kept.look(each).seen == 100.0
    branches = git(tmp_path, "for-each-ref", "--format=%(refname)").splitlines()
    assert len(branches) == len(IDS)
    for branch in branches:
        git(tmp_path, "check-ref-format", branch)
    git(tmp_path, "fsck", "--strict")
    assert {each.name for each in tmp_path.iterdir()} == {"configurations"}


def test_the_baseline_is_read_again_when_somebody_wrote_it(tmp_path: Path) -> None:
    kept = record(tmp_path)
    assert kept.put("core", "a\n", None, 100.0).approved is None
    path = kept.baseline("core")
    path.parent.mkdir()
    path.write_bytes(b"a\r\n")
    assert kept.look("core").approved == digest("a\n")
    time.sleep(0.01)
    path.write_bytes(b"b\n")
    assert kept.look("core").approved == digest("b\n")


def test_one_that_only_looks_writes_nothing(tmp_path: Path) -> None:
    kept = record(tmp_path, writable=False)
    assert kept.put("core", "a\n", "b\n", 100.0).saved is False
    assert kept.fingerprint("secret")
    assert list(tmp_path.iterdir()) == []


def test_threads_that_ask_for_the_first_fingerprint_at_once_get_the_same(tmp_path: Path) -> None:
    for attempt in range(20):
        kept, barrier = record(tmp_path / str(attempt)), threading.Barrier(8)

        def ask(kept: Record = kept, barrier: threading.Barrier = barrier) -> str:
            barrier.wait(5)
            return kept.fingerprint("canary")

        with ThreadPoolExecutor(8) as threads:
            found = {each.result() for each in [threads.submit(ask) for _ in range(8)]}
        assert found == {record(tmp_path / str(attempt)).fingerprint("canary")}


def test_fingerprints_outlive_the_agent_and_belong_to_one_store(tmp_path: Path) -> None:
    once = record(tmp_path).fingerprint("canary")
    assert record(tmp_path).fingerprint("canary") == once
    assert record(tmp_path).fingerprint("another") != once
    assert record(tmp_path / "another").fingerprint("canary") != once
    assert (tmp_path / "configurations" / "key").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "configurations").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("damage", ["empty object", "empty branch", "no objects", "a file in its place", "no folder"])
def test_a_damaged_store_is_told_and_never_taken_for_none(tmp_path: Path, damage: str) -> None:
    kept = record(tmp_path)
    kept.put("core", "a\n", None, 100.0)
    kept.baseline("core").parent.mkdir()
    kept.baseline("core").write_text("a\n")
    repository = tmp_path / "configurations" / "repository"
    if damage == "empty object":
        for each in repository.glob("objects/??/*"):
            each.chmod(0o600)
            each.write_bytes(b"")
    elif damage == "empty branch":
        (repository / "refs/heads/core").write_bytes(b"")
    elif damage == "no objects":
        (repository / "objects").rename(tmp_path / "away")
    else:
        repository.rename(tmp_path / "away")
        if damage == "a file in its place":
            repository.write_text("nothing")
    if damage == "no folder":
        assert record(tmp_path).look("core").versions == ()
        return
    with pytest.raises(CannotAsk, match="configurations"):
        record(tmp_path).look("core")
    with pytest.raises(CannotAsk) as caught:
        record(tmp_path).approved("core")
    assert "CannotAsk" not in str(caught.value)  # the failure itself, not a failure to read that
    with pytest.raises(CannotAsk, match="configurations"):
        asyncio.run(record(tmp_path).keep("core", "b\n", None, 200.0))


@pytest.mark.parametrize("which", ["object", "branch"])
def test_a_lock_that_was_left_keeps_nothing_from_being_put_on_record(tmp_path: Path, which: str) -> None:
    """Of an agent that was killed, or whose disk was full: the same text comes again."""
    record(tmp_path).put("other", "b\n", None, 100.0)
    record(tmp_path).put("core", "a\n", None, 100.0)
    repository = tmp_path / "configurations" / "repository"
    if which == "branch":
        lock = repository / "refs/heads/core.lock"
    else:
        name = hashlib.sha1(b"blob 2\0c\n", usedforsecurity=False).hexdigest()
        lock = repository / "objects" / name[:2] / f"{name[2:]}.lock"
    lock.parent.mkdir(exist_ok=True)
    lock.write_bytes(b"")
    with pytest.raises(CannotAsk, match=r"\.lock: somebody writes there"):
        record(tmp_path).put("core", "c\n", None, 200.0)
    os.utime(lock, (time.time() - 300, time.time() - 300))
    assert len(record(tmp_path).put("core", "c\n", None, 400.0).versions) == 2
    assert not lock.exists()


def test_many_devices_at_once_lose_nothing(tmp_path: Path) -> None:
    kept = record(tmp_path)

    async def all_() -> None:
        await asyncio.gather(*[kept.keep(f"sw-{each}", f"hostname {each}\n", None, 100.0) for each in range(12)])

    asyncio.run(all_())
    assert len(git(tmp_path, "branch").splitlines()) == 12
    assert git(tmp_path, "fsck", "--strict") == ""


def test_a_text_that_is_no_unicode_is_kept_as_it_is(tmp_path: Path) -> None:
    kept = record(tmp_path)
    text = b"name \xff\xfe\n".decode("utf-8", "surrogateescape")
    kept.put("core", text, text, 100.0)
    assert kept.text(kept.versions("core")[0].commit) == text
    assert kept.look("core").saved is True


def test_a_disk_that_hangs_is_told_in_time_by_one_thread_and_used_again_when_it_answers(tmp_path: Path) -> None:
    record(tmp_path).put("core", "a\n", None, 100.0)
    record(tmp_path).put("other", "a\n", None, 100.0)
    seen = tmp_path / "configurations" / "seen" / "core"
    seen.unlink()
    os.mkfifo(seen)  # whoever reads it hangs

    async def hanging() -> float | None:
        kept = Record(tmp_path / "configurations", lambda: tmp_path / "baselines", seconds=0.2)
        before = threading.active_count()
        for _ in range(3):
            for each in ("core", "other"):
                with pytest.raises(CannotAsk, match="the disk does not answer"):
                    await kept.standing(each)
        assert threading.active_count() <= before + 1
        seen.write_text("300\n")
        return (await kept.standing("other")).seen

    assert asyncio.run(hanging()) == 100.0
