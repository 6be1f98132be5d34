"""`shouwang checklist evidence`: what an assessor can open and verify with nothing but Python, and what is refused."""

from __future__ import annotations

import contextlib
import hashlib
import json
import resource
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from agent import waivers
from agent.archive import written
from agent.core.checklist import Finding, Verdict
from agent.core.checklist import Result as Found
from agent.core.store import Store
from agent.core.text import Text
from agent.core.waivers import Waiver
from agent.core.write import of_fact, of_record
from tests.cli.commands import Command, command_of
from tests.cli.test_attesting import CENTRE

HOSTILE = "<script>alert(1)</script>{{ 7*7 }}"
SECRET = "S3cret-Community"
AT = 1_795_000_000.0
LOGINS = f"credentials: {{ro: {{snmp: {{version: 2c, community: {SECRET}}}}}}}\n"


@pytest.fixture
def command(tmp_path: Path) -> Command:
    (tmp_path / "agent.yaml").write_text(CENTRE + LOGINS, encoding="utf-8")
    return command_of(tmp_path / "agent.yaml", "checklist")


def finding(item: str, area: str, result: Found, said: str, kind: str = "host", subject: str = "self") -> Finding:
    verdict = Verdict(result, subject, Text(said, said), Text("≤80%", "≤80%"), Text("清理", "clear it"))
    samples = tuple(
        {"metric": "host_filesystem_usage_ratio", "labels": {"mountpoint": said}, "value": value, "at": AT + value}
        | {"collector": "filesystems"}
        for value in (0.0, 60.0)
    )
    return Finding(item, area, kind, verdict, AT, evidence=samples)


@pytest.fixture
def recorded(command: Command, tmp_path: Path) -> Path:
    """A centre with two findings, an attestation with a file of a hostile name, and a waiver."""
    store = Store.open(tmp_path / "var")
    store.put_findings(
        [
            finding("HOST-04", "host_management", Found.FAIL, HOSTILE),
            finding("HOST-11", "host_management", Found.PASS, "active"),
        ]
    )
    entry = Waiver("EXC-0001", "HOST-04", "wang", AT, AT + 9e6, "旧设备", "每日人工查看", "self", AT, "zhou")
    store.write(
        [of_record("checklist.waiver.approved", asdict(entry), AT), of_fact(waivers.REGISTER.key, [asdict(entry)])]
    )
    store.close()
    proof = tmp_path / "..%2f<b>方针;rm -rf.html"
    proof.write_text("<script>alert(2)</script>", encoding="utf-8")
    done = command("attest", "POL-01", "--by", "zhou", "--evidence", str(proof), "--note", "2026 版")
    assert done.exit_code == 0, done.stderr
    return tmp_path


def unpacked(place: Path, name: str = "pack.zip") -> Mapping[str, bytes]:
    with zipfile.ZipFile(place / name) as archive:
        assert archive.testzip() is None
        return {each: archive.read(each) for each in archive.namelist()}


def packed(command: Command, place: Path, *words: str) -> tuple[Result, Mapping[str, bytes], dict[str, Any]]:
    done = command("evidence", *words, "-o", str(place / "pack.zip"))
    found = unpacked(place)
    return done, found, json.loads(found["evidence.json"])


def records(content: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in content.splitlines()]


def test_a_clause_gives_its_items_with_certainty_finding_samples_and_ledger_record(
    command: Command, recorded: Path
) -> None:
    done, found, said = packed(command, recorded, "--clause", "8.1.4.3")
    assert done.exit_code == 0, done.stderr
    assert [each["item"] for each in said["items"]] == ["HOST-04", "HOST-11", "HOST-12", "HOST-15"]
    item = said["items"][0]
    assert [(each["certainty"], each["asked"]) for each in item["clauses"]] == [("memory", True), ("memory", False)]
    assert item["clauses"][0]["says"]["en"] == "from memory; check the source"
    (judged,) = item["findings"]
    assert (judged["result"], judged["subject"], judged["expected"]["en"]) == ("fail", "self", "≤80%")
    assert judged["window"] == {"from": AT, "to": AT + 60}
    assert [each["value"] for each in judged["evidence"]] == [0.0, 60.0]
    ledger = {each["seq"]: each for each in records(found["ledger.jsonl"])}
    assert ledger[judged["ledger"]["seq"]]["hash"] == judged["ledger"]["hash"]
    assert ledger[judged["ledger"]["seq"]]["body"]["item"] == "HOST-04"
    assert [each["id"] for each in item["waivers"]] == ["EXC-0001"]
    assert {each["body"]["item"] for each in records(found["records.jsonl"])} == {"HOST-04", "HOST-11"}
    assert said["items"][2]["findings"] == []
    assert said["people"]["zhou"]["role"]["zh"] == "专职副主任"


def test_the_ledger_in_it_is_proved_by_the_script_in_it(command: Command, recorded: Path) -> None:
    _, found, said = packed(command, recorded, "--all")
    folder = recorded / "out"
    for name, content in found.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)

    def script(*words: str) -> subprocess.CompletedProcess[str]:
        argv = [sys.executable, "-I", "verify_ledger.py", "ledger.jsonl", *words]
        return subprocess.run(argv, cwd=folder, capture_output=True, text=True, check=False)

    head = said["ledger"]["head"]
    assert script(head).stdout == f"{said['ledger']['records']} {head}\n"
    changed = found["ledger.jsonl"].replace(b'"fail"', b'"pass"', 1)
    (folder / "ledger.jsonl").write_bytes(changed)
    assert "record 1 is bad" in script().stderr
    sums = dict(reversed(line.split("  ")) for line in found["SHA256SUMS"].decode().splitlines())
    assert set(sums) == set(found) - {"SHA256SUMS"}
    assert all(hashlib.sha256(found[name]).hexdigest() == said for name, said in sums.items())
    assert len(said["items"]) == 111


def test_a_file_of_evidence_lies_under_its_hash_whatever_somebody_called_it(command: Command, recorded: Path) -> None:
    _, found, said = packed(command, recorded, "--item", "pol-01")
    ((sha256, file),) = said["files"].items()
    assert file["path"] == f"evidence/{sha256}.bin"
    assert hashlib.sha256(found[file["path"]]).hexdigest() == sha256
    (entry,) = said["items"][0]["attestations"]
    assert (entry["state"], entry["files"][0]["sha256"]) == ("waiting", sha256)
    assert all(name.isascii() and ".." not in name and not name.startswith("/") for name in found)


def test_the_page_says_it_in_both_languages_and_runs_nothing_of_what_others_wrote(
    command: Command, recorded: Path
) -> None:
    _, found, _ = packed(command, recorded, "--all")
    page = found["index.html"].decode()
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7*7 }}" in page
    assert "content=\"default-src 'none'; style-src 'unsafe-inline'\"" in page
    assert "磁盘与 inode 用量" in page
    assert "from memory; check the source" in page
    assert "http:" not in page
    assert "https:" not in page
    assert " src=" not in page


def test_a_password_that_somebody_wrote_down_is_masked_and_never_leaves_in_the_ledger(
    command: Command, recorded: Path
) -> None:
    store = Store.open(recorded / "var")
    store.put_findings([finding("HOST-11", "host_management", Found.PASS, f"community {SECRET}")])
    store.close()
    done, found, said = packed(command, recorded, "--item", "HOST-11")
    assert done.exit_code == 0, done.stderr
    assert said["items"][0]["findings"][0]["observed"]["en"] == "community ***"
    assert "community ***" in found["index.html"].decode()
    assert not [name for name, content in found.items() if SECRET.encode() in content]
    store = Store.open(recorded / "var")
    store.put_findings([finding("HOST-11", "host_management", Found.WARN, f"community {SECRET}")])
    store.close()
    done = command("evidence", "--all", "-o", str(recorded / "other.zip"))
    assert (done.exit_code, "record 5 of the ledger holds a password" in done.stderr) == (1, True), done.stderr
    assert [each.name for each in (*recorded.glob("*.zip"), *recorded.glob(".*.half"))] == ["pack.zip"]


def test_a_file_that_was_changed_or_is_gone_is_told_on_the_page_and_by_the_exit_code(
    command: Command, recorded: Path
) -> None:
    (kept,) = (recorded / "evidence").iterdir()
    kept.chmod(0o600)
    kept.write_text("else", encoding="utf-8")
    done, found, said = packed(command, recorded, "--area", "policies")
    assert (done.exit_code, "1 files of evidence are missing" in done.stderr) == (1, True)
    assert [(each["state"], each["path"]) for each in said["files"].values()] == [("changed", None)]
    assert not [name for name in found if name.startswith("evidence/")]
    assert "its content is not of this hash" in found["index.html"].decode()
    kept.unlink()
    kept.symlink_to("/etc/passwd")
    done = command("evidence", "--area", "policies", "-o", str(recorded / "pack.zip"), "--overwrite")
    assert [each["state"] for each in json.loads(unpacked(recorded)["evidence.json"])["files"].values()] == ["missing"]


def test_a_ledger_that_was_tampered_with_is_packed_as_it_is_and_said_to_be_so(command: Command, recorded: Path) -> None:
    connection = sqlite3.connect(recorded / "var" / "shouwang.db")
    connection.execute("DROP TRIGGER ledger_unchanged")
    connection.execute("UPDATE ledger SET body = replace(body, '\"fail\"', '\"pass\"') WHERE seq = 1")
    connection.commit()
    connection.close()
    done, found, said = packed(command, recorded, "--all")
    assert (done.exit_code, "record 1 of the ledger is bad" in done.stderr) == (1, True)
    assert not said["ledger"]["sound"]
    assert "record 1 of the ledger is bad" in found["index.html"].decode()


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE findings SET body = replace(body, 'fail', 'pass')", "finding HOST-04 host self: not of its own"),
        ("UPDATE findings SET body = '{}'", "finding HOST-04 host self: not what record 1"),
        ("UPDATE findings SET body = 'x'", "finding HOST-11 host self: not of its own"),
        ("UPDATE memory SET value = 'x' WHERE key = 'waivers'", "waiver: cannot be understood"),
        ("UPDATE memory SET value = '[1]' WHERE key = 'attestations'", "attestation: cannot be understood"),
        ("UPDATE memory SET value = '[]' WHERE key = 'waivers'", "waiver EXC-0001: is gone"),
    ],
)
def test_a_table_that_is_not_what_the_ledger_says_is_told_on_the_page(
    command: Command, recorded: Path, statement: str, said: str
) -> None:
    with contextlib.closing(sqlite3.connect(recorded / "var" / "shouwang.db")) as connection:
        connection.execute(statement)
        connection.commit()
    done, found, _ = packed(command, recorded, "--all")
    assert (done.exit_code, said in done.stderr) == (1, True), done.stderr
    assert said in found["index.html"].decode()


def test_a_sample_that_says_less_than_others_is_shown_as_far_as_it_goes(command: Command, recorded: Path) -> None:
    """As another version may have written it."""
    store = Store.open(recorded / "var")
    odd = replace(finding("HOST-04", "host_management", Found.WARN, "x"), evidence=({"metric": "m", "value": 1.5},))
    store.put_findings([odd])
    store.close()
    done, found, said = packed(command, recorded, "--item", "HOST-04")
    assert done.exit_code == 0, done.stderr
    assert said["items"][0]["findings"][0]["window"] is None
    assert "m{  } = 1.5" in found["index.html"].decode()


def test_of_two_at_once_the_first_to_end_keeps_the_name(tmp_path: Path) -> None:
    output, made = tmp_path / "pack.zip", datetime(2026, 11, 24, tzinfo=UTC)

    def at_once() -> None:
        with written(output, made) as slow:
            slow.add("which", [b"slow"])
            with written(output, made) as quick:
                quick.add("which", [b"quick"])

    with pytest.raises(FileExistsError):
        at_once()
    with zipfile.ZipFile(output) as archive:
        assert archive.read("which") == b"quick"
    assert [each.name for each in tmp_path.iterdir()] == ["pack.zip"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "say what is wanted"),
        (("--clause", "8.1.4.30"), "no clause 8.1.4.30; there are: 8.1.4.1"),
        (("--clause", "8.1.4.3", "--clause", "99.1"), "no clause 99.1"),
        (("--area", "networks"), "no such area: networks; there are: physical_environment"),
        (("--item", "NET-99"), "no such checklist item: NET-99"),
    ],
)
def test_what_there_is_not_is_refused_with_what_there_is(
    command: Command, recorded: Path, words: tuple[str, ...], said: str
) -> None:
    done = command("evidence", *words, "-o", str(recorded / "pack.zip"))
    assert (done.exit_code, said in done.stderr) == (2, True), done.stderr
    assert not (recorded / "pack.zip").exists()


def test_a_file_is_written_over_only_when_told_so(command: Command, recorded: Path) -> None:
    (recorded / "pack.zip").write_text("mine", encoding="utf-8")
    words = ("evidence", "--item", "HOST-04", "-o", str(recorded / "pack.zip"))
    done = command(*words)
    assert (done.exit_code, "--overwrite" in done.stderr) == (2, True)
    assert (recorded / "pack.zip").read_text(encoding="utf-8") == "mine"
    assert command(*words, "--overwrite").exit_code == 0
    assert "index.html" in unpacked(recorded)
    link = recorded / "link.zip"
    link.symlink_to(recorded / "elsewhere.zip")
    assert command("evidence", "--item", "HOST-04", "-o", str(link)).exit_code == 2
    assert not (recorded / "elsewhere.zip").exists()


def test_a_place_that_takes_no_file_is_told(command: Command, recorded: Path) -> None:
    done = command("evidence", "--all", "-o", str(recorded / "no" / "pack.zip"))
    assert (done.exit_code, "no such directory" in done.stderr) == (2, True)
    done = command("evidence", "--all", "-o", str(recorded))
    assert (done.exit_code, "is no file" in done.stderr) == (2, True)
    done = command("evidence", "--all", "-o", "/dev/full", "--overwrite")
    assert (done.exit_code, "is no file" in done.stderr) == (2, True)


@pytest.mark.parametrize("limit", [100, 5_000, 60_000])
@pytest.mark.parametrize("before", [None, "mine"])
def test_a_disk_that_is_full_leaves_nothing_half_and_what_was_there(
    command: Command, recorded: Path, limit: int, before: str | None
) -> None:
    """The limit on a file's size (bytes) stands for the disk: write() fails in the middle of the archive."""
    if before:
        (recorded / "pack.zip").write_text(before, encoding="utf-8")
    argv = [sys.executable, "-c", "from agent.cli.main import main; main()", "checklist", "evidence", "--all"]
    done = subprocess.run(
        [*argv, "-o", "pack.zip", "-c", "agent.yaml", *(["--overwrite"] if before else [])],
        cwd=recorded,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, "pack.zip: cannot be written: File too large\n")
    assert not list(recorded.glob(".*.half"))
    left = recorded / "pack.zip"
    assert (left.read_text(encoding="utf-8") if left.exists() else None) == before


def test_where_no_agent_has_worked_there_is_nothing_to_pack(command: Command, tmp_path: Path) -> None:
    done = command("evidence", "--all", "-o", str(tmp_path / "pack.zip"))
    assert (done.exit_code, "no agent has worked" in done.stderr) == (1, True)
    assert not (tmp_path / "pack.zip").exists()


def test_the_script_is_shipped(tmp_path: Path) -> None:
    """In the wheel, beside the page's template."""
    root = Path(__file__).parents[2]
    argv = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(argv, cwd=root, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        shipped = archive.read("exporters/evidence/verify_ledger.py")
        assert "exporters/evidence/index.html.j2" in archive.namelist()
    assert shipped == (root / "docs" / "verify_ledger.py").read_bytes()
