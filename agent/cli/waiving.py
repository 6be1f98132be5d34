"""`shouwang checklist waive`: that an item does not apply for a while, asked by one person and approved by another."""

from __future__ import annotations

import time
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from agent import waivers
from agent.cli.common import DEFAULT, Config, Format, Output, out, out_json, say, site_of, store_of
from agent.cli.desk import By, end_of, entered_at_desk
from agent.core.site import Site
from agent.core.text import Text
from agent.core.units import moment
from agent.core.waivers import Waiver, body_of, read

ASKED = Text(
    "{id}:{what} 申请豁免至 {until};待专职副主任或主任批准:shouwang checklist waive approve {id} --by …",
    "{id}: {what} to be waived until {until}; the full-time deputy director or the director approves: "
    "shouwang checklist waive approve {id} --by …",
)
APPROVED = Text("{id}:{what} 豁免至 {until},{by} 批准", "{id}: {what} waived until {until}, approved by {by}")
ENDED = Text("{id}:{what} 的豁免已终止", "{id}: the waiver of {what} is over")
NONE = Text("没有豁免", "nothing is waived")
LINE = Text(
    "{id}  {state}  {what}  至 {until}  原因:{reason}  替代措施:{measure}  申请 {asked} 批准 {approved}",
    "{id}  {state}  {what}  until {until}  reason: {reason}  instead: {measure}  asked {asked} approved {approved}",
)
STATES = {
    "waiting": Text("待批准", "waiting"),
    "valid": Text("有效", "valid"),
    "expired": Text("已到期", "expired"),
    "ended": Text("已终止", "ended"),
    "ahead": Text("批准时间在将来", "approved at a time to come"),
}

Number = Annotated[str, typer.Argument(metavar="EXC-0001")]


class Asking(TyperGroup):
    """`waive PHY-05 …` asks, without a word for it."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        return super().resolve_command(ctx, args if args and args[0] in self.commands else ["ask", *args])


app = typer.Typer(cls=Asking, no_args_is_help=True, help="豁免:ITEM 或 ask、approve、end、list / Waive an item.")


@app.command()
def ask(
    item: Annotated[str, typer.Argument(metavar="ITEM", help="like PHY-05")],
    by: By,
    reason: Annotated[str, typer.Option("--reason", help="why it cannot be kept")],
    compensating: Annotated[str, typer.Option("--compensating", help="what is done instead")],
    until: Annotated[str, typer.Option("--until", help="last day, 2027-03-31; 365 days at most")],
    config: Config = DEFAULT,
    target: Annotated[str, typer.Option("--target", help="one target; default: all")] = "",
) -> None:
    """申请豁免一项 / Ask that an item be waived."""
    site = site_of(config)
    end = end_of(site, until)
    request = {"item": item, "target": target, "reason": reason, "compensating": compensating, "until": end}
    _step(site, "ask_waiver", request, by, ASKED)


@app.command()
def approve(number: Number, by: By, config: Config = DEFAULT) -> None:
    """批准豁免 / Approve one that somebody else asked for."""
    _step(site_of(config), "approve_waiver", {"id": number}, by, APPROVED)


@app.command("end")
def end_(
    number: Number,
    by: By,
    reason: Annotated[str, typer.Option("--reason", help="why it is over, or not approved")],
    config: Config = DEFAULT,
) -> None:
    """终止或驳回豁免 / End a waiver, or refuse it."""
    _step(site_of(config), "end_waiver", {"id": number, "reason": reason}, by, ENDED)


@app.command("list")
def list_(
    config: Config = DEFAULT,
    every: Annotated[bool, typer.Option("--all", help="those that are over, too")] = False,
    form: Output = Format.TABLE,
) -> None:
    """列出豁免 / Waivers that hold or wait, or all."""
    site, now = site_of(config), time.time()
    known = waivers.REGISTER.entries(store_of(site))
    found = [each for each in known if every or each.state(now) not in ("ended", "expired")]
    if form is Format.JSON:
        out_json([body_of(each) | {"state": each.state(now)} for each in found])
    else:
        out("\n".join(_line(site, each, now) for each in found) or NONE[site.language])


def _step(site: Site, verb: str, request: dict[str, Any], by: str, words: Text) -> None:
    done, memory = entered_at_desk(site, verb, request, by)
    entry = read(done)
    facts = {"id": entry.id, "what": _what(entry), "until": moment(site.calendar, entry.until)}
    say(words.format(**facts, by=entry.approved_by)[site.language] + memory)


def _what(entry: Waiver) -> str:
    return f"{entry.item} {entry.target}".strip()


def _line(site: Site, entry: Waiver, now: float) -> str:
    return LINE.format(
        id=entry.id,
        state=STATES[entry.state(now)],
        what=_what(entry),
        until=moment(site.calendar, entry.until),
        reason=entry.reason,
        measure=entry.compensating,
        asked=entry.by,
        approved=entry.approved_by or "-",
    )[site.language]
