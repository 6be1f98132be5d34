"""`shouwang checklist`: the six areas. `run` asks the running agent, which knows how long what is so; without one it
polls once and judges what it sees."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import typer

from agent.cli import attesting, inspection
from agent.cli.common import DEFAULT, Config, Format, Output, leave, out, out_json, out_rich, say, site_of, store_of
from agent.control import NotRunning, Refused, ask
from agent.core.site import Site
from agent.core.text import Text

app = typer.Typer(no_args_is_help=True, help="六方面检查 / The six-area checklist.")
app.command()(attesting.attest)
app.command()(attesting.confirm)
app.command()(attesting.withdraw)
app.add_typer(inspection.app, name="sheet")

POLLED_ONCE = Text(
    "守望没有在运行:只读了一遍,持续时间(如“持续 90 秒”)没有观察",
    "no agent is running here: polled once, so durations (“for 90 s”) were not observed",
)
NEVER = Text("还没有检查过;请先启动:shouwang run", "Nothing was judged yet; start with: shouwang run")


@app.command()
def run(config: Config = DEFAULT, form: Output = Format.TABLE) -> None:
    """现在检查一遍 / Judge every item now.

    Exit 0 all pass or warn, 1 any fail, 3 any unknown and no fail.
    """
    from checks.book import load
    from checks.report import exit_code, read, table

    site = site_of(config)
    said = _now(site)
    report = read(said, load())
    if form is Format.JSON:
        out_json(said)
    else:
        out_rich(table(report, site.language), markup=True)
    raise typer.Exit(exit_code(report.asked))


@app.command()
def show(config: Config = DEFAULT, form: Output = Format.TABLE) -> None:
    """最近一次的结果 / The last findings, with their date."""
    from checks.book import load
    from checks.report import latest, table
    from checks.thresholds import applied

    site = site_of(config)
    areas = applied(load(), site.sections["thresholds"])
    report = latest(store_of(site).findings(), areas, site)
    if form is Format.JSON:
        from checks.report import document

        out_json(document(report))
    else:
        out(_dated(site, report.at))
        out_rich(table(report, site.language), markup=True)


def _dated(site: Site, at: float) -> str:
    if not at:
        return NEVER[site.language]
    day = f"{site.calendar.local(at):%Y-%m-%d %H:%M:%S}"
    return Text(f"检查时间:{day}", f"Judged at {day}")[site.language]


def _now(site: Site) -> Mapping[str, Any]:
    try:
        said: Mapping[str, Any] = ask(site.state, "checklist")
        return said
    except NotRunning:
        from agent.once import checklist_once

        say(POLLED_ONCE[site.language])
        return asyncio.run(checklist_once(site))
    except Refused as error:
        leave(str(error))
