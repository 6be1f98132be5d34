"""Inspection sheets (巡检单): one for each service day, on which all that people look at that day stands. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, timedelta
from typing import Any

from agent.core.calendar import Calendar

GRACE = 1800.0  # seconds after service begins by which the sheet of the day is signed


@dataclass(frozen=True, slots=True)
class Inspection:
    """A sheet that `by` signed at `at` (Unix seconds) for a day, `2026-11-24`; `entries` are the attestations on it,
    `left` the items that stood on it and were not looked at, or are for others."""

    number: str
    day: str
    by: str
    at: float
    late: bool
    entries: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


def due_by(day: date, calendar: Calendar) -> float | None:
    """Until when the sheet of this day is signed in time; None if nobody is served on it."""
    spans = calendar.spans("service", day)
    return calendar.moment(day, spans[0][0]) + GRACE if spans else None


def signed(sheets: Iterable[Inspection], day: date) -> bool:
    return any(each.day == day.isoformat() for each in sheets)


def missed(sheets: Iterable[Inspection], day: date, calendar: Calendar, days: int = 7) -> int | None:
    """Service days without a sheet, of so many before `day`; none before the first that was ever signed, and None
    while there is none at all."""
    known = {each.day for each in sheets}
    if not known:
        return None
    before = [day - timedelta(days=back) for back in range(1, days + 1)]
    return sum(min(known) < each.isoformat() not in known and bool(calendar.spans("service", each)) for each in before)


def next_number(sheets: Iterable[Inspection], day: date) -> str:
    """`2026-11-24-1`."""
    return f"{day}-{sum(each.day == day.isoformat() for each in sheets) + 1}"


def body_of(sheet: Inspection) -> dict[str, Any]:
    """As it stands in the ledger and on disk."""
    return asdict(sheet)


def read(body: Mapping[str, Any]) -> Inspection:
    """What `body_of` made, of this version or a later one."""
    names = {each.name for each in fields(Inspection)}
    known = {name: value for name, value in body.items() if name in names}
    return Inspection(**{**known, "entries": tuple(body.get("entries", ())), "left": tuple(body.get("left", ()))})
