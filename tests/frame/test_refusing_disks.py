"""A state directory that takes nothing keeps the agent from nothing but its history, and that is made up for."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from agent.journal import ALIVE
from tests.frame.centre import SILENT, Centre
from tests.namespace import run_script
from tests.peers import free_port, need_ping, until

pytestmark = pytest.mark.long

REFUSED = {"marked": True, "recorded": False, "page": True}
MADE_UP_FOR = {"written": [True, "opened", 1], "noted": True, "ledger": True, "traceback": False}


def story(case: str, place: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run_script("frame/refusing_disks.py", case, str(place)))
    return found


def test_a_full_disk_is_told_and_what_happened_meanwhile_is_written_once_it_is_freed(tmp_path: Path) -> None:
    assert story("full", tmp_path) == REFUSED | MADE_UP_FOR


def test_a_checklist_on_a_full_disk_is_judged_told_and_leaves_nothing_half(tmp_path: Path) -> None:
    assert story("checklist", tmp_path) == {
        "run": [True, True],
        "report": [1, True],
        "pack": [1, True],
        "left": [],
        "reports": [],
        "again": [0, True],
        "ledger": [0, ""],
        "judged": True,
        "traceback": False,
    }


@pytest.mark.parametrize("case", ["read-only", "without inodes"])
def test_an_agent_starts_where_nothing_can_be_written_and_goes_on_where_it_can(tmp_path: Path, case: str) -> None:
    """Commands cannot reach it meanwhile, for want of a socket."""
    assert story(case, tmp_path) == REFUSED | MADE_UP_FOR | {"reached": None}


def test_a_mount_that_stops_answering_holds_up_neither_alerts_nor_pages_nor_the_end(tmp_path: Path) -> None:
    if not os.access("/dev/fuse", os.R_OK | os.W_OK):
        pytest.skip("this process may not open /dev/fuse")
    assert story("dead", tmp_path) == REFUSED | MADE_UP_FOR | {"head": True, "ended": 0}


def test_a_file_where_the_state_directory_should_be_keeps_nobody_from_starting(tmp_path: Path) -> None:
    need_ping()
    centre = Centre(tmp_path)
    centre.state.touch()
    centre.write(SILENT % free_port())
    with centre.agent():
        until(lambda: centre.value("shouwang_storage_writable") == 0, why="the metric says so")
        until(centre.incidents, why="an incident opens")
        [incident] = centre.incidents()
        page = centre.get("/")
        assert "not a directory" in page  # why nothing is recorded
        assert "agent.sock" in page  # and why commands cannot reach it
        assert centre.tell("acknowledge", incident=incident["id"], who="wang") is None
        centre.state.unlink()
        until(lambda: centre.tell("acknowledge", incident=incident["id"], who="wang"), why="a command reaches it")
        assert centre.timeline(incident["id"])[0] == "opened"
    assert "Traceback" not in centre.said()


def test_an_agent_to_which_nothing_happens_tries_the_disk_all_the_same(tmp_path: Path) -> None:
    centre = Centre(tmp_path)
    with centre.agent():
        until(lambda: centre.recalled(ALIVE), why="something was written for its own sake")


def test_commands_reach_an_agent_whose_directory_was_removed(tmp_path: Path) -> None:
    need_ping()
    centre = Centre(tmp_path)
    centre.write(SILENT % free_port())
    with centre.agent():
        until(centre.incidents, why="an incident opens")
        for each in centre.state.iterdir():
            each.unlink()
        centre.state.rmdir()
        [incident] = centre.incidents()
        until(lambda: centre.tell("acknowledge", incident=incident["id"], who="wang"), why="a command reaches it")
        assert centre.timeline(incident["id"])[-1] == "acknowledged"
    assert "Traceback" not in centre.said()
