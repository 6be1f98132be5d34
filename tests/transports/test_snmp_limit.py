"""How much is asked of an agent in one packet: less where more is too big or gets lost, and more again later."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from agent.core.reach import Pace, SnmpLogin
from agent.core.secrets import Secret
from agent.transports.snmp import Manners, SnmpWay
from demo.devices.codec import GET, GET_BULK
from tests.snmp_agent import Asked, SnmpAgent, reply

COLUMNS = [f"1.3.6.1.2.1.2.2.1.{number}" for number in range(1, 11)]
MACS = "1.3.6.1.2.1.17.4.3.1.2"
WIDE = {f"{column}.{row}": f"GigabitEthernet1/0/{row}" for column in COLUMNS for row in range(1, 49)}
NARROW = {f"{MACS}.0.0.0.0.0.{station}": station for station in range(1, 256)}
BRISK = Manners(pauses=(0.3, 0.3, 0.3, 20))  # the first tries are lost
engines = pytest.mark.parametrize("engine", ["own", "pysnmp"])


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def login(agent: SnmpAgent, **facts: Any) -> SnmpLogin:
    return SnmpLogin("2c", Secret("public"), port=agent.port, **facts)


def rows(way: SnmpWay, agent: SnmpAgent, columns: list[str], **facts: Any) -> tuple[int, int]:
    """Rows of a walk and the packets that it took."""

    async def run() -> int:
        async with way.open("127.0.0.1", login(agent, **facts), 60) as session:
            return len([row async for row in session.columns(columns)])

    agent.forget()
    return asyncio.run(run()), len(agent.asked)


def got(way: SnmpWay, agent: SnmpAgent, oids: list[str], **facts: Any) -> tuple[int, int]:
    async def run() -> int:
        async with way.open("127.0.0.1", login(agent, **facts), 60) as session:
            return len(await session.get(oids))

    agent.forget()
    return asyncio.run(run()), len(agent.asked)


def whole_datagrams(asked: Asked, answer: bytes) -> list[bytes]:
    """A way that carries no fragments."""
    return [answer] if len(answer) <= 1472 else []


@engines
def test_where_fragments_are_lost_less_is_asked_and_that_is_remembered(engine: str) -> None:
    way = SnmpWay(manners=BRISK)
    with SnmpAgent(WIDE, limit=65000, behave=whole_datagrams) as agent:
        assert rows(way, agent, COLUMNS, engine=engine)[0] == 48
        found, packets = rows(way, agent, COLUMNS, engine=engine)
        ids = {asked.request_id for asked in agent.asked}
    assert found == 48
    assert packets == len(ids)  # nothing was lost and asked again


def test_one_lost_packet_makes_nothing_smaller_for_longer() -> None:
    lost = iter([True])
    way = SnmpWay(manners=BRISK)
    with SnmpAgent(NARROW, behave=lambda asked, answer: [] if next(lost, False) else [answer]) as agent:
        rows(way, agent, [MACS])
        assert [asked.second for asked in agent.asked[:4]] == [25, 6, 25, 25]


def test_a_late_answer_to_the_larger_question_counts_after_a_smaller_one_was_asked() -> None:
    held: list[bytes] = []

    def late(asked: Asked, answer: bytes) -> list[bytes]:
        """Answers each question when the next one comes."""
        held.append(answer)
        return held[-2:-1]

    async def run(agent: SnmpAgent) -> int:
        way = SnmpWay(manners=Manners(pauses=(0.1, 20)))
        async with way.open("127.0.0.1", login(agent), 60) as session:
            return len(await session.get([f"{MACS}.0.0.0.0.0.{station}" for station in range(1, 31)]))

    with SnmpAgent(NARROW, behave=late) as agent:
        assert asyncio.run(run(agent)) == 30
        assert [len(asked.oids) for asked in agent.asked] == [30, 7]


@engines
def test_an_agent_that_passes_over_long_questions_is_asked_shorter_ones(engine: str) -> None:
    names = [f"{MACS}.0.0.0.0.0.{station}" for station in range(1, 41)]
    way = SnmpWay(manners=BRISK)
    with SnmpAgent(NARROW, behave=lambda asked, answer: [answer] if len(asked.oids) <= 16 else []) as agent:
        assert got(way, agent, names, engine=engine)[0] == 40
        assert got(way, agent, names, engine=engine) == (40, 6)  # of 7 names each, none in vain


def too_big(most: int) -> Any:
    return lambda asked, answer: [answer] if len(answer) <= most else [reply(asked, [], 1)]


def test_a_wide_table_does_not_make_narrow_ones_slow() -> None:
    way = SnmpWay()
    with SnmpAgent({**WIDE, **NARROW}, limit=60000, behave=too_big(484)) as agent:
        before = rows(way, agent, [MACS])
        assert rows(way, agent, COLUMNS)[0] == 48
        after = rows(way, agent, [MACS])
    assert before[0] == after[0] == 255
    assert after[1] < 3 * before[1]


def test_names_of_a_get_that_is_too_big_are_remembered() -> None:
    names = [f"{COLUMNS[0]}.{row}" for row in range(1, 41)]
    way = SnmpWay()
    with SnmpAgent(WIDE, limit=60000, behave=too_big(484)) as agent:
        assert got(way, agent, names)[0] == 40
        asked = agent.asked
        found, packets = got(way, agent, names)
    assert found == 40
    assert packets == -(-40 // len(asked[-1].oids))


def test_after_a_while_more_is_asked_again() -> None:
    clock, bad = Clock(), iter([True] * 4)
    way = SnmpWay(clock=clock)

    def at_first(asked: Asked, answer: bytes) -> list[bytes]:
        return [reply(asked, [], 1)] if asked.kind == GET_BULK and next(bad, False) else [answer]

    with SnmpAgent(NARROW, behave=at_first) as agent:
        rows(way, agent, [MACS])
        assert agent.asked[-1].second == 1
        for _ in range(6):
            clock.now += 61
            found, packets = rows(way, agent, [MACS])
        assert (found, packets) == (255, 11)


def test_what_is_still_too_big_after_a_while_costs_one_packet() -> None:
    clock = Clock()
    way = SnmpWay(clock=clock)
    with SnmpAgent(WIDE, limit=60000, behave=too_big(484)) as agent:
        rows(way, agent, COLUMNS)
        settled = rows(way, agent, COLUMNS)[1]
        clock.now += 61
        assert rows(way, agent, COLUMNS)[1] <= settled + 1
        assert rows(way, agent, COLUMNS)[1] == settled


def test_a_login_says_how_much_is_asked_and_how_often() -> None:
    with SnmpAgent(NARROW) as agent:
        rows(SnmpWay(), agent, [MACS], repetitions=7)
        assert {asked.second for asked in agent.asked} == {7}
        names = [f"{MACS}.0.0.0.0.0.{station}" for station in range(1, 41)]
        got(SnmpWay(), agent, names, names=10)
        assert [(asked.kind, len(asked.oids)) for asked in agent.asked] == [(GET, 10)] * 4


def test_no_pace_asks_for_more_at_once_than_the_login_allows() -> None:
    async def run(agent: SnmpAgent, pace: Pace) -> None:
        allowed = login(agent, repetitions=5, names=3, retries=0)
        async with SnmpWay().open("127.0.0.1", allowed, 60, pace=pace) as session:
            await session.subtree(MACS)
            await session.get([f"{MACS}.0.0.0.0.0.{station}" for station in range(1, 8)])

    with SnmpAgent(NARROW) as agent:
        asyncio.run(run(agent, Pace((20.0,), repetitions=50, names=40)))
        assert {asked.second for asked in agent.asked if asked.kind == GET_BULK} == {5}
        assert {len(asked.oids) for asked in agent.asked if asked.kind == GET} == {3, 1}
        agent.forget()
        asyncio.run(run(agent, Pace((20.0,), repetitions=2, names=1)))
        assert {asked.second for asked in agent.asked if asked.kind == GET_BULK} == {2}
        assert {len(asked.oids) for asked in agent.asked if asked.kind == GET} == {1}
