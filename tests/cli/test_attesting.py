"""`shouwang checklist attest` and `confirm` where no agent runs: from a word to the finding, and every refusal."""

from __future__ import annotations

import hashlib
import json
import stat
import time
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from agent.cli.main import application
from agent.core.ledger import records
from agent.core.store import Store
from agent.core.write import of_record
from tests.cli.commands import Command, command_of

CENTRE = """\
center: {id: test, name: 测试中心, district: 普陀区}
language: en
state: var
people:
- {id: wang, name: 王工, role: network_administrator, substitutes: [li]}
- {id: li, name: 李工, role: other}
- {id: zhou, name: 周, role: full_time_deputy_director}
- {id: chen, name: 陈, role: director}
- {id: old, name: 张, role: full_time_deputy_director, until: 2026-01-31}
- {id: sun, name: 孙, role: business_supervisor, covers: [counters]}
- {id: qian, name: 钱, role: business_supervisor, covers: [medical_insurance]}
counters: [{ids: 1-3}]
machine_room: [{id: ups-1, address: 127.0.0.1, kind: ups}]
hosts: [{id: self, name: 本机, address: localhost, by: local}]
"""


@pytest.fixture
def command(tmp_path: Path) -> Command:
    """`shouwang checklist …` on a centre; `rules.txt` lies ready as evidence."""
    (tmp_path / "agent.yaml").write_text(CENTRE, encoding="utf-8")
    (tmp_path / "rules.txt").write_text("方针 2026 版\n", encoding="utf-8")
    return command_of(tmp_path / "agent.yaml", "checklist")


@pytest.fixture
def proof(tmp_path: Path) -> tuple[str, str]:
    return "--evidence", str(tmp_path / "rules.txt")


def found(command: Command, item: str) -> dict[str, Any]:
    (finding,) = [
        each for each in json.loads(command("run", "--format", "json").stdout)["findings"] if each["item"] == item
    ]
    return dict(finding)


def kinds(tmp_path: Path) -> list[str]:
    """Of the ledger's records."""
    store = Store.peek(tmp_path / "var")
    assert store.verify() is None
    return [each.kind for each in store.ask(lambda connection: list(records(connection)), [])]


def test_what_one_attests_and_another_confirms_becomes_a_pass_with_its_file(
    command: Command, proof: tuple[str, str], tmp_path: Path
) -> None:
    before = found(command, "POL-01")
    assert (before["result"], before["observed"]["en"]) == ("not_connected", "nobody has attested it yet")
    done = command("attest", "POL-01", "--by", "zhou", *proof, "--note", "2026 版")
    assert (done.exit_code, "ATT-0001: POL-01 pass" in done.stderr) == (0, True), done.stderr
    assert "to be confirmed by the director" in done.stderr
    waiting = found(command, "POL-01")
    assert (waiting["result"], waiting["observed"]["zh"]) == ("not_connected", "已登记,待主任确认(ATT-0001)")
    assert command("confirm", "ATT-0001", "--by", "chen").exit_code == 0
    passed = found(command, "POL-01")
    assert (passed["result"], passed["who"]) == ("pass", "zhou")
    digest = hashlib.sha256((tmp_path / "rules.txt").read_bytes()).hexdigest()
    (file,) = [each for each in passed["evidence"] if each["metric"] == "evidence_file"]
    assert file["labels"] == {"attestation": "ATT-0001", "name": "rules.txt", "sha256": digest}
    copy = tmp_path / "evidence" / digest
    assert (copy.read_bytes(), stat.S_IMODE(copy.stat().st_mode)) == ((tmp_path / "rules.txt").read_bytes(), 0o600)
    assert kinds(tmp_path) == ["checklist.attested", "checklist.confirmed"]


def test_an_attested_failure_is_a_failure_and_a_newer_attestation_takes_its_place(
    command: Command, proof: tuple[str, str], tmp_path: Path
) -> None:
    for result in ("fail", "pass"):
        assert command("attest", "RSP-01", "--by", "chen", "--result", result, *proof).exit_code == 0
        finding = found(command, "RSP-01")
        assert (finding["result"], finding["who"]) == (result, "chen")
    assert kinds(tmp_path) == ["checklist.attested"] * 2


def test_rules_judge_the_figures_whatever_result_was_said(command: Command, proof: tuple[str, str]) -> None:
    for said in ("covered=85%", "covered=0.95", "covered=1"):
        command("attest", "POL-02", "--by", "wang", "--figure", said, *proof)
    waiting = "ATT-0003"
    assert command("confirm", "ATT-0001", "--by", "zhou").stderr.strip().endswith(f"ATT-0001 was replaced by {waiting}")
    assert command("confirm", waiting, "--by", "zhou").exit_code == 0
    assert found(command, "POL-02")["result"] == "pass"
    command("attest", "POL-02", "--by", "wang", "--figure", "covered=85%", *proof)
    assert found(command, "POL-02")["result"] == "pass"  # nobody has agreed yet
    command("confirm", "ATT-0004", "--by", "chen")
    finding = found(command, "POL-02")
    assert (finding["result"], finding["observed"]["en"]) == ("fail", "coverage 0.85")


def test_documents_are_judged_each_by_its_own_end(command: Command, proof: tuple[str, str]) -> None:
    done = attested_document(command, "维保合同、安全协议与保密协议", "2099-12-31", *proof)
    assert done.exit_code == 0, done.stderr
    assert command("confirm", "ATT-0001", "--by", "chen").exit_code == 0
    assert found(command, "POL-06")["result"] == "pass"


def test_a_document_that_is_over_is_no_pass_and_as_a_failure_it_is_confirmed_and_counts(
    command: Command, proof: tuple[str, str]
) -> None:
    for result in ("pass", "warn"):
        done = attested_document(command, "保密协议", "2020-01-31", "--result", result, *proof)
        assert (done.exit_code, f"保密协议 ended on 2020-01-31 and is no {result}" in done.stderr) == (1, True)
    assert attested_document(command, "保密协议", "2020-01-31", "--result", "fail", *proof).exit_code == 0
    done = command("confirm", "ATT-0001", "--by", "chen")
    assert done.exit_code == 0, done.stderr
    assert found(command, "POL-06")["result"] == "fail"


def test_who_says_the_same_again_is_told_what_it_does(command: Command, proof: tuple[str, str], tmp_path: Path) -> None:
    command("attest", "POL-01", "--by", "zhou", *proof)
    again = command("attest", "POL-01", "--by", "zhou", *proof)
    assert (again.exit_code, "ATT-0001 says the same, attested by zhou" in again.stderr) == (1, True), again.stderr
    assert kinds(tmp_path) == ["checklist.attested"]
    other = command("attest", "POL-01", "--by", "zhou", "--note", "2027 版", *proof)
    assert (other.exit_code, "replaces ATT-0001, attested by zhou" in other.stderr) == (0, True), other.stderr


def test_nothing_is_entered_with_a_date_before_what_is_on_record(
    command: Command, proof: tuple[str, str], tmp_path: Path
) -> None:
    store = Store.open(tmp_path / "var")
    store.write([of_record("note", {}, time.time() + 3600)])  # then the clock was set back by an hour
    store.close()
    for words in (
        ("attest", "POL-01", "--by", "zhou", *proof),
        ("sheet", "sign", "--by", "wang", "--file", str(tmp_path / "none.yaml")),
        ("waive", "POL-01", "--by", "zhou", "--reason", "x", "--compensating", "y", "--until", "2099-01-01"),
    ):
        (tmp_path / "none.yaml").write_text("{others: skip}", encoding="utf-8")
        done = command(*words)
        assert (done.exit_code, "put the clock right" in done.stderr) == (1, True), done.stderr
    assert kinds(tmp_path) == ["note"]


@pytest.mark.parametrize("item", ["RSP-01", "PHY-04"])  # of people, and in place of a source
def test_what_was_attested_proves_nothing_once_its_evidence_is_gone_or_changed(
    command: Command, proof: tuple[str, str], tmp_path: Path, item: str
) -> None:
    command("attest", item, "--by", {"RSP-01": "chen", "PHY-04": "wang"}[item], *proof)
    assert found(command, item)["result"] == "pass"
    (kept,) = (tmp_path / "evidence").iterdir()
    kept.chmod(0o600)
    words = ["ledger", "verify", "-c", str(tmp_path / "agent.yaml")]
    assert CliRunner().invoke(application(), words).exit_code == 0
    content = kept.read_bytes()
    for change, said in ((lambda: kept.write_bytes(content[::-1]), "was changed"), (kept.unlink, "is gone")):
        change()
        finding = found(command, item)
        assert finding["result"] == {"RSP-01": "fail", "PHY-04": "not_connected"}[item]
        assert "the evidence of ATT-0001 is gone or was changed" in finding["observed"]["en"]
        done = CliRunner().invoke(application(), words)
        assert (done.exit_code, f"ATT-0001: the evidence rules.txt {said}" in done.stderr) == (1, True), done.stderr


def attested_document(command: Command, document: str, ends: str, *more: str) -> Result:
    return command("attest", "POL-06", "--by", "zhou", "--document", document, "--expires", ends, *more)


def test_a_fallback_counts_in_place_of_a_source_that_is_missing(command: Command, proof: tuple[str, str]) -> None:
    assert found(command, "PHY-04")["result"] == "not_connected"
    refused = command("attest", "PHY-04", "--by", "li", "--target", "ups-1")
    assert (refused.exit_code, "shown by a photograph" in refused.stderr) == (1, True)
    done = command("attest", "PHY-04", "--by", "li", "--target", "ups-1", "--note", "面板正常", *proof)
    assert done.exit_code == 0, done.stderr
    finding = found(command, "PHY-04")
    assert (finding["result"], finding["who"]) == ("pass", "li")  # who stands in for wang
    assert "面板正常" in finding["observed"]["zh"]
    assert command("attest", "PHY-04", "--by", "wang", "--result", "fail").exit_code == 0
    assert found(command, "PHY-04")["result"] == "fail"  # as bad as the worst that was seen


@pytest.mark.parametrize(
    ("words", "code", "reason"),
    [
        (("POL-99", "--by", "zhou"), 1, "no checklist item POL-99"),
        (("PHY-02", "--by", "wang"), 1, "PHY-02 Temperature rate of change is judged by the agent"),
        (("POL-03", "--by", "wang"), 1, "shouwang checklist sheet sign"),
        (("POL-01", "--by", "nobody"), 2, "no such person; known: chen, li, old"),
        (("POL-01", "--by", "old"), 1, "old 张 left the post after 2026-01-31"),
        (("POL-01", "--by", "wang"), 1, "is for the full-time deputy director; wang 王工 is network administrator"),
        (("POL-07", "--by", "qian"), 1, "business supervisor (covers counters); qian 钱"),
        (("POL-01", "--by", "zhou"), 1, "POL-01 needs a file of evidence"),
        (("POL-01", "--by", "zhou", "--target", "self", "{proof}"), 1, "about the whole centre"),
        (("PHY-04", "--by", "wang", "--target", "self"), 1, "PHY-04 is not about self"),
        (("PHY-04", "--by", "wang", "--target", "none"), 1, "no target none"),
        (("POL-01", "--by", "zhou", "--result", "good", "{proof}"), 1, "pass, warn or fail, not good"),
        (("POL-01", "--by", "zhou", "--valid", "366d", "{proof}"), 1, "365 days at most"),
        (("POL-01", "--by", "zhou", "--valid", "soon", "{proof}"), 2, "soon"),
        (("POL-02", "--by", "wang", "{proof}"), 1, "also asks for: covered"),
        (
            ("POL-02", "--by", "wang", "--figure", "covered=1.2", "{proof}"),
            1,
            "(coverage) cannot be 1.2; expected a ratio",
        ),
        (("POL-02", "--by", "wang", "--figure", "covered=nan", "{proof}"), 1, "cannot be nan"),
        (("POL-02", "--by", "wang", "--figure", "covered", "{proof}"), 2, "expected name=value"),
        (("POL-01", "--by", "zhou", "--figure", "covered=1", "{proof}"), 1, "asks for no covered"),
        (("RSP-06", "--by", "zhou", "--figure", "combined=0.5", "--figure", "audit_combined=0", "{proof}"), 1, "whole"),
        (("POL-06", "--by", "zhou", "{proof}"), 1, "--document NAME --expires DATE"),
        (("POL-06", "--by", "zhou", "--document", "合同", "--expires", "2026-02-30", "{proof}"), 2, "2026-02-30"),
        (("POL-01", "--by", "zhou", "--document", "合同", "{proof}"), 1, "not about documents"),
        (("POL-01", "--by", "zhou", "--evidence", "/nowhere/x.pdf"), 2, "/nowhere/x.pdf: cannot be read"),
    ],
)
def test_what_is_refused_says_why_and_who_may_and_leaves_nothing(
    command: Command, proof: tuple[str, str], tmp_path: Path, words: tuple[str, ...], code: int, reason: str
) -> None:
    given = [part for word in words for part in (proof if word == "{proof}" else (word,))]
    done = command("attest", *given)
    assert (done.exit_code, reason in done.stderr) == (code, True), done.stderr
    assert not (tmp_path / "var" / "shouwang.db").exists() or kinds(tmp_path) == []


@pytest.mark.parametrize(
    ("identity", "by", "reason"),
    [
        ("ATT-0001", "zhou", "zhou attested ATT-0001; somebody else must confirm it"),
        ("ATT-0001", "wang", "is for the director; wang 王工 is network administrator"),
        ("ATT-0001", "old", "left the post"),
        ("ATT-0009", "chen", "no attestation ATT-0009; waiting: ATT-0001"),
        ("ATT-0002", "chen", "ATT-0002 waits for no confirmation"),
    ],
)
def test_only_somebody_else_of_the_role_confirms(
    command: Command, proof: tuple[str, str], tmp_path: Path, identity: str, by: str, reason: str
) -> None:
    command("attest", "POL-01", "--by", "zhou", *proof)
    command("attest", "PHY-07", "--by", "wang")
    done = command("confirm", identity, "--by", by)
    assert (done.exit_code, reason in done.stderr) == (1, True), done.stderr
    assert kinds(tmp_path) == ["checklist.attested"] * 2


def test_what_was_withdrawn_stands_no_more_and_neither_does_what_it_had_replaced(
    command: Command, proof: tuple[str, str], tmp_path: Path
) -> None:
    for document, ends in (("旧检测", "2080-01-31"), ("防雷、防静电与灭火器检测", "2090-12-31")):
        command("attest", "PHY-16", "--by", "wang", "--document", document, "--expires", ends, *proof)
    command("confirm", "ATT-0002", "--by", "chen")
    assert "say why" in command("withdraw", "ATT-0001", "--by", "wang", "--reason", " ").stderr
    assert "is for the" in command("withdraw", "ATT-0001", "--by", "zhou", "--reason", "x").stderr
    done = command("withdraw", "ATT-0001", "--by", "wang", "--reason", "不再续签")
    assert (done.exit_code, "ATT-0001: PHY-16 withdrawn by wang" in done.stderr) == (0, True), done.stderr
    assert "waits for no confirmation" in command("confirm", "ATT-0001", "--by", "chen").stderr
    for result in ("fail", "pass"):
        command("attest", "RSP-01", "--by", "chen", "--result", result, *proof)
    assert command("withdraw", "ATT-0003", "--by", "chen", "--reason", "x").exit_code == 1
    assert command("withdraw", "ATT-0004", "--by", "chen", "--reason", "写错").exit_code == 0
    assert found(command, "RSP-01")["result"] == "not_connected"
    assert found(command, "PHY-16")["result"] == "pass"
    assert kinds(tmp_path)[-1] == "checklist.withdrawn"
