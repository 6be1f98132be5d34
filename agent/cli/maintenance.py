"""`shouwang maintenance`: work that is planned, once or every week. What it covers is counted apart from outages."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from agent import maintenance
from agent.cli.common import (
    DEFAULT,
    NOTHING_THERE,
    Config,
    Format,
    Output,
    leave,
    out,
    out_json,
    say,
    site_of,
    store_of,
)
from agent.cli.entering import entered
from agent.cli.period import at
from agent.config.hours import DAYS, weekdays
from agent.core.database import Damaged
from agent.core.database import Refused as Unread
from agent.core.maintenance import Hours, Maintenance, body_of, read
from agent.core.site import Site
from agent.core.store import Store
from agent.core.text import Language, Text
from agent.core.units import moment
from agent.options import Refused as Unfit
from agent.options import same_marks, shown
from agent.options.values import TIME

app = typer.Typer(no_args_is_help=True, help="计划维护 / Planned maintenance.")

NONE = Text("没有计划维护", "no maintenance is planned")
ADDED = Text("已记下:{entry}", "written down: {entry}")
ENDED = Text("已取消:{entry}", "cancelled: {entry}")
CANCELLED = Text("已取消", "cancelled")
STATES = {
    "cancelled": CANCELLED,
    "now": Text("进行中", "now"),
    "coming": Text("未开始", "coming"),
    "weekly": Text("每周", "weekly"),
    "over": Text("已结束", "over"),
}
RETROACTIVE = Text("补登", "entered afterwards")
UNTIL_CANCELLED = Text("直到取消", "until cancelled")

Reason = Annotated[str, typer.Option("--reason", help="why")]
By = Annotated[str, typer.Option("--by", help="person's id in agent.yaml; default: this login")]


@app.command()
def add(
    targets: Annotated[list[str], typer.Argument(help="target ids")],
    reason: Reason,
    config: Config = DEFAULT,
    since: Annotated[str, typer.Option("--from", help='"2026-11-02 22:00"; default: now')] = "",
    until: Annotated[str, typer.Option("--to", help='"2026-11-03 02:00"')] = "",
    weekly: Annotated[
        list[str] | None, typer.Option("--weekly", help='"monday 22:00-24:00", "周六-周日 23:00-02:00"')
    ] = None,
    by: By = "",
) -> None:
    """登记计划维护 / Plan maintenance. What lies in the past is marked so (补登)."""
    site, now = site_of(config), time.time()
    try:
        request: dict[str, Any] = {
            "targets": targets,
            "start": at(site.calendar, "--from", since) if since else now,
            "end": at(site.calendar, "--to", until, end=True) if until else None,
            "weekly": [hours for text in weekly or () for hours in weekly_hours(text)],
            "reason": reason,
        }
    except Unfit as error:
        leave(error.text[site.language], 2)
    _done(site, "maintain", request, by, ADDED)


@app.command("list")
def list_(
    config: Config = DEFAULT,
    form: Output = Format.TABLE,
    every: Annotated[bool, typer.Option("--all", help="also what is over or cancelled")] = False,
) -> None:
    """计划维护一览 / What is planned."""
    site, now = site_of(config), time.time()
    try:
        entries = maintenance.recall(store_of(site))
    except (Unread, Damaged) as error:
        leave(NOTHING_THERE.format(state=site.state, error=error)[site.language])
    found = [each for each in entries if every or each.last > now]
    if form is Format.JSON:
        states = {each.id: _state(each, site, now) for each in found}
        out_json([body_of(each) | {"retroactive": each.retroactive, "state": states[each.id]} for each in found])
    elif found:
        out("\n".join(f"{STATES[_state(each, site, now)][site.language]}  {_line(each, site)}" for each in found))
    else:
        out(NONE[site.language])


@app.command()
def cancel(
    number: Annotated[str, typer.Argument(help="MNT-0001")], reason: Reason, config: Config = DEFAULT, by: By = ""
) -> None:
    """取消 / Cancel it from now on. One that is over is withdrawn as a whole."""
    site = site_of(config)
    _done(site, "cancel_maintenance", {"id": number, "reason": reason}, by, ENDED)


def weekly_hours(text: str) -> list[Hours]:
    """`monday 22:00-24:00`, `周六-周日 00:00-06:00,22:00-02:00` (to the next day). Refused says what is allowed."""
    days, _, hours = same_marks(text).partition(" ")
    try:
        each_day = weekdays(days)
    except Unfit as error:
        raise Unfit(f"--weekly:{error.text.zh}", f"--weekly: {error.text.en}") from None
    found: list[Hours] = []
    for part in hours.split(","):
        times = [TIME.fullmatch(each.strip()) for each in part.split("-")]
        minutes = [int(time[1]) * 60 + int(time[2]) for time in times if time is not None]
        if len(times) != 2 or len(minutes) != 2 or minutes[0] == minutes[1] or max(minutes) > 1440:
            raise Unfit(
                f"--weekly:不是每周的时段:{shown(text)};应写成 monday 22:00-24:00 或 周六-周日 23:00-02:00",
                f"--weekly: not weekly hours: {shown(text)}; allowed: like monday 22:00-24:00, 周六-周日 23:00-02:00",
            )
        start, end = minutes
        found += [Hours(day, start, end if end > start else end + 1440) for day in each_day]
    return found


def _done(site: Site, verb: str, request: dict[str, Any], by: str, word: Text) -> None:
    entry, memory = entered(site, verb, request, by, lambda store, what: body_of(_into_store(site, store, verb, what)))
    say(word.format(entry=_line(read(entry), site))[site.language] + memory)


def _into_store(site: Site, store: Store, verb: str, request: dict[str, Any]) -> Maintenance:
    entries, now = maintenance.recall(store), time.time()
    if verb == "maintain":
        done = maintenance.add(entries, request, [target.id for target in site.targets], now)
    else:
        done = maintenance.cancel(entries, request["id"], request["by"], request["reason"], now)
    store.write(done.writes)
    return done.entry


def _state(entry: Maintenance, site: Site, now: float) -> str:
    if entry.cancelled is not None and entry.cancelled <= now:
        return "cancelled"
    if entry.covers(now, site.calendar):
        return "now"
    if entry.last <= now:
        return "over"
    return "weekly" if entry.weekly else "coming"


def _line(entry: Maintenance, site: Site) -> str:
    language = site.language
    names = [found.name if (found := site.target(each)) else each for each in entry.targets]
    until = UNTIL_CANCELLED[language] if entry.end is None else moment(site.calendar, entry.end)
    parts = [entry.id, "、".join(names), f"{moment(site.calendar, entry.start)} – {until}"]
    parts += [_weekly_text(entry.weekly, language)] if entry.weekly else []
    parts += [entry.reason, entry.by]
    parts += [RETROACTIVE[language]] if entry.retroactive else []
    return "  ".join(parts)


def _weekly_text(weekly: Sequence[Hours], language: Language) -> str:
    return ",".join(
        f"{'周' + '一二三四五六日'[each.weekday] if language == 'zh' else DAYS[each.weekday]} "
        f"{_clock(each.start)}-{_clock(each.end if each.end <= 1440 else each.end - 1440)}"
        for each in weekly
    )


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
