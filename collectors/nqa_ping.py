"""DISMAN-PING-MIB (RFC 4560): tests by owner and name, as many devices have them; H3C's HH3C-NQA-MIB adds the jitter of
the same tests. Times are milliseconds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agent.core.reach import CannotAsk
from collectors.nqa_result import MILLISECOND, Result, Running, mean, number, seconds

CONTROL = "1.3.6.1.2.1.80.1.2.1."  # pingCtlTable
PROBE_COUNT, FREQUENCY = CONTROL + "7.", CONTROL + "10."
RESULTS = "1.3.6.1.2.1.80.1.3.1."  # pingResultsTable
STATUS, AVERAGE, RESPONSES, SENT = (f"{RESULTS}{column}." for column in (1, 6, 7, 8))
RUNNING, STOPPED = 1, 2  # of the status
# hh3cNqaJitterStatsTable: number and sum of the steps up and down, from source to destination and back.
JITTER = "1.3.6.1.4.1.25506.8.3.1.4.1."
STEPS = tuple(f"{JITTER}{column}." for column in (4, 9, 14, 19))
SUMS = tuple(f"{JITTER}{column}." for column in (5, 10, 15, 20))


def asked(index: str) -> tuple[str, ...]:
    return tuple(each + index for each in (PROBE_COUNT, FREQUENCY, STATUS, AVERAGE, RESPONSES, SENT, *STEPS, *SUMS))


def knows(facts: Mapping[str, Any], index: str) -> bool:
    return STATUS + index in facts or SENT + index in facts


def result(facts: Mapping[str, Any], index: str, test: str) -> Result | Running:
    """CannotAsk if the test is stopped: what it found then is no news."""
    found = {name[: -len(index)]: number(value) for name, value in facts.items() if name.endswith("." + index)}
    if found.get(STATUS) == STOPPED:
        raise CannotAsk("missing", f"{test} is stopped; start it on the device (nqa schedule)")
    every, sent = float(found.get(FREQUENCY) or 0), found.get(SENT) or 0
    answered = min(found.get(RESPONSES) or 0, sent)
    # The row begins anew with each test and fills while it runs: what is on its way is not lost.
    whole = found.get(STATUS) != RUNNING or sent >= (found.get(PROBE_COUNT) or 1)
    if not answered and not (sent and whole):
        return Running(every)
    return Result(
        answered > 0,
        seconds(found.get(AVERAGE), MILLISECOND) if answered else None,
        mean(_sum(found, SUMS), _sum(found, STEPS), MILLISECOND),
        sent if whole else 0,
        sent - answered if whole else 0,
        every=every,
    )


def _sum(found: Mapping[str, int | None], names: tuple[str, ...]) -> int | None:
    values = [value for name in names if (value := found.get(name)) is not None]
    return sum(values) if values else None
