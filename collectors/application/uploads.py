"""What became of uploads: when the last was taken, how many failed since; by a log or by queries."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from agent.core.model import Metric, Sample
from agent.core.reach import CannotAsk
from agent.options.pattern import Match, search
from collectors.application import metrics
from collectors.application.database_options import UploadOptions
from collectors.application.databases import Read
from collectors.application.moments import WRITTEN, moment
from collectors.application.part import Part

LINE = 4000  # characters of a line that are looked at


class Uploads(NamedTuple):
    """`success`: the time of the last that was taken, as the log writes it; `failures` since then. None: not told."""

    success: str | None
    failures: int | None


def of_log(text: str, options: UploadOptions) -> Uploads:
    """By the end of a log, the newest line last."""
    failures = 0
    for line in reversed(text.splitlines()):
        shown = line[:LINE]
        taken = search(options.success or "", shown)
        if taken is not None:
            return Uploads(_time(taken, shown), failures if options.failure else None)
        failures += options.failure is not None and search(options.failure, shown) is not None
    return Uploads(None, failures if options.failure else None)


def _time(taken: Match, line: str) -> str:
    try:
        return taken[1] or ""
    except IndexError:
        found = WRITTEN.search(line)
        return found[0] if found else ""


def part_of(found: Uploads, role: str, now: float, before: float | None) -> Part:
    """`before` is the last known success, for a log that was begun anew. CannotAsk: no time where one should be."""
    at = before if found.success is None else moment(found.success, now)
    if at is None and found.success is not None:
        raise CannotAsk("missing", "a line fits `success` and tells no time; give the pattern a group around it")
    given = ((metrics.LAST_SUCCESS, at), (metrics.FAILURES, found.failures))
    return Part(tuple(Sample(metric, float(value), (role,)) for metric, value in given if value is not None))


def queries(options: UploadOptions | None, role: str, now: float) -> Iterator[tuple[str, str, Read]]:
    """The name, the statement and the meaning of each query."""
    asked = options.queries if options is not None else None
    for name, metric, meant in MEANT if asked is not None else ():
        sql = getattr(asked, name)
        if sql is not None:
            yield name, sql, _meaning(name, metric, meant, role, now)


def _meaning(name: str, metric: Metric, meant: Callable[[str, float], float | None], role: str, now: float) -> Read:
    def read(text: str) -> Part:
        value = meant(text, now)
        if value is None:
            wanted = "time" if meant is moment else "number"
            raise CannotAsk("missing", f"the query `{name}` gives no {wanted}")
        return Part((Sample(metric, value, (role,)),))

    return read


def _count(text: str, now: float) -> float | None:
    return float(text) if re.fullmatch(r"\d{1,12}", text, re.ASCII) else None


MEANT: tuple[tuple[str, Metric, Callable[[str, float], float | None]], ...] = (
    ("waiting", metrics.BACKLOG, _count),
    ("oldest", metrics.OLDEST, moment),
    ("success", metrics.LAST_SUCCESS, moment),
    ("failures", metrics.FAILURES, _count),
)
