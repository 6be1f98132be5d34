"""Many sessions with one agent: they take turns, wait as long as it needs, and not for the silence of another."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Sequence
from typing import Any

import pytest

from agent.core.reach import SnmpLogin, Unanswered
from agent.core.secrets import Secret
from agent.transports.snmp import Manners, SnmpWay, peer
from agent.transports.snmp.peer import Peer, Peers, Turn
from tests.snmp_agent import Asked, Behaviour, SnmpAgent

pytestmark = pytest.mark.long

COLUMN, NAME = "1.3.6.1.2.1.2.2.1.10", "1.3.6.1.2.1.1.5.0"
OBJECTS = {f"{COLUMN}.{row}": row for row in range(1, 101)} | {NAME: "sw"}
engines = pytest.mark.parametrize("engine", ["own", "pysnmp"])


def slow(seconds: float) -> Behaviour:
    """One question after the other, as the agents of most devices do it."""

    def behave(asked: Asked, answer: bytes) -> list[bytes]:
        time.sleep(seconds)
        return [answer]

    return behave


def login(agent: SnmpAgent, engine: str = "own", community: str = "public") -> SnmpLogin:
    return SnmpLogin("2c", Secret(community), port=agent.port, engine=engine)


async def walks(way: SnmpWay, agent: SnmpAgent, count: int, timeout: float = 60, engine: str = "own") -> Sequence[Any]:
    """Rows or the failure of each of some walks at the same time."""

    async def one() -> int:
        async with way.open("127.0.0.1", login(agent, engine), timeout) as session:
            return len(await session.subtree(COLUMN))

    return await asyncio.gather(*[one() for _ in range(count)], return_exceptions=True)


@engines
def test_lost_packets_do_not_pass_for_a_slow_agent(engine: str) -> None:
    """An answer to a second try took the time since that one was sent."""
    moments: list[float] = []

    def every_second(asked: Asked, answer: bytes) -> list[bytes]:
        moments.append(time.monotonic())
        return [answer] if len(moments) % 2 == 0 else []

    with SnmpAgent(OBJECTS, behave=every_second) as agent:
        way = SnmpWay(manners=Manners(pauses=(0.1, 30, 30), repetitions=5))
        assert asyncio.run(walks(way, agent, 1, engine=engine)) == [100]
    assert len(moments) >= 40
    assert max(after - before for before, after in itertools.pairwise(moments)) < 3


@engines
def test_a_slow_agent_is_read_by_all_who_ask_it_and_nothing_is_asked_twice(engine: str) -> None:
    with SnmpAgent(OBJECTS, behave=slow(0.08)) as agent:
        way = SnmpWay(manners=Manners(pauses=(0.4, 20, 20)))
        assert asyncio.run(walks(way, agent, 8, engine=engine)) == [100] * 8
        assert len(agent.asked) <= 8 * 5 + 2  # a busy machine may make one late


def test_how_long_an_agent_needs_is_learnt_and_remembered() -> None:
    way = SnmpWay(manners=Manners(pauses=(0.2, 20, 20)))
    with SnmpAgent(OBJECTS, behave=slow(0.5)) as agent:
        assert asyncio.run(walks(way, agent, 1)) == [100]
        assert len(agent.asked) <= 7  # five questions; the first again, and perhaps the second, which waited for that
        agent.forget()
        assert asyncio.run(walks(way, agent, 1)) == [100]
        assert len(agent.asked) == 5


def test_a_longer_timeout_helps_with_an_agent_that_is_slower_than_the_first_pauses() -> None:
    """At first what was sent again meanwhile keeps it busy; then it is known what it needs."""
    with SnmpAgent(OBJECTS, behave=slow(1.5)) as agent:
        assert asyncio.run(walks(SnmpWay(), agent, 1, timeout=60)) == [100]
        assert len(agent.asked) <= 10


def test_a_silent_agent_is_asked_ever_more_seldom_until_the_time_is_over() -> None:
    def silent(asked: Asked, answer: bytes) -> list[bytes]:
        moments.append(time.monotonic())
        return []

    moments: list[float] = []
    with SnmpAgent(OBJECTS, behave=silent) as agent:
        began = time.monotonic()
        (failed,) = asyncio.run(walks(SnmpWay(), agent, 1, timeout=9))
        assert 8.4 < time.monotonic() - began < 9.5
    assert "within 8.5 s (4 tries): address, ACL or community wrong?" in str(failed)
    pauses = [after - before for before, after in itertools.pairwise(moments)]
    assert pauses == pytest.approx([1, 2, 4], abs=0.4)


@pytest.mark.parametrize(("retries", "tries"), [(0, "(1 try)"), (1, "(2 tries)")])
def test_the_last_of_a_few_tries_waits_for_all_the_time_that_is_left(retries: int, tries: str) -> None:
    with SnmpAgent(OBJECTS, behave=lambda asked, answer: []) as agent:
        (failed,) = asyncio.run(walks(SnmpWay(manners=Manners(retries=retries)), agent, 1, timeout=2))
        assert len(agent.asked) == retries + 1
    assert f"within 1.8 s {tries}" in str(failed)


def test_one_that_is_not_answered_does_not_hold_up_others() -> None:
    async def run(agent: SnmpAgent) -> float:
        way = SnmpWay(manners=Manners(pauses=(20,)))
        async with way.open("127.0.0.1", login(agent, community="wrong"), 60) as silent:
            waiting = asyncio.create_task(silent.get([NAME]))
            await asyncio.sleep(0)
            began = time.monotonic()
            assert await walks(way, agent, 1) == [100]
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
            return time.monotonic() - began

    with SnmpAgent(OBJECTS) as agent:
        assert asyncio.run(run(agent)) < 10


def test_one_value_need_not_wait_for_the_walks_of_others() -> None:
    async def run(agent: SnmpAgent) -> list[str]:
        way, done = SnmpWay(), []

        async def walk() -> None:
            await walks(way, agent, 3)
            done.append("walks")

        async def value() -> None:
            await asyncio.sleep(0.3)
            async with way.open("127.0.0.1", login(agent), 60) as session:
                await session.get([NAME])
            done.append("value")

        await asyncio.gather(walk(), value())
        return done

    with SnmpAgent(OBJECTS, behave=slow(0.1)) as agent:
        assert asyncio.run(run(agent)) == ["value", "walks"]


def test_where_the_time_is_too_short_for_all_some_are_read_and_the_error_says_that_others_took_it() -> None:
    with SnmpAgent(OBJECTS, behave=slow(0.3)) as agent:
        failed = [each for each in asyncio.run(walks(SnmpWay(), agent, 4, timeout=4)) if each != 100]
    assert 1 <= len(failed) < 4  # one after the other: in step, none would come to its end
    for each in failed:
        assert isinstance(each, Unanswered)
        assert each.kind == "timeout"
        assert "of them while it answered others: a slow device or lost packets; allow it a longer timeout" in str(each)


def test_the_turn_goes_to_the_lowest_rank_then_to_the_first_and_past_those_who_left() -> None:
    async def run() -> list[str]:
        turn, order = Turn(), []

        async def want(name: str, rank: float, seconds: float = 60) -> None:
            if await turn.take(rank, seconds):
                order.append(name)
                turn.give_on()

        assert await turn.take(0, 0)
        tasks = [asyncio.create_task(want(name, rank)) for name, rank in (("c", 2), ("a", 0), ("d", 2), ("b", 0))]
        tasks += [asyncio.create_task(want("late", 0, 0.01)), asyncio.create_task(want("gone", 0))]
        await asyncio.sleep(0.1)
        tasks[-1].cancel()
        turn.give_on()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert await turn.take(0, 0)  # it is free again
        return order

    assert asyncio.run(run()) == ["a", "b", "c", "d"]


def test_a_turn_that_comes_to_one_who_is_cancelled_goes_on_to_the_next() -> None:
    async def run() -> bool:
        turn = Turn()
        await turn.take(0, 0)
        first, second = (asyncio.create_task(turn.take(0, 60)) for _ in range(2))
        await asyncio.sleep(0)
        turn.give_on()  # to the first, which is cancelled before it can run
        first.cancel()
        return await second

    assert asyncio.run(run())


def test_what_is_known_of_agents_is_bounded_but_never_lost_while_one_is_asked() -> None:
    peers = Peers(time.monotonic)
    asked = peers.at(("10.0.0.1", 161))
    for port in range(peer.REMEMBERED + 100):
        peers.at(("10.0.0.2", port))
    assert peers.at(("10.0.0.1", 161)) is asked
    assert len(peers) <= peer.REMEMBERED + 1


def test_patience_follows_the_time_that_answers_take() -> None:
    known = Peer(time.monotonic)
    assert known.patience is None
    for _ in range(30):
        known.answered(0.01)
    assert known.patience is not None
    assert 0.1 < known.patience < 0.2
    known.answered(3.0)
    assert known.patience > 2
    for _ in range(30):
        known.answered(3.0)
    assert 5 < known.patience < 7
