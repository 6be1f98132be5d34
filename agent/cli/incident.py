"""`shouwang incident`: what is open, and what people say of it. Writes go through the running agent."""

from __future__ import annotations

import getpass
import time
from collections.abc import Mapping
from typing import Annotated, Any

import typer

from agent import __version__
from agent.cli.common import DEFAULT, Config, Format, leave, out, out_json, say, site_of, store_of
from agent.cli.render import incidents_table
from agent.control import NotRunning, Refused, ask
from agent.core.document import incident_state
from agent.core.incident import Playbook
from agent.core.site import Site
from exporters.web.view import Picture

app = typer.Typer(no_args_is_help=True, help="事件 / Incidents.")

Output = Annotated[Format, typer.Option("--format", help="table, json")]
Who = Annotated[str, typer.Option("--who", help="person's id in agent.yaml; default: this login")]
Number = Annotated[str, typer.Argument(help="incident id")]


@app.command("list")
def list_(
    config: Config = DEFAULT,
    form: Output = Format.TABLE,
    every: Annotated[bool, typer.Option("--all", help="closed ones too")] = False,
) -> None:
    """Open incidents, gravest first. 未关闭的事件。"""
    site = site_of(config)
    store = store_of(site)
    found = store.incidents(limit=1000) if every else sorted(store.open_incidents(), key=lambda each: each.class_)
    if form is Format.JSON:
        out_json([incident_state(each) for each in found])
    else:
        out(incidents_table(site, found, _books()))


@app.command()
def show(number: Number, config: Config = DEFAULT, form: Output = Format.TABLE) -> None:
    """One incident on one screen: what, whom it hurts, what to do and say, what happened. 一个事件的全部。"""
    site = site_of(config)
    found = _from_agent(site, number) or _from_store(site, number)
    if form is Format.JSON:
        out_json(found["document"])
    else:
        out(found["text"])


def _from_agent(site: Site, number: str) -> Mapping[str, Any] | None:
    """The running agent knows more: what is read now, and what the disk has not taken."""
    try:
        found: Mapping[str, Any] = ask(site.state, "show", incident=number)
    except (NotRunning, Refused, OSError):
        return None
    return found


def _from_store(site: Site, number: str) -> Mapping[str, Any]:
    from exporters.web.terminal import incident_document, incident_text

    store = store_of(site)
    timeline = store.timeline(number)
    if not timeline:
        leave(f"no incident {number}; shouwang incident list --all shows the known ones")
    picture = Picture(site, time.time(), __version__, incidents=tuple(store.open_incidents()), playbooks=_books())
    return {"text": incident_text(picture, timeline), "document": incident_document(picture, timeline)}


@app.command()
def ack(number: Number, config: Config = DEFAULT, who: Who = "") -> None:
    """Own it (首问责任人). 认领。"""
    _tell(config, "acknowledge", number, who)


@app.command()
def note(number: Number, text: str, config: Config = DEFAULT, who: Who = "") -> None:
    """Write a line into its timeline. 记一笔。"""
    _tell(config, "note", number, who, text=text)


@app.command()
def close(
    number: Number, reason: Annotated[str, typer.Option("--reason")], config: Config = DEFAULT, who: Who = ""
) -> None:
    """Close it by hand, with a reason; it opens again if its trigger still holds. 关闭并写原因。"""
    _tell(config, "close", number, who, text=reason)


def _tell(config: Config, verb: str, number: str, who: str, **more: Any) -> Mapping[str, Any]:
    site = site_of(config)
    person = {"who": who} if who else {"login": getpass.getuser()}
    known = {each.id for each in site.people}
    if who and known and who not in known:
        leave(f"--who {who}: no such person; known: {', '.join(sorted(known))}", 2)
    try:
        answer: Mapping[str, Any] = ask(site.state, verb, incident=number, **person, **more)
    except NotRunning as error:
        leave(f"{error}; start it with: shouwang run")
    except Refused as error:
        leave(str(error))
    say(str(answer["said"]))
    return answer


def _books() -> dict[str, Playbook]:
    from playbooks.book import load

    return {book.id: book for book in load()}
