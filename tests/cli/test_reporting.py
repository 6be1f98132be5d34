"""`shouwang checklist report`: numbered, kept, compared with the one before, and never over a file."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from agent import tickets
from agent.cli.main import application
from agent.core.checklist import Finding, Verdict
from agent.core.checklist import Result as Found
from agent.core.store import Store
from agent.core.text import Text
from agent.core.tickets import Ticket, body_of
from tests.cli.test_attesting import CENTRE

Command = Callable[..., Result]
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def command(tmp_path: Path) -> Command:
    (tmp_path / "agent.yaml").write_text(CENTRE, encoding="utf-8")

    def run(*words: str) -> Result:
        done = CliRunner().invoke(application(), ["checklist", "report", *words, "-c", str(tmp_path / "agent.yaml")])
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done

    return run


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
    store.remember(tickets.REGISTER, [body_of(late), body_of(replace(late, id="REM-0008", due=9e9))])
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
