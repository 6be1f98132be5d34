"""Asking a device what a module wants to know."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from agent.core.reach import Pace, ReachError, SnmpWalk
from exporters.snmp.module import Filter, Module, Oid
from exporters.snmp.strings import text

# What GETBULK asks for where a module says max_repetitions: 0.
REPETITIONS = 50
PIECE = 5000  # values between two turns of the event loop


class Ungathered(Exception):
    """The device did not tell all that was asked; the message begins as snmp_exporter's does."""


@dataclass
class Gathered:
    """Values by OID, and how many there were (one that came twice counts twice)."""

    found: dict[Oid, Any] = field(default_factory=dict)
    count: int = 0


def pace(module: Module, bulk: bool) -> Pace:
    """As many packets as snmp_exporter would send. A v1 agent answers nothing of a GET that has one unknown name."""
    return Pace(
        pauses=(module.timeout,) * (module.retries + 1),
        repetitions=module.max_repetitions or REPETITIONS,
        names=(module.max_repetitions or 1) if bulk else 1,
        unordered=module.allow_nonincreasing_oids,
    )


async def gather(walk: SnmpWalk, module: Module, target: str) -> Gathered:
    """All values of a module's gets and walks. Ungathered if one of them fails: half a device is not shown."""
    gets, walks = await _chosen(walk, module)
    gathered = Gathered()
    try:
        await _get(walk, gets, gathered)
    except ReachError as error:
        raise Ungathered(f"error getting target {target}: {error}") from None
    try:
        for root in walks:
            await _walk(walk, root, gathered)
    except ReachError as error:
        raise Ungathered(f"error walking target {target}: {error}") from None
    return gathered


async def _get(walk: SnmpWalk, oids: Sequence[Oid], gathered: Gathered) -> None:
    found = await walk.get([dotted(oid) for oid in oids]) if oids else {}
    gathered.count += len(found)
    gathered.found.update((numbers(name), value) for name, value in found.items())


async def _walk(walk: SnmpWalk, root: Oid, gathered: Gathered) -> None:
    # As snmp_exporter does it: a root with which the MIB ends is not asked for once more.
    below = await walk.subtree(dotted(root), last=False)
    gathered.count += len(below)
    pairs = iter(below.items())
    while piece := [(root + index, value) for index, value in islice(pairs, PIECE)]:
        gathered.found.update(piece)
        await asyncio.sleep(0)


async def _chosen(walk: SnmpWalk, module: Module) -> tuple[Sequence[Oid], Sequence[Oid]]:
    """What to get and what to walk, once the filters have had their say: of a filtered column only the rows that all of
    its filters let through are asked for, one by one."""
    rows: dict[Oid, list[int]] = {}
    for each in module.filters:
        passed = await _passed(walk, each)
        if passed is not None:
            for target in each.targets:
                rows[target] = [row for row in rows[target] if row in passed] if target in rows else passed
    gets = [oid for oid in module.get if not _below(oid, rows)]
    gets += [(*target, row) for target, passed in rows.items() for row in passed]
    return gets, [oid for oid in module.walk if oid not in rows]


async def _passed(walk: SnmpWalk, each: Filter) -> list[int] | None:
    """The last number of each row that a filter lets through; None, and no filtering, if its column cannot be read."""
    try:
        column = await walk.subtree(dotted(each.oid), last=False)
    except ReachError:
        return None
    return [index[-1] for index, value in column.items() if index and each.lets_through(text(value))]


def _below(oid: Oid, roots: Iterable[Oid]) -> bool:
    return any(oid[: len(root)] == root for root in roots)


def dotted(oid: Oid) -> str:
    return ".".join(map(str, oid))


def numbers(name: str) -> Oid:
    return tuple(map(int, name.split(".")))
