"""docs/backups.md: the agent.yaml in it is accepted, and the collectors read all that it names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from agent.config import load
from agent.config.unwatched import not_yet_watched
from collectors import COLLECTORS
from tests.config.places import no_holidays
from tests.config.tables import SECTIONS

PAGE = (Path(__file__).parent.parent.parent / "docs/backups.md").read_text(encoding="utf-8")


def test_what_the_page_of_backups_shows_is_accepted_and_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RESTIC_PASSWORD", "canary")
    (block,) = re.findall(r"```yaml agent\.yaml\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "agent.yaml").write_text(block, encoding="utf-8")
    site = load(tmp_path / "agent.yaml", SECTIONS, holidays=no_holidays)
    assert [text.en for text in not_yet_watched(site, COLLECTORS)] == []
    database, files = site.of_kind("backup")
    assert set(database.sources) == {"store", "far-store", "acceptance-host"}
    read = {each.name for each in COLLECTORS.values() if each.applies(database)}
    assert read == {"backup", "backup_check", "backup_offsite", "backup_restore", "backup_store"}
    assert files.options.kind == "restic"
