"""Applications: does each answer as expected, how fast, with which certificate; what waits for upload; what the queue
system tells of its tickets, display and printers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from urllib.parse import urlsplit

from agent.core.dns import NoSuchName
from agent.core.model import Collector, Sample, Target
from agent.core.reach import Poll
from collectors.application import metrics, words
from collectors.application.by_http import by_http
from collectors.application.by_tcp import by_tcp
from collectors.application.copies import COLLECTOR as COPIES
from collectors.application.options import SECTION, ApplicationOptions, DnsQuestion, NameService, question
from collectors.application.part import LEAST, Fault, Part, diagnosis, opened, seconds_in_all, since, together
from collectors.application.printers import of_printers
from collectors.application.questions import on_its_host, questions
from collectors.application.told import by_page, wanted

__all__ = ["COLLECTOR", "COLLECTORS", "SECTION", "ApplicationOptions", "DnsQuestion", "NameService", "question"]


async def collect(target: Target, options: ApplicationOptions, poll: Poll) -> AsyncIterator[Sample]:
    """A check that fails is a reading. What could not be asked is a remark beside others that could; where it decides
    whether the application is up, or nothing else was asked, it fails the run after everything else was yielded."""
    if options.dns is not None and (options.process is not None or options.database is not None):
        poll.remarks.append(words.BESIDE_DNS)
    clock = asyncio.get_running_loop().time
    end = clock() + seconds_in_all(target)
    asked = dict(questions(target, options, poll))
    if asked:
        main, seen = await asyncio.gather(_main(target, options, poll), on_its_host(asked, target, options, poll))
    else:  # most have one thing to do, which needs no task of its own
        main, seen = await _main(target, options, poll), ()
    own = main.answer if main.up else None  # what is not as expected does not hold what is looked for
    pages = [each for each in wanted(options) if each.name not in asked]
    left = max(LEAST, end - clock())
    values = await together(by_page(each, target, options, poll, own, left) for each in pages)
    parts = (main, *seen, *values)
    for sample in (*_standing(parts, options, poll), *(each for part in parts for each in part.samples)):
        yield sample
    for sample in of_printers(options, poll):
        yield sample
    poll.diagnoses.extend(each for part in parts for each in part.diagnoses)
    _complain(main, parts, poll)


async def _main(target: Target, options: ApplicationOptions, poll: Poll) -> Part:
    if options.http is None and options.tcp is None:
        return Part()
    part = await opened((by_http if options.http is not None else by_tcp)(target, options, poll))
    if not isinstance(part.closed, NoSuchName):
        return part
    name = urlsplit(options.http).hostname if options.http is not None else (options.tcp or ("",))[0]
    return Part(up=False, fault=Fault(words.NO_NAME.format(name=name or "")))


def _standing(deciding: Iterable[Part], options: ApplicationOptions, poll: Poll) -> Sequence[Sample]:
    """Whether it is up by all that says so, with the reason where it is not."""
    said = [part for part in deciding if part.up is not None]
    if not said:
        return ()
    began = since(poll, "down", not all(part.up for part in said))
    poll.diagnoses.extend(diagnosis(part.fault, began) for part in said if part.fault is not None)
    return (Sample(metrics.UP, float(all(part.up for part in said)), (options.role,)),)


def _complain(main: Part, parts: Sequence[Part], poll: Poll) -> None:
    if main.closed is not None:
        raise main.closed
    closed = [part.closed for part in parts if part.closed is not None]
    if closed and not any(part.samples or part.up is not None for part in parts):
        raise closed[0]
    poll.remarks.extend(dict.fromkeys(str(each) for each in closed))


BESIDE_DNS = ("spool", "uploads", "ticket", "lag", "printers")
COLLECTOR = Collector(
    name="application",
    kinds=("application",),
    metrics=metrics.ALL,
    collect=collect,
    watches=lambda target: target.options.dns is None or any(getattr(target.options, name) for name in BESIDE_DNS),
)
COLLECTORS = (COLLECTOR, COPIES)
