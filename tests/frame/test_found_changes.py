"""Changes that nobody approved are counted by how long they have stood, in working time."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from agent.core.calendar import Calendar
from agent.core.model import Metric, Reading, Target
from agent.core.site import Center, Site
from agent.core.snapshot import Snapshot
from agent.core.store import Store
from agent.found_changes import FoundChanges, samples, stand

CONFIG = Metric("device_config_unapproved", "gauge", "0/1", (), "")
CHANGED = Metric("device_config_changed_timestamp_seconds", "gauge", "Unix seconds", (), "")
FILES = Metric("host_file_changes_unapproved", "gauge", "files", (), "")
CORE, WEB = Target("switch", "core", "核心"), Target("host", "web", "网站")
WATCHED = {(each.kind, each.id) for each in (CORE, WEB)}
CALENDAR = Calendar()
FRIDAY = CALENDAR.moment(date(2026, 11, 20), 16 * 60)
HOUR = 3600.0


def counts(snapshot: Snapshot, before: dict[tuple[str, str, str], float], now: float) -> tuple[dict[str, float], dict]:  # type: ignore[type-arg]
    standing = stand(before, snapshot, WATCHED, now)
    return {each.metric.name: each.value for each in samples(standing, snapshot, CALENDAR, now)}, standing


@pytest.mark.parametrize(("hours", "unapproved"), [(0, 0), (40, 0), (64.5, 0), (73, 1)])
def test_a_weekend_is_no_working_time(hours: float, unapproved: int) -> None:
    snapshot = Snapshot()
    snapshot.put(Reading(WEB, "files", FRIDAY, 0.0, (FILES.sample(2),)))
    _, standing = counts(snapshot, {}, FRIDAY)
    found, _ = counts(snapshot, standing, FRIDAY + hours * HOUR)
    assert found == {"checklist_changes_unapproved": unapproved, "checklist_changes_pending": 1 - unapproved}


def test_a_configuration_tells_itself_when_it_changed() -> None:
    snapshot = Snapshot()
    samples_ = (CONFIG.sample(1), CHANGED.sample(FRIDAY - 96 * HOUR))
    snapshot.put(Reading(CORE, "configuration", FRIDAY, 0.0, samples_))
    assert counts(snapshot, {}, FRIDAY)[0]["checklist_changes_unapproved"] == 1


def test_what_was_approved_is_gone_and_what_is_not_read_stays() -> None:
    snapshot = Snapshot()
    for target, sample in ((CORE, CONFIG.sample(1)), (WEB, FILES.sample(1))):
        snapshot.put(Reading(target, "x", FRIDAY, 0.0, (sample,)))
    found, standing = counts(snapshot, {}, FRIDAY)
    assert found["checklist_changes_pending"] == 2
    snapshot.put(Reading(CORE, "x", FRIDAY, 0.0, (CONFIG.sample(0),)))
    snapshot.put(Reading(WEB, "x", FRIDAY, 0.0, ()))
    assert counts(snapshot, standing, FRIDAY)[0]["checklist_changes_pending"] == 1


def test_nothing_is_said_before_anything_was_read() -> None:
    assert counts(Snapshot(), {}, FRIDAY)[0] == {}


def test_what_stands_outlives_the_agent_and_goes_with_its_target(tmp_path: Path) -> None:
    center = Center("changshou", "长寿路街道", "普陀区")
    both = Site(center, CALENDAR, tmp_path / "agent.yaml", tmp_path, targets=(CORE, WEB))
    snapshot = Snapshot()
    snapshot.put(Reading(WEB, "files", FRIDAY, 0.0, (FILES.sample(2),)))
    with closing(Store.open(tmp_path)) as store:
        first = FoundChanges(store)
        first.look(snapshot, both, FRIDAY)
        first.keep()
        again = FoundChanges(store)
        late = again.look(snapshot, both, FRIDAY + 73 * HOUR)
        assert [sample.value for sample in late] == [1, 0]
        snapshot.put(Reading(WEB, "files", FRIDAY, 0.0, ()))
        without = replace(both, targets=(CORE,))
        assert [sample.value for sample in again.look(snapshot, without, FRIDAY + 74 * HOUR)] == []
