"""What the commands of the checklist share: a run of now, with a progress bar on a terminal, and the last one kept."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from agent.cli.common import leave, say
from agent.control import NotRunning, Refused, ask
from agent.core.checklist import Area, Finding
from agent.core.database import Damaged
from agent.core.database import Refused as DiskRefused
from agent.core.model import Reading, Target
from agent.core.site import Site
from agent.core.store import Store
from agent.core.text import Text
from agent.core.unfit import Unfit
from agent.vitals import watched

if TYPE_CHECKING:
    from checks.report import Report
    from checks.wanted import Wanted

POLLED_ONCE = Text(
    "守望没有在运行:只读了一遍,持续时间(如“持续 90 秒”)没有观察",
    "no agent is running here: polled once, so durations (“for 90 s”) were not observed",
)
IN_MEMORY = Text(
    "磁盘写不进去:这次的结果暂时只在守望的内存里,能写时再补记",
    "the disk does not take it: these findings are in the agent's memory only, and written down once it does",
)
ASKING, READING = Text("正在检查", "judging"), Text("正在读取", "reading")
USAGE = 2


def asked_of(site: Site, areas: Collection[str], items: Collection[str], targets: Collection[str]) -> Wanted:
    """Leaves with 2, naming what there is, where a name is not known."""
    from checks.book import shipped
    from checks.wanted import wanted

    try:
        return wanted(shipped(), site, areas, items, targets)
    except Unfit as error:
        leave(error.text[site.language], USAGE)


def judged_now(site: Site, asked: Wanted) -> Mapping[str, Any]:
    """The JSON document of a run: by the running agent, which judges everything and knows how long what is so; else of
    one round of readings, of the wanted targets only."""
    try:
        with progress(ASKING[site.language], None):
            said: Mapping[str, Any] = ask(site.state, "checklist")
        if not said.get("recorded", True):
            say(IN_MEMORY[site.language])
        return said
    except NotRunning:
        from agent.once import checklist_once

        say(POLLED_ONCE[site.language])
        targets = wanted_targets(site, asked.targets)
        with progress(READING[site.language], readings_of(site, targets)) as heard:
            return asyncio.run(checklist_once(site, targets, heard))
    except Refused as error:
        leave(str(error))


def wanted_targets(site: Site, names: Collection[str]) -> Sequence[Target]:
    """All of them, too, for what is judged of the centre as a whole."""
    everything = not names or site.center.id in names
    return [target for target in site.targets if everything or target.id in names]


def readings_of(site: Site, targets: Collection[Target]) -> int:
    """How many readings one round of these has."""
    from collectors import COLLECTORS

    wanted = {(target.kind, target.id) for target in targets}
    return sum((target.kind, target.id) in wanted for _, target in watched(site, COLLECTORS.values()))


def kept_findings(site: Site) -> list[Finding]:
    """The last that the agent kept; none where no agent has worked here yet."""
    try:
        return Store.peek(site.state).findings()
    except (DiskRefused, Damaged):
        return []


def areas_of(site: Site) -> tuple[Area, ...]:
    """The checklist with the limits of this site."""
    from checks.book import shipped
    from checks.thresholds import applied

    return applied(shipped(), site.sections["thresholds"])


def known(site: Site) -> Report:
    """The last findings that the agent kept, as a report."""
    from checks.report import latest

    return latest(kept_findings(site), areas_of(site), site)


@contextmanager
def progress(title: str, total: int | None) -> Iterator[Callable[[Reading], None]]:
    """A bar on standard error while that is a terminal; `total` None: nobody knows how much there is."""
    if not sys.stderr.isatty():
        yield lambda reading: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    counted = [] if total is None else [MofNCompleteColumn()]
    columns = (TextColumn("{task.description}"), BarColumn(), *counted, TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=total)
        yield lambda reading: bar.advance(task) if reading.target is not None else None
