"""The second copy, elsewhere: how old the newest there is, and whether it is the same as the one here."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, MutableMapping, Sequence
from dataclasses import replace
from typing import Any

from agent.core.model import Collector, Diagnosis, Sample, Target
from agent.core.reach import Poll
from agent.core.sftp import Sftp
from agent.core.ssh import SshSession
from agent.core.units import moment
from collectors.backup import manifest, metrics, over_sftp, testing, words
from collectors.backup.copies import Copies, Copy
from collectors.backup.job import found_on, kept_of
from collectors.backup.options import DAY, BackupOptions
from collectors.backup.pace import bounded
from collectors.backup.place import session
from collectors.backup.schedule import Schedule, lateness

TRANSFER = DAY  # what a second copy may come later than the first


async def collect(target: Target, options: BackupOptions, poll: Poll) -> AsyncIterator[Sample]:
    """Where the first cannot be read, the second is read all the same, and then the run fails."""
    if options.second_copy is None:
        return
    place = (str(options.second_copy.host or ""), options.second_copy.path)
    kept = kept_of(options, poll.kept, *place)
    there = options.model_copy(update={"host": options.second_copy.host, "path": options.second_copy.path})
    async with session(target, there.host, poll) as second:
        copies = await found_on(second, there, kept.setdefault("second", {}), poll)
    for sample in _of_age(options, copies, kept, poll):
        yield sample
    if options.kind != "restic" and copies.good:
        async with session(target, options.host, poll) as first:
            ours = await found_on(first, options, kept.setdefault("first", {}), poll)
        if (pair := _pair(options, kept, ours, copies.good[0], poll.now)) is not None:
            same = await _same(target, ((options.host, pair), (there.host, copies.good[0])), poll)
            kept["match"] = None if same is None else [same, copies.good[0].at]
            kept["sizes_only"] = same is None and "sftp" in poll.memory.get("ways", {}).values()
    if kept.get("sizes_only"):
        poll.remarks.append(words.SIZES_ONLY)
    for sample in _of_match(kept, poll):
        yield sample


def _of_age(options: BackupOptions, copies: Copies, kept: MutableMapping[str, Any], poll: Poll) -> list[Sample]:
    schedule = replace(Schedule.of(options, poll.known.calendar), grace=TRANSFER)
    newest = copies.good[0].at if copies.good else None
    late = lateness(schedule, kept.setdefault("since", poll.now) if newest is None else newest, poll.now)
    if late.seconds > 0:
        last = "–" if newest is None else moment(schedule.calendar, newest)
        poll.diagnoses.append(Diagnosis(words.SECOND_LATE.format(last=last), late.due + TRANSFER))
    age = [] if newest is None else [metrics.OFFSITE_AT.sample(newest)]
    return [*age, metrics.OFFSITE_OVERDUE.sample(late.ratio)]


def _pair(options: BackupOptions, kept: MutableMapping[str, Any], ours: Copies, copy: Copy, now: float) -> Copy | None:
    """The one here that it should be the same as, where that is to be looked at: a new one, or a day later."""
    pair = next((each for each in ours.whole if each.name == copy.name or each.key == copy.key), None)
    if pair is None:
        kept.update(match=None, compared=None, sizes_only=False)  # that one is not kept here any more
        return None
    compared = [*copy.key, *pair.key]
    if kept.get("compared") == compared and 0 <= now - kept["compared_at"] < options.verify.every:
        return None
    kept.update(compared=compared, compared_at=now)
    return pair


async def _same(target: Target, pair: Sequence[tuple[str | None, Copy]], poll: Poll) -> bool | None:
    """By size, then by hash; None where a hash was not had in time. One after the other: both may be on one host."""
    if len({copy.size for _, copy in pair}) > 1:
        return False
    found: set[tuple[str, ...] | None] = set()
    for host, copy in pair:
        end = asyncio.get_running_loop().time() + target.options.verify.within / 2
        async with session(target, host, poll, apart=True) as opened:
            found.add(await _sums(opened, copy.volumes or (copy.path,), end))
    return None if None in found else len(found) == 1


async def _sums(host: SshSession | Sftp, paths: Sequence[str], end: float) -> tuple[str, ...] | None:
    """Of its volumes, or of the one file that it is."""
    if isinstance(host, Sftp):
        told = [await over_sftp.sha256(host, path) for path in paths]
    else:
        answers = await host.round(bounded([testing.hashing(path) for path in paths], end))
        told = [manifest.told(answer.stdout) if answer.ok else None for answer in answers]
    known = tuple(each for each in told if each is not None)
    return known if len(known) == len(paths) else None


def _of_match(kept: MutableMapping[str, Any], poll: Poll) -> list[Sample]:
    if kept.get("match") is None:
        return []
    same, made = kept["match"]
    if not same:
        poll.diagnoses.append(Diagnosis(words.SECOND_DIFFERS, made))
    return [metrics.OFFSITE_MATCH.sample(same)]


COLLECTOR = Collector(
    "backup_offsite",
    ("backup",),
    metrics.ABOUT_SECOND,
    collect,
    lambda target: target.options.second_copy is not None,
    lambda target: 2 * target.timeout + target.options.verify.within,
    lasting=True,
)
