"""`shouwang availability`: how much of its time each line and application was up, and every outage."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from agent import maintenance
from agent.cli.availability_sheet import Sheet, as_csv, as_json, as_table
from agent.cli.common import (
    DEFAULT,
    NOTHING_THERE,
    Config,
    json_text,
    leave,
    open_output,
    out_rich,
    site_of,
    store_of,
)
from agent.cli.period import parts, period
from agent.control import NotRunning, Refused, ask
from agent.core import rows, states
from agent.core.availability import Interval, Outage
from agent.core.availability import outages as outages_of
from agent.core.database import Damaged
from agent.core.database import Refused as Unread
from agent.core.incident import Incident
from agent.core.maintenance import Schedule
from agent.core.model import Target
from agent.core.site import Site
from agent.core.states import Place
from agent.core.store import Store
from agent.core.text import Text
from agent.core.witness import WATCHED
from agent.options import Refused as Unfit
from agent.sheet import Row, Sheets, Span, places

UNKNOWN = Text(
    "没有专线或应用 {unknown};可用率只统计专线和应用,已有:{known}",
    "no line or application {unknown}; availability is of lines and applications, known: {known}",
)
NONE_WATCHED = Text("agent.yaml 里没有专线和应用", "agent.yaml names no lines or applications")


class Form(StrEnum):
    TABLE = "table"
    JSON = "json"
    CSV = "csv"


class HoursOf(StrEnum):
    SERVICE = "service"
    WORKING = "working"
    ALL = "all"


class Part(StrEnum):
    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True)
class _Watched:
    """A line or application, as agent.yaml has it (None if it does not any more), and what was seen of it."""

    place: Place
    target: Target | None
    history: Sequence[Interval]

    @cached_property
    def outages(self) -> Sequence[Outage]:
        return outages_of(self.history)


class _Recorded(NamedTuple):
    watched: Sequence[_Watched]
    incidents: Sequence[Incident]
    schedule: Schedule


def availability(  # noqa: PLR0913, PLR0917 - each is an option of the command
    targets: Annotated[list[str] | None, typer.Argument(help="ids of lines and applications; default: all")] = None,
    config: Config = DEFAULT,
    month: Annotated[str, typer.Option("--month", help="2026-10; default: this month")] = "",
    day: Annotated[str, typer.Option("--day", help="2026-10-01")] = "",
    year: Annotated[str, typer.Option("--year", help="2026")] = "",
    since: Annotated[str, typer.Option("--from", help='"2026-10-01 08:30", 2026-10-01')] = "",
    until: Annotated[str, typer.Option("--to", help='"2026-10-07 24:00", 2026-10-07 (its end); default: now')] = "",
    hours: Annotated[HoursOf, typer.Option("--hours", help="which hours count")] = HoursOf.SERVICE,
    by: Annotated[Part | None, typer.Option("--by", help="each day or month of it, too")] = None,
    form: Annotated[Form, typer.Option("--format")] = Form.TABLE,
    outages: Annotated[bool, typer.Option("--outages", help="every outage")] = False,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="file; CSV there is for a spreadsheet")] = None,
) -> None:
    """专线和应用的可用率 / How much of its time each line was up.

    Applications too, with outages, unknown time and planned maintenance. Exit 0, or 2 where what was asked for does not
    exist.
    """
    site, now = site_of(config), time.time()
    try:
        asked = period(site.calendar, now, day, month, year, since, until)
    except Unfit as error:
        leave(error.text[site.language], 2)
    running = _running(site)
    span = Span(asked.start, asked.end, hours.value, time.time(), running)
    recorded = _recorded(site, store_of(site), span, targets or ())
    divided = [] if by is None else parts(site.calendar, asked, by.value, span.now)
    by_part = [(each, _rows(site, recorded, replace(span, start=each.start, end=each.end))) for each in divided]
    _give(Sheet(asked, span, _rows(site, recorded, span), by_part, outages), site, form, output)


def _give(sheet: Sheet, site: Site, form: Form, output: Path | None) -> None:
    if form is Form.TABLE:
        with open_output(output, site) as file:
            for table in as_table(sheet, site):
                out_rich(table, file)
        return
    text = as_csv(sheet, site.calendar) if form is Form.CSV else json_text(as_json(sheet))
    # A spreadsheet takes a file without this mark for one in the character set of the system, GBK in China.
    with open_output(output, site, "utf-8-sig" if form is Form.CSV else "utf-8") as file:
        file.write(f"{text}\n")


def _running(site: Site) -> bool:
    """Whether an agent is at work; it then writes down what it saw until now."""
    with contextlib.suppress(NotRunning, Refused, OSError):
        ask(site.state, "witness")
        return True
    return False


def _recorded(site: Site, store: Store, span: Span, wanted: Sequence[str]) -> _Recorded:
    """What is on disk: states until now, incidents of that time, and what was planned; and which targets are wanted."""
    nothing: dict[Place, list[Interval]] = {}
    none: list[Incident] = []
    try:
        seen = store.ask(states.history, nothing)
        incidents = store.ask(lambda connection: rows.incidents_between(connection, span.start, span.end), none)
        entries = maintenance.recall(store)
    except (Unread, Damaged) as error:
        leave(NOTHING_THERE.format(state=site.state, error=error)[site.language])
    # Where a clock that was ahead was set back, there are rows of what is still to come.
    history = {place: [each for each in found if each.start < span.now] for place, found in seen.items()}
    targets = {(target.kind, target.id): target for kind in WATCHED for target in site.of_kind(kind)}
    chosen = places(history, targets, wanted, span)
    unknown = sorted(set(wanted) - {identity for _, identity in chosen})
    if unknown:
        known = [identity for _, identity in places(history, targets, (), span)]
        leave(UNKNOWN.format(unknown=", ".join(unknown), known=", ".join(known) or "-")[site.language], 2)
    if not chosen:
        leave(NONE_WATCHED[site.language], 2)
    watched = [_Watched(place, targets.get(place), history.get(place, [])) for place in chosen]
    return _Recorded(watched, incidents, Schedule(entries, site.calendar))


def _rows(site: Site, recorded: _Recorded, span: Span) -> list[Row]:
    sheets = Sheets(site.calendar, recorded.schedule, span)
    return [
        sheets.row(each.place, each.target, each.history, each.outages, recorded.incidents) for each in recorded.watched
    ]
