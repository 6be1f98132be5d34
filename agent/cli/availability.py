"""`shouwang availability`: how much of its time each line and application was up, and every outage."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

import typer

from agent import maintenance
from agent.cli.availability_sheet import as_csv, as_json, as_table
from agent.cli.common import DEFAULT, NOTHING_THERE, Config, leave, out, out_json, out_rich, site_of, store_of
from agent.cli.period import period
from agent.control import NotRunning, Refused, ask
from agent.core import rows, states
from agent.core.availability import Interval
from agent.core.database import Damaged
from agent.core.database import Refused as Unread
from agent.core.incident import Incident
from agent.core.maintenance import Maintenance, Schedule
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


def availability(  # noqa: PLR0913, PLR0917 - each is an option of the command
    targets: Annotated[list[str] | None, typer.Argument(help="ids of lines and applications; default: all")] = None,
    config: Config = DEFAULT,
    month: Annotated[str, typer.Option("--month", help="2026-10; default: this month")] = "",
    day: Annotated[str, typer.Option("--day", help="2026-10-01")] = "",
    year: Annotated[str, typer.Option("--year", help="2026")] = "",
    since: Annotated[str, typer.Option("--from", help='"2026-10-01 08:30", 2026-10-01')] = "",
    until: Annotated[str, typer.Option("--to", help='"2026-10-07 24:00", 2026-10-07 (its end); default: now')] = "",
    hours: Annotated[HoursOf, typer.Option("--hours", help="which hours count")] = HoursOf.SERVICE,
    form: Annotated[Form, typer.Option("--format")] = Form.TABLE,
    outages: Annotated[bool, typer.Option("--outages", help="every outage")] = False,
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
    found = _rows(site, store_of(site), span, targets or ())
    if form is Form.JSON:
        out_json(as_json(found, asked, span, outages))
    elif form is Form.CSV:
        out(as_csv(found, asked, span, site.calendar, outages))
    else:
        for table in as_table(found, asked, span, site, outages):
            out_rich(table)


def _running(site: Site) -> bool:
    """Whether an agent is at work; it then writes down what it saw until now."""
    with contextlib.suppress(NotRunning, Refused, OSError):
        ask(site.state, "witness")
        return True
    return False


def _rows(site: Site, store: Store, span: Span, wanted: Sequence[str]) -> list[Row]:
    try:
        history, incidents, entries = _stored(store, span)
    except (Unread, Damaged) as error:
        leave(NOTHING_THERE.format(state=site.state, error=error)[site.language])
    targets = {(target.kind, target.id): target for kind in WATCHED for target in site.of_kind(kind)}
    chosen = places(history, targets, wanted, span)
    unknown = sorted(set(wanted) - {identity for _, identity in chosen})
    if unknown:
        known = [identity for _, identity in places(history, targets, (), span)]
        leave(UNKNOWN.format(unknown=", ".join(unknown), known=", ".join(known) or "-")[site.language], 2)
    if not chosen:
        leave(NONE_WATCHED[site.language], 2)
    sheets = Sheets(site.calendar, Schedule(entries, site.calendar), span)
    return [sheets.row(place, targets.get(place), history.get(place, []), incidents) for place in chosen]


def _stored(store: Store, span: Span) -> tuple[dict[Place, list[Interval]], list[Incident], Sequence[Maintenance]]:
    """What is on disk: states, incidents of that time, and what was planned. Refused or Damaged."""
    nothing: dict[Place, list[Interval]] = {}
    none: list[Incident] = []
    history = store.ask(states.history, nothing)
    incidents = store.ask(lambda connection: rows.incidents_between(connection, span.start, span.end), none)
    return history, incidents, maintenance.recall(store)
