"""Incidents in a real Alertmanager, as the people behind its webhook see them."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from agent.core.database import NAME
from agent.core.site import Center
from agent.core.store import Store
from exporters.courier import PAUSE
from tests.core.made import closing, incident, noting, opening, raising
from tests.exporters.alertmanagers import Real, eventually, outbox, real, site

pytestmark = pytest.mark.long

DAY = 86_400
NOTED = 1.5  # seconds until Alertmanager has noted itself whom it notified


@pytest.fixture
def am(tmp_path: Path) -> Iterator[Real]:
    with real(tmp_path / "am") as found:
        yield found


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path / "var", patience=0.05)
    yield opened
    opened.close()


def now() -> float:
    return time.time()


def test_an_incident_is_one_alert_with_its_identity_as_labels_and_nothing_else(am: Real, store: Store) -> None:
    async def story() -> None:
        am.start()
        box = outbox(store, am.url)
        await box.start()
        found = incident(opened=now())
        store.record([opening(found)])
        box.wake()
        await eventually(lambda: am.sink.of("yibao") == ["firing"], "seen")
        [alert] = am.alerts().values()
        assert alert["labels"] == {
            "alertname": "LineDown",
            "center": "changshou",
            "district": "普陀区",
            "playbook": "IR-04",
            "target": "yibao",
            "class": "P2",
        }
        assert alert["annotations"] == {"summary": "yibao 中断", "summary_en": "yibao is down"}
        assert datetime.fromisoformat(alert["startsAt"]).timestamp() == pytest.approx(found.opened, abs=2)
        assert datetime.fromisoformat(alert["endsAt"]).timestamp() == pytest.approx(now() + DAY, abs=60)
        store.record([closing(found, now())])
        box.wake()
        await eventually(lambda: am.sink.of("yibao") == ["firing", "resolved"], "resolved")
        await box.stop()

    asyncio.run(story())


def test_what_opened_and_closed_while_it_was_away_is_seen_firing_and_then_resolved(
    store: Store, tmp_path: Path
) -> None:
    """All in one group, whose second turn comes only after the ends were told: the first must have seen them all."""

    async def story(am: Real) -> None:
        box = outbox(store, am.url)
        await box.start()
        began = now() - 600
        gone = [incident(f"gone-{n}", opened=began + n) for n in range(30)]
        on = [incident(f"on-{n}", opened=began + n) for n in range(30)]
        store.record([opening(each) for each in gone + on])
        store.record([closing(each, began + 60) for each in gone])
        box.wake()
        await asyncio.sleep(2 * PAUSE)
        am.start()
        await eventually(lambda: all(am.sink.of(each.target) == ["firing", "resolved"] for each in gone), "gone")
        assert all(am.sink.of(each.target)[0] == "firing" for each in on)
        assert set(am.alerts()) == {each.target for each in on}
        for alert in am.sink.alerts:
            if alert["status"] == "resolved":
                assert datetime.fromisoformat(alert["endsAt"]).timestamp() == pytest.approx(began + 60, abs=1)
        await box.stop()

    with real(tmp_path / "am", group_interval="4s") as am:
        asyncio.run(story(am))


def test_a_change_of_class_resolves_the_one_and_fires_the_other(am: Real, store: Store) -> None:
    async def story() -> None:
        am.start()
        box = outbox(store, am.url)
        await box.start()
        found = incident(class_="P3", opened=now())
        store.record([opening(found)])
        box.wake()
        await eventually(lambda: am.sink.seen == [("firing", "yibao", "P3")], "P3")
        store.record([raising(found, "P2", now())])
        box.wake()
        await eventually(lambda: len(am.sink.seen) >= 3, "P2 fires, P3 is resolved")
        assert set(am.sink.seen[1:]) == {("firing", "yibao", "P2"), ("resolved", "yibao", "P3")}
        await box.stop()

    asyncio.run(story())


def test_under_another_name_of_the_centre_the_old_alert_is_resolved_and_the_new_one_fires(
    am: Real, store: Store, tmp_path: Path
) -> None:
    async def story() -> None:
        am.start()
        box = outbox(store, am.url)
        store.record([opening(incident(opened=now()))])
        await box.start()
        await eventually(lambda: am.sink.of("yibao") == ["firing"], "fired")
        box.reload(site(tmp_path, am.url, center=Center("caoyang", "曹杨新村", "普陀区")))
        await eventually(lambda: len(am.sink.alerts) >= 3, "both are seen")
        await box.stop()

    asyncio.run(story())
    seen = {(each["labels"]["center"], each["status"]) for each in am.sink.alerts[1:]}
    assert seen == {("changshou", "resolved"), ("caoyang", "firing")}


def test_renewals_notify_nobody(am: Real, store: Store) -> None:
    async def story() -> None:
        am.start()
        box = outbox(store, am.url, renew_seconds=0.3)
        await box.start()
        found = incident(opened=now())
        store.record([opening(found), opening(incident("other", opened=now()))])
        box.wake()
        await eventually(lambda: len(am.sink.seen) == 2, "seen")
        first = am.alerts()["yibao"]["updatedAt"]
        store.record([noting(found, "已报障", now())])
        await eventually(lambda: am.alerts()["yibao"]["updatedAt"] > first, "renewed")
        await asyncio.sleep(1.5)
        assert len(am.sink.seen) == 2
        await box.stop()

    asyncio.run(story())


def test_after_its_restart_what_is_open_is_there_again_and_nobody_is_told_twice(am: Real, store: Store) -> None:
    async def story() -> None:
        am.start()
        box = outbox(store, am.url, renew_seconds=0.5)
        await box.start()
        store.record([opening(incident(target, opened=now() - 100)) for target in ("a", "b", "c")])
        box.wake()
        await eventually(lambda: len(am.sink.seen) == 3, "seen")
        await asyncio.sleep(NOTED)
        am.stop()
        am.start()
        assert am.alerts() == {}
        await eventually(lambda: set(am.alerts()) == {"a", "b", "c"}, "there again")
        await asyncio.sleep(1.5)
        assert len(am.sink.seen) == 3
        await box.stop()

    asyncio.run(story())


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_what_closed_while_it_restarted_is_resolved(am: Real, store: Store, end: str) -> None:
    """Stopped, it still knows whom it notified; killed, it does not, and sees the firing anew first."""

    async def story() -> None:
        am.start()
        box = outbox(store, am.url)
        await box.start()
        found = incident(opened=now())
        store.record([opening(found)])
        box.wake()
        await eventually(lambda: am.sink.of("yibao") == ["firing"], "seen")
        await asyncio.sleep(NOTED)
        getattr(am, end)()
        store.record([closing(found, now())])
        box.wake()
        await eventually(lambda: box.states()[0].reachable is False, "noticed")
        am.start()
        await eventually(lambda: am.sink.of("yibao")[-1] == "resolved", "resolved")
        assert am.sink.of("yibao") == {"stop": ["firing", "resolved"], "kill": ["firing", "firing", "resolved"]}[end]
        await box.stop()

    asyncio.run(story())


def test_an_agent_that_is_gone_resolves_nothing_and_its_successor_takes_over(
    am: Real, store: Store, tmp_path: Path
) -> None:
    found = incident(opened=now())

    async def before() -> None:
        am.start()
        box = outbox(store, am.url)
        await box.start()
        store.record([opening(found)])
        box.wake()
        await eventually(lambda: am.sink.of("yibao") == ["firing"], "seen")
        await box.stop()

    async def after() -> None:
        await asyncio.sleep(1.5)
        assert am.sink.of("yibao") == ["firing"]
        again = Store.open(tmp_path / "var")
        box = outbox(again, am.url)
        await box.start()
        [open_still] = again.open_incidents()
        again.record([closing(open_still, now())])
        box.wake()
        await eventually(lambda: am.sink.of("yibao") == ["firing", "resolved"], "resolved by its successor")
        await box.stop()
        again.close()

    asyncio.run(before())
    store.close()
    asyncio.run(after())


@pytest.mark.parametrize("skew", [600.0, -600.0])
def test_clocks_apart_keep_no_alert_from_ending(am: Real, store: Store, skew: float) -> None:
    """The agent's clock is ahead of the Alertmanager's, or behind it."""

    def wrong() -> float:
        return now() + skew

    async def story() -> None:
        am.start()
        box = outbox(store, am.url, clock=wrong)
        await box.start()
        found = incident(opened=wrong())
        store.record([opening(found)])
        box.wake()
        await eventually(lambda: am.sink.of("yibao") == ["firing"], "seen")
        store.record([closing(found, wrong())])
        box.wake()
        await eventually(lambda: am.sink.of("yibao") == ["firing", "resolved"], "resolved")
        assert am.alerts() == {}
        await box.stop()

    asyncio.run(story())


def test_alerts_go_out_marked_while_the_disk_refuses(am: Real, store: Store, tmp_path: Path) -> None:
    async def story() -> None:
        am.start()
        box = outbox(store, am.url, renew_seconds=0.5)
        await box.start()
        await eventually(lambda: box.states()[0].reachable, "greeted")
        lock = sqlite3.connect(tmp_path / "var" / NAME, isolation_level=None)
        lock.execute("BEGIN IMMEDIATE")
        found = incident(opened=now())
        store.record([opening(found)])
        box.wake()
        await eventually(lambda: am.sink.of("yibao") == ["firing"], "seen")
        assert not store.writable
        assert am.alerts()["yibao"]["annotations"]["unrecorded"] == "true"
        lock.close()
        store.retry()
        await eventually(lambda: "unrecorded" not in am.alerts()["yibao"]["annotations"], "the mark is gone")
        assert am.sink.of("yibao") == ["firing"]
        await box.stop()

    asyncio.run(story())


def test_a_line_that_fails_again_at_once_goes_on_as_one_alert(am: Real, store: Store) -> None:
    async def story() -> None:
        am.start()
        box = outbox(store, am.url)
        await box.start()
        first = incident(opened=now())
        store.record([opening(first)])
        box.wake()
        await eventually(lambda: am.sink.of("yibao") == ["firing"], "seen")
        second = replace(first, id=first.id + "b", opened=now() + 0.01)
        store.record([closing(first, now()), opening(second)])
        box.wake()
        await asyncio.sleep(1.5)
        assert set(am.alerts()) == {"yibao"}
        assert am.sink.of("yibao") == ["firing"]
        store.record([closing(second, now())])
        box.wake()
        await eventually(lambda: am.sink.of("yibao") == ["firing", "resolved"], "resolved")
        await box.stop()

    asyncio.run(story())
