"""CISCO-RTTMON-MIB: IP SLA operations by number, and the latest run of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agent.core.reach import CannotAsk, SnmpSession
from agent.core.text import clean
from collectors.device_uptime import SYS_UP_TIME
from collectors.nqa_result import (
    MICROSECOND,
    MILLISECOND,
    SHORTEST_PATIENCE,
    Result,
    Running,
    mean,
    number,
    seconds,
)

RTT_MON = "1.3.6.1.4.1.9.9.42.1."
TAG, TYPE, FREQUENCY = (f"{RTT_MON}2.1.1.{column}." for column in (3, 4, 6))  # rttMonCtrlAdminTable
PRECISION = RTT_MON + "2.2.1.37."  # rttMonEchoAdminPrecision
STATE = RTT_MON + "2.9.1.10."  # rttMonCtrlOperState
TIME, SENSE, WHEN = (f"{RTT_MON}2.10.1.{column}." for column in (1, 2, 5))  # rttMonLatestRttOperTable
# rttMonLatestJitterOperTable: packets back and their sum; lost on the way there, back, no one knows where, too late.
BACK, SUM, *LOST = (f"{RTT_MON}5.2.1.{column}." for column in (1, 2, 26, 27, 29, 30))
AVERAGE_JITTER = RTT_MON + "5.2.1.46."
JITTER = 9  # RttMonRttType
ACTIVE = 6
MICROSECONDS = 2
# RttResponseSense: ok and overThreshold came back; other, busy and dropped were never sent.
ANSWERED, NOT_SENT = (1, 3), (0, 5, 7)
TICKS_WRAP = 2**32


def asked(operation: str | None) -> tuple[str, ...]:
    if operation is None:
        return ()
    columns = (TYPE, FREQUENCY, PRECISION, STATE, TIME, SENSE, WHEN, BACK, SUM, *LOST, AVERAGE_JITTER)
    return (SYS_UP_TIME, *(column + operation for column in columns))


def knows(facts: Mapping[str, Any], operation: str) -> bool:
    return SENSE + operation in facts


async def number_of(snmp: SnmpSession, tag: str) -> str | None:
    """The operation with this tag, which IP SLA lets people choose."""
    column = TAG.removesuffix(".")
    async for index, row in snmp.columns([column]):
        if isinstance(row[column], bytes) and clean(row[column]) == tag:
            return index
    return None


def result(facts: Mapping[str, Any], operation: str, test: str) -> Result | Running:
    """CannotAsk if the operation is not active, or its latest run is long ago."""
    found = {name[: -len(operation)]: number(value) for name, value in facts.items() if name.endswith("." + operation)}
    every, sense = float(found.get(FREQUENCY) or 0), found.get(SENSE)
    if found.get(STATE, ACTIVE) != ACTIVE:
        raise CannotAsk("missing", f"{test} is not active; start it on the device (ip sla schedule)")
    ran, now = found.get(WHEN), facts.get(SYS_UP_TIME)
    if ran is not None and isinstance(now, int):
        ago = (now - ran) % TICKS_WRAP / 100
        if ago > max(SHORTEST_PATIENCE, 3 * every):
            raise CannotAsk("missing", f"{test} last ran {ago:.0f} s ago; look after it on the device (show ip sla)")
    if sense is None or sense in NOT_SENT:
        return Running(every)
    unit = MICROSECOND if found.get(TYPE) == JITTER and found.get(PRECISION) == MICROSECONDS else MILLISECOND
    return (_jitter if found.get(TYPE) == JITTER else _echo)(found, sense in ANSWERED, unit, ran, every)


def _echo(found: Mapping[str, int | None], answered: bool, unit: float, ran: int | None, every: float) -> Result:
    """One packet a run."""
    return Result(
        answered, seconds(found.get(TIME), unit) if answered else None, None, 1, int(not answered), ran, every
    )


def _jitter(found: Mapping[str, int | None], answered: bool, unit: float, ran: int | None, every: float) -> Result:
    back = found.get(BACK) or 0
    lost = sum(found.get(column) or 0 for column in LOST)
    jitter = seconds(found.get(AVERAGE_JITTER), unit) if answered else None
    return Result(answered, mean(found.get(SUM), back, unit), jitter, back + lost, lost, ran, every)
