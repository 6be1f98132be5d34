"""The recipes of CONTRIBUTING.md are true: their blocks are taken out of the page, put in place and run."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from agent.core.checklist import Result
from checks import book
from playbooks import book as playbooks

ROOT = Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"^```\w+ (?P<place>\S+)(?: (?P<key>\w+))?\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
BLOCKS = {(found["place"], found["key"]): found["text"] for found in BLOCK.finditer(PAGE)}

# Adds the recipes' files to our packages, as if they lay there, and runs the recipes' own tests.
RUN = """
import sys, pytest, collectors, exporters, tests.peers
collectors.__path__.append(sys.argv[1] + "/collectors")
exporters.__path__.append(sys.argv[1] + "/exporters")
options = ["-q", "-W", "error", "-p", "no:cacheprovider", "--import-mode=importlib", "--rootdir", sys.argv[1]]
sys.exit(pytest.main([*options, sys.argv[1]]))
"""


def test_every_recipe_has_its_blocks() -> None:
    assert {place.partition("/")[0] for place, _ in BLOCKS} == {
        "collectors",
        "checks",
        "playbooks",
        "exporters",
        "tests",
    }


def test_the_collector_and_the_exporter_work_and_pass_their_own_tests(tmp_path: Path) -> None:
    for (place, _), text in BLOCKS.items():
        if place.endswith(".py"):
            (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / place).write_text(text, encoding="utf-8")
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    argv = [sys.executable, "-c", RUN, str(tmp_path)]
    done = subprocess.run(argv, check=False, capture_output=True, text=True, env=env, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 passed" in done.stdout


def test_the_checklist_item_joins_its_area(tmp_path: Path) -> None:
    place = "checks/areas/host_management.yaml"
    shipped = (ROOT / place).read_text(encoding="utf-8")
    joined = shipped.replace("words:\n", "words:\n" + BLOCKS[place, "words"]).rstrip() + "\n\n" + BLOCKS[place, "items"]
    (tmp_path / "host_management.yaml").write_text(joined, encoding="utf-8")
    (area,) = book.load(["host_management"], tmp_path)
    item = area.items[-1]
    assert (item.id, item.kinds) == ("HOST-90", ("printer",))
    assert [(rule.result, rule.for_seconds) for rule in item.rules] == [(Result.WARN, 0), (Result.FAIL, 900)]


def test_the_playbook_loads(tmp_path: Path) -> None:
    (tmp_path / "IR-90.yaml").write_text(BLOCKS["playbooks/IR-90.yaml", None], encoding="utf-8")
    (recipe,) = playbooks.load(["IR-90"], tmp_path)
    assert [(each.condition.metric, each.raises_to) for each in recipe.triggers] == [("printer_up", "P3")]


@pytest.mark.parametrize(
    "place", sorted(set(re.findall(r"`((?:agent|checks|collectors|playbooks|exporters|tests|docs)/[\w./]+)`", PAGE)))
)
def test_what_the_page_names_exists(place: str) -> None:
    assert (ROOT / place).exists()
