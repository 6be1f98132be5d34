"""`shouwang checklist`: the six areas. `run` asks the running agent, which knows how long what is so; without one it
polls once and judges what it sees."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Annotated, Any

import typer

from agent.cli.common import DEFAULT, Config, Format, leave, out_json, out_rich, say, site_of
from agent.control import NotRunning, Refused, ask
from agent.core.site import Site

app = typer.Typer(no_args_is_help=True, help="六方面检查 / The six-area checklist.")

Output = Annotated[Format, typer.Option("--format", help="table, json")]


@app.command()
def run(config: Config = DEFAULT, form: Output = Format.TABLE) -> None:
    """Judge every item now; exit 0 all pass or warn, 1 any fail, 3 any unknown and no fail. 检查一遍。"""
    from checks.book import load
    from checks.report import exit_code, read, table

    site = site_of(config)
    said = _now(site)
    report = read(said, load())
    if form is Format.JSON:
        out_json(said)
    else:
        out_rich(table(report, site.language))
    raise typer.Exit(exit_code(report.findings))


@app.command()
def show(config: Config = DEFAULT, form: Output = Format.TABLE) -> None:
    """The last findings that the agent kept. 最近一次结果。"""
    from agent.cli.common import store_of
    from checks.book import load
    from checks.report import latest, table

    site = site_of(config)
    report = latest(store_of(site).findings(), load(), site)
    if form is Format.JSON:
        from checks.report import document

        out_json(document(report))
    else:
        out_rich(table(report, site.language))


def _now(site: Site) -> Mapping[str, Any]:
    try:
        said: Mapping[str, Any] = ask(site.state, "checklist")
        return said
    except NotRunning:
        from agent.once import checklist_once

        say("no agent is running here: polled once, so durations (“for 90 s”) were not observed")
        return asyncio.run(checklist_once(site))
    except Refused as error:
        leave(str(error))
