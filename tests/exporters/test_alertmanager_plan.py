"""What is said when, and how it reads: decisions without a network."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import Any

import pytest

from agent.core.delivery import Delivery
from agent.core.incident import Incident
from exporters.alertmanager import GROUP_WAIT, Alertmanager, Receiver, _date, _group_wait
from exporters.courier import RENEW_SECONDS, Greeting, Message, plan
from tests.core.made import NOON, incident
from tests.exporters.alertmanagers import alertname, describe, fake

HOLD = 32.0
YIBAO = incident()


def row(found: Incident = YIBAO, **more: Any) -> Delivery:
    fields: dict[str, Any] = {"word": "firing", "revision": 1, "tried": True} | more
    return Delivery("http://am", found.playbook, found.target, found.class_, found.id, **fields)


def said(*deliveries: tuple[Delivery, Incident], now: float = NOON, renew: bool = False) -> list[tuple[str, str, str]]:
    return [
        (each.word, each.incident.target, each.incident.class_) for each in plan(deliveries, now, HOLD, renew).messages
    ]


@pytest.mark.parametrize(
    ("state", "now", "word"),
    [
        ({}, 0, ["firing"]),
        ({"fired": NOON, "told": 1}, 5, []),
        ({"fired": NOON, "told": 1, "revision": 2}, 5, ["firing"]),
        ({"word": "resolved", "ended": NOON}, 60, ["firing"]),
        ({"word": "resolved", "ended": NOON, "fired": NOON}, HOLD - 0.1, []),
        ({"word": "resolved", "ended": NOON, "fired": NOON}, HOLD, ["resolved"]),
        ({"word": "resolved", "ended": NOON, "fired": NOON}, -3600, ["resolved"]),
        ({"word": "resolved", "ended": NOON, "fired": NOON, "overtaken": True}, 1, ["resolved"]),
        ({"word": "resolved", "ended": NOON, "overtaken": True}, 1, ["resolved"]),
        ({"word": "resolved", "ended": NOON, "overtaken": True, "tried": False}, 1, []),
        ({"word": "resolved", "ended": NOON, "fired": NOON, "resolved": NOON + 40}, 60, []),
    ],
    ids=[
        "new",
        "told",
        "changed",
        "an end that was never told as firing fires first",
        "an end waits until its firing was seen",
        "an end that was seen firing",
        "the clock was set back",
        "an end by a change of class waits for nothing",
        "a class that was sent and not answered",
        "a class that was never sent",
        "an end that was told",
    ],
)
def test_what_a_receiver_hears_next(state: dict[str, Any], now: float, word: list[str]) -> None:
    assert [each for each, *_ in said((row(**state), YIBAO), now=NOON + now)] == word


def test_a_renewal_says_everything_that_fires_and_no_end_again() -> None:
    other, third, fourth = incident("other"), incident("third"), incident("fourth")
    deliveries = [
        (row(fired=NOON, told=1), YIBAO),
        (row(other, word="resolved", ended=NOON, fired=NOON), other),
        (row(third, word="resolved", ended=NOON, fired=NOON, resolved=NOON + 40), third),
        (row(fourth, word="resolved", ended=NOON, overtaken=True, tried=False), fourth),
    ]
    assert said(*deliveries, now=NOON + 1, renew=True) == [("firing", "yibao", "P2"), ("firing", "other", "P2")]


def test_it_is_said_when_something_else_becomes_due() -> None:
    held = row(word="resolved", ended=NOON, fired=NOON)
    assert plan([(held, YIBAO)], NOON + 2, HOLD, False).wait == HOLD - 2
    assert plan([], NOON, HOLD, True).wait == RENEW_SECONDS


def test_what_was_never_seen_firing_comes_first_and_the_classes_of_one_incident_stay_together() -> None:
    old, changed, new = incident("old"), incident("changed"), incident("new")
    deliveries = [
        (row(old, fired=NOON, told=1), old),
        (row(replace(changed, class_="P3"), word="resolved", ended=NOON, fired=NOON, overtaken=True), changed),
        (row(new), new),
        (row(changed), changed),
    ]
    assert said(*deliveries, renew=True) == [
        ("firing", "changed", "P2"),
        ("resolved", "changed", "P3"),
        ("firing", "new", "P2"),
        ("firing", "old", "P2"),
    ]


def alert(message: Message, now: float = NOON) -> dict[str, Any]:
    channel = Alertmanager(Receiver("http://am"), "changshou", "普陀区", alertname, describe)
    return channel.alert(message, Greeting(now, HOLD))


def test_an_open_incident_ends_a_day_ahead() -> None:
    found = alert(Message("firing", YIBAO, row()))
    assert (found["startsAt"], found["endsAt"]) == ("2026-11-24T04:00:00.000Z", "2026-11-25T04:00:00.000Z")


def test_late_news_starts_now_so_that_its_group_is_told_as_one() -> None:
    found = alert(Message("firing", YIBAO, row()), now=NOON + 3600)
    assert found["startsAt"] == "2026-11-24T05:00:01.000Z"
    renewed = alert(Message("firing", YIBAO, row(fired=NOON + 3600, told=1)), now=NOON + 3660)
    assert renewed["startsAt"] == "2026-11-24T04:00:00.000Z"


def test_a_class_that_ended_long_ago_ends_now_so_that_its_group_is_told_as_one() -> None:
    overtaken = Message("resolved", YIBAO, row(word="resolved", ended=NOON + 60, overtaken=True), NOON + 60)
    assert {alert(overtaken, now=NOON + 3600)[name] for name in ("startsAt", "endsAt")} == {"2026-11-24T05:00:00.000Z"}


def test_a_firing_that_is_over_already_ends_by_itself_should_the_agent_die() -> None:
    ended = replace(YIBAO, closed=NOON + 60)
    found = alert(Message("firing", ended, row(word="resolved", ended=NOON + 60), NOON + 60), now=NOON + 3600)
    assert found["endsAt"] == "2026-11-24T05:02:04.000Z"


@pytest.mark.parametrize("its_clock", [NOON + 60, NOON + 30, NOON - 3600])
def test_an_end_has_always_passed_there_and_never_precedes_its_start(its_clock: float) -> None:
    ended = replace(YIBAO, closed=NOON + 60)
    found = alert(Message("resolved", ended, row(word="resolved", ended=NOON + 60), NOON + 60), now=its_clock)
    moment = alert(Message("firing", replace(YIBAO, opened=its_clock), row()), now=its_clock)["startsAt"]
    assert found["startsAt"] <= found["endsAt"] <= moment


def test_an_unrecorded_incident_says_so() -> None:
    found = alert(Message("firing", replace(YIBAO, recorded=False), row()))
    assert found["annotations"]["unrecorded"] == "true"
    assert "unrecorded" not in alert(Message("firing", YIBAO, row()))["annotations"]


def test_others_have_their_turn_while_the_texts_of_many_alerts_are_made() -> None:
    turns, seen = 0, []

    def slow(found: Incident) -> dict[str, str]:
        time.sleep(0.003)
        seen.append(turns)
        return describe(found)

    async def other() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async def story(url: str) -> None:
        channel = Alertmanager(Receiver(url), "changshou", "普陀区", alertname, slow)
        beside = asyncio.create_task(other())
        await channel.post([Message("firing", YIBAO, row())] * 20, Greeting(NOON, HOLD))
        beside.cancel()
        await channel.close()

    with fake() as am:
        asyncio.run(story(am.url))
        assert [len(post) for post in am.posts] == [20]
    assert len(set(seen)) > 3


@pytest.mark.parametrize(
    ("configuration", "seconds"),
    [
        ("route:\n  receiver: x\n  group_wait: 10s\n", 10),
        ("route:\n  receiver: x\n  group_wait: 1m30s\n  routes:\n  - group_wait: 5s\n", 90),
        ("route:\n  receiver: x\n  routes:\n  - receiver: y\n    group_wait: 5s\n", GROUP_WAIT),
        ("route:\n  receiver: x\n  group_wait: 0s\n  routes:\n  - receiver: y\n    group_wait: 2m\n", 120),
        ("route:\n  receiver: x\n  group_wait: 500ms\n", 0.5),
        ("route:\n  receiver: x\n", GROUP_WAIT),
        ("route:\n  receiver: x\n  group_wait: 12h\n", 600),
        ("", GROUP_WAIT),
    ],
)
def test_the_longest_group_wait_of_its_configuration_is_known(configuration: str, seconds: float) -> None:
    assert _group_wait(configuration) == seconds


def test_a_clock_that_is_not_said_is_taken_to_be_ours() -> None:
    assert _date("Tue, 24 Nov 2026 04:00:00 GMT") == NOON
    for header in (None, "", "yesterday", "Tue, 99 Nov 2026 04:00:00 GMT"):
        assert _date(header) > 0


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("http://10.1.0.5:9093", "http://10.1.0.5:9093"),
        ("http://10.1.0.5:9093/", "http://10.1.0.5:9093"),
        ("https://am.example/prefix/", "https://am.example/prefix"),
        ("http://[fd00::1]:9093/?x=1", "http://[fd00::1]:9093"),
    ],
)
def test_a_receiver_is_named_by_its_address_alone(url: str, name: str) -> None:
    assert Receiver(url).name == name
    assert "p%40ss" not in repr(Receiver(url))


def test_an_end_is_held_back_until_the_districts_prometheus_has_seen_it() -> None:
    held = row(word="resolved", ended=NOON, fired=NOON - 100)
    assert plan([(held, YIBAO)], NOON + 10, 0, False, resolve_after=45).messages == ()
    assert plan([(held, YIBAO)], NOON + 10, 0, False, resolve_after=45).wait == 35
    assert [each.word for each in plan([(held, YIBAO)], NOON + 45, 0, False, resolve_after=45).messages] == ["resolved"]
    # A clock that was set back holds nothing up for ever.
    assert [each.word for each in plan([(held, YIBAO)], NOON - 60, 0, False, resolve_after=45).messages] == ["resolved"]
