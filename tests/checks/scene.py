"""A small centre for the checklist's tests: targets, collectors that are never run, and readings put by hand."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from pathlib import Path

from agent.core.calendar import Calendar
from agent.core.checklist import Finding, Item
from agent.core.model import Collector, Failure, Metric, Reading, Sample, Target
from agent.core.site import Center, Site
from agent.core.snapshot import Snapshot
from checks import book
from checks.engine import Memory, Round, judge

LINE_UP = Metric("line_up", "gauge", "0/1", (), "")
LINE_PROBE_UP = Metric("line_probe_up", "gauge", "0/1", ("layer", "probe"), "")
DEVICE_UP = Metric("device_up", "gauge", "0/1", ("tier",), "")
UPTIME = Metric("device_uptime_seconds", "gauge", "seconds", (), "")
RESTARTS = Metric("device_restarts_unapproved", "gauge", "restarts", (), "")
USAGE = Metric("host_filesystem_usage_ratio", "gauge", "ratio", ("mountpoint",), "")
INODES = Metric("host_filesystem_inodes_usage_ratio", "gauge", "ratio", ("mountpoint",), "")
TO_FULL = Metric("host_filesystem_time_to_full_seconds", "gauge", "seconds", ("mountpoint",), "")

# A few of the shipped items: enough for a screen.
KEPT = ("NET-01", "NET-05", "HOST-04")
AREAS = tuple(
    replace(area, items=tuple(item for item in area.items if item.id in KEPT))
    for area in book.load(("network_platform", "host_management"))
)
ITEMS = {item.id: item for item in book.items_of(AREAS)}


async def _never(target: Target, options: object, poll: object) -> AsyncIterator[Sample]:
    raise AssertionError("the checklist reads the snapshot and asks nobody")
    yield


def collector(name: str, kind: str, *metrics: Metric, only: str = "") -> Collector:
    return Collector(name, (kind,), metrics, _never, lambda target: not only or target.id == only)


COLLECTORS: Mapping[str, Collector] = {
    each.name: each
    for each in (
        collector("line", "line", LINE_UP, LINE_PROBE_UP),
        collector("switch", "switch", DEVICE_UP, UPTIME, RESTARTS),
        collector("host", "host", USAGE, INODES, TO_FULL),
    )
}

LINE = Target("line", "yibao", "医保专线", every=30)
SWITCH = Target("switch", "core", "核心交换机", every=30)
HOST = Target("host", "localhost", "本机", every=30)
NOON = 1_760_000_000.0


WELL = {
    "line": (LINE_UP.sample(1), LINE_PROBE_UP.sample(1, layer="tcp", probe="tcp")),
    "switch": (DEVICE_UP.sample(1, tier="core"), RESTARTS.sample(0)),
    "host": (TO_FULL.sample(float("inf"), mountpoint="/"),),
}


def site(*targets: Target, calendar: Calendar = Calendar()) -> Site:  # noqa: B008 - it is frozen
    center = Center("changshou", "长寿路街道", "普陀区")
    return Site(center, calendar, Path("/agent.yaml"), Path("/var"), targets=targets)


class Watchers:
    """A site, its snapshot and the checklist's memory, one item at a time."""

    def __init__(
        self,
        item: str | Item,
        *targets: Target,
        collectors: Mapping[str, Collector] = COLLECTORS,
        memory: Memory | None = None,
    ) -> None:
        self.item = ITEMS[item] if isinstance(item, str) else item
        self.site = site(*targets)
        self.collectors = collectors
        self.snapshot = Snapshot()
        self.memory = memory or Memory()

    def read(self, target: Target, at: float, *samples: Sample, name: str = "") -> None:
        """The reading of a collector: of the kind's own also what else it tells of a target that is well."""
        told = {sample.metric.name for sample in samples}
        well = [each for each in WELL.get(target.kind, ()) if not name and each.metric.name not in told]
        self.snapshot.put(Reading(target, name or target.kind, at, 0.0, (*samples, *well)))

    def broken(self, target: Target, at: float, *samples: Sample, message: str = "no answer") -> None:
        self.snapshot.put(Reading(target, target.kind, at, 0.0, samples, Failure("timeout", message)))

    def run(self, now: float) -> Round:
        result = judge([self.item], self.snapshot, self.site, self.collectors, self.memory, now)
        self.memory = result.memory
        return result

    def found(self, now: float) -> Finding:
        (finding,) = self.run(now).findings
        return finding

    def result(self, now: float) -> str:
        return self.found(now).verdict.result.value
