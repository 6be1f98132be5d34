"""Huawei NQA-MIB: tests by owner and name, a row for each of the latest runs. Times are milliseconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agent.core.reach import SnmpSession
from collectors.nqa_result import MICROSECOND, MILLISECOND, Result, Running, number, seconds

NQA = "1.3.6.1.4.1.2011.5.25.111."
TYPE, FREQUENCY = NQA + "2.1.1.4.", NQA + "2.1.1.5."  # nqaAdminCtrlTable


@dataclass(frozen=True, slots=True)
class Table:
    """Columns of one of the tables of results: Completions, ProbeResponses, SentProbes, RttAvg, AvgJitter, TimeUnit."""

    completion: str
    responses: str
    sent: str
    average: str
    jitter: str = ""
    unit: str = ""


RESULTS = Table(*(f"{NQA}4.1.1.{column}" for column in (3, 21, 22, 26)))
HTTP = Table(*(f"{NQA}4.2.1.{column}" for column in (2, 23, 24, 27)))
JITTER = Table(*(f"{NQA}4.3.1.{column}" for column in (2, 40, 41, 46, 48, 67)))
# NqaType: httpAppl; jitterAppl, lspJitter, icmpJitter, pathJitter. The rest is in nqaResultsTable.
TABLES = {3: HTTP, 5: JITTER, 20: JITTER, 22: JITTER, 23: JITTER}
SUCCESS = 1
FINISHED = (1, 2, 3)  # success, failure, negotiateFailed; 0: still running
MICROSECONDS = 1


def asked(index: str) -> tuple[str, ...]:
    return TYPE + index, FREQUENCY + index


def knows(facts: Mapping[str, Any], index: str) -> bool:
    return TYPE + index in facts


async def result(snmp: SnmpSession, facts: Mapping[str, Any], index: str) -> Result | Running:
    """The newest run that is over: rows are numbered in the order of runs, the newest may still be running."""
    table = TABLES.get(number(facts[TYPE + index]) or 0, RESULTS)
    every = float(number(facts.get(FREQUENCY + index)) or 0)
    columns = [table.completion, table.responses, table.sent, table.average, table.jitter, table.unit]
    rows: dict[int, Mapping[str, Any]] = {}
    async for run, row in snmp.columns([f"{column}.{index}" for column in columns if column]):
        values = {column.removesuffix(f".{index}"): value for column, value in row.items()}
        if values.get(table.completion) in FINISHED:
            rows[int(run.partition(".")[0])] = values
    return _result(max(rows), rows[max(rows)], table, every) if rows else Running(every)


def _result(run: int, row: Mapping[str, Any], table: Table, every: float) -> Result:
    sent, responses = number(row.get(table.sent)) or 0, number(row.get(table.responses))
    unit = MICROSECOND if row.get(table.unit) == MICROSECONDS else MILLISECOND
    # A test may count as failed although some answered: the device's operator says from how many lost on.
    answered = responses > 0 if sent and responses is not None else row[table.completion] == SUCCESS
    return Result(
        answered,
        seconds(row.get(table.average), unit) if answered else None,
        seconds(row.get(table.jitter), unit) if answered else None,
        sent,
        max(sent - responses, 0) if responses is not None else 0,
        run,
        every,
    )
