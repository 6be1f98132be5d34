"""docs/lines.md: its agent.yaml is accepted, and the collectors read all that it names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from agent.tables import load_site
from collectors.line.options import LAYERS, MEANS, PACING

PAGE = (Path(__file__).parent.parent.parent / "docs/lines.md").read_text(encoding="utf-8")


def test_what_the_page_of_lines_shows_is_accepted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (block,) = re.findall(r"```yaml agent\.yaml\n(.*?)```", PAGE, re.DOTALL)
    monkeypatch.setenv("SNMP_COMMUNITY", "canary")
    (tmp_path / "agent.yaml").write_text(block, encoding="utf-8")
    site = load_site(tmp_path / "agent.yaml")
    assert [target.id for target in site.of_kind("line")] == ["yibao", "yibao-spare"]
    assert not site.remarks


@pytest.mark.parametrize("word", [*LAYERS, *MEANS, *PACING, "source", "via", "bandwidth", "backup_of"])
def test_the_page_of_lines_names_every_option(word: str) -> None:
    assert f"`{word}`" in PAGE or f"**{word}**" in PAGE
