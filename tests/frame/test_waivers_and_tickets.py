"""Limits, waivers and remediation tickets of the running agent: at once in its findings, and on disk."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from agent.control import Refused, ask
from tests.frame.centre import SELF, Centre
from tests.peers import until

PEOPLE = """\
people:
- {id: wang, name: 王工, role: network_administrator}
- {id: zhou, name: 周, role: full_time_deputy_director}
"""
STRICT = "thresholds: {HOST-04: {warn: 0.000001, fail: 0.000002, metric: host_filesystem_usage_ratio}}\n"
LAX = "thresholds: {HOST-04: {warn: 0.999, fail: 1, metric: host_filesystem_usage_ratio}}\n"


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    made = Centre(tmp_path)
    made.write(f"{PEOPLE}{STRICT}hosts: [{SELF}]")
    return made


def finding(centre: Centre) -> dict[str, Any]:
    """Of HOST-04, without a new run; empty before the first."""
    said = json.loads(centre.get("/api/v1/checklist")).get("findings", [])
    return next((dict(each) for each in said if each["item"] == "HOST-04"), {})


def done(centre: Centre, *words: str) -> str:
    run = centre.command("checklist", *words)
    assert run.returncode == 0, run.stderr
    return run.stderr + run.stdout


def test_the_agent_judges_by_changed_limits_waives_and_closes_the_ticket_itself(centre: Centre) -> None:
    last = f"{datetime.now(UTC) + timedelta(days=30):%Y-%m-%d}"
    measure = ("--reason", "旧机", "--compensating", "人工清理", "--until", last)
    with centre.agent():
        until(lambda: finding(centre).get("result") == "fail", seconds=60, why=centre.said())
        (first, *_) = json.loads(centre.get("/api/v1/checklist"))["thresholds"]
        assert (first["item"], first["own"], first["laxer"]) == ("HOST-04", 0.000001, False)
        assert "EXC-0001" in done(centre, "waive", "HOST-04", "--by", "wang", *measure)
        done(centre, "waive", "approve", "EXC-0001", "--by", "zhou")
        assert (finding(centre)["result"], finding(centre)["found"]) == ("not_applicable", "fail")
        assert centre.command("checklist", "ticket", "open", "HOST-04", "--by", "wang").returncode == 1
        done(centre, "waive", "end", "EXC-0001", "--by", "wang", "--reason", "已换")
        assert finding(centre)["result"] == "fail"
        ticket(centre)
        until(lambda: centre.value("checklist_overdue") is not None, seconds=90, why=centre.said())
        centre.write(f"{PEOPLE}{LAX}hosts: [{SELF}]")
        assert centre.tell("reload") == []
        ask(centre.state, "checklist")
        assert finding(centre)["result"] == "pass"
        until(lambda: closed(centre) == "shouwang", seconds=90, why=centre.said())
    assert centre.sound()
    assert "Traceback" not in centre.said()


def ticket(centre: Centre) -> str:
    """Of the ticket about HOST-04 the number; opened, unless the opening check was first."""
    known = json.loads(done(centre, "ticket", "list", "--format", "json"))
    found = [str(each["id"]) for each in known if each["item"] == "HOST-04"]
    return found[0] if found else done(centre, "ticket", "open", "HOST-04", "--by", "wang").split()[0]


def closed(centre: Centre) -> str:
    """Who closed the ticket about HOST-04."""
    known = json.loads(done(centre, "ticket", "list", "--all", "--format", "json"))
    return next(str(each["closed_by"]) for each in known if each["item"] == "HOST-04")


def test_requests_of_another_shape_are_refused(centre: Centre) -> None:
    with centre.agent():
        until(lambda: finding(centre).get("result") == "fail", seconds=60, why=centre.said())
        for verb, more, reason in (
            ("ask_waiver", {"item": "HOST-04", "reason": "x", "compensating": "y"}, "until: None"),
            ("ask_waiver", {"item": ["HOST-04"], "until": 0}, "HOST-04"),
            ("ask_waiver", {"item": "HOST-04", "until": float("inf")}, "until: inf"),
            ("ask_waiver", {"item": "HOST-04", "until": "soon"}, "until: 'soon'"),
            ("approve_waiver", {"id": None}, "None"),
            ("open_ticket", {"item": {}}, "{}"),
            ("close_ticket", {"id": 7}, "7"),
        ):
            with pytest.raises(Refused, match=reason):
                ask(centre.state, verb, who="wang", **more)
        with pytest.raises(Refused, match="no such person"):
            ask(centre.state, "ask_waiver", who="nobody", item="HOST-04", until=0)
        number = ticket(centre)
        for verb, more, reason in (
            ("close_ticket", {"reason": "x", "files": [{"name": "x"}]}, "files: not a list of kept files"),
            ("extend_ticket", {"reason": "x", "until": [1]}, "until: "),
        ):
            with pytest.raises(Refused, match=reason):
                ask(centre.state, verb, who="wang", id=number, **more)
    assert "Traceback" not in centre.said()
