"""`shouwang change`: planned changes. What they cover is no drift of a configuration and no unplanned restart."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Annotated, Any

import typer

from agent.changes import REGISTER, begin, finish, planned
from agent.cli import approving
from agent.cli.approving import told
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
from agent.cli.entering import entered, known_person
from agent.cli.period import at
from agent.core.changes import Planned, body_of, read
from agent.core.database import Damaged
from agent.core.database import Refused as Unread
from agent.core.site import Site
from agent.core.store import Store
from agent.core.text import Text
from agent.core.units import moment
from agent.options import Refused as Wrong

app = typer.Typer(no_args_is_help=True, help="计划变更 / Planned changes.")

USUAL = 4 * 3600.0  # seconds that a change lasts where nobody says
NONE = Text("没有待关闭的变更", "no change is open")
OPENED = Text("已登记:{entry}", "opened: {entry}")
CLOSED = Text("已关闭:{entry}", "closed: {entry}")
NO_CHANGE = Text("没有待关闭的变更 {id};待关闭:{known}", "no open change {id}; open: {known}")
STATES = {
    "coming": Text("未开始", "coming"),
    "now": Text("进行中", "now"),
    "overdue": Text("待关闭", "to be closed"),
    "closed": Text("已关闭", "closed"),
    "undone": Text("已退回", "undone"),
}

By = Annotated[str, typer.Option("--by", help="person's id in agent.yaml; default: this login")]


@app.command("open")
def open_(
    targets: Annotated[list[str], typer.Argument(help="target ids")],
    reason: Annotated[str, typer.Option("--reason", help="why, on whose order")],
    config: Config = DEFAULT,
    since: Annotated[str, typer.Option("--from", help='"2026-11-02 18:00"; default: now')] = "",
    until: Annotated[str, typer.Option("--to", help="default: four hours later")] = "",
    by: By = "",
) -> None:
    """登记计划变更,可补登 / Open a change, beforehand or afterwards."""
    site, now = site_of(config), time.time()
    try:
        start = at(site.calendar, "--from", since) if since else now
        end = at(site.calendar, "--to", until, end=True) if until else start + USUAL
    except Wrong as error:
        leave(error.text[site.language], 2)
    request = {"targets": targets, "start": start, "end": end, "reason": reason}
    done = entered(site, "open_change", request, by, lambda store, what: body_of(_begun(site, store, what)))
    _said(site, done, OPENED)


@app.command()
@told
def close(
    number: Annotated[str, typer.Argument(help="CHG-0001")],
    config: Config = DEFAULT,
    result: Annotated[str, typer.Option("--result", help="what came of it")] = "",
    undone: Annotated[bool, typer.Option("--undone", help="everything is back as it was; baselines stay")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False,
    by: By = "",
) -> None:
    """关闭变更,批准新基线 / Close a change: look at what is new in each configuration, and approve it."""
    site = site_of(config)
    entry = _open_one(site, number)
    known_person(site, by)
    approved: dict[str, str] = {}
    if not undone:
        kept = approving.record(site)
        ids = [each.id for each in site.of_kind("switch") if each.id in entry.targets and each.options.config.backup]
        approving.reread(site, kept, ids)
        read_ids = [each for each in ids if kept.look(each).versions]
        approved = dict(approving.approve(site, kept, read_ids, yes)) if read_ids else {}
    request = {"id": number, "result": result, "kept": not undone, "approved": approved}
    done = entered(site, "close_change", request, by, lambda store, what: body_of(finish(store, what, time.time())))
    _said(site, done, CLOSED)


def _open_one(site: Site, number: str) -> Planned:
    entries = [each for each in _entries(site) if each.closed is None]
    found = next((each for each in entries if each.id == number), None)
    if found is None:
        known = ", ".join(each.id for each in entries) or "-"
        leave(NO_CHANGE.format(id=number, known=known)[site.language], 2)
    return found


@app.command("list")
def list_(
    config: Config = DEFAULT,
    every: Annotated[bool, typer.Option("--all", help="closed ones too")] = False,
    form: Output = Format.TABLE,
) -> None:
    """列出变更 / Changes that are open, or all."""
    site, now = site_of(config), time.time()
    found = [each for each in _entries(site) if every or each.closed is None]
    if form is Format.JSON:
        out_json([body_of(each) | {"state": _state(each, now)} for each in found])
    elif found:
        out("\n".join(f"{STATES[_state(each, now)][site.language]}  {_line(each, site)}" for each in found))
    else:
        out(NONE[site.language])


def _entries(site: Site) -> tuple[Planned, ...]:
    try:
        return planned(REGISTER.entries(store_of(site)))
    except (Unread, Damaged) as error:
        leave(NOTHING_THERE.format(state=site.state, error=error)[site.language])


def _begun(site: Site, store: Store, request: dict[str, Any]) -> Planned:
    return begin(store, request, [target.id for target in site.targets], time.time())


def _said(site: Site, done: tuple[Mapping[str, Any], str], word: Text) -> None:
    entry, memory = done
    found = read(entry)
    say(word.format(entry=_line(found, site) if found else "")[site.language] + memory)


def _state(entry: Planned, now: float) -> str:
    if entry.closed is not None:
        return "closed" if entry.kept else "undone"
    return "coming" if now < entry.start else "now" if now <= entry.end else "overdue"


def _line(entry: Planned, site: Site) -> str:
    names = [found.name if (found := site.target(each)) else each for each in entry.targets]
    times = f"{moment(site.calendar, entry.start)} – {moment(site.calendar, entry.end)}"
    return "  ".join(
        [entry.id, "、".join(names), times, entry.reason, entry.by, *([entry.result] if entry.result else [])]
    )
