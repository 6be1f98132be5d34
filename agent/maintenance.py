"""Planned maintenance, written down: in the ledger, and beside it the list that is in force. Steps are pure; who takes
one has them written."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from agent.core import rows
from agent.core.maintenance import Hours, Maintenance, body_of, read
from agent.core.store import Store
from agent.core.text import Text, clean
from agent.core.unfit import Unfit
from agent.core.write import Write, of_fact, of_record
from agent.numbered import following

KEY = "maintenance"  # remembered: every entry that may still be asked for, the oldest first
KEEP_SECONDS = 3 * 366 * 86_400.0  # as long as states are kept
MOST = 1000
LONGEST = 31 * 86_400.0  # of one that is not weekly: a year of "maintenance" is a typing error
TEXT, WHO = 500, 60  # characters

UNKNOWN = Text("没有监测对象 {unknown};已有:{known}", "no target {unknown}; known: {known}")
NO_TARGETS = Text("没有写监测对象", "no target given")
BACKWARDS = Text("结束时间必须晚于开始时间", "the end must be later than the start")
TOO_LONG = Text(
    "一次性维护最长 31 天;更长请分几次,或用 --weekly 写每周的时段",
    "planned maintenance lasts 31 days at most; enter several, or weekly hours with --weekly",
)
NO_END = Text("没有写结束时间", "no end given; only weekly hours may go on until they are cancelled")
NO_REASON = Text("请写明原因", "a reason is needed")
FULL = Text("已有 {most} 条维护记录,请先取消不用的", "{most} entries of maintenance are kept; cancel some first")
NO_ENTRY = Text(
    "没有维护记录 {id};用 shouwang maintenance list --all 查看", "no maintenance {id}; see maintenance list --all"
)
GONE = Text("{id} 已经取消", "{id} is cancelled already")


class Step(NamedTuple):
    """What was done: the entry, all entries after it, and what is to be written."""

    entry: Maintenance
    entries: tuple[Maintenance, ...]
    writes: tuple[Write, ...]


def recall(store: Store) -> tuple[Maintenance, ...]:
    """Every entry, the oldest first. Refused or Damaged for one who peeks."""
    return tuple(read(body) for body in store.recall(KEY) or ())


def stored(connection: sqlite3.Connection) -> tuple[Maintenance, ...]:
    """The same, of a connection."""
    return tuple(read(body) for body in json.loads(rows.recall(connection, KEY) or "[]"))


def add(entries: Sequence[Maintenance], request: Mapping[str, Any], known: Collection[str], now: float) -> Step:
    """One entry more; Unfit if it cannot be taken. `request`: targets, start, end, weekly, reason, by."""
    entry = replace(_entry(request, now), id=f"MNT-{following('MNT', (each.id for each in entries)):04d}")
    if (objection := _objection(entry, known)) is not None:
        raise Unfit(objection)
    kept = [each for each in entries if each.last > now - KEEP_SECONDS]
    if len(kept) >= MOST:
        raise Unfit(FULL.format(most=MOST))
    record = of_record("maintenance.added", body_of(entry) | {"retroactive": entry.retroactive}, now)
    return Step(entry, (*kept, entry), (record, as_fact([*kept, entry])))


def cancel(entries: Sequence[Maintenance], identity: str, by: str, reason: str, now: float) -> Step:
    """From now on it covers nothing; one that is over is withdrawn as a whole. Unfit if there is none."""
    entry = next((each for each in entries if each.id == identity), None)
    if entry is None:
        raise Unfit(NO_ENTRY.format(id=identity))
    if entry.cancelled is not None:
        raise Unfit(GONE.format(id=identity))
    if not (reason := clean(reason, TEXT)):
        raise Unfit(NO_REASON)
    since = entry.start if entry.last <= now else max(now, entry.start)
    ended = replace(entry, cancelled=since, cancelled_by=clean(by, WHO), cancelled_reason=reason)
    after = tuple(ended if each is entry else each for each in entries)
    return Step(ended, after, (of_record("maintenance.cancelled", body_of(ended), now), as_fact(after)))


def as_fact(entries: Collection[Maintenance]) -> Write:
    """The list that is in force, to be written."""
    return of_fact(KEY, [body_of(each) for each in entries])


def _entry(request: Mapping[str, Any], now: float) -> Maintenance:
    """Of what a command sent. Unfit or ValueError where it is of another shape."""
    try:
        end = request.get("end")
        return Maintenance(
            id="",
            targets=tuple(dict.fromkeys(str(each) for each in request["targets"])),
            start=float(request["start"]),
            end=None if end is None else float(end),
            reason=clean(str(request["reason"]), TEXT),
            by=clean(str(request["by"]), WHO),
            entered=now,
            weekly=tuple(Hours(*(int(part) for part in each)) for each in request.get("weekly") or ()),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"not an entry of maintenance: {error!r}") from None


def _objection(entry: Maintenance, known: Collection[str]) -> Text | None:
    unknown = [target for target in entry.targets if target not in known]
    rules = (
        (not entry.targets, NO_TARGETS),
        (bool(unknown), UNKNOWN.format(unknown=", ".join(unknown), known=", ".join(known))),
        (not entry.reason, NO_REASON),
        (entry.end is None and not entry.weekly, NO_END),
        (entry.end is not None and entry.end <= entry.start, BACKWARDS),
        (not entry.weekly and entry.end is not None and entry.end - entry.start > LONGEST, TOO_LONG),
    )
    return next((text for holds, text in rules if holds), None)
