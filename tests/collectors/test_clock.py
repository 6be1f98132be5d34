"""A device's clock against the agent's, in the ways that devices tell the time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from agent.core.model import Reading
from agent.core.reach import Reach
from agent.core.snapshot import Snapshot
from agent.runner import Runner
from agent.transports.snmp import SnmpWay
from collectors.clock import (
    CISCO_CLOCK,
    CISCO_NTP,
    COLLECTOR,
    HH3C_LOCAL_CLOCK,
    HH3C_NTP,
    HR_SYSTEM_DATE,
    HUAWEI_3COM_NTP,
    NTP_MODE,
    date_and_time,
    ntp_time,
    offset_of,
    synchronized_of,
)
from tests.collectors.polled import Polled
from tests.snmp_agent import SnmpAgent, snmp_target

NOW = datetime(2026, 3, 2, 1, 30, 15, 500_000, tzinfo=UTC)  # 09:30:15.5 in Shanghai
NTP_NOW = int(NOW.timestamp()) + 2_208_988_800


def binary(*fields: int, zone: bytes = b"") -> bytes:
    year, *rest = fields
    return year.to_bytes(2, "big") + bytes(rest) + zone


@pytest.mark.parametrize(
    ("raw", "offset"),
    [
        (binary(2026, 3, 2, 9, 30, 15, 5, zone=b"+\x08\x00"), 0.0),
        (binary(2026, 3, 2, 1, 30, 17, 0, zone=b"+\x00\x00"), 1.5),
        (binary(2026, 3, 1, 20, 0, 15, 5, zone=b"-\x05\x1e"), 0.0),
        (binary(2026, 3, 2, 9, 30, 10, 5), -5.0),  # without a zone: China's
        (binary(2026, 3, 2, 1, 30, 20, 5), 5.0),  # or none, which is UTC
        (binary(2026, 3, 2, 10, 30, 15, 5), 3600.0),
        (binary(2000, 1, 1, 0, 0, 0, 0, zone=b"+\x08\x00"), -825_759_015.5),  # an empty battery
        (b"2026-3-2,9:30:16.5,+8:0", 1.0),
        (b"2026-03-02,01:30:15.5,+0:0", 0.0),
        (b"2026-3-2,9:30:15.5", 0.0),
    ],
)
def test_date_and_time_is_understood_with_and_without_a_zone(raw: bytes, offset: float) -> None:
    assert offset_of({HR_SYSTEM_DATE: raw}, NOW) == pytest.approx(offset)


@pytest.mark.parametrize(
    "raw",
    [
        b"", bytes(8), bytes(11), b"x" * 8, b"x" * 11, b"\xff" * 11, 5, "text", None, b"2026-13-40,9:30:15.5,+8:0",
        b"2017-12-22,11:41:7.43,\x08", b"0-0-0,0:0:0.0", binary(65535, 1, 1, 0, 0, 0, 0),
        binary(1, 1, 1, 0, 0, 0, 0, zone=b"+\xff\xff"),
    ],
)  # fmt: skip
def test_what_is_no_time_is_none(raw: Any) -> None:
    assert date_and_time(raw, NOW) is None


@pytest.mark.parametrize(
    ("oid", "raw"),
    [
        (HH3C_LOCAL_CLOCK, binary(2026, 3, 2, 9, 30, 15, 5, zone=b"+\x08\x00")),
        (HH3C_NTP + "14.0", b"%08x.80000000  Mon, Mar  2 2026  1:30:15.500" % NTP_NOW),
        (HUAWEI_3COM_NTP + "14.0", b"01:30:15.500 UTC Mar 2 2026(%08X.80000000)" % NTP_NOW),
        (CISCO_CLOCK, NTP_NOW.to_bytes(4, "big") + b"\x80\0\0\0"),
    ],
)
def test_vendors_tell_the_time_in_their_own_ways(oid: str, raw: bytes) -> None:
    assert offset_of({oid: raw}, NOW) == pytest.approx(0, abs=1e-6)


def test_after_2036_ntp_counts_anew() -> None:
    assert ntp_time(b"\0\0\0\x01" + bytes(4)) == datetime(2036, 2, 7, 6, 28, 17, tzinfo=UTC)


@pytest.mark.parametrize("raw", [b"", b"no time", b"01:30:15.517 UTC(00000000.00000000)", 7, bytes(8)])
def test_ntp_texts_that_say_nothing_are_none(raw: Any) -> None:
    assert offset_of({HH3C_NTP + "14.0": raw, CISCO_CLOCK: raw}, NOW) is None


@pytest.mark.parametrize(
    ("facts", "synchronized"),
    [
        *(({NTP_MODE: mode}, mode in (4, 5, 6)) for mode in range(1, 7)),
        ({NTP_MODE: 99}, None),
        *(({base + "1.0": 0, base + "2.0": 3}, True) for base in (HH3C_NTP, HUAWEI_3COM_NTP, CISCO_NTP)),
        ({HH3C_NTP + "1.0": 3, HH3C_NTP + "2.0": 16}, False),
        ({CISCO_NTP + "1.0": 3, CISCO_NTP + "2.0": 2}, False),
        ({CISCO_NTP + "1.0": 0, CISCO_NTP + "2.0": 16}, False),
        ({CISCO_NTP + "1.0": 0, CISCO_NTP + "2.0": 0}, False),
        ({CISCO_NTP + "1.0": b"0", CISCO_NTP + "2.0": 3}, None),
        ({}, None),
    ],
)
def test_synchronised_is_what_the_device_calls_so(facts: dict[str, Any], synchronized: bool | None) -> None:
    assert synchronized_of(facts) is synchronized


@pytest.fixture
def switch() -> Iterator[Polled]:
    with SnmpAgent() as agent:
        yield Polled(agent, COLLECTOR)


def shanghai(at: datetime) -> bytes:
    local = at.astimezone(UTC) + timedelta(hours=8)
    fields = (local.month, local.day, local.hour, local.minute, local.second, local.microsecond // 100_000)
    return binary(local.year, *fields, zone=b"+\x08\x00")


def test_a_clock_that_is_right_is_off_by_no_more_than_it_can_tell(switch: Polled) -> None:
    switch.agent[HR_SYSTEM_DATE] = shanghai(datetime.fromtimestamp(switch.epoch + switch.at + 30, UTC))
    switch.agent[NTP_MODE] = 6
    found = switch.poll()
    assert found["device_clock_offset_seconds"][()] == pytest.approx(0, abs=0.7)
    assert found["device_clock_synchronized"] == {(): 1}
    assert switch.rounds == 1


def test_through_the_runner_the_agents_own_clock_is_the_measure() -> None:
    async def read(agent: SnmpAgent) -> Reading:
        nothing: Any = None
        return await Runner(Reach(nothing, nothing, SnmpWay()), Snapshot()).run(COLLECTOR, snmp_target(agent))

    with SnmpAgent({HR_SYSTEM_DATE: shanghai(datetime.fromtimestamp(time.time() - 3600, UTC))}) as agent:
        (sample,) = asyncio.run(read(agent)).by_metric["device_clock_offset_seconds"]
    assert sample.value == pytest.approx(-3600, abs=60)


def test_an_answer_that_took_long_is_not_compared(switch: Polled) -> None:
    switch.agent[HR_SYSTEM_DATE] = shanghai(datetime.fromtimestamp(switch.epoch + switch.at, UTC))
    switch.agent[NTP_MODE] = 2
    waited = iter([[], []])

    def late(asked: Any, answer: bytes) -> list[bytes]:
        return next(waited, [answer])  # type: ignore[arg-type]  # empty lists of no type

    switch.agent.behave = late
    switch.manners = type(switch.manners)(pauses=(0.6, 0.6, 5))
    found = switch.poll()
    assert "device_clock_offset_seconds" not in found
    assert found["device_clock_synchronized"] == {(): 0}


def test_a_device_that_tells_no_time_is_asked_little_and_again_after_a_while(switch: Polled) -> None:
    assert switch.poll() == {}
    assert switch.poll() == {}
    assert [len(asked.oids) for asked in switch.agent.asked][1] == 1
    switch.agent[NTP_MODE] = 6
    assert switch.poll(300) == {}
    assert switch.poll(900) == {"device_clock_synchronized": {(): 1}}
    switch.agent.asked.clear()
    switch.poll()
    assert [len(asked.oids) for asked in switch.agent.asked] == [1]
