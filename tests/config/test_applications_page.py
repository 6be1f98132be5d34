"""docs/applications.md: every agent.yaml in it is accepted, and the collectors read all that it names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from agent.config import load
from agent.config.unwatched import not_yet_watched
from collectors import COLLECTORS
from tests.config.places import no_holidays
from tests.config.tables import SECTIONS

PAGE = (Path(__file__).parent.parent.parent / "docs/applications.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```yaml agent\.yaml\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("block", BLOCKS, ids=range(len(BLOCKS)))
def test_what_the_page_of_applications_shows_is_accepted_and_read(
    block: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SNMP_COMMUNITY", "EXCHANGE_KEY", "EXCHANGE_PASSWORD", "QUEUE_PASSWORD", "RECORDER_PASSWORD"):
        monkeypatch.setenv(name, "canary")
    (tmp_path / "agent.yaml").write_text(block, encoding="utf-8")
    site = load(tmp_path / "agent.yaml", SECTIONS, holidays=no_holidays)
    assert len(BLOCKS) == 5
    assert site.targets
    assert [text.en for text in not_yet_watched(site, COLLECTORS)] == []
