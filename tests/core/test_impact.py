"""Whom a broken target hurts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from agent.core.calendar import Calendar
from agent.core.impact import Impacts, down, span
from agent.core.incident import Condition, Incident, Playbook, Step, Trigger
from agent.core.model import Dependency, Failure, Metric, Reading, Target
from agent.core.site import Center, Counter, Site
from agent.core.text import Text
from tests.core.made import NOON, incident

SITE = Site(Center("changshou", "长寿路中心", "普陀区"), Calendar(), Path("agent.yaml"), Path("var"))
LINE, SWITCH = Target("line", "yibao", "医保专线"), Target("switch", "core", "核心")
LINE_UP = Metric("line_up", "gauge", "0/1", (), "The line serves")
DEVICE_UP = Metric("device_up", "gauge", "0/1", (), "Answers")
NONE = Text("", "")
BOOK = Playbook(
    id="IR-04",
    alert="LineDown",
    title=NONE,
    summary=NONE,
    triggers=(
        Trigger("IR-04.1", "IR-04", Condition("line_up", equals=0), "P2"),
        Trigger("IR-04.3", "IR-04", Condition("interface_critical_up", equals=0), "P2"),
    ),
    steps=(Step("C1", NONE),),
    impact=NONE,
    first=NONE,
    acknowledge=NONE,
    escalate=NONE,
    resolve=NONE,
    notice=NONE,
)


def reading(target: Target, metric: Metric, value: float | None) -> Reading:
    if value is None:
        return Reading(target, target.kind, NOON, 0.1, (), Failure("timeout", "no answer"))
    return Reading(target, target.kind, NOON, 0.1, (metric.sample(value),))


def held(subject: str) -> Incident:
    return incident(subjects=(subject,))


@pytest.mark.parametrize(
    ("found", "incidents", "is_down"),
    [
        (reading(LINE, LINE_UP, 0), (), True),
        (reading(LINE, LINE_UP, 1), (held("IR-04.1"),), False),
        (reading(LINE, LINE_UP, None), (held("IR-04.1"),), True),
        (reading(LINE, LINE_UP, None), (held('IR-04.3{interface="Gi1"}'),), False),
        (reading(LINE, LINE_UP, None), (replace(held("IR-04.1"), playbook="IR-99"),), False),
        (reading(SWITCH, DEVICE_UP, 0), (), True),
    ],
    ids=[
        "it says so",
        "it is back",
        "it cannot be read, and an incident that it opened is not closed",
        "another fault of it is open",
        "an incident of an unknown playbook",
        "each kind by its own word",
    ],
)
def test_a_target_is_down_by_its_own_word_or_by_the_last_that_is_known(
    found: Reading, incidents: Sequence[Incident], is_down: bool
) -> None:
    assert found.target is not None
    name = found.target.id
    assert down([found.target], {name: [found]}, incidents, {"IR-04": BOOK}) == ({name} if is_down else frozenset())


def names(counters: tuple[Counter, ...]) -> list[str]:
    return [counter.id for counter in counters]


def test_counters_are_hurt_by_what_has_no_working_alternative() -> None:
    first, second = Target("line", "a", "甲线"), Target("line", "b", "乙线")
    app = Target("application", "app", "软件", depends_on=(Dependency(("a", "b")),))
    counters = (Counter("1", "1号", (Dependency(("app",)),)), Counter("2", "2号", (Dependency(("a",)),)))
    site = replace(SITE, targets=(first, second, app), counters=counters)
    one = Impacts(site, frozenset({"a"})).of("a")
    assert (names(one.hurt), names(one.spared)) == (["2"], ["1"])
    both = Impacts(site, frozenset({"a", "b"}))
    assert names(both.of("a").hurt) == ["1", "2"]
    assert names(both.of("b").hurt) == ["1"]
    assert names(both.of("app").hurt) == []
    assert names(Impacts(site, frozenset()).of("a").spared) == ["1", "2"]


def test_a_long_chain_or_a_circle_of_dependencies_ends() -> None:
    chain = tuple(Target("host", f"h{n}", "", depends_on=(Dependency((f"h{n + 1}",)),)) for n in range(400))
    site = replace(SITE, targets=(*chain, Target("host", "h400", "", depends_on=(Dependency(("h0",)),))))
    site = replace(site, counters=(Counter("1", "1号", (Dependency(("h0", "unknown")), Dependency(("h0",)))),))
    assert names(Impacts(site, frozenset({"h400"})).of("h400").hurt) == ["1"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["1号窗口", "2号窗口", "3号窗口", "5号窗口"], "1-3号窗口、5号窗口"),
        (["咨询台", "1号窗口", "2号自助机"], "咨询台、1号窗口、2号自助机"),
        (["窗口9", "窗口10"], "窗口9-10"),
        (["0号", "1号"], "0-1号"),
        (["9" * 5000], "9" * 5000),
        ([], ""),
    ],
)
def test_runs_of_counters_are_said_shortly(given: list[str], said: str) -> None:
    assert span(given, "、") == said
