"""Spanning tree: changes are counted through wraps and restarts, and another root is noticed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from agent.core.reach import Unanswered
from agent.transports.snmp import Manners
from collectors.bridge import COLLECTOR
from tests.collectors.polled import Polled
from tests.simulated_bridge import ROOT, STP, spanning_tree
from tests.snmp_agent import SnmpAgent, ticks

CHANGES, CHANGED_ROOT = "device_topology_changes", "device_root_bridge_changed"
UPTIME = "1.3.6.1.2.1.1.3.0"


class Tree(Polled):
    """A switch that has been up for a day when the test begins."""

    def see(self, changes: int, after: float = 30.0, up: float | None = None, **tree: Any) -> dict[str, float]:
        self.agent.replace(spanning_tree(changes, **tree))
        self.agent[UPTIME] = ticks(86400 + self.at + after if up is None else up)
        found = self.poll(after)
        assert all(labels in ((), ("1h",)) for each in found.values() for labels in each)
        return {name: next(iter(each.values())) for name, each in found.items()}


@pytest.fixture
def tree() -> Iterator[Tree]:
    with SnmpAgent() as agent:
        yield Tree(agent, COLLECTOR)


def test_what_was_counted_before_the_first_look_is_no_news(tree: Tree) -> None:
    assert tree.see(4711) == {CHANGES: 0, CHANGED_ROOT: 0}
    assert tree.rounds == 1


def test_changes_count_for_an_hour(tree: Tree) -> None:
    tree.see(10)
    assert tree.see(13)[CHANGES] == 3
    assert tree.see(14, 1800)[CHANGES] == 4
    assert tree.see(14, 1799)[CHANGES] == 4
    assert tree.see(14, 2)[CHANGES] == 1
    assert tree.see(14, 1800)[CHANGES] == 0


def test_a_wrap_of_the_counter_is_no_flood(tree: Tree) -> None:
    tree.see(2**32 - 2)
    assert tree.see(3)[CHANGES] == 5


def test_a_restart_of_the_device_begins_anew(tree: Tree) -> None:
    tree.see(500)
    assert tree.see(502)[CHANGES] == 2
    assert tree.see(7, up=20)[CHANGES] == 2
    assert tree.see(8, up=50)[CHANGES] == 3


def test_a_counter_that_was_cleared_is_no_flood_even_if_the_device_does_not_tell_its_uptime(tree: Tree) -> None:
    for changes, counted in ((500, 0), (2, 0), (4, 2)):
        tree.agent.replace(spanning_tree(changes))
        assert tree.poll()[CHANGES]["1h",] == counted


def test_growth_of_nobody_knows_when_is_not_of_the_last_hour(tree: Tree) -> None:
    tree.see(10)
    assert tree.see(60, 7200)[CHANGES] == 0
    assert tree.see(61)[CHANGES] == 1


def test_another_root_is_told_for_as_long_as_it_is_one(tree: Tree) -> None:
    tree.see(1)
    assert tree.see(2, root="00:e0:fc:00:00:99")[CHANGED_ROOT] == 1
    assert tree.see(2, root="00:e0:fc:00:00:99")[CHANGED_ROOT] == 1
    assert tree.see(3)[CHANGED_ROOT] == 0


def test_a_new_priority_of_the_same_root_is_no_change(tree: Tree) -> None:
    tree.see(1)
    assert tree.see(1, priority=0x1000)[CHANGED_ROOT] == 0


@pytest.mark.parametrize("raw", [b"", bytes(8), b"\x80\0" + bytes(5), ROOT, 5])
def test_a_root_that_is_none_is_neither_told_nor_remembered(tree: Tree, raw: bytes | str | int) -> None:
    tree.agent.replace({f"{STP}.5.0": raw})
    assert tree.poll() == {}
    assert tree.see(1)[CHANGED_ROOT] == 0


def test_a_device_without_spanning_tree_costs_one_round_and_tells_nothing(tree: Tree) -> None:
    tree.agent[UPTIME] = ticks(5)
    assert tree.poll() == {}
    assert tree.rounds == 1
    assert tree.failure is None


def test_silence_passes_through(tree: Tree) -> None:
    tree.manners = Manners(pauses=(0.1,))
    tree.agent.behave = lambda asked, answer: []
    assert tree.poll() == {}
    assert isinstance(tree.failure, Unanswered)
