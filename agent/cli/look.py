"""`shouwang validate`, `init` and `poll`: look at a configuration, make one, try it once."""

from __future__ import annotations

import asyncio
import getpass
import sys
import time
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.common import DEFAULT, Config, Format, leave, out, out_json, say, site_of
from agent.core.reach import Login, SnmpLogin
from agent.core.secrets import Secret
from agent.core.text import Language
from agent.discovery.entries import Entry, entries

if TYPE_CHECKING:
    from agent.config.init import Discover


def validate(
    config: Config = DEFAULT,
    schema: Annotated[bool, typer.Option("--schema", help="print the JSON schema for editors")] = False,
) -> None:
    """Exit 0, or 2 with every error. 检查 agent.yaml,一次列出全部错误。"""
    from agent.assets import read_assets, told
    from agent.config import json_schema, not_yet_watched
    from agent.tables import SECTIONS, USED, playbook_ids
    from collectors import COLLECTORS

    if schema:
        out_json(json_schema(SECTIONS))
        return
    site = site_of(config)
    for text in (*site.remarks, *not_yet_watched(site, COLLECTORS, USED, playbook_ids())):
        say(text[site.language])
    for text in site.calendar.warnings(time.time()):
        say(text[site.language])
    for wrong in told(read_assets(path)) if (path := site.sections["assets"]) else ():
        say(wrong)
    out(f"{config}: {len(site.targets)} targets, {len(site.counters)} counters, {len(site.people)} people")


def init(
    config: Config = DEFAULT,
    language: Annotated[str, typer.Option("--language", help="zh, en")] = "zh",
    force: Annotated[bool, typer.Option("--force", help="write over an existing file")] = False,
) -> None:
    """Ask in plain words and write a small agent.yaml. 问几个问题,写出 agent.yaml。"""
    if language not in ("zh", "en"):
        leave(f"--language {language}: allowed: zh, en", 2)
    if config.exists() and not force:
        leave(f"{config} exists; name another file with -c, or --force to write over it", 2)
    from agent.config.draft import write
    from agent.config.init import dialogue

    spoken: Language = "zh" if language == "zh" else "en"
    try:
        draft = dialogue(_ask, say, spoken, _looker(spoken))
    except (EOFError, KeyboardInterrupt):
        leave("stopped; nothing was written")
    for path in write(draft, config, overwrite=force):
        say(f"{path}")


def _looker(language: Language) -> Discover:
    from agent.cli.scanning import RATE, addresses_of, scanned
    from agent.config.draft import LOGIN

    def look(network: str, community: Secret, known: Sequence[str], taken: Collection[str]) -> Sequence[Entry]:
        wanted = [each for each in addresses_of([network], language) if each not in known]
        return entries(scanned(wanted, [Login(LOGIN, SnmpLogin("2c", community))], RATE, language), taken)

    return look


def poll(
    targets: Annotated[list[str] | None, typer.Argument(help="target ids; default: all")] = None,
    config: Config = DEFAULT,
    form: Annotated[Format, typer.Option("--format", help="table, prometheus, json")] = Format.TABLE,
) -> None:
    """Poll once now; exit 1 if a target could not be read. 立即读一遍。"""
    from agent.cli.render import readings_json, readings_table
    from agent.core.snapshot import Snapshot
    from agent.once import poll as poll_once
    from exporters.prometheus import Exposition

    site = site_of(config)
    wanted = [target for target in site.targets if not targets or target.id in targets]
    unknown = set(targets or ()) - {target.id for target in wanted}
    if unknown:
        known = ", ".join(target.id for target in site.targets)
        leave(f"no target {', '.join(sorted(unknown))}; known: {known}", 2)
    snapshot = Snapshot()
    readings = asyncio.run(poll_once(site, wanted, snapshot))
    if form is Format.JSON:
        out_json(readings_json(readings))
    elif form is Format.PROMETHEUS:
        out(Exposition(snapshot).render().decode().rstrip("\n"))
    else:
        out(readings_table(readings))
    raise typer.Exit(0 if all(reading.up for reading in readings) else 1)


def _ask(prompt: str, hidden: bool = False) -> str:
    # Without a terminal getpass warns in English of an echo that nobody sees.
    return getpass.getpass(prompt) if hidden and sys.stdin.isatty() else input(prompt)
