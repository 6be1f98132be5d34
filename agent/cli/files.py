"""`shouwang hosts approve`: what is different on a host from what was approved, and a person's yes to it."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Mapping
from typing import Annotated

import typer

from agent.cli.common import DEFAULT, NOT_RUNNING, Config, leave, out, say, site_of
from agent.control import NotRunning, Refused, ask
from agent.core.site import Site
from agent.core.text import Text, clean

MISSING = Text("不见了", "missing")
NOTHING = Text("{id}:没有未批准的变化", "{id}: nothing is different from what was approved")
HEAD = Text("{id}:下列文件与已批准的不同:", "{id}: different from what was approved:")
QUESTION = Text("确认都是有意的改动,请输入 yes:", "If all of it was meant, type yes: ")
NOT_APPROVED = Text("没有批准;一切保持原样", "not approved; everything is as it was")
NO_TERMINAL = Text(
    "要由人来批准:请在终端里执行,或加 --yes", "a person must approve: run it in a terminal, or add --yes"
)
APPROVED = Text("已批准 {count} 个文件,登记为 {number}", "approved {count} files, entered as {number}")


def approve(
    target: Annotated[str, typer.Argument(metavar="ID", help="host's id")],
    reason: Annotated[str, typer.Option("--reason", help="why they were changed")],
    config: Config = DEFAULT,
    who: Annotated[str, typer.Option("--who", help="person's id in agent.yaml; default: this login")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False,
) -> None:
    """批准被看文件的改动 / Approve what was changed in the files that are watched on a host."""
    site = site_of(config)
    try:
        files: Mapping[str, str] = ask(site.state, "changed_files", target=target)
        if not files:
            out(NOTHING.format(id=target)[site.language])
            return
        _shown(site, target, files)
        _confirmed(site, yes)
        person = {"who": who} if who else {"login": getpass.getuser()}
        done = ask(site.state, "approve_files", target=target, files=files, text=reason, **person)
    except NotRunning:
        leave(NOT_RUNNING.format(state=site.state)[site.language])
    except Refused as error:
        leave(str(error))
    out(APPROVED.format(count=done["approved"], number=done["said"])[site.language])


def _shown(site: Site, target: str, files: Mapping[str, str]) -> None:
    out(HEAD.format(id=target)[site.language])
    for path, digest in files.items():
        out(f"  {clean(path, 200)}  {MISSING[site.language] if digest == 'missing' else digest[:16]}")


def _confirmed(site: Site, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        leave(NO_TERMINAL[site.language], 2)
    say(QUESTION[site.language])
    if input().strip().lower() != "yes":
        leave(NOT_APPROVED[site.language])
