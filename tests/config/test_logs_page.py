"""docs/logs.md: its agent.yaml is accepted, and what it says of paths and options is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from agent.tables import load_site
from collectors.log_store.layout import PACKERS, layout
from collectors.log_store.options import LogStoreOptions
from collectors.log_store.sources import called, expected, owner

PAGE = (Path(__file__).parent.parent.parent / "docs/logs.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `(/[^`]+)`[^|]* \| `(/[^`]+)` \|$", PAGE, re.MULTILINE)


def test_what_the_page_of_logs_shows_is_accepted_and_means_what_it_says(tmp_path: Path) -> None:
    (block,) = re.findall(r"```yaml agent\.yaml\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "agent.yaml").write_text(block, encoding="utf-8")
    site = load_site(tmp_path / "agent.yaml")
    assert not site.remarks
    (task,) = site.target("logs").tasks["log_store"]  # type: ignore[union-attr]
    assert isinstance(task, LogStoreOptions)
    known = called(site.targets, task.names)
    assert {owner(each, known) for each in ("HQ-SW-01", "10.0.0.1", "::ffff:10.0.0.1", "核心交换机", "core.lan")} == {
        "core"
    }
    assert [each.id for each in expected(site.targets, task)] == ["core"]


@pytest.mark.parametrize(("template", "path"), ROWS)
def test_each_template_of_the_page_is_found_by_its_path(template: str, path: str) -> None:
    facts = {"%FROMHOST-IP%": "10.0.0.1", "%HOSTNAME%": "core", "%$YEAR%": "2026", "%$MONTH%": "11", "…": "a/b.log"}
    written = re.sub("%[^%]+%|…", lambda match: facts[match[0]], template)
    for added in ("", ".1", "-20261124.gz"):
        assert layout(path).source(written + added, ["10.0.0.1", "core"].__contains__) in ("10.0.0.1", "core")


def test_the_page_of_logs_has_its_table_and_names_every_option() -> None:
    assert len(ROWS) == 4
    assert all(f"`.{ending}`" in PAGE and f"`{program}`" in PAGE for ending, program in PACKERS.items())
    assert all(re.search(rf"`{name}`|^  {name}:", PAGE, re.MULTILINE) for name in LogStoreOptions.model_fields)
