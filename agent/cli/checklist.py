"""`shouwang checklist`: the six areas. `run` asks the running agent, which knows how long what is so; without one it
polls once and judges what it sees."""

from __future__ import annotations

from typing import Annotated

import typer

from agent.cli import attesting, due, evidence, inspection, readiness, reporting, ticketing, waiving
from agent.cli.common import DEFAULT, Config, Format, Output, out, out_json, out_rich, site_of, store_of
from agent.core.site import Site
from agent.core.text import Text

app = typer.Typer(no_args_is_help=True, help="六方面检查 / The six-area checklist.")
app.command()(attesting.attest)
app.command()(attesting.confirm)
app.command()(attesting.withdraw)
app.command()(reporting.report)
app.command()(evidence.evidence)
app.command()(readiness.opening)
app.command()(readiness.closing)
app.command()(due.due)
app.add_typer(inspection.app, name="sheet")
app.add_typer(waiving.app, name="waive")
app.add_typer(ticketing.app, name="ticket")

Areas = Annotated[list[str], typer.Option("--area", help="方面 / area; repeatable")]
Items = Annotated[list[str], typer.Option("--item", help="检查项 / item, NET-01; repeatable")]
Targets = Annotated[list[str], typer.Option("--target", help="对象 / target of agent.yaml; repeatable")]
ALL: list[str] = []
NEVER = Text("还没有检查过;请先启动:shouwang run", "Nothing was judged yet; start with: shouwang run")


@app.command()
def run(
    config: Config = DEFAULT,
    form: Output = Format.TABLE,
    area: Areas = ALL,
    item: Items = ALL,
    target: Targets = ALL,
) -> None:
    """现在检查一遍 / Judge every item now, or those that are asked for.

    Exit 0 all pass or warn, 1 any fail, 3 any unknown and no fail; 2 if there is no such area, item or target.
    """
    from agent.cli.judging import asked_of, judged_now
    from checks.book import shipped
    from checks.report import document, exit_code, read
    from checks.screen import table
    from checks.wanted import of_report

    site = site_of(config)
    asked = asked_of(site, area, item, target)
    report = of_report(read(judged_now(site, asked), shipped()), asked)
    if form is Format.JSON:
        out_json(document(report))
    else:
        out_rich(table(report, site.language), markup=True)
    raise typer.Exit(exit_code(report.asked))


@app.command()
def coverage(config: Config = DEFAULT, form: Output = Format.TABLE, area: Areas = ALL, item: Items = ALL) -> None:
    """自动项从哪里读取,接入了没有 / Where automatic items read here."""
    from agent.cli.judging import asked_of, known
    from checks.coverage import document, rows
    from checks.wanted import of_report
    from collectors import COLLECTORS
    from collectors.as_root import AS_ROOT

    site = site_of(config)
    report = of_report(known(site), asked_of(site, area, item, ()))
    found = rows(report, site, COLLECTORS, AS_ROOT)
    if form is Format.JSON:
        out_json(document(report, found))
    else:
        from agent.cli.coverage import tables

        out(_dated(site, report.at))
        out_rich(tables(report, found, site.language))


@app.command()
def show(config: Config = DEFAULT, form: Output = Format.TABLE) -> None:
    """最近一次的结果 / The last findings, with their date."""
    from agent.cli.judging import areas_of
    from checks.report import latest
    from checks.screen import table

    site = site_of(config)
    report = latest(store_of(site).findings(), areas_of(site), site)
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
