"""`shouwang checklist report`: numbered, kept, compared with the one before, and never over a file."""

from __future__ import annotations

import io
import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner, Result

from agent import reports, tickets
from agent.cli.main import application
from agent.core.checklist import Finding, Verdict
from agent.core.checklist import Result as Found
from agent.core.store import Store
from agent.core.text import Text
from agent.core.tickets import Ticket, body_of
from exporters.report import RENDERERS
from tests.cli.commands import Command, command_of
from tests.cli.test_attesting import CENTRE

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def command(tmp_path: Path) -> Command:
    (tmp_path / "agent.yaml").write_text(CENTRE, encoding="utf-8")
    return command_of(tmp_path / "agent.yaml", "checklist", "report")


def judge(state: Path, result: Found, said: str = "93%") -> str:
    """As an agent that ran leaves it; the ledger's head."""
    verdict = Verdict(result, "self", Text(said, said), Text("≤80%", "≤80%"), Text("清理", "clear it"))
    store = Store.open(state)
    store.put_findings([Finding("HOST-04", "host_management", "host", verdict, 1_795_000_000.0)])
    head = store.head()
    store.close()
    return head


FORM = ("--format", "html")


def test_where_nothing_was_judged_there_is_no_report(command: Command, tmp_path: Path) -> None:
    done = command(*FORM)
    assert (done.exit_code, "no agent has worked" in done.stderr) == (1, True)
    assert not (tmp_path / "var" / "reports").exists()


def test_each_report_has_a_number_the_ledgers_head_and_what_is_worse_than_before(
    command: Command, tmp_path: Path
) -> None:
    judge(tmp_path / "var", Found.PASS)
    first = command(*FORM)
    head = judge(tmp_path / "var", Found.FAIL, HOSTILE)
    second = command(*FORM, "-o", str(tmp_path / "copy.html"))
    assert [done.exit_code for done in (first, second)] == [0, 0]
    (folder_1, folder_2) = sorted(path for path in (tmp_path / "var" / "reports").iterdir() if path.is_dir())
    year = folder_1.name[:4]
    assert (folder_1.name, folder_2.name) == (f"{year}-0001", f"{year}-0002")
    page = (folder_2 / f"{folder_2.name}.html").read_text(encoding="utf-8")
    assert page == (tmp_path / "copy.html").read_text(encoding="utf-8")
    assert head in page
    assert f"Compared with {folder_1.name}" in page
    assert page.count("<td>worse</td>") == 1
    assert "<script>" not in page
    kept = json.loads((folder_2 / "report.json").read_text(encoding="utf-8"))
    assert (kept["number"], kept["ledger_head"], kept["findings"][0]["result"]) == (folder_2.name, head, "fail")


def test_tickets_past_their_limit_stand_on_it_with_who_owns_them(command: Command, tmp_path: Path) -> None:
    judge(tmp_path / "var", Found.FAIL)
    late = Ticket("REM-0007", "HOST-04", "host", "self", "high", 1_700_000_000.0, "wang", 1_700_100_000.0, owner="zhou")
    store = Store.open(tmp_path / "var")
    store.remember(tickets.REGISTER.key, [body_of(late), body_of(replace(late, id="REM-0008", due=9e9))])
    store.close()
    command(*FORM)
    (page,) = (tmp_path / "var" / "reports").glob("*/*.html")
    said = page.read_text(encoding="utf-8")
    assert ("REM-0007" in said, "REM-0008" in said, "1 tickets are overdue" in said) == (True, False, True)


def test_a_file_that_is_there_is_left_as_it_is_and_no_number_is_spent(command: Command, tmp_path: Path) -> None:
    judge(tmp_path / "var", Found.PASS)
    (tmp_path / "mine.html").write_text("mine", encoding="utf-8")
    done = command(*FORM, "-o", str(tmp_path / "mine.html"))
    assert (done.exit_code, "not overwritten" in done.stderr) == (1, True)
    assert (tmp_path / "mine.html").read_text(encoding="utf-8") == "mine"
    assert not (tmp_path / "var" / "reports").exists()


def test_a_copy_that_cannot_be_written_is_told_and_the_report_stays(command: Command, tmp_path: Path) -> None:
    judge(tmp_path / "var", Found.PASS)
    done = command(*FORM, "-o", str(tmp_path / "no" / "such" / "folder.html"))
    assert (done.exit_code, "cannot be written" in done.stderr) == (1, True)
    assert list((tmp_path / "var" / "reports").glob("*/*.html"))


def test_a_report_before_that_cannot_be_read_is_told(command: Command, tmp_path: Path) -> None:
    judge(tmp_path / "var", Found.PASS)
    command(*FORM)
    (kept,) = (tmp_path / "var" / "reports").glob("*/report.json")
    kept.write_text('{"findings": [{}]}', encoding="utf-8")
    done = command(*FORM)
    assert (done.exit_code, "not compared" in done.stderr) == (0, True)


def test_a_state_directory_that_takes_no_report_is_told(command: Command, tmp_path: Path) -> None:
    judge(tmp_path / "var", Found.PASS)
    (tmp_path / "var" / "reports").write_text("in the way", encoding="utf-8")
    done = command(*FORM)
    assert (done.exit_code, "no report was kept" in done.stderr) == (1, True)


@pytest.fixture
def kept(command: Command, tmp_path: Path) -> Path:
    """The folder of a report that was made of a finding that passes."""
    judge(tmp_path / "var", Found.PASS, "28%")
    assert command(*FORM).exit_code == 0
    (folder,) = [path for path in (tmp_path / "var" / "reports").iterdir() if path.is_dir()]
    return folder


def verified(tmp_path: Path) -> Result:
    return CliRunner().invoke(application(), ["ledger", "verify", "-c", str(tmp_path / "agent.yaml")])


def test_a_kept_report_is_a_record_of_the_ledger_with_its_hashes_and_the_head_before(
    tmp_path: Path, kept: Path
) -> None:
    store = Store.peek(tmp_path / "var")
    text = io.StringIO()
    store.export(text)
    records = [json.loads(line) for line in text.getvalue().splitlines()]
    last, before = records[-1], records[-2]
    assert (last["kind"], last["body"]["number"]) == ("checklist.report.made", kept.name)
    assert last["body"]["ledger_head"] == before["hash"]
    assert last["body"]["files"] == {each.name: sha256(each.read_bytes()).hexdigest() for each in kept.iterdir()}
    assert before["hash"] in (kept / f"{kept.name}.html").read_text(encoding="utf-8")
    assert verified(tmp_path).exit_code == 0


def test_a_kept_report_is_rendered_in_another_format_of_what_was_found_then(
    command: Command, tmp_path: Path, kept: Path
) -> None:
    page = (kept / f"{kept.name}.html").read_text(encoding="utf-8")
    judge(tmp_path / "var", Found.FAIL, "99%")
    done = command("--number", kept.name, "--format", "xlsx", "-o", str(tmp_path / "copy.xlsx"))
    assert (done.exit_code, kept.name in done.stdout) == (0, True), done.stderr
    file = kept / f"{kept.name}.xlsx"
    assert file.read_bytes() == (tmp_path / "copy.xlsx").read_bytes()
    sheets = openpyxl.load_workbook(file)
    cells = {str(cell.value) for sheet in sheets for row in sheet.iter_rows() for cell in row if cell.value}
    assert not any("99%" in each for each in cells)
    assert re.search("Ledger head|ledger head", " ".join(cells))
    assert (kept / f"{kept.name}.html").read_text(encoding="utf-8") == page
    again = command("--number", kept.name, *FORM)
    assert (again.exit_code, str(kept / f"{kept.name}.html") in again.stdout.replace("\n", "")) == (0, True)
    assert verified(tmp_path).exit_code == 0
    assert len([path for path in kept.parent.iterdir() if path.is_dir()]) == 1


def test_one_format_more_says_the_same_as_if_it_had_been_the_first(command: Command, kept: Path) -> None:
    page = (kept / f"{kept.name}.html").read_bytes()
    assert RENDERERS["html"](reports.printed_of(kept.parent.parent, kept.name)) == page


@pytest.mark.parametrize(
    ("tamper", "said"),
    [
        (lambda kept: (kept / f"{kept.name}.html").write_text("pass", encoding="utf-8"), ".html: not what record"),
        (lambda kept: (kept / "report.json").unlink(), "report.json: is gone; record"),
        (shutil.rmtree, ".html: is gone; record"),
        (lambda kept: shutil.copytree(kept, kept.with_name("2020-0001")), "report 2020-0001: no record"),
        (lambda kept: (kept / "more.pdf").write_bytes(b"x"), "more.pdf: no record"),
        (lambda kept: replaced_by_link(kept / f"{kept.name}.html"), ".html: not what record"),
    ],
    ids=["changed", "a file removed", "removed", "put in", "a file put in", "a link"],
)
def test_a_kept_report_that_was_changed_removed_or_put_in_is_found(
    tmp_path: Path, kept: Path, tamper: Callable[[Path], object], said: str
) -> None:
    tamper(kept)
    done = verified(tmp_path)
    assert (done.exit_code, said in done.stderr) == (1, True), done.stderr
    assert "the ledger itself is sound" in done.stderr


def replaced_by_link(path: Path) -> None:
    path.rename(path.with_name("elsewhere"))
    path.symlink_to("elsewhere")


def test_a_report_that_cannot_be_proved_is_rendered_in_no_other_format(
    command: Command, tmp_path: Path, kept: Path
) -> None:
    assert "no report 1999-0001; there are: " + kept.name in command("--number", "1999-0001").stderr
    assert command("--number", "../../etc").exit_code == 1
    printed = kept / "printed.json"
    printed.write_text(printed.read_text(encoding="utf-8").replace("测试中心", "别的中心"), encoding="utf-8")
    done = command("--number", kept.name, "--format", "docx")
    assert (done.exit_code, "is not of the hash in the ledger" in done.stderr) == (1, True)
    assert not list(kept.glob("*.docx"))
    shutil.copytree(kept, kept.with_name("2020-0001"))
    done = command("--number", "2020-0001", "--format", "docx")
    assert (done.exit_code, "nothing proves what it said" in done.stderr) == (1, True)
