"""`shouwang validate`, `init` and `poll`: look at a configuration, make one, try it once."""

from __future__ import annotations

import asyncio
import getpass
import logging
import sys
import time
from collections.abc import Collection, Sequence
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.common import DEFAULT, Config, Format, Output, leave, out, out_json, say, site_of
from agent.core.reach import Login, SnmpLogin
from agent.core.secrets import Secret
from agent.core.site import Site
from agent.core.text import Language, Text
from agent.discovery.entries import Entry, entries

if TYPE_CHECKING:
    from agent.config.init import Discover
    from agent.config.problem import Problem

STOPPED = Text("已停止;什么也没有写", "stopped; nothing was written")
NOT_WRITTEN = Text(
    "{path}:{error};没有写成。上面是写好的 agent.yaml,请自己存下来;{secrets} 要另写",
    "{path}: {error}; nothing was written. The text above is the agent.yaml: keep it; {secrets} is to be written apart",
)
NO_TARGET = Text("没有监测对象 {unknown};已有:{known}", "no target {unknown}; known: {known}")
COUNTED = Text(
    "{config}:{targets} 个监测对象,{counters} 个窗口,{people} 名人员",
    "{config}: {targets} targets, {counters} counters, {people} people",
)


class PollFormat(StrEnum):
    TABLE = "table"
    PROMETHEUS = "prometheus"
    JSON = "json"


class Engine(StrEnum):
    OWN = "own"
    PYSNMP = "pysnmp"


def validate(
    config: Config = DEFAULT,
    schema: Annotated[bool, typer.Option("--schema", help="print the JSON schema for editors")] = False,
    form: Output = Format.TABLE,
) -> None:
    """检查 agent.yaml / Every error in it, with its line.

    Exit 0, or 2 where there are any.
    """
    from agent.config import json_schema, not_yet_watched
    from agent.roster import of, told
    from agent.tables import SECTIONS, USED, playbook_ids, threshold_remarks
    from collectors import COLLECTORS

    if schema:
        out_json(json_schema(SECTIONS))
        return
    site = _site_or_json(config) if form is Format.JSON else site_of(config)
    if problems := _within(site):
        if form is Format.JSON:
            out_json({"file": str(config), "errors": [asdict(each) for each in problems], "remarks": []})
            raise typer.Exit(2)
        leave("\n".join(each.render(site.language) for each in problems), 2)
    remarks = [*site.remarks, *not_yet_watched(site, COLLECTORS, USED, playbook_ids()), *threshold_remarks(site)]
    remarks += [*site.calendar.warnings(time.time()), *told(of(site))]
    counts = {"targets": len(site.targets), "counters": len(site.counters), "people": len(site.people)}
    if form is Format.JSON:
        out_json({"file": str(config), "errors": [], "remarks": [asdict(each) for each in remarks], **counts})
        return
    for text in remarks:
        say(text[site.language])
    out(COUNTED.format(config=config, **counts)[site.language])


def _within(site: Site) -> list[Problem]:
    """Mistakes in the files that agent.yaml names, which the agent reads only when they are asked for."""
    from agent.config.problem import Problem
    from exporters.probe.book import Book as ProbeModules
    from exporters.snmp.book import Book as SnmpModules

    books: dict[str, type[SnmpModules] | type[ProbeModules]] = {
        "snmp_modules": SnmpModules,
        "probe_modules": ProbeModules,
    }
    named = [(key, path, book) for key, book in books.items() if (path := site.sections.get(key)) is not None]
    return [
        Problem(str(path), 0, key, Text(f"文件有误:{said}", said))
        for key, path, book in named
        for said in (each.removeprefix(f"{path}: ") for each in book(path).mistakes())
    ]


def _site_or_json(config: Path) -> Site:
    """The site, or every error as one document on standard output and exit 2."""
    from agent.config import ConfigError
    from agent.tables import load_site

    try:
        return load_site(config)
    except ConfigError as error:
        out_json({"file": str(config), "errors": [asdict(each) for each in error.problems], "remarks": []})
        raise typer.Exit(2) from None


def init(
    config: Config = DEFAULT,
    language: Annotated[str, typer.Option("--language", help="zh, en")] = "zh",
    force: Annotated[bool, typer.Option("--force", help="write over an existing file")] = False,
) -> None:
    """问几个问题,写出 agent.yaml / Ask, and write a small agent.yaml."""
    if language not in ("zh", "en"):
        leave(f"--language {language}:可用 / allowed: zh, en", 2)
    spoken: Language = "zh" if language == "zh" else "en"
    from agent.config.draft import obstacle, write
    from agent.config.init import dialogue

    if why := obstacle(config, overwrite=force):
        leave(why[spoken], 2)
    try:
        draft = dialogue(_ask, say, spoken, _looker(spoken))
    except (EOFError, KeyboardInterrupt):
        leave(STOPPED[spoken])
    try:
        written = write(draft, config, overwrite=force)
    except OSError as error:
        out(draft.text)  # many answers, and no secret among them
        facts = {"path": error.filename or config, "error": error.strerror, "secrets": ", ".join(draft.secrets) or "-"}
        leave(NOT_WRITTEN.format(**facts)[spoken])
    for path in written:
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
    form: Annotated[PollFormat, typer.Option("--format")] = PollFormat.TABLE,
    engine: Annotated[Engine | None, typer.Option("--engine", help="SNMP engine for a second opinion")] = None,
) -> None:
    """立即读一遍 / Poll once now.

    Exit 1 if a target could not be read.
    """
    from agent.cli.render import readings_json, readings_table
    from agent.core.snapshot import Snapshot
    from agent.once import poll as poll_once
    from exporters.prometheus import Exposition

    site = site_of(config)
    wanted = [target for target in site.targets if not targets or target.id in targets]
    unknown = set(targets or ()) - {target.id for target in wanted}
    if unknown:
        facts = {"unknown": ", ".join(sorted(unknown)), "known": ", ".join(target.id for target in site.targets)}
        leave(NO_TARGET.format(**facts)[site.language], 2)
    if form is not PollFormat.PROMETHEUS:  # the others tell each failure themselves
        logging.getLogger("agent.runner").setLevel(logging.ERROR)
    snapshot = Snapshot()
    readings = asyncio.run(poll_once(site, wanted, snapshot, engine and engine.value))
    if form is PollFormat.JSON:
        out_json(readings_json(site, readings))
    elif form is PollFormat.PROMETHEUS:
        out(Exposition(snapshot).render().decode().rstrip("\n"))
    else:
        out(readings_table(site, readings))
    raise typer.Exit(0 if all(reading.up for reading in readings) else 1)


def _ask(prompt: str, hidden: bool = False) -> str:
    # Without a terminal getpass warns in English of an echo that nobody sees.
    return getpass.getpass(prompt) if hidden and sys.stdin.isatty() else input(prompt)
