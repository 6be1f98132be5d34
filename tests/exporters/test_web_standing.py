"""How each target stands, whom a broken one hurts, and how figures are said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.core.incident import Incident
from agent.core.model import Dependency, Failure, Target
from agent.core.site import Counter
from exporters.web.figures import duration, percent
from exporters.web.filling import fill, plain
from exporters.web.impact import Impacts, span
from exporters.web.standing import State, counts, down, standings
from exporters.web.view import Picture
from tests.exporters.web_pictures import AT, DEVICE_UP, GOOD, LINE_UP, SITE, busy, calm, playbooks, reading

LINE = Target("line", "yibao", "医保专线", every=30)
FAILED = Failure("timeout", "no answer")


def picture(*readings: object, incidents: tuple[Incident, ...] = (), target: Target = LINE, **more: object) -> Picture:
    site = replace(SITE, targets=(target,))
    return Picture(site, AT, "1", readings=readings, incidents=incidents, playbooks=playbooks(), **more)  # type: ignore[arg-type]


def incident(class_: str, target: str = "yibao") -> Incident:
    return Incident("1", "IR-04", "line", target, class_, AT - 60, subjects=("IR-04.1",))  # type: ignore[arg-type]


def state(shown: Picture) -> State:
    return standings(shown)[0].state


UP, DOWN = reading(LINE, LINE_UP.sample(1)), reading(LINE, LINE_UP.sample(0))
BROKEN = reading(LINE, failure=FAILED)


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (picture(UP), State.OK),
        (picture(DOWN), State.FAULT),
        (picture(UP, incidents=(incident("P2"),)), State.FAULT),
        (picture(UP, incidents=(incident("P3"),)), State.WARN),
        (picture(UP, incidents=(incident("P1", "another"),)), State.OK),
        (picture(), State.NODATA),
        (picture(BROKEN), State.NODATA),
        (picture(BROKEN, incidents=(incident("P3"),)), State.NODATA),
        (picture(BROKEN, incidents=(incident("P2"),)), State.FAULT),
        (picture(UP, replace(BROKEN, collector="snmp")), State.WARN),
        (picture(reading(LINE, LINE_UP.sample(1), age=91)), State.LATE),
        (picture(reading(LINE, LINE_UP.sample(1), age=89)), State.OK),
        (picture(reading(LINE, LINE_UP.sample(0), age=500)), State.FAULT),
        (picture(DOWN, maintenance=frozenset({"yibao"})), State.MAINTENANCE),
        (picture(unwatched=frozenset({"yibao"})), State.UNWATCHED),
    ],
)
def test_the_worst_that_is_true_is_the_state(shown: Picture, expected: State) -> None:
    assert state(shown) is expected


def test_the_age_of_data_is_that_of_the_last_good_reading() -> None:
    failed = reading(LINE, GOOD.sample(AT - 600, collector="line"), failure=FAILED)
    assert standings(picture(failed))[0].read == AT - 600
    assert standings(picture(BROKEN))[0].read is None


def test_every_target_is_counted_once() -> None:
    found = standings(busy())
    assert sum(counts(found).values()) == len(SITE.targets)
    assert [standing.state for standing in found] == sorted((s.state for s in found), key=list(State).index)


def test_a_target_that_an_incident_says_is_down_stays_down_while_it_cannot_be_read() -> None:
    shown = picture(BROKEN, incidents=(incident("P2"),))
    assert down(shown, standings(shown)) == {"yibao"}
    back = picture(UP, incidents=(incident("P2"),))
    assert down(back, standings(back)) == frozenset()


def test_a_full_disk_is_not_a_host_that_is_down() -> None:
    assert down(busy(), standings(busy())) == {"yibao"}
    assert down(calm(), standings(calm())) == frozenset()
    switch = Target("switch", "core", "核心")
    shown = picture(reading(switch, DEVICE_UP.sample(0, tier="core")), target=switch)
    assert down(shown, standings(shown)) == {"core"}


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


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-3, "0 秒"),
        (12.9, "12 秒"),
        (1110, "18 分"),
        (7300, "2 小时 1 分"),
        (7200, "2 小时"),
        (270000, "3 天 3 小时"),
        (18316800, "212 天"),
        (float("inf"), "∞"),
    ],
)
def test_durations_are_said_in_two_units(seconds: float, said: str) -> None:
    assert duration(seconds, "zh") == said


def test_percent_keeps_a_decimal_where_it_matters() -> None:
    assert [percent(value, "zh") for value in (0.0, 0.002, 0.0999, 0.42, 1.0)] == ["0%", "0.2%", "10.0%", "42%", "100%"]


def test_what_a_fact_says_in_braces_is_not_filled_again() -> None:
    parts = fill("{a} 和 {b},还有 {rx_power}{", {"a": "{b}", "b": "乙"}, "zh")
    assert plain(parts) == "{b} 和 乙,还有 ____(收光功率){"
