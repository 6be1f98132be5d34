"""What agent.yaml asks on the host of an application: on this machine, or all at once by SSH on another."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from agent.core.model import Target
from agent.core.reach import CannotAsk, Poll
from agent.core.ssh import Answer, Command
from agent.core.text import clean
from collectors.application import metrics, uploads
from collectors.application.aside import bounded
from collectors.application.by_http import READING
from collectors.application.databases import of_database, of_query
from collectors.application.host_round import Asked, elsewhere, told_by, usable
from collectors.application.on_host import by_process, by_spool
from collectors.application.on_other_host import of_process, of_spool
from collectors.application.options import ApplicationOptions
from collectors.application.part import Part, together
from collectors.application.told import MOST, Wanted, by_file, decoded, end_of, wanted

Local = Callable[[Target, ApplicationOptions, Poll], Coroutine[Any, Any, Part]]
LOG = 256 * 1024  # bytes read of a log of uploads: its end


async def on_its_host(
    asked: Mapping[str, Asked], target: Target, options: ApplicationOptions, poll: Poll
) -> Sequence[Part]:
    """What each question gave: `process` and `database` decide whether the application is up."""
    host = elsewhere(target, options)
    if host is not None:
        return list((await told_by(host, target, poll, asked)).values())
    local = _local(target, options)
    return await together(local.get(name, _cannot(name))(target, options, poll) for name in asked)


def _local(target: Target, options: ApplicationOptions) -> Mapping[str, Local]:
    """What can be asked on this machine; nothing if the application is on another."""
    host = target.sources.get(str(options.host))
    if options.host is not None and (host is None or not host.options.local):
        return {}
    files = {each.name: partial(by_file, each) for each in wanted(options) if each.shown.file is not None}
    return {"process": by_process, "spool": by_spool, "uploads.log": _by_log, **files}


def _cannot(name: str) -> Local:
    async def told(target: Target, options: ApplicationOptions, poll: Poll) -> Part:
        host = options.host or "of this machine"
        raise CannotAsk(
            "missing",
            f"{target.id}: {name} on host {host} is asked by SSH of Linux; write `by: ssh` and credentials for it",
        )

    return told


def questions(target: Target, options: ApplicationOptions, poll: Poll) -> Iterator[tuple[str, Asked]]:
    """By name, as they are put by SSH. Beside dns it is name_servers that says what is up, and two would contradict
    each other."""
    if options.process is not None and options.dns is None:
        yield "process", of_process(options.process)
    if options.spool is not None:
        yield "spool", of_spool(options.spool, options.pattern, options.role)
    if options.uploads is not None and options.uploads.log is not None:
        yield "uploads.log", _of_log(options.uploads.log, options, poll)
    if options.database is not None:
        if options.dns is None:
            yield "database", of_database(options.database, options.database.name, target.timeout)
        for name, sql, read in uploads.queries(options.uploads, options.role, poll.now):
            yield f"uploads.{name}", of_query(options.database, sql, target.timeout, f"uploads.{name}", read)
    for each in wanted(options):
        if options.database is not None and each.shown.sql is not None:
            read = partial(each.part, place=f"the query of {each.name}", options=options, now=poll.now)
            yield each.name, of_query(options.database, each.shown.sql, target.timeout, each.name, read)
        elif each.shown.file is not None:
            yield each.name, _of_file(each, each.shown.file, options, poll)


def _of_file(each: Wanted, file: Path, options: ApplicationOptions, poll: Poll) -> Asked:
    place = clean(str(file))
    if each.by_time:
        return Asked(
            (Command(("stat", "-L", "-c", "%Y", "--", str(file))),), lambda told: _changed(told[0], each, options)
        )
    return Asked(
        (_end(file, MOST),),
        lambda told: each.part(decoded(usable(told[0], place).stdout), place, options, poll.now),
    )


def _changed(answer: Answer, each: Wanted, options: ApplicationOptions) -> Part:
    said = usable(answer, clean(answer.command.argv[-1])).text.strip()
    if not said.isdecimal() or len(said) > 12:
        raise CannotAsk("protocol", f"stat said {clean(said, 60)!r} instead of a time")
    return each.of(float(said), options)


def _end(file: Path, most: int) -> Command:
    return Command(("tail", "-c", str(most), "--", str(file)), limit=most)


def _of_log(log: Path, options: ApplicationOptions, poll: Poll) -> Asked:
    def told(answers: Sequence[Answer]) -> Part:
        return _log_part(decoded(usable(answers[0], clean(str(log))).stdout), options, poll)

    return Asked((_end(log, LOG),), told)


async def _by_log(target: Target, options: ApplicationOptions, poll: Poll) -> Part:
    log = options.uploads.log if options.uploads is not None else None
    if log is None:
        return Part()
    return _log_part(await bounded(poll, clean(str(log)), lambda: end_of(log, LOG), READING), options, poll)


def _log_part(text: str, options: ApplicationOptions, poll: Poll) -> Part:
    """The last success is kept, since a log is begun anew each night."""
    if options.uploads is None:
        return Part()
    part = uploads.part_of(
        uploads.of_log(text, options.uploads), options.role, poll.now, poll.kept.get("last upload taken")
    )
    for sample in part.samples:
        if sample.metric is metrics.LAST_SUCCESS:
            poll.kept["last upload taken"] = sample.value
    return part
