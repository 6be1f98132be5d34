"""`shouwang checklist due`: what people have to do today, by the calendar."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from agent.cli.common import DEFAULT, Config, Format, Output, out, out_json, out_rich, site_of, table_of
from agent.core.dues import CLOSED, HEADINGS, KINDS, NO_DAY, ON, OVER
from agent.core.site import Site
from agent.core.text import Language
from agent.core.units import moment

if TYPE_CHECKING:
    from checks.due import Due, Standing


def due(config: Config = DEFAULT, form: Output = Format.TABLE) -> None:
    """今天应办的事 / What is due today, or on the next service day."""
    from checks import due as dues

    site, now = site_of(config), time.time()
    found = dues.agenda(lambda day: _standing(site, day), site.calendar, now)
    if form is Format.JSON:
        out_json(dues.document(found))
    elif found.day is None:
        out(NO_DAY[site.language])
    else:
        _shown(site, found.today, found.day, found.found, now)


def _shown(site: Site, today: date, day: date, found: Sequence[Due], now: float) -> None:
    language = site.language
    if day != today:
        out(CLOSED.format(today=today)[language])
    out(ON.format(day=day, count=len(found))[language])
    shown = table_of(HEADINGS, language)
    for each in found:
        about = f"{each.about} {each.title[language]}" + (f" {each.target}" if each.target else "")
        kind = KINDS[each.kind][language] + (f" {each.entry}" if each.entry else "")
        shown.add_row(kind, about, _until(site, each, now, language), each.says[language])
    if found:
        out_rich(shown)


def _until(site: Site, each: Due, now: float, language: Language) -> str:
    if each.until is None:
        return "–"
    late = OVER[language] if each.until < now else ""
    return moment(site.calendar, each.until) + late


def _standing(site: Site, day: date) -> Standing:
    from agent.cli.judging import kept_findings
    from agent.registering import written
    from checks.book import items_of, shipped
    from checks.due import standing
    from checks.options import level_of
    from checks.report import current

    items = items_of(shipped())
    return standing(items, current(kept_findings(site), items), written(site), level_of(site), day)
