"""What the agent says of the centre: ratios over what was judged, and nothing over nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from agent.core.calendar import Calendar
from agent.core.model import Collector, Failure, Metric, Reading, Sample, Target
from agent.core.reach import Poll
from agent.core.site import Center, Site
from agent.core.snapshot import Snapshot
from agent.vitals import Health, vital_samples

LINE_UP = Metric("line_up", "gauge", "0/1", (), "The line serves")
HOST_UP = Metric("host_up", "gauge", "0/1", ("role",), "Answers")


async def nothing(target: Target, options: Any, poll: Poll) -> AsyncIterator[Sample]:
    return
    yield


COLLECTORS = (Collector("line", ("line",), (LINE_UP,), nothing), Collector("reach", ("host",), (HOST_UP,), nothing))
LINES = tuple(Target("line", name, name, every=30) for name in ("yibao", "minzheng", "laodong", "shebao"))


def site(*targets: Target) -> Site:
    place = Path("/nowhere")
    return Site(Center("c1", "长寿路", "普陀区"), Calendar(), place / "agent.yaml", place / "var", targets=targets)


def values(snapshot: Snapshot, where: Site, now: float = 100.0, **health: bool) -> dict[str, float]:
    found = vital_samples(where, snapshot, COLLECTORS, Health(**health), now)
    return {sample.metric.name: sample.value for sample in found}


def put(snapshot: Snapshot, target: Target, value: float, at: float = 90.0, failed: bool = False) -> None:
    sample = Sample(LINE_UP, value)
    failure = Failure("timeout", "silent") if failed else None
    snapshot.put(Reading(target, "line", at, 1.0, () if failed else (sample,), failure))


def test_lines_down_is_a_share_of_the_lines_that_were_judged() -> None:
    snapshot = Snapshot()
    put(snapshot, LINES[0], 0)
    put(snapshot, LINES[1], 1)
    put(snapshot, LINES[2], 1, failed=True)
    assert values(snapshot, site(*LINES))["center_lines_down_ratio"] == 0.5


def test_a_share_of_nothing_is_absent() -> None:
    found = values(Snapshot(), site())
    assert "center_lines_down_ratio" not in found
    assert "center_terminals_offline_ratio" not in found
    assert "shouwang_coverage_ratio" not in found


def test_only_terminals_count_as_terminals() -> None:
    snapshot = Snapshot()
    for name, role, up in (("t1", "terminal", 0), ("t2", "terminal", 1), ("server", "server", 0)):
        target = Target("host", name, name)
        snapshot.put(Reading(target, "reach", 90.0, 0.1, (HOST_UP.sample(up, role=role),)))
    assert values(snapshot, site())["center_terminals_offline_ratio"] == 0.5


def test_coverage_counts_failed_late_and_never_read_targets_as_missing() -> None:
    snapshot = Snapshot()
    put(snapshot, LINES[0], 1, at=95)
    put(snapshot, LINES[1], 1, at=1.0)
    put(snapshot, LINES[2], 1, failed=True)
    assert values(snapshot, site(*LINES), now=100)["shouwang_coverage_ratio"] == 0.25


def test_the_agents_own_condition_is_told() -> None:
    found = values(Snapshot(), site(), reload_ok=False, storage_writable=False)
    assert found["shouwang_config_last_reload_successful"] == 0
    assert found["shouwang_storage_writable"] == 0
    assert found["shouwang_build_info"] == 1
