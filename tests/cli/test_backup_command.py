"""`shouwang backup`: restore tests and off-line disks are kept with their proof, and everything is seen at once."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import stat
import time
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from agent.cli import main
from agent.core.ledger import records
from agent.core.store import Store
from tests.frame.centre import Centre
from tests.peers import until

PEOPLE = "people: [{id: wang, name: 王工, role: network_administrator}]\n"


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    made = Centre(tmp_path)
    (tmp_path / "store").mkdir()
    for day in range(3):
        copy = tmp_path / "store" / f"{day}.sql.gz"
        copy.write_bytes(
            gzip.compress(b"-- MySQL dump 10.13\n" + os.urandom(5000).hex().encode() + b"\n-- Dump completed\n")
        )
        os.utime(copy, (time.time() - day * 86400 - 3600,) * 2)
    (tmp_path / "restore.log").write_text("20 files restored, all identical\n")
    made.write(
        PEOPLE + f"backups: [{{id: db, name: 数据库, path: {tmp_path}/store, kind: mysql, every: 5s, timeout: 4s}}]"
    )
    return made


def run(centre: Centre, *words: str) -> Result:
    done = CliRunner().invoke(main.application(), ["backup", *words, "-c", str(centre.config)])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


def listed(centre: Centre) -> dict[str, Any]:
    (found,) = json.loads(run(centre, "list", "--format", "json").stdout)
    return dict(found)


def test_all_that_an_administrator_needs_stands_in_the_list(centre: Centre) -> None:
    told = run(centre, "list").stdout
    for word in ("数据库", "3", "通过", "从未"):
        assert word in told
    found = listed(centre)
    assert (found["metrics"]["copies"], found["metrics"]["verified"], found["restored"]) == (3, 1, None)
    assert (found["format"], found["encrypted"]) == ("sql (mysql) in gzip", "no")
    (centre.place / "store" / "new.sql.gz.part").write_bytes(b"half")
    assert listed(centre)["remarks"] == [{"zh": "有一份备份正在写入", "en": "a copy is being written"}]
    assert "有一份备份正在写入" in run(centre, "list").stdout


def test_a_restore_is_kept_with_its_proof_while_no_agent_runs(centre: Centre) -> None:
    log = centre.place / "restore.log"
    done = run(centre, "restored", "db", "--evidence", str(log), "--note", "20 个文件", "--by", "wang")
    assert done.exit_code == 0
    digest = hashlib.sha256(log.read_bytes()).hexdigest()
    assert "RST-0001" in done.stderr
    assert digest[:12] in done.stderr
    kept = centre.state / "evidence" / digest
    assert kept.read_bytes() == log.read_bytes()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    store = Store.peek(centre.state)
    (record,) = store.ask(lambda connection: list(records(connection)), [])
    body = json.loads(record.body)
    assert (record.kind, body["by"], body["good"], body["sha256"]) == ("backup.restored", "wang", True, digest)
    assert store.verify() is None
    found = listed(centre)
    assert found["restored"]["note"] == "20 个文件"
    assert found["metrics"]["restore_ok"] == 1
    assert found["restore_due"] == pytest.approx(time.time() + 90 * 86400, abs=60)


def test_the_last_restore_counts_whatever_was_entered_last(centre: Centre) -> None:
    log = str(centre.place / "restore.log")
    assert run(centre, "restored", "db", "--evidence", log, "--failed").exit_code == 0
    assert run(centre, "restored", "db", "--evidence", log, "--at", "2025-01-02 10:00").exit_code == 0
    found = listed(centre)
    assert found["metrics"]["restore_ok"] == 0
    assert "not identical" in found["wrong"]["en"]


def test_a_disk_that_was_taken_off_line_is_entered(centre: Centre) -> None:
    assert run(centre, "offline", "db", "--note", "硬盘 3 号,保险柜").exit_code == 0
    assert listed(centre)["metrics"]["offline_copy_timestamp_seconds"] == pytest.approx(time.time(), abs=60)


def test_what_cannot_be_entered_says_why_and_leaves_nothing(centre: Centre) -> None:
    log = str(centre.place / "restore.log")
    for words, code, reason in (
        (("restored", "other", "--evidence", log), 1, "没有备份 other;已有:db"),
        (("restored", "db", "--evidence", str(centre.place)), 2, "不是普通文件"),
        (("restored", "db", "--evidence", str(centre.place / "gone")), 2, "读不了"),
        (("restored", "db", "--evidence", log, "--at", "2099-01-01 00:00"), 1, "在将来"),
        (("restored", "db", "--evidence", log, "--by", "zhang"), 2, "没有这个人"),
        (("restored", "db"), 2, "--evidence"),
    ):
        done = run(centre, *words)
        assert (done.exit_code, reason in done.stderr) == (code, True), done.stderr
    assert listed(centre)["restored"] is None


def test_a_running_agent_takes_it_up_at_once(centre: Centre) -> None:
    log = str(centre.place / "restore.log")
    with centre.agent():
        until(lambda: listed(centre)["metrics"].get("verified") == 1, why=centre.said())
        assert "backup_restore_ok" not in centre.get("/metrics")
        assert run(centre, "restored", "db", "--evidence", log).exit_code == 0
        assert 'backup_restore_ok{kind="backup",target="db"} 1' in centre.get("/metrics")
        done = run(centre, "restored", "other", "--evidence", log)
        assert (done.exit_code, "没有备份 other" in done.stderr) == (1, True)
    with centre.agent():
        until(lambda: "backup_restore_ok" in centre.get("/metrics"), why="it outlives the agent")
    assert "Traceback" not in centre.said()
