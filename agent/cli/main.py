"""The console script: every command in one table."""

from __future__ import annotations

import io
import os
import sys
from typing import Annotated

import typer

from agent.cli import (
    assets,
    availability,
    backup,
    change,
    checklist,
    config,
    demo,
    discover,
    export,
    hosts,
    incident,
    ledger,
    look,
    maintenance,
    onboard,
    playbook,
    run,
)

READER_GONE = 141  # as a shell reports a command that SIGPIPE ended

app = typer.Typer(
    name="shouwang",
    help="守望:社区事务受理服务中心机房监控代理 / Keeps watch over a centre's machine room.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("run")(run.run)
app.command("validate")(look.validate)
app.command("init")(look.init)
app.command("poll")(look.poll)
app.command("discover")(discover.discover)
app.command("onboard")(onboard.onboard)
app.command("assets")(assets.assets)
app.command("availability")(availability.availability)
app.add_typer(maintenance.app, name="maintenance")
app.add_typer(backup.app, name="backup")
app.add_typer(change.app, name="change")
app.add_typer(config.app, name="config")
app.add_typer(checklist.app, name="checklist")
app.add_typer(incident.app, name="incident")
app.add_typer(playbook.app, name="playbook")
app.add_typer(demo.app, name="demo")
app.add_typer(export.app, name="export")
app.add_typer(hosts.app, name="hosts")
app.add_typer(ledger.app, name="ledger")


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"shouwang {version('shouwang')}")
        raise typer.Exit


@app.callback()
def shouwang(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="print it")] = False,
) -> None:
    """守望:社区事务受理服务中心机房监控代理 / Keeps watch over a centre's machine room."""


def main() -> None:
    """Ends quietly where the reader of the output is gone (`… | head`).

    SIGPIPE keeps being ignored: a device that closes its connection must not end a poll. A terminal that has no Chinese
    shows question marks in its place.
    """
    if sys.stdout is None:  # closed, as by `>&-`
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w")
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    try:
        try:
            app()
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(READER_GONE)
