"""What the line collector remembers of its probes: what is silent as ever, since when it is not well, what is usual."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import pytest

from agent.core.kept import Kept
from agent.core.model import Reading, Target
from agent.core.reach import Reach
from agent.core.snapshot import Snapshot
from agent.runner import Runner
from collectors.line import COLLECTOR
from collectors.line.options import LineOptions
from tests.collectors.ways import Wire, value, values

GATEWAY, CARRIER, FAR, SERVER = "10.20.0.1", "10.21.0.1", "10.22.0.1", "10.23.0.10"
PROBES: tuple[dict[str, Any], ...] = (
    {"layer": "gateway", "icmp": GATEWAY},
    {"layer": "carrier", "icmp": CARRIER},
    {"layer": "far_gateway", "icmp": FAR},
    {"layer": "application", "icmp": SERVER},
)
LINE = Target("line", "yibao", "医保专线", LineOptions(id="yibao", probes=PROBES), every=30.0, timeout=10.0)


class Agent:
    """Runs of the collector; `restart` keeps what outlives an agent, as JSON."""

    def __init__(self, *answering: str) -> None:
        self.wire, self.kept, self.ahead = Wire(), Kept(), 0.0
        self.answer(*answering)
        self._start()

    def _start(self) -> None:
        reach = Reach(self.wire, self.wire, self.wire)
        self.runner = Runner(reach, Snapshot(), clock=lambda: time.time() + self.ahead, kept=self.kept)

    def answer(self, *addresses: str, after: float = 0.01) -> None:
        """From now on these answer, after so many seconds."""
        self.wire.pings = {address: [[after] * 30] for address in addresses}

    def poll(self, times: int = 1) -> Reading:
        for _ in range(times):
            reading = asyncio.run(self.runner.run(COLLECTOR, LINE))
        return reading

    def restart(self) -> None:
        before = json.loads(json.dumps(self.kept.of("line", LINE)))
        self.kept = Kept()
        self.kept.of("line", LINE).update(before)
        self._start()


def broken(reading: Reading) -> list[str]:
    return [labels[0] for labels, on in values(reading, "line_fault_segment").items() if on]


def test_a_node_that_never_answers_does_not_narrow_the_fault_to_its_own_segment() -> None:
    agent = Agent(GATEWAY, FAR, SERVER)
    assert broken(agent.poll(3)) == []
    agent.answer(GATEWAY)
    assert broken(agent.poll()) == ["carrier", "far_gateway"]
    agent.answer(GATEWAY, FAR)
    assert broken(agent.poll()) == ["application"]


def test_a_node_that_answered_until_now_narrows_it() -> None:
    agent = Agent(GATEWAY, CARRIER, FAR, SERVER)
    agent.poll(3)
    agent.answer(GATEWAY)
    assert broken(agent.poll(5)) == ["carrier"]


def test_a_node_that_answers_again_counts_again() -> None:
    agent = Agent(GATEWAY, FAR, SERVER)
    agent.poll(3)
    agent.answer(GATEWAY, CARRIER, FAR, SERVER)
    agent.poll()
    agent.answer(GATEWAY)
    assert broken(agent.poll()) == ["carrier"]


def test_which_nodes_never_answer_outlives_the_agent() -> None:
    agent = Agent(GATEWAY, FAR, SERVER)
    agent.poll(3)
    agent.answer(GATEWAY)
    agent.restart()
    assert broken(agent.poll()) == ["carrier", "far_gateway"]


def test_since_when_outlives_the_agent() -> None:
    agent = Agent(GATEWAY, CARRIER, FAR, SERVER)
    agent.poll(2)
    agent.answer(GATEWAY)
    since = agent.poll(2).diagnoses[0].since
    agent.restart()
    agent.ahead = 500.0  # so long it was away
    assert agent.poll().diagnoses[0].since == pytest.approx(since, abs=1)


def test_a_step_of_the_clock_moves_since_along() -> None:
    agent = Agent(GATEWAY)
    since = agent.poll(2).diagnoses[0].since
    agent.ahead = 3600.0
    assert agent.poll().diagnoses[0].since == pytest.approx(since + 3600, abs=1)


def test_since_when_is_of_the_fault_that_is_told_not_of_what_was_ill_before() -> None:
    agent = Agent(GATEWAY, FAR, SERVER)
    agent.wire.pings[CARRIER] = [[0.01] * 20 + [None] * 10]  # a busy router answers two echoes of three
    assert broken(agent.poll(4)) == []
    time.sleep(0.3)
    agent.answer(GATEWAY)
    began = time.time()
    reading = agent.poll()
    assert broken(reading) == ["carrier"]
    assert reading.diagnoses[0].since == pytest.approx(began, abs=0.2)


def test_what_is_usual_outlives_the_agent() -> None:
    agent = Agent(GATEWAY, CARRIER, FAR, SERVER)
    agent.poll(4)
    agent.restart()
    agent.answer(GATEWAY, CARRIER, FAR, SERVER, after=0.5)
    reading = agent.poll()
    assert value(reading, "line_up") == 1
    assert set(broken(reading)) == {"port", "gateway"}
    assert "远超平时" in reading.diagnoses[0].said.zh
