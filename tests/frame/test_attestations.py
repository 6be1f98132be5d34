"""What people say to the running agent about the checklist is on disk, in its findings and in /metrics at once."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agent.attestations import REGISTER, writes
from agent.control import Refused, ask
from agent.core.attestations import Attestation
from agent.core.store import Store
from tests.frame.centre import SELF, Centre
from tests.peers import until

PEOPLE = """\
people:
- {id: wang, name: 王工, role: network_administrator}
- {id: zhou, name: 周, role: full_time_deputy_director}
- {id: chen, name: 陈, role: director}
"""


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    made = Centre(tmp_path)
    made.write(f"{PEOPLE}hosts: [{SELF}]")
    (tmp_path / "rules.txt").write_text("方针\n", encoding="utf-8")
    return made


def result(centre: Centre, item: str) -> dict[str, Any]:
    """As the agent tells it to anybody, without a new run."""
    said = json.loads(centre.get("/api/v1/checklist"))
    (finding,) = [each for each in said["findings"] if each["item"] == item]
    return dict(finding)


def judged(centre: Centre) -> bool:
    return bool(json.loads(centre.get("/api/v1/checklist")).get("findings"))


def test_an_attestation_is_told_at_once_and_outlives_the_agent(centre: Centre) -> None:
    proof = ("--evidence", str(centre.place / "rules.txt"))
    with centre.agent():
        until(lambda: judged(centre), seconds=60, why=centre.said())
        assert centre.value("checklist_inspection_signed") == 0
        assert centre.command("checklist", "attest", "POL-01", "--by", "wang", *proof).returncode == 1
        done = centre.command("checklist", "attest", "POL-01", "--by", "zhou", *proof)
        assert (done.returncode, "ATT-0001" in done.stderr) == (0, True), done.stderr
        assert centre.value('checklist_evidence_timestamp_seconds{item="POL-01"}') is None
        assert result(centre, "POL-01")["observed"]["zh"] == "已登记,待主任确认(ATT-0001)"
        assert centre.command("checklist", "confirm", "ATT-0001", "--by", "chen").returncode == 0
        assert centre.value('checklist_evidence_timestamp_seconds{item="POL-01"}') is not None
        assert (result(centre, "POL-01")["result"], result(centre, "POL-01")["who"]) == ("pass", "zhou")
    with centre.agent():
        until(lambda: judged(centre), seconds=60, why=centre.said())
        assert (result(centre, "POL-01")["result"], result(centre, "POL-01")["who"]) == ("pass", "zhou")
    assert "Traceback" not in centre.said()


def test_the_agent_finds_that_evidence_is_gone_and_the_item_does_not_pass(centre: Centre) -> None:
    with centre.agent():
        until(lambda: judged(centre), seconds=60, why=centre.said())
        proof = ("--evidence", str(centre.place / "rules.txt"))
        assert centre.command("checklist", "attest", "RSP-01", "--by", "chen", *proof).returncode == 0
        assert result(centre, "RSP-01")["result"] == "pass"
    (kept,) = (centre.place / "evidence").iterdir()
    kept.unlink()
    with centre.agent():
        until(lambda: judged(centre) and result(centre, "RSP-01")["result"] == "fail", seconds=90, why="nobody looked")
        assert centre.command("ledger", "verify").returncode == 1
    assert "Traceback" not in centre.said()


def test_documents_figures_and_the_signed_sheet_are_series(centre: Centre) -> None:
    proof = ("--evidence", str(centre.place / "rules.txt"))
    (centre.place / "sheet.yaml").write_text("items: {PHY-07: {result: fail, note: 过载}}\n", encoding="utf-8")
    with centre.agent():
        until(lambda: judged(centre), seconds=60, why=centre.said())
        for words in (
            ("attest", "POL-06", "--by", "zhou", "--document", "保密与安全合同", "--expires", "2099-12-31", *proof),
            ("confirm", "ATT-0001", "--by", "chen"),
            ("attest", "RSP-02", "--by", "zhou", *figures(first_absent=0, deputy_absent=1, unattended=0), *proof),
            ("sheet", "sign", "--by", "wang", "--file", str(centre.place / "sheet.yaml")),
        ):
            done = centre.command("checklist", *words)
            assert done.returncode == 0, done.stderr
        ends = centre.value('checklist_evidence_expiry_timestamp_seconds{item="POL-06",document="保密与安全合同"}')
        assert ends == 4102416000  # midnight after that day in Shanghai
        assert centre.value('checklist_evidence_value{item="RSP-02",figure="deputy_absent"}') == 1
        assert centre.value("checklist_inspection_signed") == 1
        assert centre.value('checklist_inspections_missed{window="7d"}') == 0
        assert [result(centre, item)["result"] for item in ("POL-06", "RSP-02", "PHY-07")] == ["pass", "warn", "fail"]


def figures(**values: int) -> list[str]:
    return [word for name, value in values.items() for word in ("--figure", f"{name}={value}")]


def test_a_finding_that_a_person_gave_stands_in_the_ledger_once(centre: Centre) -> None:
    with centre.agent():
        until(lambda: judged(centre), seconds=60, why=centre.said())
        assert centre.command("checklist", "attest", "PHY-07", "--by", "wang").returncode == 0
        for _ in range(3):
            ask(centre.state, "checklist")
    store = Store.peek(centre.state)
    with (centre.place / "ledger").open("w", encoding="utf-8") as file:
        store.export(file)
    lines = [json.loads(line) for line in (centre.place / "ledger").read_text(encoding="utf-8").splitlines()]
    findings = [each["body"] for each in lines if each["kind"] == "finding" and each["body"]["item"] == "PHY-07"]
    assert [each["who"] for each in findings] == ["shouwang", "wang"]


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        ({}, "who: missing"),
        ({"who": "wang", "item": ["PHY-07"]}, "没有检查项"),
        ({"who": "wang", "item": "PHY-07", "files": [{"name": "x", "sha256": "../../etc", "size": 1}]}, "不在证据目录"),
        ({"who": "wang", "item": "PHY-07", "files": [{"name": "x"}]}, "not an attestation"),
        ({"who": "wang", "item": "PHY-07", "valid": "long"}, "not an attestation"),
        ({"who": "wang", "item": "PHY-07", "valid": float("inf")}, "只能缩短"),
        ({"who": "wang", "item": "POL-08", "document": "x", "expires": float("inf")}, "超过 100 年"),
        ({"who": "wang", "item": "POL-02", "figures": "covered"}, "not an attestation"),
        ({"login": "root", "item": "PHY-07"}, "没有 root"),
    ],
)
def test_a_request_of_another_shape_is_refused(running: Centre, request_: dict[str, Any], reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        ask(running.state, "attest", **request_)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Any:
    centre = Centre(tmp_path_factory.mktemp("attesting"))
    centre.write(f"{PEOPLE}hosts: [{SELF}]")
    with centre.agent():
        yield centre
    assert "Traceback" not in centre.said()


def test_what_stands_or_waits_is_never_dropped_from_the_register() -> None:
    first = Attestation("ATT-0001", "POL-01", "zhou", "full_time_deputy_director", 0.0, 1.0)
    many = [replace(first, id=f"ATT-{number:04d}", item="RSP-01") for number in range(2, REGISTER.most + 50)]
    waiting = replace(first, id="ATT-9999", item="POL-09", awaits=("director",))
    *_, fact = writes("attested", [waiting], [first, waiting, *many], 0.0)
    kept = [each["id"] for each in json.loads(fact.what.value)]
    assert kept[:2] == ["ATT-0001", "ATT-9999"]
    assert (len(kept), kept[-1]) == (REGISTER.most + 3, many[-1].id)
