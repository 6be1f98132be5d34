"""Where copies lie: free space, and whether production could alter or delete them."""

from __future__ import annotations

from collections.abc import AsyncIterator, MutableMapping
from typing import Any

from agent.core.model import Collector, Diagnosis, Sample, Target
from agent.core.reach import CannotAsk, Poll
from agent.core.sftp import Sftp
from agent.core.ssh import Command, SshSession
from agent.core.text import Text, clean
from collectors.backup import isolation, metrics, space, words
from collectors.backup.copies import noted_as_json, noted_of, sorted_out
from collectors.backup.isolation import Judgement
from collectors.backup.job import kept_of
from collectors.backup.listing import File, listed
from collectors.backup.options import BackupOptions, Isolation
from collectors.backup.place import session

LOOKED_AT = 7  # of the newest copies, each asked for its attributes
COMMANDS = 4  # about each folder
NO_SPACE = Text("剩余空间读不到:df:{why}", "free space is not known: df: {why}")


async def collect(target: Target, options: BackupOptions, poll: Poll) -> AsyncIterator[Sample]:
    """Space comes first, and is kept where the rest cannot be seen."""
    kept = kept_of(options, poll.kept)
    async with session(target, options.host, poll) as host:
        here, why = await _space(host, options.path)
    if here is None:
        poll.remarks.append(why)
    else:
        for sample in _of_space(here, kept, poll.now):
            yield sample
    immutable = None
    if options.isolation is not None:
        async with session(target, options.isolation.host or options.host, poll) as production:
            if isinstance(production, Sftp):
                poll.remarks.append(words.ISOLATION_UNSEEN)
                judgement = None
            else:
                judgement, immutable = await _seen(production, options, options.isolation, kept, poll.now)
        for sample in () if judgement is None else _of_isolation(judgement, poll):
            yield sample
    taken = poll.registers.restores.last(target.id, "offline")
    offline = [each for each in (immutable, None if taken is None else taken.at) if each is not None]
    if offline:
        yield metrics.OFFLINE_AT.sample(max(offline))


async def _space(host: SshSession | Sftp, path: str) -> tuple[space.Space | None, Text]:
    """With why it is not known, where it is not."""
    if isinstance(host, Sftp):
        room = await host.room(path)
        return None if room is None else space.Space(*room), words.NO_ROOM
    (answer,) = await host.round([space.command(path)])
    return space.space(answer), NO_SPACE.format(why=clean(answer.stderr, 120))


def _of_space(here: space.Space, kept: MutableMapping[str, Any], now: float) -> list[Sample]:
    known = space.points([(at, used) for at, used in kept.get("used", ())], now, here.used)
    kept["used"] = [list(each) for each in known]
    told = ((metrics.FREE, here.ratio), (metrics.TO_FULL, space.time_to_full(known, now, here)))
    return [metric.sample(value) for metric, value in told if value is not None]


async def _seen(
    host: SshSession, options: BackupOptions, wanted: Isolation, kept: MutableMapping[str, Any], now: float
) -> tuple[Judgement, float | None]:
    """With when the newest copy was made that cannot be altered by anybody; None where there is none."""
    path = wanted.path or options.path
    answers = await host.round(isolation.asking(wanted.account, path))
    account, place = isolation.account_of(answers), isolation.place_of(answers)
    if account is None:
        raise CannotAsk("missing", f"{clean(path)}: this host has no account {clean(wanted.account, 40)}")
    if place is None:
        raise CannotAsk("missing", f"{clean(path)}: no such folder on this host; look at `isolation.path`")
    newest, fixed = await _files(host, options, place, kept, now)
    asked = isolation.looking(place)
    said = await host.round(asked)
    folders = [isolation.rights_of(said[first : first + COMMANDS]) for first in range(0, len(said), COMMANDS)]
    read_only = isolation.read_only(answers[3].stdout, place)
    immutable = max((at for at, file in newest if file in fixed), default=None)
    open_ = [file for _, file in newest if file not in fixed]
    return isolation.judged(account, read_only, folders, open_), immutable


async def _files(
    host: SshSession, options: BackupOptions, place: str, kept: MutableMapping[str, Any], now: float
) -> tuple[list[tuple[float, File]], set[File]]:
    """The newest copies with when they were made, and those of them whose attributes keep everybody from writing."""
    if options.kind == "restic":
        return [], set()
    listing = await listed(host, place, options.pattern, options.depth)
    found, noted = sorted_out(listing, options.pattern, noted_of(kept), now)
    kept["noted"] = noted_as_json(noted)
    files = {file.path: file for file in listing.files}
    newest = [(copy.at, files[copy.path]) for copy in found.good[:LOOKED_AT]]
    if not newest:
        return [], set()
    said = await host.round([Command(("lsattr", "-d", file.path), limit=8192) for _, file in newest])
    return newest, {file for (_, file), answer in zip(newest, said, strict=True) if isolation.immutable(answer)}


def _of_isolation(judgement: Judgement, poll: Poll) -> list[Sample]:
    why = judgement.why
    if judgement.isolated is False and why is not None:
        poll.diagnoses.append(Diagnosis(words.NOT_ISOLATED.format(why=why), poll.now))
    elif why is not None:
        poll.remarks.append(Text(f"隔离情况不清楚:{why.zh}", f"isolation is not known: {why.en}"))
    return [] if judgement.isolated is None else [metrics.ISOLATED.sample(judgement.isolated)]


COLLECTOR = Collector(
    "backup_store",
    ("backup",),
    metrics.ABOUT_STORE,
    collect,
    lambda target: target.options.path.startswith("/"),
    lambda target: 2 * target.timeout,
)
