"""What the agent checks at its times of the day, asked of one that runs, and on a clock that is moved."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from agent.app import Agent
from agent.clock import Clock
from agent.core.ledger import records
from agent.core.store import Store
from agent.day_checks import SETTLED, DayChecks
from agent.tables import load_site
from checks.readiness import due_at
from tests.frame.centre import SELF, Centre
from tests.peers import until


def test_a_running_agent_says_whether_the_doors_can_open_and_what_is_left_before_leaving(tmp_path: Path) -> None:
    centre = Centre(tmp_path)
    centre.write(f"calendar: {{service: {{monday-sunday: [00:00-24:00]}}, holidays: none}}\nhosts: [{SELF}]")
    alone = centre.command("checklist", "opening")
    assert (alone.returncode, "不能断定" in alone.stderr) == (3, True)
    with centre.agent():
        judged = lambda: json.loads(centre.get("/api/v1/checklist")).get("findings")  # noqa: E731
        until(judged, seconds=60, why=centre.said())
        opening = centre.command("checklist", "opening", "--format", "json")
        said = json.loads(opening.stdout)
        codes = {"ready": 0, "not_ready": 1, "unsure": 3}
        assert (said["check"], opening.returncode) == ("opening", codes[said["answer"]])
        closing = centre.command("checklist", "closing")
        assert closing.returncode == 1
        assert closing.stdout.startswith("下班前还有事要做 · 测试中心")
        assert "当天巡检单未签" in closing.stdout
        assert set(json.loads(centre.get("/api/v1/checklist"))) >= {"readiness", "due", "trend"}
        told = centre.get("/metrics")
        assert 'checklist_opening_answer{answer="ready"}' in told
        assert "checklist_connected_ratio" in told
        assert "应办" in centre.get("/checklist")
    assert "Traceback" not in centre.said()


class Moved:
    """A wall clock that is set, on a monotonic one that goes with it."""

    def __init__(self, at: float) -> None:
        self.at = at

    def __call__(self) -> float:
        return self.at


def kinds(state: Path) -> list[str]:
    store = Store.peek(state)
    try:
        found: list[str] = store.ask(lambda disk: [each.kind for each in records(disk)], [])
        return found
    finally:
        store.close()


@pytest.mark.parametrize("settled", [True, False])
def test_at_its_time_each_check_is_made_once_and_kept(tmp_path: Path, settled: bool) -> None:
    centre = Centre(tmp_path)
    centre.write(f"hosts: [{SELF}]")
    site = load_site(centre.config)
    began = due_at("opening", site.calendar, 1_795_500_000)
    assert began is not None
    asyncio.run(_a_day(Agent(site), began, settled))
    wanted = ["checklist.opening", "checklist.closing"] if settled else []
    assert [each for each in kinds(centre.state) if each in ("checklist.opening", "checklist.closing")] == wanted


async def _a_day(agent: Agent, began: float, settled: bool) -> None:
    clock = Moved(began - SETTLED if settled else began)
    agent.clock = Clock(clock, clock)
    await agent.start()
    await agent.scheduler.stop()
    try:
        day = agent.telling.day = DayChecks(agent)
        await day.turn()
        steps = (began, began + 30, began + 9 * 3600) if settled else (began + 30,)
        for clock.at in steps:
            await day.turn()
        if settled:
            answers: dict[str, Any] = DayChecks(agent).answers
            assert {check: each["at"] for check, each in answers.items()} == {
                "opening": began,
                "closing": began + 9 * 3600,
            }
            assert answers["opening"]["answer"] == "unsure"  # nothing was read on that day
    finally:
        await agent.stop()


def test_the_scores_of_a_day_are_its_last_and_no_more_than_400_days_are_kept(tmp_path: Path) -> None:
    centre = Centre(tmp_path)
    store = Store.open(centre.state)
    old = {f"{2020 + place // 360}-{place % 360 // 30 + 1:02d}-{place % 30 + 1:02d}": {} for place in range(500)}
    store.remember("checklist.scores", old)
    store.close()
    centre.write(f"hosts: [{SELF}]")
    with centre.agent():
        scored = lambda: json.loads(centre.get("/api/v1/checklist")).get("trend", {})  # noqa: E731
        until(lambda: len(scored()) == 400, seconds=90, why=centre.said())
        trend = scored()
    assert max(trend) not in old
    assert trend[max(trend)]["host_management"]["colour"] in ("green", "amber", "red")
