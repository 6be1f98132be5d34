"""What a host's SSH key means for the samples: told once per connection, standing through a reload."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from agent.core.calendar import Calendar
from agent.core.model import Target
from agent.core.site import Center, Site
from agent.core.snapshot import Snapshot
from agent.host_keys import HostKeys
from playbooks.book import load
from playbooks.watch import Watch

WEB, DB = (Target("host", name, name, address="10.0.0.1") for name in ("web", "db"))
SITE = Site(Center("c", "c", "d"), Calendar(), Path("/none/agent.yaml"), Path("/none"), targets=(WEB, DB))


def told(snapshot: Snapshot) -> dict[str, float]:
    found = snapshot.series("shouwang_target_host_key_changed")
    return {reading.target.id: sample.value for reading, sample in found if reading.target is not None}


def test_the_latest_key_of_a_host_stands_until_it_shows_another() -> None:
    snapshot = Snapshot()
    keys = HostKeys(snapshot, lambda: SITE, lambda: 1000.0)
    keys.noticed("web", True)
    keys.noticed("db", False)
    assert told(snapshot) == {"web": 0, "db": 1}
    keys.noticed("db", True)
    assert told(snapshot) == {"web": 0, "db": 0}


def test_a_jump_host_that_is_no_target_is_told_nowhere() -> None:
    snapshot = Snapshot()
    HostKeys(snapshot, lambda: SITE, lambda: 1000.0).noticed("room@10.0.0.9", False)
    assert told(snapshot) == {}


def test_a_reload_keeps_what_is_known_of_the_targets_that_stay() -> None:
    snapshot, sites = Snapshot(), [SITE]
    keys = HostKeys(snapshot, lambda: sites[-1], lambda: 1000.0)
    keys.noticed("web", False)
    keys.noticed("db", False)
    sites.append(replace(SITE, targets=(WEB,)))
    snapshot.keep(set())
    assert told(snapshot) == {}
    keys.reload()
    assert told(snapshot) == {"web": 1}


def test_a_key_that_is_not_known_opens_an_incident_and_the_right_one_closes_it() -> None:
    snapshot, now = Snapshot(), [1000.0]
    watch = Watch(load(), SITE.calendar, [], lambda changes: None, center="c")
    watch.keep([("host", "web"), ("host", "db")], now[0])
    snapshot.watch(watch.observe)
    keys = HostKeys(snapshot, lambda: SITE, lambda: now[0])
    keys.noticed("web", False)
    keys.noticed("db", True)
    assert [(each.playbook, each.target, each.class_) for each in watch.open] == [("IR-18", "web", "P2")]
    keys.noticed("web", True)
    now[0] += 120
    keys.noticed("web", True)
    watch.tick(now[0])
    assert list(watch.open) == []
