"""The own clock against time servers: real packets from servers of our own, through the real way."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

import pytest

from agent.core.model import Reading, Target
from agent.core.snapshot import Snapshot
from agent.reaching import reaching
from agent.runner import Runner
from collectors.host.clock import COLLECTOR
from collectors.host.options import HostOptions
from tests.collectors.ways import value
from tests.peers import free_port
from tests.transports.test_ntp import answer
from tests.udp_server import answering

OFFSET, SYNCHRONIZED = "host_clock_offset_seconds", "host_clock_synchronized"
DIFFERENCE = "host_clock_source_difference_seconds"


def target(ports: Sequence[int], timeout: float = 5) -> Target:
    options = HostOptions(id="agent", address="localhost", ntp=[f"127.0.0.1:{port}" for port in ports])  # type: ignore[arg-type]
    return Target("host", "agent", "守望主机", options, "localhost", timeout=timeout)


def readings(of: Target, times: int = 1) -> list[Reading]:
    async def main() -> list[Reading]:
        async with reaching() as reach:
            runner = Runner(reach, Snapshot())
            return [await runner.run(COLLECTOR, of) for _ in range(times)]

    return asyncio.run(main())


def against(*servers: dict[str, Any], timeout: float = 5) -> Reading:
    """A reading with a server for each: how far it is ahead, and what else it says."""
    with ExitStack() as stack:
        ports = [stack.enter_context(answering(lambda query, how=how: [answer(query, **how)])) for how in servers]
        return readings(target(ports, timeout))[0]


def test_without_time_servers_only_the_time_service_is_asked() -> None:
    (reading,) = readings(target([]))
    assert reading.failure is None
    assert value(reading, OFFSET) is None
    assert value(reading, SYNCHRONIZED) in (0, 1, None)  # None in a sandbox


def test_a_server_that_is_ahead_means_that_this_clock_is_behind() -> None:
    reading = against({"offset": 7.0})
    assert value(reading, OFFSET) == pytest.approx(-7, abs=0.3)
    assert value(reading, DIFFERENCE) is None


@pytest.mark.parametrize("ahead", [(0.0, 3.0), (0.0, 3.0, 6.0), (0.0, 0.0, 9.0, 9.0)])
def test_servers_of_which_no_majority_agrees_are_told_and_none_is_believed(ahead: tuple[float, ...]) -> None:
    reading = against(*({"offset": each} for each in ahead))
    assert reading.up
    assert value(reading, DIFFERENCE) == pytest.approx(max(ahead), abs=0.3)
    assert value(reading, OFFSET) is None
    assert ["no majority agrees" in remark["en"] for remark in reading.remarks] == [True]


def test_two_servers_that_agree_are_believed() -> None:
    assert value(against({"offset": 2.0}, {"offset": 2.1}), OFFSET) == pytest.approx(-2, abs=0.3)


def test_a_server_is_not_believed_for_being_vague() -> None:
    """One may be off by more than a second by its own account, and so agrees with both of two that do not."""
    reading = against({"offset": 0.0}, {"offset": 1.4, "dispersion": 1.3}, {"offset": 0.1})
    assert value(reading, OFFSET) == pytest.approx(-0.1, abs=0.2)


def test_of_three_servers_one_that_is_wrong_is_outvoted() -> None:
    reading = against({"offset": 1.0}, {"offset": 86_400.0}, {"offset": 1.1})
    assert value(reading, OFFSET) == pytest.approx(-1.1, abs=0.3)
    assert value(reading, DIFFERENCE) == pytest.approx(86_399, abs=1)


def test_a_server_that_is_not_synchronised_does_not_count_and_is_remarked() -> None:
    reading = against({"offset": 500.0, "head": 0xE4}, {"offset": 0.0})
    assert value(reading, OFFSET) == pytest.approx(0, abs=0.3)
    assert ["not synchronised" in remark["en"] for remark in reading.remarks] == [True]


def test_a_server_that_is_silent_is_remarked_while_another_answers() -> None:
    with answering(lambda query: []) as silent, answering(lambda query: [answer(query)]) as good:
        (reading,) = readings(target([silent, good], timeout=1))
    assert reading.up
    assert value(reading, OFFSET) == pytest.approx(0, abs=0.3)
    assert ["no answer" in remark for remark in reading.remarks] == [True]


def test_where_no_server_tells_the_time_it_cannot_be_read() -> None:
    (reading,) = readings(target([free_port()]))
    assert reading.failure is not None
    assert reading.failure.kind == "refused"
    assert "no time server tells the time" in reading.failure.message


def test_a_server_that_says_it_is_asked_too_often_is_left_alone() -> None:
    asked: list[bytes] = []

    def kiss(query: bytes) -> list[bytes]:
        asked.append(query)
        return [answer(query, stratum=0, reference=b"RATE")]

    with answering(kiss) as port:
        first, second = readings(target([port]), times=2)
    assert len(asked) == 1
    assert first.failure is not None
    assert "asked too often" in first.failure.message
    assert second.failure is not None
    assert "left alone" in second.failure.message
