"""What the agent says of the centre and of itself, computed from the snapshot: pure functions of their arguments."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from agent import __version__
from agent.core.model import Collector, Metric, Sample, Target
from agent.core.site import Site
from agent.core.snapshot import LATE_AFTER, Snapshot

CENTER_INFO = Metric("center_info", "gauge", "1", ("center", "name", "district"), "This centre")
SERVICE_OPEN = Metric("center_service_open", "gauge", "0/1", (), "Service hours now")
WORKING_OPEN = Metric("center_working_open", "gauge", "0/1", (), "Working hours now")
LINES_DOWN = Metric("center_lines_down_ratio", "gauge", "ratio", (), "Lines that are down, of all that were judged")
TERMINALS_OFFLINE = Metric(
    "center_terminals_offline_ratio", "gauge", "ratio", (), "Counter terminals that do not answer, of all judged"
)
CALENDAR_KNOWN = Metric(
    "calendar_known_until_timestamp_seconds",
    "gauge",
    "Unix seconds",
    (),
    "End of the last year whose public holidays and make-up workdays are known; absent where holidays do not matter",
)
BUILD_INFO = Metric("shouwang_build_info", "gauge", "1", ("version",), "This agent")
RELOAD_OK = Metric(
    "shouwang_config_last_reload_successful", "gauge", "0/1", (), "The last reading of agent.yaml succeeded"
)
COVERAGE = Metric(
    "shouwang_coverage_ratio",
    "gauge",
    "ratio",
    (),
    "Connected targets with a reading no older than 3 cycles, of all connected targets",
)
STORAGE_WRITABLE = Metric("shouwang_storage_writable", "gauge", "0/1", (), "The state directory takes writes")
METRICS = (
    CENTER_INFO,
    SERVICE_OPEN,
    WORKING_OPEN,
    LINES_DOWN,
    TERMINALS_OFFLINE,
    CALENDAR_KNOWN,
    BUILD_INFO,
    RELOAD_OK,
    COVERAGE,
    STORAGE_WRITABLE,
)


@dataclass(frozen=True, slots=True)
class Health:
    """How the agent itself is: what the frame knows and no collector does."""

    reload_ok: bool = True
    storage_writable: bool = True


def vital_samples(
    site: Site, snapshot: Snapshot, collectors: Collection[Collector], health: Health, now: float
) -> Iterator[Sample]:
    """The centre's and the agent's own samples at `now`. A ratio over nothing is absent, never 0."""
    center = site.center
    yield CENTER_INFO.sample(1, center=center.id, name=center.name, district=center.district)
    yield SERVICE_OPEN.sample(site.calendar.open("service", now))
    yield WORKING_OPEN.sample(site.calendar.open("working", now))
    yield from _ratio(LINES_DOWN, [sample.value == 0 for _, sample in snapshot.series("line_up")])
    yield from _ratio(TERMINALS_OFFLINE, _terminals_down(snapshot))
    known = site.calendar.known_until()
    if known is not None:
        yield CALENDAR_KNOWN.sample(known)
    yield BUILD_INFO.sample(1, version=__version__)
    yield RELOAD_OK.sample(health.reload_ok)
    yield from _ratio(COVERAGE, [fresh(snapshot, pair, now) for pair in watched(site, collectors)])
    yield STORAGE_WRITABLE.sample(health.storage_writable)


def watched(site: Site, collectors: Collection[Collector]) -> list[tuple[Collector, Target]]:
    """Every collector of every target that it applies to."""
    return [(each, target) for target in site.targets for each in collectors if each.applies(target)]


def fresh(snapshot: Snapshot, pair: tuple[Collector, Target], now: float) -> bool:
    """Whether this collector's latest reading succeeded and is no older than three intervals."""
    collector, target = pair
    reading = snapshot.get(collector.name, target)
    return reading is not None and reading.up and now - reading.ended <= LATE_AFTER * target.every


def _terminals_down(snapshot: Snapshot) -> list[bool]:
    return [sample.value == 0 for _, sample in snapshot.series("host_up") if sample.label("role") == "terminal"]


def _ratio(metric: Metric, found: list[bool]) -> Iterator[Sample]:
    if found:
        yield metric.sample(sum(found) / len(found))
