"""`shouwang checklist ticket`: remediation tickets, from opening to the evidence that all is well again."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Any

import typer

from agent import tickets
from agent.cli.common import DEFAULT, Config, Format, Output, out, out_json, say, site_of, store_of
from agent.cli.desk import By, end_of, entered_at_desk, kept
from agent.core.site import Site
from agent.core.text import Text
from agent.core.tickets import Ticket, body_of, read
from agent.core.units import moment

app = typer.Typer(no_args_is_help=True, help="整改单 / Remediation tickets.")

LINE = Text(
    "{id}  {state}  {item} {subject}  责任人 {owner}{offered}  限 {due}{wanted}  {found}",
    "{id}  {state}  {item} {subject}  owner {owner}{offered}  due {due}{wanted}  {found}",
)
OFFERED = Text("(转交 {to} 待接收)", " (offered to {to})")
WANTED = Text("(申请延至 {until},待中心领导同意)", " (until {until} is asked for, a leader must agree)")
NOTHING = Text("", "")
NONE = Text("没有未结的整改单", "no ticket is open")
STATES = {"open": Text("整改中", "open"), "overdue": Text("逾期", "overdue"), "closed": Text("已关闭", "closed")}

Number = Annotated[str, typer.Argument(metavar="RMD-0001")]
Reason = Annotated[str, typer.Option("--reason", help="why")]


@app.command("open")
def open_(
    item: Annotated[str, typer.Argument(metavar="ITEM", help="like NET-14; it must fail")],
    by: By,
    config: Config = DEFAULT,
    target: Annotated[str, typer.Option("--target", help="where it fails of several")] = "",
    owner: Annotated[str, typer.Option("--owner", help="who puts it right; default: who opens it")] = "",
) -> None:
    """开整改单 / Open a ticket for what fails."""
    request = {"item": item, "target": target, "owner": owner}
    _step(site_of(config), "open_ticket", request, by)


@app.command()
def hand(
    number: Number,
    to: Annotated[str, typer.Option("--to", help="person's id")],
    by: By,
    config: Config = DEFAULT,
) -> None:
    """转交,对方接收后才生效 / Hand it over; it stays yours until it is taken."""
    _step(site_of(config), "hand_ticket", {"id": number, "to": to}, by)


@app.command()
def take(number: Number, by: By, config: Config = DEFAULT) -> None:
    """接收 / Take what was handed over, or is nobody's."""
    _step(site_of(config), "take_ticket", {"id": number}, by)


@app.command()
def extend(
    number: Number,
    until: Annotated[str, typer.Option("--until", help="last day; 60 days from opening at most")],
    reason: Reason,
    by: By,
    config: Config = DEFAULT,
) -> None:
    """申请延期 / Ask for more time."""
    site = site_of(config)
    _step(site, "extend_ticket", {"id": number, "until": end_of(site, until), "reason": reason}, by)


@app.command()
def agree(number: Number, by: By, config: Config = DEFAULT) -> None:
    """同意延期(中心领导)/ Agree to an extension, as a leader of the centre."""
    _step(site_of(config), "agree_ticket", {"id": number}, by)


@app.command()
def close(
    number: Number,
    reason: Reason,
    by: By,
    files: Annotated[list[Path], typer.Option("--evidence", help="photograph, scan, output; a copy is kept")],
    config: Config = DEFAULT,
) -> None:
    """凭证据关闭 / Close it with evidence.

    What passes again the agent closes by itself.
    """
    site = site_of(config)
    _step(site, "close_ticket", {"id": number, "reason": reason, "files": kept(site, files)}, by)


@app.command("list")
def list_(
    config: Config = DEFAULT,
    every: Annotated[bool, typer.Option("--all", help="closed ones too")] = False,
    form: Output = Format.TABLE,
) -> None:
    """列出整改单 / Tickets that are open, the first due first, or all."""
    site, now = site_of(config), time.time()
    known = sorted(tickets.REGISTER.entries(store_of(site)), key=lambda each: each.due)
    found = [each for each in known if every or each.closed is None]
    if form is Format.JSON:
        out_json([body_of(each) | {"state": each.state(now)} for each in found])
    else:
        out("\n".join(_line(site, each, now) for each in found) or NONE[site.language])


def _step(site: Site, verb: str, request: dict[str, Any], by: str) -> None:
    done, memory = entered_at_desk(site, verb, request, by)
    say(_line(site, read(done), time.time()) + memory)


def _line(site: Site, entry: Ticket, now: float) -> str:
    wanted = NOTHING if entry.wanted is None else WANTED.format(until=moment(site.calendar, entry.wanted))
    return LINE.format(
        id=entry.id,
        state=STATES[entry.state(now)],
        item=entry.item,
        subject=entry.subject,
        owner=entry.owner or "-",
        offered=OFFERED.format(to=entry.offered) if entry.offered else NOTHING,
        due=moment(site.calendar, entry.due),
        wanted=wanted,
        found=entry.found,
    )[site.language]
