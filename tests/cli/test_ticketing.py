"""Remediation tickets: opened for what fails, handed over, extended, closed with evidence; and what is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from agent import tickets
from agent.attesting import Desk
from agent.core.checklist import Finding, Verdict
from agent.core.checklist import Result as Found
from agent.core.ledger import records
from agent.core.store import Store
from agent.core.text import Text
from agent.core.tickets import DAY, EXTENDED
from agent.tables import load_site
from agent.ticketing import samples
from checks.book import items_of, load
from tests.cli.commands import Command, command_of

CENTRE = """\
center: {id: test, name: 测试中心, district: 普陀区}
language: en
state: var
people:
- {id: wang, name: 王工, role: network_administrator}
- {id: li, name: 李工, role: other}
- {id: zhou, name: 周, role: full_time_deputy_director}
- {id: old, name: 张, role: director, until: 2026-01-31}
hosts: [{id: a, address: 10.0.0.1}, {id: b, address: 10.0.0.2}]
"""
NOW = datetime.now(UTC).timestamp()
WORSE = Verdict(Found.FAIL, "a", Text("已用 93%", "93% used"), Text("≤80%", "≤80%"))
FAILS = Finding("HOST-04", "host_management", "host", WORSE, NOW, evidence=({"metric": "m", "value": 0.93},))
ALSO = replace(FAILS, verdict=replace(WORSE, subject="b"))
WELL = replace(FAILS, verdict=replace(WORSE, result=Found.PASS, observed=Text("已用 20%", "20% used")))


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "agent.yaml").write_text(CENTRE, encoding="utf-8")
    (tmp_path / "proof.txt").write_text("df -h\n", encoding="utf-8")
    found(tmp_path, FAILS, ALSO)
    return tmp_path


def found(place: Path, *findings: Finding) -> None:
    store = Store.open(place / "var")
    store.put_findings(findings)
    store.close()


@pytest.fixture
def command(place: Path) -> Command:
    return command_of(place / "agent.yaml", "checklist", "ticket")


def listed(command: Command) -> list[dict[str, Any]]:
    return list(json.loads(command("list", "--all", "--format", "json").stdout))


def day(ahead: int) -> str:
    return f"{datetime.now(UTC) + timedelta(hours=8, days=ahead):%Y-%m-%d}"


def refused(command: Command, text: str, *words: str) -> None:
    done = command(*words)
    assert (done.exit_code, text in done.stderr) == (1, True), done.stderr


def test_a_ticket_goes_from_its_opening_to_the_evidence_and_every_step_is_a_record(
    command: Command, place: Path
) -> None:
    proof = ("--evidence", str(place / "proof.txt"))
    assert command("open", "HOST-04", "--target", "a", "--by", "wang").exit_code == 0
    (ticket,) = listed(command)
    assert (ticket["id"], ticket["owner"], ticket["state"], ticket["found"]) == ("RMD-0001", "wang", "open", "已用 93%")
    refused(command, "HOST-04 a has ticket RMD-0001", "open", "HOST-04", "--target", "a", "--by", "wang")
    refused(command, "RMD-0001 is wang's, who must hand it over first", "take", "RMD-0001", "--by", "li")
    refused(command, "RMD-0001 is wang's, not li's", "hand", "RMD-0001", "--to", "zhou", "--by", "li")
    assert "offered to li" in command("hand", "RMD-0001", "--to", "li", "--by", "wang").stderr
    assert listed(command)[0]["owner"] == "wang", "until it is taken"
    assert "owner li " in command("take", "RMD-0001", "--by", "li").stderr
    refused(command, "HOST-04 a still fails", "close", "RMD-0001", "--reason", "x", "--by", "li", *proof)
    found(place, WELL)
    assert command("close", "RMD-0001", "--reason", "清理完毕", "--by", "li", *proof).exit_code == 0
    (ticket,) = listed(command)
    assert (ticket["state"], ticket["closed_by"], ticket["evidence"][0]["name"]) == ("closed", "li", "proof.txt")
    refused(command, "no open ticket RMD-0001; open: -", "take", "RMD-0001", "--by", "li")
    assert command("list").stdout.strip() == "no ticket is open"
    store = Store.peek(place / "var")
    kinds = [each.kind for each in store.ask(lambda connection: list(records(connection)), [])]
    steps = [each.removeprefix("checklist.ticket.") for each in kinds if "ticket" in each]
    assert (steps, store.verify()) == (["opened", "offered", "taken", "closed"], None)


def test_an_extension_is_explained_and_agreed_to_by_a_leader_and_ends_after_sixty_days(command: Command) -> None:
    command("open", "HOST-04", "--target", "a", "--by", "wang")
    before = listed(command)[0]["due"]
    ask = ("extend", "RMD-0001", "--by", "wang", "--until")
    refused(command, "60 days from opening at most", *ask, day(61), "--reason", "等配件")
    refused(command, "an extension must be later", *ask, day(0), "--reason", "等配件")
    refused(command, "a reason is needed", *ask, day(40), "--reason", " ")
    refused(command, "RMD-0001 asks for no extension", "agree", "RMD-0001", "--by", "zhou")
    assert command(*ask, day(60), "--reason", "等配件").exit_code == 0
    assert listed(command)[0]["due"] == before, "until somebody agrees"
    refused(command, "is for the director or deputy director or full-time", "agree", "RMD-0001", "--by", "li")
    refused(command, "left the post", "agree", "RMD-0001", "--by", "old")
    assert command("agree", "RMD-0001", "--by", "zhou").exit_code == 0
    (ticket,) = listed(command)
    assert (ticket["extended_by"], ticket["wanted"], ticket["why_wanted"]) == ("zhou", None, "等配件")
    assert before < ticket["due"] <= ticket["opened"] + 60 * DAY


def test_who_asked_for_an_extension_does_not_agree_to_it(command: Command) -> None:
    command("open", "HOST-04", "--target", "a", "--by", "zhou")
    assert command("extend", "RMD-0001", "--by", "zhou", "--until", day(50), "--reason", "等配件").exit_code == 0
    refused(command, "zhou asked to extend RMD-0001", "agree", "RMD-0001", "--by", "zhou")


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        (("HOST-99",), "no checklist item HOST-99"),
        (("NET-14",), "NET-14  does not fail now; failing: -"),
        (("HOST-04",), "does not fail now; failing: a, b"),
        (("HOST-04", "--target", "c"), "HOST-04 c does not fail now; failing: a, b"),
        (("HOST-04", "--target", "a", "--owner", "nobody"), "people: of agent.yaml has no nobody"),
    ],
)
def test_a_ticket_is_only_for_what_fails_and_for_somebody(
    command: Command, words: tuple[str, ...], refusal: str
) -> None:
    refused(command, refusal, "open", *words, "--by", "wang")
    assert listed(command) == []


def test_the_opening_check_opens_one_per_failure_and_closes_what_passes_again(place: Path) -> None:
    site = load_site(place / "agent.yaml")
    items = {each.id: each for each in items_of(load())}
    desk = Desk(site, items, place / "evidence", lambda item, target: False)
    store = Store.open(place / "var")
    advice = next(item for item in items.values() if item.level == 3)
    above = replace(FAILS, item=advice.id, area=advice.area)
    late = replace(FAILS, item="RSP-05", area="responsibility", kind="center", verdict=replace(WORSE, subject="test"))
    waived = replace(FAILS, verdict=replace(WORSE, subject="c", result=Found.NOT_APPLICABLE))
    every = [FAILS, ALSO, above, late, waived]
    made = tickets.daily(store, desk, every, 2, NOW)
    assert [(each.id, each.subject, each.owner, each.opened_by) for each in made] == [
        ("RMD-0001", "a", "wang", "shouwang"),
        ("RMD-0002", "b", "wang", "shouwang"),
    ]
    assert tickets.daily(store, desk, every, 2, NOW + DAY) == [], "one per item and subject"
    (closed,) = tickets.settle(store, [WELL, ALSO], NOW + 2 * DAY)
    assert (closed.id, closed.closed_by, closed.why_closed) == ("RMD-0001", "shouwang", "已用 20%")
    assert closed.evidence == ({"metric": "m", "value": 0.93},)
    again = tickets.daily(store, desk, every, 2, NOW + 3 * DAY)
    assert [each.id for each in again] == ["RMD-0003"], "it failed once more"
    said = {each.metric.name: each.value for each in samples(tickets.REGISTER.entries(store), NOW + 20 * DAY)}
    assert said == {"checklist_overdue": 2, "checklist_remediation_oldest_seconds": 20 * DAY, EXTENDED: 0}
    nothing = {each.metric.name: each.value for each in samples((), NOW)}
    assert nothing == {"checklist_overdue": 0, "checklist_remediation_oldest_seconds": 0, EXTENDED: 0}
    longer = [replace(each, extended=NOW) for each in tickets.REGISTER.entries(store) if each.closed is None][:2]
    assert {each.value for each in samples(longer, NOW) if each.metric.name == EXTENDED} == {2}
    longer[0] = replace(longer[0], closed=NOW)
    assert {each.value for each in samples(longer, NOW) if each.metric.name == EXTENDED} == {1}
    store.close()
