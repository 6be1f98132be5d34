"""The console script: every command in one table."""

from __future__ import annotations

import io
import os
import sys
from importlib import import_module
from typing import Annotated

import typer

READER_GONE = 141  # as a shell reports a command that SIGPIPE ended

# A command: the module of agent.cli that has its function; and groups of commands, each with its `app`. What is not
# called is not loaded.
COMMANDS = {
    "run": "run",
    "validate": "look",
    "init": "look",
    "poll": "look",
    "discover": "discover",
    "onboard": "onboard",
    "assets": "assets",
    "availability": "availability",
}
GROUPS = (
    "maintenance",
    "backup",
    "change",
    "config",
    "checklist",
    "incident",
    "playbook",
    "demo",
    "export",
    "hosts",
    "ledger",
)


def application(called: str = "") -> typer.Typer:
    """With the command, or group of commands, that is called; with all of them if it is none."""
    app = typer.Typer(
        name="shouwang",
        help="守望:社区事务受理服务中心机房监控代理 / Keeps watch over a centre's machine room.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback()(shouwang)
    known = called in COMMANDS or called in GROUPS
    for name, module in COMMANDS.items():
        if not known or name == called:
            app.command(name)(getattr(import_module(f"agent.cli.{module}"), name))
    for name in GROUPS:
        if not known or name == called:
            app.add_typer(import_module(f"agent.cli.{name}").app, name=name)
    return app


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"shouwang {version('shouwang')}")
        raise typer.Exit


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
            application(next(iter(sys.argv[1:]), ""))()
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(READER_GONE)
