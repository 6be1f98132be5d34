"""What a collector may know of other targets: fresh readings, and the counters that need one."""

from __future__ import annotations

from dataclasses import replace

from agent.core.known import Latest
from agent.core.model import Dependency, Metric, Reading, Target
from agent.core.site import Counter
from agent.core.snapshot import Snapshot
from tests.core.made import NOON
from tests.core.test_impact import SITE

UP = Metric("line_up", "gauge", "0/1", (), "The line serves")
OTHER = Metric("device_up", "gauge", "0/1", (), "Answers")
MAIN, BACKUP = Target("line", "a", "甲线", every=30), Target("line", "b", "乙线", every=30)
APP = Target("application", "app", "软件", depends_on=(Dependency(("a", "b")),))


def known(*readings: Reading, at: float = NOON) -> Latest:
    counters = (Counter("1", "1号", (Dependency(("app",)),)), Counter("2", "2号", (Dependency(("a",)),)))
    site = replace(SITE, targets=(MAIN, BACKUP, APP), counters=counters)
    snapshot = Snapshot()
    for reading in readings:
        snapshot.put(reading)
    return Latest(snapshot, lambda: site, lambda: at)


def read(target: Target, metric: Metric = UP, value: float = 1, collector: str = "line", at: float = NOON) -> Reading:
    return Reading(target, collector, at, 0.0, (metric.sample(value),))


def test_the_newest_fresh_reading_with_the_metric_is_given() -> None:
    found = known(read(MAIN), read(MAIN, OTHER, collector="reach"), read(BACKUP, value=0))
    reading = found.reading("a", "line_up")
    assert reading is not None
    assert reading.collector == "line"
    assert found.reading("a", "host_up") is None
    assert found.reading("nobody", "line_up") is None
    assert known(read(MAIN), at=NOON + 90).reading("a", "line_up") is not None
    assert known(read(MAIN), at=NOON + 91).reading("a", "line_up") is None


def test_a_counter_is_stopped_by_what_has_no_other_that_works() -> None:
    assert known().counters("a") == ["2"]
    assert known().counters("b") == []
    assert known(read(BACKUP, value=0)).counters("a") == ["1", "2"]
    assert known(read(MAIN, value=0)).counters("b") == ["1"]
    assert known().counters("app") == ["1"]
    assert known().counters("nobody") == []


def test_a_target_that_a_reload_took_out_is_known_no_more() -> None:
    snapshot = Snapshot()
    snapshot.put(read(MAIN))
    snapshot.keep(set())
    assert snapshot.of("a") == []
