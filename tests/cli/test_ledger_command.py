"""`shouwang ledger verify`: of the centre's own ledger and of an exported one that stands alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.core.store import Store
from agent.core.write import of_record
from tests.cli.commands import Command, command_of

CENTRE = "center: {id: test, name: 测试中心, district: 普陀区}\nlanguage: en\nstate: var\n"
NOON = 1_795_492_800.0


@pytest.fixture
def command(tmp_path: Path) -> Command:
    (tmp_path / "agent.yaml").write_text(CENTRE, encoding="utf-8")
    return command_of(tmp_path / "agent.yaml", "ledger")


def written(place: Path, *times: float) -> str:
    """The head after records of these times."""
    store = Store.open(place / "var")
    store.write([of_record("note", {"number": number}, at) for number, at in enumerate(times)])
    store.close()
    return Store.peek(place / "var").head()


def test_a_sound_ledger_and_its_export_say_how_many_records_they_have_and_their_head(
    command: Command, tmp_path: Path
) -> None:
    head = written(tmp_path, NOON, NOON + 1)
    assert command("verify").stdout == f"2 records, sound, head {head}\n"
    copy = tmp_path / "ledger.jsonl"
    assert command("export", "-o", str(copy)).exit_code == 0
    assert command("verify", str(copy), "--head", head).stdout == f"2 records, sound, head {head}\n"


@pytest.mark.parametrize(
    ("content", "words", "code", "reason"),
    [
        (b"", ("--head", "f" * 64), 1, "its end was cut off"),
        (b"\xff\xfe\n", (), 1, "line 1 is not a ledger record"),
        (b'{"seq":1,"at":"x","kind":"x","body":{},"prev":"","hash":""}\n', (), 1, "record 1: "),
        (None, (), 2, "No such file"),
    ],
)
def test_an_export_that_is_not_sound_is_refused_with_its_first_bad_record(
    command: Command, tmp_path: Path, content: bytes | None, words: tuple[str, ...], code: int, reason: str
) -> None:
    copy = tmp_path / "ledger.jsonl"
    if content is not None:
        copy.write_bytes(content)
    done = command("verify", str(copy), *words)
    assert (done.exit_code, reason in done.stderr) == (code, True), done.stderr
    assert done.stdout == ""


def test_a_clock_that_was_set_back_is_told_with_the_record_and_is_alone_no_fault(
    command: Command, tmp_path: Path
) -> None:
    written(tmp_path, NOON, NOON - 3600, NOON + 1)
    done = command("verify")
    assert (done.exit_code, "record 2: its time 2026-11-24T03:00:00.000000Z is before" in done.stderr) == (0, True)
    assert done.stdout.startswith("3 records, sound")
