"""The register of changes: what was done to the watched things on purpose, by whom. Each is a record of the ledger.

Two kinds of entry: what is over as soon as it is written (a device taken in, a configuration approved), and planned
changes, which are opened and closed. All functions block.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from operator import itemgetter
from typing import Any

from agent.core.changes import Planned, body_of, read
from agent.core.store import Store
from agent.core.text import Text, clean
from agent.core.unfit import Unfit
from agent.core.write import of_record
from agent.numbered import Remembered, following

TEXT, WHO = 500, 60  # characters
LONGEST = 31 * 86_400.0

Row = Mapping[str, Any]

NO_TARGETS = Text("没有写监测对象", "no target given")
UNKNOWN = Text("没有监测对象 {unknown};已有:{known}", "no target {unknown}; known: {known}")
BACKWARDS = Text("结束时间必须晚于开始时间", "the end must be later than the start")
TOO_LONG = Text("一次变更最长 31 天;更长请分几次登记", "a change lasts 31 days at most; enter several")
NO_REASON = Text("请写明原因", "a reason is needed")
NO_CHANGE = Text(
    "没有待关闭的变更 {id};用 shouwang change list 查看", "no open change {id}; shouwang change list shows them"
)


def _needed(entries: Sequence[Row], now: float) -> set[str]:
    """What is open."""
    return {str(each["id"]) for each in entries if each.get("closed") is None}


REGISTER: Remembered[Row] = Remembered("changes", lambda body: body, lambda row: row, 500, _needed, itemgetter("id"))


def planned(entries: Iterable[Row]) -> tuple[Planned, ...]:
    """The planned changes of a register."""
    return tuple(found for each in entries if (found := read(each)) is not None)


def enter(store: Store, what: Mapping[str, Any], at: float) -> str:
    """Writes down what is over; gives its number. `what`: action, target, who, text, and what else is worth keeping."""
    what = {name: clean(str(value), TEXT) for name, value in what.items()}
    known = REGISTER.entries(store)
    number = _number(known)
    entry = {**what, "id": number, "opened": at, "closed": at}
    _write(store, f"change.{what['action']}", entry, [*known, entry], at)
    return number


def begin(store: Store, request: Mapping[str, Any], known: Collection[str], now: float) -> Planned:
    """Opens a change. `request`: targets, start, end, reason, by. Unfit if it cannot be taken."""
    entries = REGISTER.entries(store)
    entry = _entry(request, _number(entries), now)
    if (objection := _objection(entry, known)) is not None:
        raise Unfit(objection)
    _write(store, "change.opened", body_of(entry), [*entries, body_of(entry)], now)
    return entry


def finish(store: Store, request: Mapping[str, Any], now: float) -> Planned:
    """Closes a change. `request`: id, by, result, kept, and what else is worth a place in the ledger. Unfit if no such
    change is open."""
    entries = REGISTER.entries(store)
    entry = next((each for each in planned(entries) if each.id == request.get("id") and each.closed is None), None)
    if entry is None:
        raise Unfit(NO_CHANGE.format(id=clean(str(request.get("id")), WHO)))
    ended = replace(
        entry,
        closed=now,
        closed_by=clean(str(request["by"]), WHO),
        result=clean(str(request.get("result", "")), TEXT),
        kept=bool(request["kept"]),
    )
    body = body_of(ended)
    after = [body if each["id"] == entry.id else each for each in entries]
    _write(store, "change.closed", {**body, "approved": request.get("approved") or {}}, after, now)
    return ended


def _write(store: Store, kind: str, record: Row, after: Sequence[Row], at: float) -> None:
    store.write([of_record(kind, record, at), REGISTER.latest(after, at)])


def _number(entries: Sequence[Row]) -> str:
    return f"CHG-{following('CHG', (each['id'] for each in entries)):04d}"


def _entry(request: Mapping[str, Any], identity: str, now: float) -> Planned:
    """Of what a command sent. ValueError where it is of another shape."""
    try:
        return Planned(
            id=identity,
            targets=tuple(dict.fromkeys(str(each) for each in request["targets"])),
            start=float(request["start"]),
            end=float(request["end"]),
            reason=clean(str(request["reason"]), TEXT),
            by=clean(str(request["by"]), WHO),
            opened=now,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"not a change: {error!r}") from None


def _objection(entry: Planned, known: Collection[str]) -> Text | None:
    unknown = [target for target in entry.targets if target not in known]
    rules = (
        (not entry.targets, NO_TARGETS),
        (bool(unknown), UNKNOWN.format(unknown=", ".join(unknown), known=", ".join(known))),
        (not entry.reason, NO_REASON),
        (entry.end <= entry.start, BACKWARDS),
        (entry.end - entry.start > LONGEST, TOO_LONG),
    )
    return next((text for holds, text in rules if holds), None)
