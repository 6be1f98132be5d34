"""The pages are true: recipes are put in place and run, examples validate, what is named or linked exists."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from agent.cli import main
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


READMES = ("README.md", "README.zh.md")
PAGES = (*READMES, "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "docs/architecture.md")
COMMAND = re.compile(r"^ +shouwang (?P<group>[a-z]+)(?: (?P<words>[a-z|]+))?", re.MULTILINE)


@pytest.mark.parametrize("page", READMES)
def test_the_example_of_a_switch_and_two_lines_is_fifteen_lines_and_valid(page: str, tmp_path: Path) -> None:
    (example,) = [found["text"] for found in BLOCK.finditer((ROOT / page).read_text(encoding="utf-8"))]
    assert len(example.splitlines()) <= 15
    (tmp_path / "agent.yaml").write_text(example, encoding="utf-8")
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "snmp-community").write_text("public\n", encoding="utf-8")
    argv = [
        sys.executable,
        "-c",
        "from agent.cli.main import main; main()",
        "validate",
        "-c",
        str(tmp_path / "agent.yaml"),
    ]
    said = subprocess.run(argv, check=False, capture_output=True, text=True, cwd=ROOT)
    assert said.returncode == 0, said.stderr
    assert "4 targets" in said.stdout or "4 个监测对象" in said.stdout


@pytest.mark.parametrize("page", READMES)
def test_every_command_of_the_readme_exists_and_none_is_left_out(page: str) -> None:
    named: set[tuple[str, ...]] = set()
    for found in COMMAND.finditer((ROOT / page).read_text(encoding="utf-8")):
        named |= {(found["group"], *([word] if word else [])) for word in (found["words"] or "").split("|")}
    # What stands below a command, as `checklist ticket open`, is told by its page and by --help.
    assert named == {words[:2] for words in _commands(main.application())}


def _commands(group: typer.Typer) -> Iterator[tuple[str, ...]]:
    for command in group.registered_commands:
        yield (command.name or (command.callback.__name__ if command.callback else ""),)
    for inner in group.registered_groups:
        if inner.typer_instance is not None:
            alone = inner.typer_instance.registered_callback
            if alone is not None and alone.invoke_without_command:
                yield (str(inner.name),)
            yield from ((str(inner.name), *words) for words in _commands(inner.typer_instance))


@pytest.mark.parametrize("page", PAGES)
def test_every_link_within_the_project_leads_somewhere(page: str) -> None:
    for link in re.findall(r"\]\(([^)#]+)\)", (ROOT / page).read_text(encoding="utf-8")):
        if not link.startswith("http"):
            assert ((ROOT / page).parent / link).exists(), link
