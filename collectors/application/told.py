"""Single values that a queue system tells by a page, a file or a query: when its last ticket was drawn, how far the
display is behind the calls."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from agent.core.http import HttpAnswer
from agent.core.model import Metric, Sample, Target
from agent.core.reach import CannotAsk, Poll
from agent.core.text import clean
from collectors.application import metrics
from collectors.application.aside import bounded
from collectors.application.by_http import READING, question
from collectors.application.fields import Missing, NoJson, read
from collectors.application.moments import moment
from collectors.application.options import ApplicationOptions
from collectors.application.part import Part
from collectors.application.way_options import Shown

MOST = 64 * 1024  # bytes read of a file: its end, where the newest stands


@dataclass(frozen=True, slots=True)
class Wanted:
    """One value: where it stands, and what its text means at a moment; None if that is no `word`."""

    name: str
    shown: Shown
    metric: Metric
    word: str
    meant: Callable[[str, float], float | None]

    @property
    def by_time(self) -> bool:
        """Whether it is the moment at which its file was changed."""
        at = self.shown
        return self.name == "ticket" and at.file is not None and at.json_ is None and at.pattern is None

    def part(self, text: str, place: str, options: ApplicationOptions, now: float) -> Part:
        """CannotAsk where the text does not hold the value."""
        shown = self.shown
        where = f"at json {shown.json_}" if shown.json_ is not None else f"at pattern {shown.pattern}"
        try:
            value = self.meant(read(text, shown.json_, shown.pattern), now)
        except (Missing, NoJson) as error:
            why = "is no JSON" if isinstance(error, NoJson) else f"has nothing {where}"
            raise CannotAsk("missing", f"{place} {why}; put `json` or `pattern` right") from None
        if value is None:
            raise CannotAsk("missing", f"{place} has no {self.word}{'' if shown.sql else ' ' + where}")
        return self.of(value, options)

    def of(self, value: float, options: ApplicationOptions) -> Part:
        return Part((Sample(self.metric, value, (options.role,) if self.metric.labels else ()),))


def wanted(options: ApplicationOptions) -> Iterator[Wanted]:
    if options.ticket is not None:
        yield Wanted("ticket", options.ticket, metrics.TICKET, "time", moment)
    if options.lag is not None:
        yield Wanted("lag", options.lag, metrics.LAG, "number of seconds", _seconds)


async def by_page(
    each: Wanted, target: Target, options: ApplicationOptions, poll: Poll, own: HttpAnswer | None, seconds: float
) -> Part:
    """CannotAsk where the page cannot be read. Nothing where the application's own answer does not serve, which is
    told already."""
    url = each.shown.http
    place = f"{target.id}: {url or options.http}"
    if url is None:
        return Part() if own is None else each.part(own.text, place, options, poll.now)
    answer = await poll.reach.http.ask(question(options, url, seconds))
    if answer.failure is not None:
        raise CannotAsk(answer.failure.kind, f"{target.id}: {answer.failure.message}")
    if answer.status // 100 != 2:
        raise CannotAsk("protocol", f"{place}: status {answer.status} instead of 2xx")
    return each.part(answer.text, place, options, poll.now)


async def by_file(each: Wanted, target: Target, options: ApplicationOptions, poll: Poll) -> Part:
    """A file of this machine; CannotAsk where it cannot be read."""
    file = each.shown.file or Path()
    if each.by_time:
        at = await bounded(poll, clean(str(file)), lambda: os.stat(file).st_mtime, READING)
        return each.of(at, options)
    text = await bounded(poll, clean(str(file)), lambda: end_of(file, MOST), READING)
    return each.part(text, f"{target.id}: {file}", options, poll.now)


def end_of(file: Path, most: int) -> str:
    """Blocks. What is no plain file is refused: a pipe would wait for its writer."""
    descriptor = os.open(file, os.O_RDONLY | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as opened:
        size = os.fstat(descriptor).st_size
        opened.seek(max(0, size - most))
        return decoded(opened.read(most))


def decoded(raw: bytes) -> str:
    """UTF-8, or GB18030 as many a log of a Chinese server; of what is cut off in the middle of a character as well."""
    for cut in range(4):
        try:
            return raw[cut:].decode("utf-8")
        except UnicodeDecodeError as error:
            if error.start > 3:
                break
    return raw.decode("gb18030", "replace")


def _seconds(text: str, now: float) -> float | None:
    try:
        value = float(text.strip()[:40])
    except ValueError:
        return None
    return value if math.isfinite(value) and value >= 0 else None
