"""`shouwang checklist run` and `coverage`: what is asked for and only that, and where each automatic item reads."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from agent.core.checklist import Finding, Verdict
from agent.core.checklist import Result as Found
from agent.core.store import Store
from agent.core.text import Text
from checks.book import items_of, load
from tests.cli.commands import Command, command_of

CENTRE = """\
center: {id: test, name: 测试中心, district: 普陀区}
language: en
state: var
hosts:
- {id: self, name: 本机, address: localhost, by: local}
- {id: other, name: 另一台, address: 127.0.0.1, by: local}
switches: [{id: core, name: 核心, address: 127.0.0.1}]
"""


@pytest.fixture
def command(tmp_path: Path) -> Command:
    (tmp_path / "agent.yaml").write_text(CENTRE, encoding="utf-8")
    return command_of(tmp_path / "agent.yaml", "checklist")


def keep(place: Path, *found: tuple[str, str, str, Found, str]) -> None:
    """Findings of an agent that worked here: item, area, target's kind and id, result."""
    store = Store.open(place / "var")
    said = Text("看见", "seen")
    store.put_findings(
        [
            Finding(item, area, kind, Verdict(result, target, said, said), 1_760_000_000.0)
            for item, area, kind, result, target in found
        ]
    )
    store.close()


def test_a_run_shows_what_was_asked_for_and_nothing_else(command: Command) -> None:
    done = command("run", "--item", "host-04", "--item", "HOST-01", "--target", "self", "--format", "json")
    said = json.loads(done.stdout)
    assert {(each["item"], each["subject"]) for each in said["findings"]} == {("HOST-04", "self"), ("HOST-01", "self")}
    assert [each["area"] for each in said["areas"]] == ["host_management"]
    assert sum(said["counts"].values()) == len(said["findings"])
    assert done.exit_code in (0, 1, 3)


def test_an_area_goes_by_its_id_and_by_its_name(command: Command) -> None:
    areas = {each.id: each for each in load()}
    for name in ("policies", areas["policies"].title.zh, areas["policies"].title.en):
        said = json.loads(command("run", "--area", name, "--target", "test", "--format", "json").stdout)
        assert {each["item"] for each in said["findings"]} == {item.id for item in areas["policies"].items}


@pytest.mark.parametrize(
    ("words", "known"),
    [
        (("--area", "networks"), "no such area: networks; there are: physical_environment(物理环境)"),
        (("--item", "NET-99"), "no such checklist item: NET-99; there are: APP-01"),
        (("--target", "cores"), "no such target: cores; there are: core, other, self, test"),
    ],
)
def test_a_name_that_is_not_known_is_refused_with_those_that_are(
    command: Command, words: tuple[str, str], known: str
) -> None:
    done = command("run", *words)
    assert done.exit_code == 2
    assert known in done.stderr
    assert not done.stdout


def test_coverage_names_metric_collector_way_and_root_command_of_each_automatic_item(command: Command) -> None:
    said = json.loads(command("coverage", "--format", "json").stdout)
    automatic = [each.id for each in items_of(load()) if each.mode == "automatic"]
    assert [each["item"] for each in said["items"]] == automatic
    assert all(each["metrics"] and all(each["metrics"].values()) and each["needs"] for each in said["items"])
    by_id = {each["item"]: each for each in said["items"]}
    assert by_id["NET-05"]["metrics"]["device_up"] == ["reach"]
    assert ["/usr/sbin/sshd", "-T"] in by_id["HOST-07"]["root"]
    assert said["at"] == 0
    assert not any(each["targets_connected"] or each["connected"] for each in said["items"])


def test_coverage_counts_the_targets_whose_source_is_connected(command: Command, tmp_path: Path) -> None:
    keep(
        tmp_path,
        ("HOST-04", "host_management", "host", Found.FAIL, "self"),
        ("HOST-04", "host_management", "host", Found.NOT_CONNECTED, "other"),
        ("HOST-01", "host_management", "host", Found.UNKNOWN, "self"),
    )
    said = json.loads(command("coverage", "--format", "json", "--area", "host_management").stdout)
    by_id = {each["item"]: each for each in said["items"]}
    assert (by_id["HOST-04"]["targets_connected"], by_id["HOST-04"]["targets_asked"]) == (1, 2)
    assert [each["why"] and each["why"]["en"] for each in by_id["HOST-04"]["targets"]] == [None, "seen"]
    assert by_id["HOST-01"]["connected"]  # it was, and is lost now
    (area,) = said["areas"]
    assert (area["area"], area["connected"]) == ("host_management", 2)
    shown = command("coverage", "--item", "HOST-04").stdout
    assert "1/2" in shown
    assert "other: seen" in " ".join(shown.split())


def test_what_people_saw_in_place_of_a_source_connects_none(command: Command, tmp_path: Path) -> None:
    seen = Verdict(Found.PASS, "core", Text("看过", "looked at"), Text("", ""))
    store = Store.open(tmp_path / "var")
    store.put_findings([Finding("NET-05", "network_platform", "switch", seen, 1_760_000_000.0, who="wang")])
    store.close()
    (item,) = json.loads(command("coverage", "--item", "NET-05", "--format", "json").stdout)["items"]
    assert (item["connected"], item["targets_connected"], item["targets_asked"]) == (False, 0, 1)


def test_a_terminal_sees_how_far_the_reading_is_and_a_pipe_does_not(command: Command, tmp_path: Path) -> None:
    words = ("checklist", "run", "--item", "HOST-04", "--target", "self", "--format", "json")
    argv = [sys.executable, "-c", "from agent.cli.main import main; main()", *words, "-c", str(tmp_path / "agent.yaml")]
    above, below = pty.openpty()
    seen = bytearray()

    def listen() -> None:
        try:
            while piece := os.read(above, 4096):
                seen.extend(piece)
        except OSError:
            pass  # the other end is closed

    listener = threading.Thread(target=listen)
    listener.start()
    done = subprocess.run(argv, stdout=subprocess.PIPE, stderr=below, env={**os.environ, "TERM": "xterm"}, check=False)
    os.close(below)
    listener.join(timeout=10)
    os.close(above)
    assert b"reading" in seen
    assert {each["item"] for each in json.loads(done.stdout)["findings"]} == {"HOST-04"}
    assert "reading" not in command("run", "--item", "HOST-04", "--target", "self").stderr


def test_what_is_due_today_is_told_by_the_calendar(command: Command, tmp_path: Path) -> None:
    agent = tmp_path / "agent.yaml"
    agent.write_text(CENTRE + "calendar: {service: {monday-sunday: [00:00-24:00]}, holidays: none}\n", encoding="utf-8")
    said = json.loads(command("due", "--format", "json").stdout)
    assert said["day"] == said["today"]
    assert {"sheet", "attestation"} <= {each["kind"] for each in said["due"]}
    assert "POL-01" in {each["item"] for each in said["due"]}
    assert command("due").stdout.startswith(f"due on {said['day']}: {len(said['due'])}")
    agent.write_text(CENTRE + "calendar: {service: {}, holidays: none}\n", encoding="utf-8")
    assert json.loads(command("due", "--format", "json").stdout)["day"] is None
    assert "no service day" in command("due").stdout
