"""Single values that a queue system tells by a page or a file: when its last ticket was drawn, how far the display is
behind the calls."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
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
from collectors.application.part import Part, seconds_to_ask
from collectors.application.way_options import Shown

MOST = 64 * 1024  # bytes read of a file: its end, where the newest stands


async def of_ticket(target: Target, options: ApplicationOptions, poll: Poll, own: HttpAnswer | None) -> Part:
    """CannotAsk where the place cannot be read or does not hold a time."""
    shown = options.ticket
    if shown is None:
        return Part()
    if shown.file is not None and shown.json_ is None and shown.pattern is None:
        file = shown.file
        at = await bounded(poll, clean(str(file)), lambda: os.stat(file).st_mtime, READING)
        return Part((Sample(metrics.TICKET, at, (options.role,)),))
    return await _value(target, options, poll, shown, own, metrics.TICKET, lambda text: moment(text, poll.now))


async def of_lag(target: Target, options: ApplicationOptions, poll: Poll, own: HttpAnswer | None) -> Part:
    """CannotAsk where the place cannot be read or does not hold a number."""
    return await _value(target, options, poll, options.lag, own, metrics.LAG, _seconds)


async def _value(
    target: Target,
    options: ApplicationOptions,
    poll: Poll,
    shown: Shown | None,
    own: HttpAnswer | None,
    metric: Metric,
    meant: Callable[[str], float | None],
) -> Part:
    text = None if shown is None else await _text(target, options, poll, shown, own)
    if shown is None or text is None:
        return Part()
    place = f"{target.id}: {shown.http or shown.file or options.http}"
    where = f"json {shown.json_}" if shown.json_ is not None else f"pattern {shown.pattern}"
    try:
        value = meant(read(text, shown.json_, shown.pattern))
    except (Missing, NoJson) as error:
        why = "is no JSON" if isinstance(error, NoJson) else f"has nothing at {where}"
        raise CannotAsk("missing", f"{place} {why}; put `json` or `pattern` right") from None
    if value is None:
        wanted = "time" if metric is metrics.TICKET else "number of seconds"
        raise CannotAsk("missing", f"{place} has no {wanted} at {where}")
    return Part((Sample(metric, value, (options.role,) if metric.labels else ()),))


async def _text(
    target: Target, options: ApplicationOptions, poll: Poll, shown: Shown, own: HttpAnswer | None
) -> str | None:
    """None where the application's own answer does not serve, which is told already."""
    if shown.file is not None:
        file = shown.file
        return await bounded(poll, clean(str(file)), lambda: _end_of(file), READING)
    if shown.http is None:
        return None if own is None else own.text
    answer = await poll.reach.http.ask(question(options, shown.http, seconds_to_ask(target)))
    if answer.failure is not None:
        raise CannotAsk(answer.failure.kind, f"{target.id}: {answer.failure.message}")
    if answer.status // 100 != 2:
        raise CannotAsk("protocol", f"{target.id}: {shown.http}: status {answer.status} instead of 2xx")
    return answer.text


def _end_of(file: Path) -> str:
    """Blocks. What is no plain file is refused: a pipe would wait for its writer."""
    descriptor = os.open(file, os.O_RDONLY | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as opened:
        size = os.fstat(descriptor).st_size
        opened.seek(max(0, size - MOST))
        raw = opened.read(MOST)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace")


def _seconds(text: str) -> float | None:
    try:
        value = float(text.strip()[:40])
    except ValueError:
        return None
    return value if math.isfinite(value) and value >= 0 else None
