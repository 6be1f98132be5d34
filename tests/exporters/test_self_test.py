"""The daily test alert, through a real Alertmanager and past one that is not there."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from agent.core.calendar import Calendar
from agent.core.store import Store
from agent.self_testing import FACT, SelfTesting
from exporters.alertmanager import Alertmanager, Receiver
from exporters.self_test import deliver
from tests.exporters.alertmanagers import Real, real
from tests.peers import free_port

CALENDAR = Calendar()
TUESDAY, SUNDAY = date(2026, 11, 24), date(2026, 11, 22)


@pytest.fixture
def am(tmp_path: Path) -> Iterator[Real]:
    with real(tmp_path / "am") as found:
        yield found


def channel(url: str) -> Alertmanager:
    return Alertmanager(Receiver(url), "changshou", "普陀区", lambda incident: "", lambda incident: {})


def test_a_receiver_that_shows_the_test_alert_has_it_and_again_the_next_day(am: Real) -> None:
    am.start()
    for _ in range(2):
        assert asyncio.run(deliver([channel(am.url)])) < 10
        (alert,) = json.loads(am.get("/api/v2/alerts"))
        assert alert["labels"] == {
            "alertname": "ShouwangSelfTest",
            "center": "changshou",
            "district": "普陀区",
            "severity": "none",
        }


def test_one_receiver_that_is_not_there_is_not_made_up_for_by_another(am: Real) -> None:
    am.start()
    gone = channel(f"http://127.0.0.1:{free_port()}")
    assert asyncio.run(deliver([channel(am.url), gone], patience=0.5, pause=0.1)) == math.inf


def test_a_receiver_that_comes_late_has_taken_so_long(am: Real) -> None:
    async def story() -> float:
        waiting = asyncio.ensure_future(deliver([channel(am.url)], patience=30, pause=0.1))
        await asyncio.sleep(1)
        am.start()
        return await waiting

    assert 1 < asyncio.run(story()) < 20


def agent(now: float, store: Store, *receivers: Alertmanager) -> Any:
    return SimpleNamespace(
        clock=SimpleNamespace(now=lambda: now),
        site=SimpleNamespace(calendar=CALENDAR),
        store=store,
        outbox=SimpleNamespace(channels=lambda: list(receivers)),
    )


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path / "var")
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("day", "minute", "last", "due"),
    [
        (TUESDAY, 7 * 60 + 59, (SUNDAY, 8 * 60), False),
        (TUESDAY, 9 * 60, (SUNDAY, 8 * 60), True),  # the agent began late
        (TUESDAY, 13 * 60, (SUNDAY, 8 * 60), False),
        (TUESDAY, 8 * 60 + 5, (TUESDAY, 8 * 60), False),
        (TUESDAY, 8 * 60, (SUNDAY, 8 * 60), True),
        (SUNDAY, 8 * 60, (TUESDAY, 8 * 60), False),
        (SUNDAY, 3 * 60, None, True),
    ],
)
def test_it_is_tested_at_the_first_start_and_once_on_each_service_day_at_eight(
    store: Store, day: date, minute: int, last: tuple[date, int] | None, due: bool
) -> None:
    if last:
        store.remember(FACT, {"sent": CALENDAR.moment(*last), "took": 1.0})
    now = CALENDAR.moment(day, minute)
    assert SelfTesting(agent(now, store)).due(now) is due


def test_what_was_found_outlives_the_agent(am: Real, store: Store) -> None:
    am.start()
    now = CALENDAR.moment(TUESDAY, 8 * 60)
    testing = SelfTesting(agent(now, store, channel(am.url)))
    assert testing.samples() == ()
    asyncio.run(testing.turn())
    sent, took = (sample.value for sample in SelfTesting(agent(now, store)).samples())
    assert sent == now
    assert 0 < took < 10


def test_a_centre_without_receivers_has_nothing_to_test(store: Store) -> None:
    testing = SelfTesting(agent(CALENDAR.moment(TUESDAY, 8 * 60), store))
    asyncio.run(testing.turn())
    assert testing.samples() == ()


def test_while_it_is_under_way_it_has_taken_so_long_and_no_longer(store: Store) -> None:
    """A reading of that moment must not look as if nobody ever had it."""
    now = CALENDAR.moment(TUESDAY, 8 * 60)
    asked = agent(now, store, channel("http://127.0.0.1:1"))
    testing = SelfTesting(asked)

    async def story() -> float:
        task = asyncio.create_task(testing.test())
        await asyncio.sleep(0.2)
        asked.clock.now = lambda: now + 40
        _, took = (sample.value for sample in testing.samples())
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return took

    assert asyncio.run(story()) == 40
    assert [sample.value for sample in testing.samples()] == [now, math.inf]
