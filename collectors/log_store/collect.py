"""The central log store: how far back the logs of each device reach in it, how new they are, and without what gap."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, MutableMapping, Sequence
from typing import Any

from agent.core.model import Collector, Sample, Target
from agent.core.others import Told
from agent.core.reach import CannotAsk, Poll
from agent.core.text import Said, Text, clean
from collectors.host.metrics import LOG_GAP, LOG_NEWEST, LOG_OLDEST, LOG_RETENTION
from collectors.host.retention import of_rotation
from collectors.log_store import words
from collectors.log_store.files import Entry, Listing, listed
from collectors.log_store.layout import Layout, layout
from collectors.log_store.look import Read, forget_late, held, look
from collectors.log_store.options import LogStoreOptions
from collectors.log_store.place import session
from collectors.log_store.reading import Held
from collectors.log_store.sources import KINDS, called, expected, kept_for, owner, told
from collectors.log_store.stamps import DAY

ROTATION = of_rotation()
SLACK = 5.0  # seconds by which a poll may come early and what is due then is still looked at
CLOCKS_APART = 300
SHOWN = 12
MOST_SPANS = 6
MOST_KEPT = 500  # files that were read through and need not be again after a restart


async def collect(target: Target, options: Any, poll: Poll) -> AsyncIterator[Sample]:
    """Yields nothing of its own: all that it finds is told of those whose logs they are."""
    task: LogStoreOptions = target.tasks["log_store"][0]
    memory = poll.memory
    if poll.monotonic >= memory.get("due", 0.0) - SLACK:
        memory.pop("found", None)
        await _look(target, task, poll)
    found, remarks = memory["found"]
    poll.others.update(found)
    poll.remarks.extend(remarks)
    return
    yield


async def _look(target: Target, task: LogStoreOptions, poll: Poll) -> None:
    if getattr(target.options, "system", "linux") == "windows":
        raise CannotAsk("missing", f"{target.id}: {words.NOT_POSIX}")
    read, memory = _remembered(task, poll), poll.memory
    if poll.monotonic >= memory.setdefault("again", poll.monotonic + DAY):
        forget_late(read)
        memory["again"] = poll.monotonic + DAY
    end = asyncio.get_running_loop().time() + task.within
    async with session(target, task.within, poll) as store:
        plan = layout(task.path)
        listing = await listed(store, plan.folder, plan.depth)
        skew = listing.clock - (poll.now + time.monotonic() - poll.monotonic)
        sources = _sources(listing, plan, called(poll.known.targets(), task.names))
        theirs = {identity: files for identity, files in sources.items() if not _is_stranger(identity)}
        left = await look(store, listing, theirs, read, end)
        rules = (await store.round([ROTATION]))[0].text
    _keep(read, poll.kept)
    found, remarks = _found(target, task, poll.known.targets(), sources, read, listing.days)
    past = poll.kept.setdefault("oldest", {})
    for identity, files in theirs.items() if listing.days is None and not left else ():
        found[identity].samples.extend(kept_for(identity, found[identity], files, rules, past, listing.clock))
    memory["found"] = found, (*_about(listing, left, skew), *remarks)
    memory["due"] = poll.monotonic + (0.0 if left else task.every)


def _is_stranger(identity: str) -> bool:
    return identity.startswith("/")


def _sources(listing: Listing, plan: Layout, names: Mapping[str, str]) -> dict[str, list[Entry]]:
    """The files by the id of whose they are; by how the source is called, behind a slash, where that is nobody's."""
    found: dict[str, list[Entry]] = {}
    for entry in listing.files:
        source = plan.source(entry.path, lambda name: owner(name, names))
        if source is not None:
            found.setdefault(owner(source, names) or f"/{source}", []).append(entry)
    return found


def _found(
    store: Target,
    task: LogStoreOptions,
    targets: Sequence[Target],
    sources: Mapping[str, Sequence[Entry]],
    read: Mapping[int, Read],
    days: int | None,
) -> tuple[dict[str, Told], list[Said]]:
    """What is told of each target, and what is remarked on all of them."""
    found = {
        identity: told([(entry, held(entry, read)) for entry in files], days is None)
        for identity, files in sources.items()
        if not _is_stranger(identity)
    }
    silent = [each for each in expected(targets, task) if each.id not in sources]
    within = words.WITHIN.format(days=days) if days is not None else Text("", "")
    found.update({each.id: Told(remarks=[words.NO_LOG.format(store=store.name, within=within)]) for each in silent})
    strangers = sorted(each.removeprefix("/") for each in sources if _is_stranger(each))
    remarks: list[Said] = []
    if silent:
        remarks.append(words.SILENT.format(names=_named([each.name for each in silent]), within=within))
    if strangers:
        remarks.append(words.UNKNOWN.format(names=_named(strangers)))
    return found, remarks


def _named(names: Sequence[str]) -> Text:
    zh, en = ("、", ", ")
    shown = [clean(name, 40) for name in names[:SHOWN]]
    more = words.AND_MORE.format(count=len(names)) if len(names) > SHOWN else Text("", "")
    return Text(zh.join(shown) + more.zh, en.join(shown) + (f" {more.en}" if more.en else ""))


def _about(listing: Listing, left: int, skew: float) -> Iterator[Said]:
    yield from listing.remarks
    if listing.days is not None:
        yield words.NOT_ALL.format(days=listing.days)
    if left:
        yield words.PENDING.format(count=left)
    if abs(skew) > CLOCKS_APART:
        yield words.CLOCK.format(seconds=round(abs(skew)))


def _remembered(task: LogStoreOptions, poll: Poll) -> MutableMapping[int, Read]:
    """What was read of files; another store or path is read anew. By other names files are of other devices."""
    job, names = [str(task.host), task.path], {name: str(identity) for name, identity in task.names.items()}
    if poll.kept.get("names") != names:
        poll.kept.pop("oldest", None)
    if poll.kept.get("job") != job:
        poll.kept.clear()
        poll.memory.pop("read", None)
        poll.kept["job"] = job
    poll.kept["names"] = names
    read: dict[int, Read] | None = poll.memory.get("read")
    if read is None:
        read = poll.memory["read"] = dict(_thawed(poll.kept.get("files", ())))
    return read


def _keep(read: Mapping[int, Read], kept: MutableMapping[str, Any]) -> None:
    costly = [(inode, each) for inode, each in read.items() if each.held.costly and each.held.sure]
    newest = sorted(costly, key=lambda each: -each[1].at)[:MOST_KEPT]
    kept["files"] = [
        [inode, each.size, each.at, each.held.gap, *(at for span in each.held.spans for at in span)]
        for inode, each in newest
        if len(each.held.spans) <= MOST_SPANS
    ]


def _thawed(rows: Iterable[Sequence[int]]) -> Iterator[tuple[int, Read]]:
    for inode, size, at, gap, *times in rows:
        spans = tuple(zip(times[::2], times[1::2], strict=True))
        yield inode, Read(size, at, Held(spans, gap, sure=True, costly=True))


COLLECTOR = Collector(
    "log_store",
    ("host",),
    (LOG_NEWEST, LOG_OLDEST, LOG_GAP, LOG_RETENTION),
    collect,
    lambda target: "log_store" in target.tasks,
    lambda target: target.tasks["log_store"][0].within,
    others=KINDS,
    lasting=True,
)
