"""Whether a switch answers public or private: asked once a day, by version 1 and 2c, for one object."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from agent.core.reach import Unanswered
from agent.transports.snmp import Manners
from collectors.community import COLLECTOR
from collectors.device_uptime import SYS_UP_TIME
from tests.collectors.polled import Polled
from tests.snmp_agent import GET, Asked, SnmpAgent, numbers, ticks, understand

DAY = 86400.0


class Lenient(SnmpAgent):
    """Answers other communities than its own, `also`; `heard` keeps every question, answered or not."""

    also: tuple[tuple[int, str], ...] = ()

    def replies(self, datagram: bytes, sender: tuple[str, int]) -> object:  # type: ignore[override]  # as its base
        asked = understand(datagram, sender)
        assert asked is not None
        self.heard: list[Asked]
        self.__dict__.setdefault("heard", []).append(asked)
        known = (asked.version, asked.community.decode()) in self.also or asked.community == self.community.encode()
        return self.spoilt(asked) if known else ()


@pytest.fixture
def switch() -> Iterator[Polled]:
    with Lenient({SYS_UP_TIME: ticks(5)}, community="hidden") as agent:
        yield Polled(agent, COLLECTOR)


def answers(switch: Polled, after: float = DAY) -> float | None:
    return switch.poll(after).get("device_default_community_answers", {}).get(())


@pytest.mark.parametrize("version", [0, 1])
@pytest.mark.parametrize("name", ["public", "private"])
def test_a_default_community_that_is_answered_is_told(switch: Polled, version: int, name: str) -> None:
    assert isinstance(switch.agent, Lenient)
    switch.agent.also = ((version, name),)
    assert answers(switch) == 1


def test_only_the_two_names_are_tried_with_one_read_each(switch: Polled) -> None:
    assert answers(switch) == 0
    assert isinstance(switch.agent, Lenient)
    tried = [asked for asked in switch.agent.heard if asked.community != b"hidden"]
    assert {(asked.version, asked.community) for asked in tried} == {
        (version, name) for version in (0, 1) for name in (b"public", b"private")
    }
    assert all(asked.kind == GET and asked.oids == (numbers(SYS_UP_TIME),) for asked in switch.agent.heard)


def test_between_two_days_nothing_is_asked_and_the_answer_stands(switch: Polled) -> None:
    assert isinstance(switch.agent, Lenient)
    switch.agent.also = ((1, "public"),)
    assert answers(switch) == 1
    switch.agent.also = ()
    switch.agent.heard.clear()
    assert answers(switch, DAY - 60) == 1
    assert switch.agent.heard == []
    assert answers(switch, 60) == 0


def test_ones_own_login_by_a_default_community_counts(switch: Polled) -> None:
    switch.agent.community = "public"
    assert answers(switch) == 1


def test_a_device_that_answers_nobody_is_not_called_safe(switch: Polled) -> None:
    switch.agent.behave = lambda asked, answer: []
    switch.manners = Manners(pauses=(0.1,))
    assert answers(switch) is None
    assert isinstance(switch.failure, Unanswered)
    switch.agent.behave = lambda asked, answer: [answer]
    switch.manners = Manners()
    assert answers(switch, 30) == 0


def test_an_error_is_no_answer(switch: Polled) -> None:
    assert isinstance(switch.agent, Lenient)
    switch.agent.also = ((1, "public"), (1, "private"))
    own = switch.agent.community.encode()
    switch.agent.behave = lambda asked, answer: [answer if asked.community == own else b"\x30\x00"]
    assert answers(switch) == 0
