"""`shouwang checklist sheet`: what stands on the day's sheet, and the one signature under it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from agent.cli.main import application
from agent.core.checklist import Finding, Verdict
from agent.core.checklist import Result as Found
from agent.core.ledger import records
from agent.core.store import Store
from agent.core.text import Text
from tests.cli.test_attesting import CENTRE, found, kinds

# Served round the clock, so that the sheet is due by half past midnight, and late after that.
ALWAYS = "calendar: {service: {monday-sunday: [00:00-24:00]}, holidays: none}\n"
NEVER = "calendar: {service: {}, holidays: none}\n"


class Desk:
    """`shouwang checklist …` on a centre that nobody has looked at yet."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.calendar(NEVER)
        (place / "photo.txt").write_text("机房照片", encoding="utf-8")

    def calendar(self, said: str) -> None:
        (self.place / "agent.yaml").write_text(CENTRE + said, encoding="utf-8")

    def __call__(self, *words: str, answers: str = "") -> Result:
        command = ["checklist", *words, "-c", str(self.place / "agent.yaml")]
        done = CliRunner().invoke(application(), command, input=answers)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done

    def sign(self, sheet: str, by: str = "wang") -> Result:
        (self.place / "sheet.yaml").write_text(sheet, encoding="utf-8")
        return self("sheet", "sign", "--by", by, "--file", str(self.place / "sheet.yaml"))

    def sheet(self) -> dict[str, Any]:
        return dict(json.loads(self("sheet", "--format", "json").stdout))

    def due(self) -> set[str]:
        return {each["item"] for each in self.sheet()["lines"] if each["due"]}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_what_no_source_tells_of_and_what_people_attest_stands_on_the_sheet(desk: Desk) -> None:
    due = desk.due()
    assert {"PHY-01", "PHY-04", "NET-17", "APP-14", "POL-01", "RSP-02", "EMR-02"} <= due
    assert not {"PHY-02", "HOST-04", "POL-03", "PHY-09"} & due  # by the agent; by signing; advice at level 2
    shown = desk("sheet").stdout
    assert shown.startswith("Inspection sheet")
    assert "测试中心: not signed" in shown
    assert "18.0–27.0 °C" in shown


def test_what_is_read_of_the_machine_room_stands_under_the_sheet_and_not_on_it(desk: Desk, tmp_path: Path) -> None:
    seen = Verdict(Found.PASS, "sensor-1", Text("进风 24 ℃", "inlet 24 °C"), Text("", ""))
    store = Store.open(tmp_path / "var")
    # The agent judged once before the first reading came.
    early = Verdict(Found.NOT_CONNECTED, "changshou", Text("没有读数", "no reading"), Text("", ""))
    store.put_findings([Finding("PHY-01", "physical_environment", "center", early, 0.0)])
    store.put_findings([Finding("PHY-01", "physical_environment", "machine_room", seen, 0.0)])
    store.close()
    assert "PHY-01" not in desk.due()
    assert "Machine room: Rack inlet temperature inlet 24 °C" in desk("sheet").stdout
    done = desk("attest", "PHY-01", "--by", "wang")
    assert (done.exit_code, "the source of PHY-01 Rack inlet temperature is connected" in done.stderr) == (1, True)


def test_one_signature_attests_what_passes_and_what_does_not_under_one_number(desk: Desk, tmp_path: Path) -> None:
    done = desk.sign(
        "note: 早班\nevidence: photo.txt\nitems:\n  PHY-07: {result: warn, note: 负载 82%}\n  PHY-10: skip\n"
        "  PHY-13: {figures: {waiting: 0, unapproved: 0}}\n"
    )
    assert done.exit_code == 0, done.stderr
    (sheet,) = desk.sheet()["sheets"]
    assert sheet["number"] == f"{sheet['day']}-1"
    assert f"inspection sheet {sheet['number']}: wang signed" in done.stderr
    assert "still to be done apart: PHY-01, PHY-04, PHY-06, PHY-10, " in done.stderr
    assert kinds(tmp_path) == [*["checklist.attested"] * len(sheet["entries"]), "checklist.sheet_signed"]
    warned, passed, signed = (found(desk, item) for item in ("PHY-07", "PHY-11", "POL-03"))
    assert (warned["result"], warned["who"], "负载 82%" in warned["observed"]["zh"]) == ("warn", "wang", True)
    assert (passed["result"], passed["evidence"][0]["labels"]["name"]) == ("pass", "photo.txt")
    assert (signed["result"], signed["who"]) == ("pass", "wang")
    assert found(desk, "PHY-10")["result"] == "not_connected"
    assert found(desk, "PHY-13")["observed"]["en"].startswith("attested, to be confirmed")
    # Twelve hours from now may be tomorrow; a day is.
    assert desk.due() & {"PHY-07", "PHY-10", "PHY-11", "PHY-13"} == {"PHY-10"}
    shown = desk("sheet").stdout
    assert f"{sheet['number']} signed by wang" in shown
    assert "PHY-07  warn  负载 82%  photo.txt" in shown
    assert "not looked at, or for others: PHY-01, PHY-04, PHY-06, PHY-10, " in shown
    assert {"PHY-07", "POL-03"} <= {each["item"] for each in sheet["attestations"]}


def test_what_asks_for_more_than_a_look_and_what_is_for_others_is_never_passed_unsaid(desk: Desk) -> None:
    done = desk.sign("{note: 早班}")
    assert done.exit_code == 0, done.stderr
    left = {"PHY-14", "PHY-15", "PHY-16", "POL-02", "POL-06", "RSP-01", "EMR-02"}  # PHY-14: the chief duty officer's
    assert left - desk.due() <= {"PHY-14"}
    for item in ("PHY-14", "POL-06", "EMR-02"):
        assert found(desk, item)["result"] == "not_connected"


def test_what_is_critical_or_holds_longer_than_a_day_passes_only_by_name_and_with_its_photograph(desk: Desk) -> None:
    done = desk.sign("{}")
    assert done.exit_code == 0, done.stderr
    assert "counts only where it is named" in done.stderr
    by_name = ("PHY-04", "BAK-06", "NET-18", "PHY-06", "HOST-17")  # three are critical, two hold for 31 days
    for item in by_name:
        assert found(desk, item)["result"] == "not_connected", item
    assert found(desk, "PHY-11")["result"] == "pass"
    done = desk.sign("{others: skip, items: {PHY-04: pass}}")
    assert (done.exit_code, "PHY-04 Mains and UPS output source: that it passes is shown by" in done.stderr) == (
        1,
        True,
    )
    assert found(desk, "PHY-04")["result"] == "not_connected"
    done = desk.sign("{others: skip, items: {PHY-04: {evidence: photo.txt}, NET-18: pass}}")
    assert done.exit_code == 0, done.stderr
    assert [found(desk, item)["result"] for item in ("PHY-04", "NET-18")] == ["pass", "pass"]


def test_a_second_sheet_of_the_day_has_the_next_number_and_leaves_the_first_signature(desk: Desk) -> None:
    desk.sign("{}")
    done = desk.sign("{others: skip, items: {PHY-04: fail}}", by="li")  # listed, though it is not due again
    assert done.exit_code == 0, done.stderr
    assert found(desk, "PHY-04")["result"] == "fail"
    assert [each["number"][-2:] for each in desk.sheet()["sheets"]] == ["-1", "-2"]
    assert found(desk, "POL-03")["who"] == "wang"


def test_who_signs_again_is_told_who_signed_and_what_it_does(desk: Desk, tmp_path: Path) -> None:
    desk.sign("{items: {PHY-13: {figures: {waiting: 0, unapproved: 0}, evidence: photo.txt}}}")
    records_before = kinds(tmp_path)
    empty = desk.sign("{others: skip}")
    assert (empty.exit_code, "was signed by wang" in empty.stderr) == (1, True), empty.stderr
    done = desk.sign("{items: {PHY-13: {figures: {waiting: 0, unapproved: 0}, evidence: photo.txt}}}")
    assert (done.exit_code, "PHY-13 was attested by wang" in done.stderr) == (2, True), done.stderr
    assert "waits for confirmation" in done.stderr
    assert kinds(tmp_path) == records_before
    again = desk.sign("{others: skip, items: {PHY-07: warn}}")
    assert again.exit_code == 0
    assert "signed by wang" in again.stderr
    assert "this is another, and what stands on it replaces what was said" in again.stderr


def test_a_sheet_that_is_signed_late_is_a_warning_for_the_day(desk: Desk) -> None:
    desk.calendar("calendar: {service: {monday-sunday: [00:00-00:01]}, holidays: none}\n")
    done = desk.sign("{}")
    if "(late)" not in done.stderr:
        pytest.skip("it is the first half hour of the day at the centre")
    signed = found(desk, "POL-03")
    assert (signed["result"], signed["who"]) == ("warn", "wang")


def test_answers_on_the_terminal_say_what_does_not_pass(desk: Desk) -> None:
    done = desk("sheet", "sign", "--by", "wang", answers="PHY-12 fail 门锁坏\nPHY-11:没看\n\nn\n")
    assert (done.exit_code, "nothing was signed" in done.stderr) == (1, True)
    assert desk.sheet()["sheets"] == []
    done = desk("sheet", "sign", "--by", "wang", answers="PHY-12 fail 门锁坏\nPHY-11:没看\n\ny\n")
    assert done.exit_code == 0, done.stderr
    finding = found(desk, "PHY-12")
    assert (finding["result"], "门锁坏" in finding["observed"]["zh"]) == ("fail", True)
    assert found(desk, "PHY-11")["result"] == "not_connected"


@pytest.mark.parametrize(
    ("sheet", "by", "code", "reason"),
    [
        ("{}", "zhou", 1, "is for the network administrator; zhou 周 is full-time deputy director"),
        ("{}", "old", 1, "old 张 left the post"),
        ("{}", "nobody", 2, "no such person"),
        ("{date: 2020-01-02}", "wang", 1, "only today's sheet"),
        ("{date: 2020-02-30}", "wang", 2, "sheet.yaml:1: date: not a date"),
        ("items:\n  PHY-07: maybe\n", "wang", 2, 'sheet.yaml:2: items.PHY-07: not allowed: "maybe"; allowed: pass'),
        ("items:\n  PHY-07: {reslt: warn}\n", "wang", 2, "unknown key; did you mean result?"),
        ("{items: {PHY-02: pass}}", "wang", 2, "the sheet has no PHY-02; today's are: PHY-01"),
        ("{items: {POL-01: pass}}", "wang", 1, "POL-01 Security policy set is for the full-time deputy director"),
        ("{items: {PHY-13: pass}}", "wang", 1, "PHY-13 also asks for: waiting"),
        ("{items: {PHY-07: {target: core}}}", "wang", 1, "no target core"),
        ("{items: {PHY-07: [pass, warn]}}", "wang", 1, "PHY-07 stands twice"),
        ("{evidence: gone.jpg}", "wang", 2, "gone.jpg: cannot be read"),
        ("a: [", "wang", 2, "sheet.yaml"),
    ],
)
def test_a_sheet_that_cannot_be_signed_says_why_and_nothing_of_it_is_written(
    desk: Desk, tmp_path: Path, sheet: str, by: str, code: int, reason: str
) -> None:
    done = desk.sign(sheet, by)
    assert (done.exit_code, reason in done.stderr) == (code, True), done.stderr
    assert not (tmp_path / "var" / "shouwang.db").exists() or kinds(tmp_path) == []


def test_the_sheets_record_names_all_that_was_signed(desk: Desk, tmp_path: Path) -> None:
    desk.sign("{others: skip, items: {PHY-07: pass}}")
    store = Store.peek(tmp_path / "var")
    first, own, last = (json.loads(each.body) for each in store.ask(lambda connection: list(records(connection)), []))
    assert (first["item"], own["item"]) == ("PHY-07", "POL-03")
    assert (last["entries"], last["by"]) == ([first["id"], own["id"]], "wang")
    assert "PHY-04" in last["left"]
    assert first["sheet"] == own["sheet"] == last["number"]
