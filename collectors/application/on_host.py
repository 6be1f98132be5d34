"""What is seen of an application on this machine: its process, and the files that wait for upload."""

from __future__ import annotations

import time
from collections.abc import Iterator
from fnmatch import fnmatchcase
from os import DirEntry, path, scandir
from typing import NamedTuple

import psutil

from agent.core.model import Sample, Target
from agent.core.reach import CannotAsk, Poll
from agent.core.text import clean
from collectors.application import metrics, words
from collectors.application.aside import bounded
from collectors.application.options import ApplicationOptions
from collectors.application.part import Fault, Part, seconds_to_ask
from collectors.host.linux.processes import names as names_of

LONGEST = 5.0  # seconds for one look


class Backlog(NamedTuple):
    """Files that wait, and when the oldest was last written, in Unix seconds."""

    files: int
    oldest: float | None


async def by_process(target: Target, options: ApplicationOptions, poll: Poll) -> Part:
    wanted = options.process or ""
    runs = await bounded(poll, "the list of processes", lambda: running(wanted), _limit(target))
    fault = None if runs else Fault(words.NO_PROCESS.format(process=words.of_config(wanted)))
    return Part(up=runs, fault=fault)


async def by_spool(target: Target, options: ApplicationOptions, poll: Poll) -> Part:
    place, pattern, limit = options.spool or "", options.pattern, _limit(target)
    found = await bounded(poll, clean(place), lambda: waiting(place, pattern, time.monotonic() + limit), limit)
    return Part(backlog_samples(found, options.role))


def backlog_samples(found: Backlog, role: str) -> tuple[Sample, ...]:
    oldest = (Sample(metrics.OLDEST, found.oldest, (role,)),) if found.oldest is not None else ()
    return (Sample(metrics.BACKLOG, float(found.files), (role,)), *oldest)


def _limit(target: Target) -> float:
    return min(LONGEST, seconds_to_ask(target))


def running(wanted: str) -> bool:
    """Whether a process of this name, program file, or script runs. Blocks for as long as there are processes."""
    return any(wanted in _names(each) for each in psutil.process_iter(("name", "exe", "cmdline", "status")))


def _names(process: psutil.Process) -> Iterator[str]:
    info = process.info
    if info["status"] == psutil.STATUS_ZOMBIE:
        return
    yield from (info["name"] or "", path.basename(info["exe"] or ""))
    yield from names_of([path.basename(each) for each in info["cmdline"] or ()])


def waiting(place: str, pattern: str, end: float) -> Backlog:
    """The files of a directory whose name fits. Blocks; CannotAsk(timeout) if it is not done at `end` (monotonic).

    A name that begins with a dot is being written, and does not wait yet, unless the pattern begins with one."""
    count, oldest = 0, None
    with scandir(place) as entries:
        for number, entry in enumerate(entries):
            if number % 1000 == 0 and time.monotonic() > end:
                raise CannotAsk("timeout", f"{place}: more than {number} entries, too many to count in time")
            at = _written(entry, pattern)
            if at is not None:
                count, oldest = count + 1, at if oldest is None else min(oldest, at)
    return Backlog(count, oldest)


def _written(entry: DirEntry[str], pattern: str) -> float | None:
    """When it was last written; None for what does not wait, or was taken meanwhile."""
    if not fnmatchcase(entry.name, pattern) or (entry.name.startswith(".") and not pattern.startswith(".")):
        return None
    try:
        return entry.stat(follow_symlinks=False).st_mtime if entry.is_file(follow_symlinks=False) else None
    except OSError:
        return None
