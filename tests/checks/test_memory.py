"""What the checklist knows of before a restart: of a kill, a power cut, a clock that was wrong."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from agent.core.checklist import Finding
from agent.core.model import Sample, Target
from checks.memory import Left
from checks.running import Checklist
from tests.checks import scene
from tests.checks.scene import LINE, LINE_UP, NOON, SWITCH, Watchers

DAY = 86400.0
WELL, DOWN = LINE_UP.sample(1), LINE_UP.sample(0)
SEEN = scene.DEVICE_UP.sample(1, tier="core")


class Agent:
    """A checklist over one target; `ends` gives what the next one finds in the store."""

    def __init__(self, target: Target, before: Left = Left()) -> None:  # noqa: B008 - it is frozen
        self.target, self.watch = target, Watchers("NET-01", target)
        self.checklist = Checklist(scene.AREAS, scene.COLLECTORS, self.watch.snapshot, self.watch.site, before)
        self.found: Sequence[Finding] = ()

    def read(self, now: float, *samples: Sample) -> str:
        """What is found after this reading, or one that fails."""
        if samples:
            self.watch.read(self.target, now, *samples)
        else:
            self.watch.broken(self.target, now)
        self.found = self.checklist.run(now)
        item = "NET-01" if self.target.kind == "line" else "NET-05"
        return next(each.verdict.result.value for each in self.found if each.item == item)

    def ends(self, next_starts: float) -> Left:
        watches: list[Mapping[str, Any]] = json.loads(json.dumps(self.checklist.watches))
        return Left(dict(self.checklist.connected), self.found, watches, next_starts)


def down_for(seconds: int) -> Agent:
    agent = Agent(LINE)
    for second in range(0, seconds + 1, 30):
        agent.read(NOON + second, DOWN if second else WELL)
    return agent


def test_what_was_raised_is_raised_after_a_restart_until_it_was_well_for_twice_its_duration() -> None:
    after = Agent(LINE, down_for(120).ends(NOON + 300))
    results = [after.read(NOON + 300 + second, WELL) for second in range(0, 240, 30)]
    assert results == ["fail"] * 6 + ["pass"] * 2


def test_a_restart_shorter_than_a_pause_between_readings_begins_no_duration_anew() -> None:
    after = Agent(LINE, down_for(60).ends(NOON + 90))
    assert [after.read(NOON + 90 + second, DOWN) for second in (0, 30)] == ["warn", "fail"]


@pytest.mark.parametrize("away", [60.0, 2 * 3600.0, 200 * DAY])
def test_the_first_reading_after_a_power_cut_that_fails_makes_no_failure(away: float) -> None:
    agent = Agent(SWITCH)
    assert agent.read(NOON, SEEN) == "pass"
    began = NOON + away
    after = Agent(SWITCH, agent.ends(began))
    assert after.read(began + 30) == ("pass" if away < DAY else "unknown")
    assert after.read(began + 930) == "unknown"
    assert after.read(began + 930 + DAY) == "fail"


def test_no_pass_stands_on_a_time_to_come_after_the_clock_was_set_back_while_the_agent_was_away() -> None:
    agent = Agent(SWITCH)
    assert agent.read(NOON, SEEN) == "pass"
    back = NOON - 30 * DAY
    after = Agent(SWITCH, agent.ends(back))
    assert [after.read(back + second) for second in (0, 600, 1200, DAY + 1200)] == ["unknown"] * 3 + ["fail"]


def test_a_watch_of_a_rule_that_is_another_now_is_forgotten() -> None:
    before = down_for(120).ends(NOON + 150)
    watches = [{**each, "rule": "another"} for each in before.watches]
    assert watches
    other = Left(before.connected, before.findings, watches, before.now)
    assert Agent(LINE, other).read(NOON + 150, WELL) == "pass"
