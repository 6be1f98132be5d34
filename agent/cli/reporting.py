"""`shouwang checklist report`: the checklist as a numbered file that is printed and signed, and kept."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Mapping
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent import reports, tickets
from agent.cli.common import DEFAULT, UNWRITTEN, Config, leave, out, say, site_of
from agent.cli.reprinting import enter, kept_as
from agent.control import NotRunning, Refused, ask
from agent.core.site import Site
from agent.core.text import Text
from agent.core.unfit import Unfit

if TYPE_CHECKING:
    from checks.printed import Beside, Overdue
    from checks.report import Report

NEVER = Text(
    "还没有检查过,无可报告;请先启动:shouwang run", "Nothing was judged yet, so there is no report; start: shouwang run"
)
LAST = Text("守望没有在运行:报告用 {at} 的结果", "no agent is running here: the report is of the findings of {at}")
KEPT = Text("报告 {number}:{path}", "report {number}: {path}")
THERE = Text("{path} 已存在,不覆盖;没有生成报告", "{path} exists and is not overwritten; no report was made")
INCOMPARABLE = Text(
    "上一份报告 {number} 的 report.json 读不懂,没有比较",
    "report.json of the report before, {number}, cannot be understood: not compared",
)
NOT_KEPT = Text("报告没有留下:{path}:{error}", "no report was kept: {path}: {error}")


class Kind(StrEnum):
    PDF = "pdf"
    HTML = "html"
    DOCX = "docx"
    XLSX = "xlsx"


def report(
    config: Config = DEFAULT,
    form: Annotated[Kind, typer.Option("--format")] = Kind.PDF,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="也写到这里 / a copy; never over a file")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="连合格的也列出 / what passes, too")] = False,
    number: Annotated[
        str, typer.Option("--number", help="已有的一份,另出一种格式 / a kept one, in another format")
    ] = "",
) -> None:
    """打印签字的检查报告 / The report to be printed and signed.

    Exit 0, or 1 with the reason if it cannot be made.
    """
    site = site_of(config)
    if output is not None and output.exists():
        leave(THERE.format(path=output)[site.language])
    number, path = (number, kept_as(site, number, form.value)) if number else _made(site, form, everything)
    out(KEPT.format(number=number, path=path)[site.language])
    if output is not None:
        _copy(site, path, output)


def _made(site: Site, form: Kind, everything: bool) -> tuple[str, Path]:
    from exporters.report import RENDERERS

    found, head, now = judged(site), head_of(site), time.time()
    render = RENDERERS[form.value]

    def make(number: str) -> Mapping[str, bytes]:
        from checks.printed import printed
        from checks.report import document

        beside = _beside(site, found, number, head, now)
        rows = {**document(found), "number": number, "made": now, "ledger_head": head}
        said = printed(found, site, beside, everything)
        return {**reports.rows_of(rows), **reports.pages_of(said), f"{number}.{form.value}": render(said)}

    try:
        year = site.calendar.local(now).year
        number, folder = reports.keep(site.state, year, make, partial(enter, site, head))
    except Unfit as error:
        leave(error.text[site.language])
    except OSError as error:
        path, why = site.state / reports.FOLDER, error.strerror or error
        leave(NOT_KEPT.format(path=path, error=why)[site.language])
    return number, folder / f"{number}.{form.value}"


def judged(site: Site) -> Report:
    """A run of now by the running agent, else the last findings; leaves with 1 where there are none."""
    from agent.cli.judging import areas_of
    from checks.report import latest, read

    areas = areas_of(site)
    try:
        return read(ask(site.state, "checklist"), areas)
    except Refused as error:
        leave(str(error))
    except NotRunning:
        from agent.cli.common import store_of

        found = latest(store_of(site).findings(), areas, site)
        if not found.at:
            leave(NEVER[site.language])
        say(LAST.format(at=f"{site.calendar.local(found.at):%Y-%m-%d %H:%M:%S}")[site.language])
        return found


def head_of(site: Site) -> str:
    from agent.cli.common import NOTHING_THERE, store_of
    from agent.core.database import Damaged
    from agent.core.database import Refused as DiskRefused

    try:
        return store_of(site).head()
    except (DiskRefused, Damaged) as error:
        leave(NOTHING_THERE.format(state=site.state, error=error)[site.language])


def overdue_of(site: Site, now: float) -> tuple[Overdue, ...]:
    """Tickets past their limit, the oldest first."""
    from agent.cli.common import store_of
    from checks.printed import Overdue

    late = [each for each in tickets.REGISTER.entries(store_of(site)) if each.state(now) == "overdue"]
    return tuple(
        Overdue(each.id, each.item, each.subject, each.owner, each.opened, each.due)
        for each in sorted(late, key=lambda each: each.due)
    )


def _beside(site: Site, found: Report, number: str, head: str, now: float) -> Beside:
    from checks.compared import differences
    from checks.printed import Beside
    from checks.report import findings_of

    late = overdue_of(site, now)
    before = reports.latest(site.state, number)
    if before is None:
        return Beside(number, now, head, overdue=late)
    name, rows = before
    try:
        changed = differences(findings_of(rows), found.findings)
    except (KeyError, TypeError, ValueError):  # written by another version, or by hand
        say(INCOMPARABLE.format(number=name)[site.language])
        return Beside(number, now, head, overdue=late)
    return Beside(number, now, head, name, changed, late)


def _copy(site: Site, kept: Path, path: Path) -> None:
    try:
        with path.open("xb") as file:
            file.write(kept.read_bytes())
    except FileExistsError:
        leave(UNWRITTEN.format(path=path, error=os.strerror(errno.EEXIST))[site.language])
    except OSError as error:
        path.unlink(missing_ok=True)
        leave(UNWRITTEN.format(path=path, error=error.strerror)[site.language])
