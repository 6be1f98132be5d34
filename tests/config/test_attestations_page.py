"""docs/attestations.md: its files are accepted, and its commands do what it says."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from agent.cli.main import application
from agent.cli.sheet_file import LineForm, SheetForm, read
from agent.evidence import MOST
from agent.tables import load_site

PAGE = (Path(__file__).parent.parent.parent / "docs/attestations.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^    shouwang (checklist (?:attest|confirm|withdraw) .*)$", PAGE, re.MULTILINE)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with the page's files; all evidence that it names is there."""
    for name in ("agent.yaml", "sheet.yaml"):
        (block,) = re.findall(rf"```yaml {re.escape(name)}\n(.*?)```", PAGE, re.DOTALL)
        (tmp_path / name).write_text(block, encoding="utf-8")
    with (tmp_path / "agent.yaml").open("a", encoding="utf-8") as file:
        file.write("machine_room: [{id: ups-1, address: 127.0.0.1, kind: ups}]\n")
    for name in re.findall(r"[\w.-]+\.(?:pdf|xlsx|jpg|csv)\b", PAGE):
        (tmp_path / name).write_text(name, encoding="utf-8")
    return tmp_path


def test_what_the_page_of_attestations_shows_is_accepted(place: Path) -> None:
    assert not load_site(place / "agent.yaml").remarks
    assert set(read(place / "sheet.yaml").items) == {"PHY-04", "PHY-07", "PHY-10", "PHY-13"}


def test_the_commands_of_the_page_are_taken_in_their_order(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place)
    assert len(COMMANDS) == 6
    for command in COMMANDS:
        done = CliRunner().invoke(application(), shlex.split(command))
        assert done.exit_code == 0, (command, done.stderr)
    done = CliRunner().invoke(
        application(), ["checklist", "sheet", "sign", "--by", "wang", "--file", str(place / "sheet.yaml")]
    )
    assert done.exit_code == 0, done.stderr


@pytest.mark.parametrize("word", [*LineForm.model_fields, *SheetForm.model_fields])
def test_the_page_of_attestations_names_what_a_sheet_may_say(word: str) -> None:
    assert re.search(rf"\b{word}\b", PAGE)


def test_the_page_of_attestations_says_how_large_a_file_may_be() -> None:
    assert f"不超过 {MOST // 1_000_000} MB" in PAGE
