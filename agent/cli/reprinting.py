"""A kept report in one format more, and the record of the ledger that each file of a report has."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from agent import reports
from agent.cli.common import NOTHING_THERE, leave, say
from agent.core.site import Site
from agent.core.store import Store
from agent.core.text import Text, clean
from agent.core.unfit import Unfit

NO_REPORT = Text("没有报告 {number};已有:{known}", "no report {number}; there are: {known}")
NO_RECORD = Text(
    "报告 {number}:台账里没有它的 {name},不能证明内容,不另出格式",
    "report {number}: the ledger has no {name} of it, so nothing proves what it said; not rendered",
)
UNLIKE = Text(
    "报告 {number}:{name} 与台账中的哈希不符,已被改动或缺失,不另出格式",
    "report {number}: {name} is not of the hash in the ledger, changed or gone; not rendered",
)
NOT_KEPT = Text("报告 {number}:没有留下新的格式:{error}", "report {number}: the new format was not kept: {error}")
SHOWN = 10  # numbers that a refusal names


def enter(site: Site, head: str, number: str, files: reports.Hashes, rendered: bool = False) -> None:
    """By the agent, else straight into its store; leaves with 1 where it is not taken. `head`: the ledger's before."""
    import time

    from agent.cli.entering import entered

    def into_store(store: Store, request: dict[str, Any]) -> Mapping[str, Any]:
        return reports.enter(store, request, time.time())

    request = {"number": number, "files": files, "ledger_head": head, "rendered": rendered}
    _, memory = entered(site, "enter_report", request, "", into_store)
    if memory:
        say(f"{number}{memory}")


def kept_as(site: Site, number: str, form: str) -> Path:
    """The file of a kept report in this format; made of what was kept then, never of what is so now."""
    from exporters.report import RENDERERS

    known = reports.numbers(site.state)
    if number not in known:
        names = ", ".join(known[:SHOWN]) or "-"
        leave(NO_REPORT.format(number=clean(number, 40), known=names)[site.language])
    head, said = _proved(site, number)
    files, name = reports.on_disk(site.state)[number], f"{number}.{form}"
    for each in (reports.PRINTED, *([name] if name in said or name in files else [])):
        if each not in said:
            leave(NO_RECORD.format(number=number, name=each)[site.language])
        if files.get(each) != said[each][1]:
            leave(UNLIKE.format(number=number, name=each)[site.language])
    path = site.state / reports.FOLDER / number / name
    if name in files:
        return path
    try:
        content = RENDERERS[form](reports.printed_of(site.state, number))
        return reports.add(
            site.state, number, name, content, lambda number, made: enter(site, head, number, made, True)
        )
    except Unfit as error:
        leave(error.text[site.language])
    except FileExistsError:  # by somebody else, meanwhile
        return path
    except (OSError, ValueError) as error:
        leave(NOT_KEPT.format(number=number, error=getattr(error, "strerror", None) or error)[site.language])


def _proved(site: Site, number: str) -> tuple[str, Mapping[str, tuple[int, str]]]:
    """The ledger's head, and what the ledger says of a report's files."""
    from agent.core import ledger
    from agent.core.database import NAME, Damaged, Refused, looking

    try:
        with looking(site.state / NAME) as connection:
            return ledger.head(connection), reports.entered(connection).get(number, {})
    except (Refused, Damaged) as error:
        leave(NOTHING_THERE.format(state=site.state, error=error)[site.language])
