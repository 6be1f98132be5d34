"""The console script: every command in one table."""

from __future__ import annotations

import typer

from agent.cli import checklist, discover, export, incident, ledger, look, onboard, playbook, run

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
app.add_typer(checklist.app, name="checklist")
app.add_typer(incident.app, name="incident")
app.add_typer(playbook.app, name="playbook")
app.add_typer(export.app, name="export")
app.add_typer(ledger.app, name="ledger")


def main() -> None:
    app()
