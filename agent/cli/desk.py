"""What the commands share by which people enter something at the desk: attestations, sheets, waivers, tickets."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from agent import evidence
from agent.attesting import Desk, by_itself
from agent.cli.common import leave
from agent.cli.entering import Row, entered
from agent.core.site import Site
from agent.core.store import Store
from agent.core.unfit import Unfit
from agent.options import Refused as Wrong
from agent.options import day_of
from agent.people import STEPS

By = Annotated[str, typer.Option("--by", help="person's id in agent.yaml")]


def entered_at_desk(site: Site, verb: str, request: Row, by: str) -> tuple[Row, str]:
    """The entry after this step of a register, as `agent.cli.entering.entered` gives it."""

    def into_store(store: Store, what: Row) -> Row:
        return asdict(STEPS[verb](store, what, _desk_of(site, store), time.time()))

    return entered(site, verb, request, by, into_store)


def kept(site: Site, files: Sequence[Path]) -> list[Mapping[str, Any]]:
    """Copies of the files in the folder of evidence; exit 2 with all that cannot be kept."""
    from checks.options import evidence_of

    found: list[Mapping[str, Any]] = []
    refused: list[str] = []
    for each in files:
        try:
            found.append(asdict(evidence.keep(each, evidence_of(site))))
        except Unfit as error:
            refused.append(error.text[site.language])
    if refused:
        leave("\n".join(refused), 2)
    return found


def end_of(site: Site, day: str) -> float:
    """The end of a day that somebody wrote, Unix seconds; exit 2 where it is none."""
    try:
        return site.calendar.moment(day_of(day), 24 * 60)
    except Wrong as error:
        leave(error.text[site.language], 2)


def _desk_of(site: Site, store: Store) -> Desk:
    from checks.book import items_of, shipped
    from checks.options import evidence_of
    from checks.report import current

    items = {each.id: each for each in items_of(shipped())}
    return Desk(site, items, evidence_of(site), by_itself(current(store.findings(), items.values())))
