"""What is due on a day: attestations that end, reviews by the calendar, the day's sheet, tickets, waivers. Pure.

Due is what would be over before the doors open on the service day after: nothing lapses while nobody is there. On a
closed day that is asked of the next service day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal, Protocol

from agent.core import inspections
from agent.core.attestations import SIGNED, Register
from agent.core.calendar import SEARCH_DAYS, Calendar
from agent.core.checklist import Cadence, Finding, Item
from agent.core.inspections import Inspection
from agent.core.text import Text, both
from agent.core.waivers import Register as Waivers
from agent.core.waivers import Waiver
from checks import sheet

Kind = Literal["sheet", "attestation", "review", "ticket", "waiver"]
NEVER = Text("从未登记", "never attested")
SIGN = Text("签当天巡检单", "sign the day's inspection sheet")
REVIEW = Text("本期({since} 起)尚未办理", "not done yet in the period since {since}")


class Ticketed(Protocol):
    """What a remediation ticket says of itself."""

    @property
    def id(self) -> str: ...
    @property
    def item(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def owner(self) -> str: ...
    @property
    def due(self) -> float: ...
    @property
    def closed(self) -> float | None: ...


@dataclass(frozen=True, slots=True)
class Due:
    """One thing to be done. `about`: the item; `entry`: the ticket or waiver; `until`: when it is over, Unix seconds,
    None where it never was or has no moment; `says`: what to do; `by`: roles, or the ticket's owner."""

    kind: Kind
    about: str
    title: Text
    until: float | None
    says: Text
    by: tuple[str, ...] = ()
    entry: str = ""
    target: str = ""


@dataclass(frozen=True)
class Standing:
    """What is on record. `signed`: the sheet of the day that is asked about is."""

    items: Sequence[Item]
    findings: Sequence[Finding]
    attested: Register
    level: int
    signed: bool
    waivers: Sequence[Waiver] = ()
    tickets: Sequence[Ticketed] = ()


class Written(Protocol):
    """What people wrote down."""

    @property
    def attestations(self) -> Register: ...
    @property
    def sheets(self) -> Sequence[Inspection]: ...
    @property
    def waivers(self) -> Waivers: ...
    @property
    def tickets(self) -> Sequence[Ticketed]: ...


def standing(items: Sequence[Item], findings: Sequence[Finding], written: Written, level: int, day: date) -> Standing:
    signed = inspections.signed(written.sheets, day)
    return Standing(items, findings, written.attestations, level, signed, written.waivers.entries, written.tickets)


def day_of(calendar: Calendar, day: date) -> date | None:
    """This day, or the next on which anybody is served; None if there is none for over a year."""
    days = (day + timedelta(days=ahead) for ahead in range(SEARCH_DAYS))
    return next((each for each in days if calendar.spans("service", each)), None)


@dataclass(frozen=True, slots=True)
class Agenda:
    """What is due today, or on the next service day where nobody is served today; `day` is None where there is none for
    over a year."""

    today: date
    day: date | None
    found: tuple[Due, ...] = ()


def agenda(standing: Callable[[date], Standing], calendar: Calendar, now: float) -> Agenda:
    """`standing` is what is on record for such a day."""
    today = calendar.local(now).date()
    day = day_of(calendar, today)
    return Agenda(today, day, due(standing(day), calendar, day, now) if day else ())


def due(standing: Standing, calendar: Calendar, day: date, now: float) -> tuple[Due, ...]:
    """All that is due on a service day, what is over first."""
    after = day_of(calendar, day + timedelta(days=1))
    end = calendar.moment(after, calendar.spans("service", after)[0][0]) if after else calendar.moment(day, 24 * 60)
    items = {each.id: each for each in standing.items if each.level <= standing.level}
    lines = sheet.lines(items.values(), standing.findings, standing.attested, standing.level, end)
    ending = [_attestation(each) for each in lines if each.due]
    known = {each.about for each in ending}
    found = [
        *_of_sheet(items, standing, calendar, day),
        *ending,
        *(each for each in _reviews(items, standing, calendar, day) if each.about not in known),
        *_tickets(items, standing, end),
        *_waivers(items, standing, end, now),
    ]
    return tuple(sorted(found, key=lambda each: (each.until or 0.0, each.kind, each.about)))


def period(day: date, cadence: Cadence) -> tuple[date, date]:
    """The first day of the calendar's week, month … that the day is in, and the first after it."""
    if cadence == "week":
        first = day - timedelta(days=day.weekday())
        return first, first + timedelta(days=7)
    months = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}.get(cadence)
    if months is None:
        return day, day + timedelta(days=1)
    place = (day.month - 1) // months * months
    after = place + months
    return date(day.year, place + 1, 1), date(day.year + after // 12, after % 12 + 1, 1)


def _attestation(line: sheet.Line) -> Due:
    title = line.item.title if line.ends is not None else _joined(line.item.title, NEVER)
    return Due("attestation", line.item.id, title, line.ends, line.attesting.says, line.attesting.by)


def _of_sheet(items: Mapping[str, Item], standing: Standing, calendar: Calendar, day: date) -> Iterator[Due]:
    asking = next((each for each in items.values() if SIGNED in each.metrics), None)
    spans = calendar.spans("service", day)
    if asking is not None and spans and not standing.signed:
        by = asking.attested.by if asking.attested else ()
        yield Due("sheet", asking.id, asking.title, calendar.moment(day, spans[-1][1]), SIGN, by)


def _reviews(items: Mapping[str, Item], standing: Standing, calendar: Calendar, day: date) -> Iterator[Due]:
    """What people do once in a period and have not done in this one, on its last service day."""
    for item in items.values():
        if item.attested is None or item.cadence in ("run", "day"):
            continue
        first, after = period(day, item.cadence)
        coming = day_of(calendar, day + timedelta(days=1))
        since = calendar.moment(first)
        done = any(each.at >= since for each in standing.attested.of(item.id))
        if not done and (coming is None or coming >= after):
            title = _joined(item.title, REVIEW.format(since=first.isoformat()))
            yield Due("review", item.id, title, calendar.moment(after), item.attested.says, item.attested.by)


def _tickets(items: Mapping[str, Item], standing: Standing, end: float) -> Iterator[Due]:
    for each in standing.tickets:
        item = items.get(each.item)
        if each.closed is None and each.due <= end and item is not None:
            owner = (each.owner,) if each.owner else ()
            yield Due("ticket", item.id, item.title, each.due, item.remedy, owner, each.id, each.subject)


def _waivers(items: Mapping[str, Item], standing: Standing, end: float, now: float) -> Iterator[Due]:
    for each in standing.waivers:
        item = items.get(each.item)
        if each.state(now) == "valid" and each.until <= end and item is not None:
            says = Text(
                f"豁免到期:改好,或重新申请({each.reason})", f"the waiver ends: mend it, or apply anew ({each.reason})"
            )
            yield Due("waiver", item.id, item.title, each.until, says, (), each.id, each.target)


def _joined(first: Text, second: Text) -> Text:
    return Text(f"{first.zh}({second.zh})", f"{first.en} ({second.en})")


def document(of: Agenda) -> dict[str, Any]:
    """As JSON."""
    day = of.day.isoformat() if of.day else None
    return {"day": day, "today": of.today.isoformat(), "due": entries(of.found)}


def entries(found: Iterable[Due]) -> list[dict[str, Any]]:
    return [
        {
            "kind": each.kind,
            "item": each.about,
            "entry": each.entry or None,
            "target": each.target or None,
            "title": both(each.title),
            "until": each.until,
            "says": both(each.says),
            "by": list(each.by),
        }
        for each in found
    ]
