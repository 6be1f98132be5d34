"""A past for an agent that is about to start for the first time: playbooks and store, joined with what is told."""

from __future__ import annotations

import multiprocessing
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

import typer

from agent.cli.common import DEFAULT, leave, open_output, out, own_store, site_of
from agent.core.past import Past
from agent.core.site import Site
from agent.core.text import Language, Text, clean

Tell = Callable[[Site, float], Past]  # for a site, until now
MOST_DAYS = 400  # more than a year, so that a month can be compared with that of the year before
DAYS = Text(
    "--history {given}:应写成天数,如 30d;可用 1d 到 {most}d",
    "--history {given}: expected a number of days, such as 30d; allowed: 1d to {most}d",
)
OPENMETRICS = "history.om"
FILLING = Text(
    "过去的曲线在 {file};导入区里的 Prometheus(DATA 是它的数据目录,保留时间要够长):\n"
    "promtool tsdb create-blocks-from --max-block-duration=192h openmetrics {file} DATA",
    "its past is in {file}; to fill a Prometheus with it (DATA is its data directory, its retention long enough):\n"
    "promtool tsdb create-blocks-from --max-block-duration=192h openmetrics {file} DATA",
)
REFUSED = Text("过去的记录写不进去:{error}", "the past cannot be written: {error}")


def days_of(given: str, language: Language) -> int:
    """The days of `30d`, 0 of nothing; exit 2 where it is no such thing."""
    found = re.fullmatch(r"([0-9]{1,3})\s*d?", given.strip())
    days = int(found[1]) if found else 0
    if given and not 1 <= days <= MOST_DAYS:
        leave(DAYS.format(given=clean(given, 40), most=MOST_DAYS)[language], 2)
    return days


def remember(config: Path, tell: Tell) -> None:
    """In a process of its own, since a disk is written to by threads. Exit 1 where it cannot be."""
    worker = multiprocessing.get_context("fork").Process(target=_apart, args=(config, tell))
    worker.start()
    worker.join()
    if worker.exitcode:
        raise typer.Exit(1)  # it said why


def write_openmetrics(folder: Path, tell: Tell) -> None:
    """The past beside the agent.yaml of this folder, for Prometheus. Exit 1 where it cannot be."""
    from agent.tables import every_metric
    from exporters.backfill import openmetrics

    site, file = site_of(folder / DEFAULT), folder / OPENMETRICS
    metrics = {metric.name: metric for metric in every_metric()}
    with open_output(file, site) as output:
        output.writelines(openmetrics(site, tell(site, time.time()), metrics))
    out(FILLING.format(file=file)[site.language])


def _apart(config: Path, tell: Tell) -> None:
    try:
        write_down(config, tell)
    except typer.Exit as leaving:
        sys.exit(leaving.exit_code)


def write_down(config: Path, tell: Tell) -> None:
    """The same in this process."""
    from agent.past import Remembering
    from agent.reloading import books_of
    from agent.tables import every_metric
    from playbooks.watch import Watch

    site = site_of(config)
    books = books_of(site).values()
    metrics = {metric.name: metric for metric in every_metric()}
    told = tell(site, time.time())
    with own_store(site, REFUSED) as store:
        Remembering(
            site, store, metrics, lambda changed: Watch(books, site.calendar, (), changed, site.center.id)
        ).remember(told)
