"""`shouwang change`: planned changes. What they cover is no drift of a configuration and no unplanned restart."""

from __future__ import annotations

import getpass
import time
from typing import Annotated, Any

import typer

from agent import changes
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
    own_store,
    say,
    site_of,
    store_of,
)
from agent.cli.period import at
from agent.control import NotRunning, Refused, ask
from agent.core.changes import Planned, body_of, read
from agent.core.database import Damaged
from agent.core.database import Refused as Unread
from agent.core.site import Site
from agent.core.text import Text
from agent.core.units import moment
from agent.options import Refused as Wrong

app = typer.Typer(no_args_is_help=True, help="计划变更 / Planned changes.")

USUAL = 4 * 3600.0  # seconds that a change lasts where nobody says
NOT_WRITTEN = Text("没有记下:{error}", "not written down: {error}")
NOBODY = Text("--by {by}:没有这个人;已有:{known}", "--by {by}: no such person; known: {known}")
NONE = Text("没有待关闭的变更", "no change is open")
OPENED = Text("已登记:{entry}", "opened: {entry}")
CLOSED = Text("已关闭:{entry}", "closed: {entry}")
MEMORY = Text(";磁盘写不进去,暂时只在内存里", "; in memory only, the disk does not take it")
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
    _done(site, "open_change", request, by, OPENED)


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
    _known(site, by)
    approved: dict[str, str] = {}
    if not undone:
        kept = approving.record(site)
        ids = [each.id for each in site.of_kind("switch") if each.id in entry.targets and each.options.config.backup]
        approving.reread(site, kept, ids)
        read_ids = [each for each in ids if kept.look(each).versions]
        approved = dict(approving.approve(site, kept, read_ids, yes)) if read_ids else {}
    request = {"id": number, "result": result, "kept": not undone, "approved": approved}
    _done(site, "close_change", request, by, CLOSED)


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
        return changes.planned(changes.rows(store_of(site)))
    except (Unread, Damaged) as error:
        leave(NOTHING_THERE.format(state=site.state, error=error)[site.language])


def _done(site: Site, verb: str, request: dict[str, Any], by: str, word: Text) -> None:
    """By the running agent, else straight into its store."""
    _known(site, by)
    person = {"who": by} if by else {"login": getpass.getuser()}
    try:
        answer = ask(site.state, verb, **request, **person)
        entry, memory = read(answer["entry"]), "" if answer["recorded"] else MEMORY[site.language]
    except NotRunning:
        entry, memory = _into_store(site, verb, {**request, "by": by or getpass.getuser()}), ""
    except Refused as error:
        leave(NOT_WRITTEN.format(error=error)[site.language])
    say(word.format(entry=_line(entry, site) if entry else "")[site.language] + memory)


def _known(site: Site, by: str) -> None:
    known = {each.id for each in site.people}
    if by and known and by not in known:
        leave(NOBODY.format(by=by, known=", ".join(sorted(known)))[site.language], 2)


def _into_store(site: Site, verb: str, request: dict[str, Any]) -> Planned:
    try:
        with own_store(site, NOT_WRITTEN) as store:
            if verb == "open_change":
                return changes.begin(store, request, [target.id for target in site.targets], time.time())
            return changes.finish(store, request, time.time())
    except changes.Unfit as error:
        leave(NOT_WRITTEN.format(error=error.text[site.language])[site.language])


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
