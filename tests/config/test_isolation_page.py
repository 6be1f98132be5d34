"""docs/isolation.md: its agent.yaml is accepted, and connections are tried for all that it names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from agent.tables import load_site
from collectors.isolation.matrix import matrix
from collectors.isolation.options import MOST_PORTS, SECTIONS, IsolationOptions
from tests.collectors.vantage import Centre

PAGE = (Path(__file__).parent.parent.parent / "docs/isolation.md").read_text(encoding="utf-8")
AROUND = """
credentials: {room: {ssh: {user: shouwang, key: key, known_hosts: known_hosts}}}
switches: [{id: core, address: 10.0.0.1}]
hosts:
  - {id: hall-pc, address: 10.1.0.9, by: ssh, credentials: room}
  - {id: acceptance-host, address: 10.2.0.9}
"""


def test_what_the_page_of_isolation_shows_is_tried(tmp_path: Path) -> None:
    (block,) = re.findall(r"```yaml agent\.yaml\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "agent.yaml").write_text(AROUND + block, encoding="utf-8")
    site = load_site(tmp_path / "agent.yaml")
    assert not site.remarks
    known = Centre(*site.targets)
    own = known.target("hall-pc")
    assert own is not None
    found = matrix(own, own.tasks["isolation"], known)
    assert not found.remarks
    assert {(each.to, each.allowed, each.severity) for each in found.tries} == {
        ("core", False, "fail"),
        ("core", False, "warn"),  # 161
        ("10.20.1.10", False, "fail"),
        ("acceptance-host", True, "fail"),
        ("acceptance-host", False, "warn"),
    }


@pytest.mark.parametrize(
    "word", [*(info.alias or name for name, info in IsolationOptions.model_fields.items()), *SECTIONS]
)
def test_the_page_of_isolation_names_every_option_and_section(word: str) -> None:
    assert re.search(rf"\b{word}\b", PAGE)


def test_the_page_of_isolation_says_how_many_ports_are_tried() -> None:
    assert f"每对最多 {MOST_PORTS} 个" in PAGE
