"""docs/configurations.md says what is typed on a device, and how it is written into agent.yaml."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from agent.tables import load_site
from agent.transports.console.families import FAMILIES

PAGE = (Path(__file__).parents[2] / "docs" / "configurations.md").read_text(encoding="utf-8")


def test_the_page_names_everything_that_is_typed_and_nothing_else() -> None:
    told: dict[str, tuple[str, ...]] = {}
    for row in re.findall(r"^\| `(\w+)`.*\|$", PAGE, re.MULTILINE):
        line = next(line for line in PAGE.splitlines() if line.startswith(f"| `{row}`"))
        names, *typed = re.split(r"\s*\|\s*", line.strip("| "))
        for name in re.findall(r"`(\w+)`", names):
            if name in FAMILIES:
                told[name] = tuple(each.strip("`") for each in typed)
    assert told == {
        family: (manners.paging, manners.questions["running"], manners.questions["saved"], manners.leaving)
        for family, manners in FAMILIES.items()
    }


def test_what_the_page_writes_into_agent_yaml_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SWITCH_PASSWORD", "canary")
    monkeypatch.setenv("SNMP_COMMUNITY", "canary")
    (block,) = re.findall(r"^```yaml agent.yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    (tmp_path / "agent.yaml").write_text(block, encoding="utf-8")
    core, old = load_site(tmp_path / "agent.yaml").of_kind("switch")
    assert (core.options.config.backup, core.options.config.timeout) == (86_400.0, 60.0)
    assert (old.options.config.family, old.options.config.timeout) == ("ruijie_os", 180.0)
