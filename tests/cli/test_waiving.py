"""`shouwang checklist waive`: asked by one, approved by another, seen in the finding, and over when its time is."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from agent.core.ledger import records
from agent.core.store import Store
from tests.cli.commands import Command, command_of

CENTRE = """\
center: {id: test, name: 测试中心, district: 普陀区}
language: en
state: var
people:
- {id: wang, name: 王工, role: network_administrator}
- {id: zhou, name: 周, role: full_time_deputy_director}
- {id: chen, name: 陈, role: director}
- {id: old, name: 张, role: full_time_deputy_director, until: 2026-01-31}
machine_room: [{id: ups-1, address: 127.0.0.1, kind: ups}]
hosts: [{id: self, name: 本机, address: localhost, by: local}]
thresholds: {HOST-04: {warn: 0.000001, fail: 0.000002, metric: host_filesystem_usage_ratio}}
"""
REASON = ("--reason", "旧机待换", "--compensating", "每日人工清理")


@pytest.fixture
def command(tmp_path: Path) -> Command:
    (tmp_path / "agent.yaml").write_text(CENTRE, encoding="utf-8")
    return command_of(tmp_path / "agent.yaml", "checklist")


def day(ahead: int) -> str:
    return f"{datetime.now(UTC) + timedelta(hours=8, days=ahead):%Y-%m-%d}"


def found(command: Command, item: str = "HOST-04") -> dict[str, Any]:
    (finding,) = [
        each for each in json.loads(command("run", "--format", "json").stdout)["findings"] if each["item"] == item
    ]
    return dict(finding)


def waive(command: Command, *more: str, item: str = "HOST-04", by: str = "wang", ahead: int = 30) -> Result:
    return command("waive", item, "--by", by, "--until", day(ahead), *REASON, *more)


def test_what_is_waived_stays_to_be_seen_and_counts_for_nothing_until_it_is_over(
    command: Command, tmp_path: Path
) -> None:
    assert found(command)["result"] == "fail"
    asked = waive(command, "--target", "self")
    assert (asked.exit_code, "EXC-0001: HOST-04 self to be waived until" in asked.stderr) == (0, True), asked.stderr
    assert found(command)["result"] == "fail", "nobody approved it yet"
    assert command("waive", "approve", "EXC-0001", "--by", "zhou").exit_code == 0
    waived = found(command)
    assert (waived["result"], waived["waiver"], waived["found"]) == ("not_applicable", "EXC-0001", "fail")
    assert "else fail; waived until" in waived["observed"]["en"]
    assert "approved by 周 (full-time deputy director)" in waived["observed"]["en"]
    assert waived["remedy"]["zh"] == "替代措施:每日人工清理"
    assert waived["evidence"], "what was found is still shown"
    assert "EXC-0001  valid  HOST-04 self" in command("waive", "list").stdout
    assert command("waive", "end", "EXC-0001", "--by", "wang", "--reason", "已换").exit_code == 0
    assert found(command)["result"] == "fail"
    assert command("waive", "list").stdout.strip() == "nothing is waived"
    (listed,) = json.loads(command("waive", "list", "--all", "--format", "json").stdout)
    assert (listed["state"], listed["why_ended"]) == ("ended", "已换")
    store = Store.peek(tmp_path / "var")
    kinds = [each.kind for each in store.ask(lambda connection: list(records(connection)), [])]
    assert (kinds, store.verify()) == (
        ["checklist.waiver.asked", "checklist.waiver.approved", "checklist.waiver.ended"],
        None,
    )


def test_the_whole_item_is_waived_where_no_target_is_named(command: Command) -> None:
    assert waive(command, item="POL-01", by="zhou").exit_code == 0
    assert command("waive", "approve", "EXC-0001", "--by", "chen").exit_code == 0
    assert (found(command, "POL-01")["result"], found(command, "POL-01")["found"]) == (
        "not_applicable",
        "not_connected",
    )


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        ({"item": "HOST-99"}, "no checklist item HOST-99"),
        ({"more": ("--target", "nobody")}, "no target nobody"),
        ({"more": ("--target", "ups-1")}, "HOST-04 is not about ups-1"),
        ({"item": "POL-01", "more": ("--target", "self")}, "POL-01 is about the whole centre"),
        ({"by": "old"}, "left the post after 2026-01-31"),
        ({"ahead": 366}, "a waiver lasts 365 days at most"),
        ({"ahead": -1}, "--until is past"),
        ({"more": ("--reason", " ")}, "a reason is needed"),
        ({"more": ("--compensating", " ")}, "a compensating measure is needed"),
        ({"more": ("--until", "soon")}, "not a date"),
    ],
)
def test_what_cannot_be_waived_is_refused_with_the_reason(
    command: Command, words: dict[str, Any], refusal: str
) -> None:
    words = dict(words)
    done = waive(command, *words.pop("more", ()), **words)
    assert (done.exit_code != 0, refusal in done.stderr) == (True, True), done.stderr
    assert "EXC-" not in command("waive", "list", "--all").stdout


def test_only_another_person_of_the_leadership_approves_and_once(command: Command) -> None:
    assert waive(command, by="zhou", ahead=365).exit_code == 0
    for by, refusal in (
        ("wang", "is for the full-time deputy director or director; wang"),
        ("zhou", "zhou asked for EXC-0001; somebody else must approve it"),
        ("old", "left the post"),
    ):
        done = command("waive", "approve", "EXC-0001", "--by", by)
        assert done.exit_code == 1, by
        assert refusal in done.stderr
    assert "EXC-0001 asks for the same" in waive(command).stderr
    assert "no waiver EXC-0009; known: EXC-0001" in command("waive", "approve", "EXC-0009", "--by", "chen").stderr
    assert command("waive", "approve", "EXC-0001", "--by", "chen").exit_code == 0
    assert "zhou asked for EXC-0001" in command("waive", "approve", "EXC-0001", "--by", "zhou").stderr
    assert command("waive", "end", "EXC-0001", "--by", "wang", "--reason", "x").exit_code == 0
    assert "EXC-0001 is over" in command("waive", "approve", "EXC-0001", "--by", "chen").stderr


def test_what_is_in_force_is_not_waived_again_but_near_its_end(command: Command) -> None:
    waive(command, ahead=60)
    assert command("waive", "approve", "EXC-0001", "--by", "zhou").exit_code == 0
    for more in ((), ("--target", "self")):
        again = waive(command, *more, ahead=90)
        assert (again.exit_code, "EXC-0001 waives the same until" in again.stderr) == (1, True), again.stderr
    assert command("waive", "end", "EXC-0001", "--by", "wang", "--reason", "改期").exit_code == 0
    waive(command, "--target", "self", ahead=20)
    assert command("waive", "approve", "EXC-0002", "--by", "zhou").exit_code == 0
    assert waive(command, "--target", "self", ahead=200).exit_code == 0
