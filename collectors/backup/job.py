"""Backups: is the newest copy there in time, whole and of the usual size, and are the old ones kept?"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, MutableMapping
from typing import Any

from agent.core.model import Collector, Diagnosis, Sample, Target
from agent.core.reach import Poll, ReachError
from agent.core.sftp import Sftp
from agent.core.ssh import SshSession
from collectors.backup import metrics, over_sftp, run, words
from collectors.backup.copies import Copies, history, noted_as_json, noted_of, sorted_out
from collectors.backup.listing import listed
from collectors.backup.options import BackupOptions
from collectors.backup.place import commands, session
from collectors.backup.restic import snapshots
from collectors.backup.said import diagnoses, remarks
from collectors.backup.schedule import Schedule
from collectors.backup.verdict import Past, judged, samples
from collectors.backup.volumes import joined


async def collect(target: Target, options: BackupOptions, poll: Poll) -> AsyncIterator[Sample]:
    kept = kept_of(options, poll.kept)
    async with session(target, options.host, poll) as host:
        found = await found_on(host, options, kept, poll, sized=True)
        failed = await _told(host, options, poll)
    schedule = Schedule.of(options, poll.known.calendar)
    past = _past(kept, found, failed, poll.now)
    standing = judged(found, past, schedule, options.retention, poll.now)
    kept.update(since=past.since, began=past.began, last=standing.success)
    kept["sizes"] = [list(each) for each in past.sizes]
    for sample in samples(standing, schedule):
        yield sample
    poll.diagnoses.extend(diagnoses(standing, found, schedule))
    if failed:
        poll.diagnoses.append(Diagnosis(words.RUN_FAILED, poll.now))
    poll.remarks.extend(remarks(found))


async def _told(host: SshSession | Sftp, options: BackupOptions, poll: Poll) -> bool | None:
    """Whether the last run failed, as the job says; where it cannot be asked, the copies are told all the same."""
    if options.run is None:
        return None
    try:
        if isinstance(host, Sftp):
            return await over_sftp.failed(host, options.run)
        return run.failed(options.run, await host.round(run.asking(options.run)))
    except ReachError as error:
        poll.remarks.append(str(error))
        return None


async def found_on(
    host: SshSession | Sftp,
    options: BackupOptions,
    kept: MutableMapping[str, Any],
    poll: Poll,
    sized: bool = False,
) -> Copies:
    """The copies that there are; `kept` takes what the next look needs. `sized`: with their sizes, where these have to
    be asked for."""
    if options.kind == "restic":
        known = {int(at): int(size) for at, size in kept.get("sizes", ())}
        return await snapshots(commands(host, "restic"), options, known if sized else None, poll.now)
    if isinstance(host, Sftp):
        listing = await over_sftp.listed(host, options)
    else:
        listing = await listed(host, options.path, options.pattern, options.depth)
    listing = listing._replace(files=joined(listing.files))
    now = poll.now + time.monotonic() - poll.monotonic  # as the host's clock was read, perhaps after waiting for a turn
    found, noted = sorted_out(listing, options.pattern, noted_of(kept), now)
    kept["noted"] = noted_as_json(noted)
    return found


def kept_of(options: BackupOptions, kept: MutableMapping[str, Any], *more: str) -> MutableMapping[str, Any]:
    """What is remembered of this job; another folder or pattern is another job, and so are other words in `more`."""
    job = [options.kind, str(options.host or ""), options.path, options.pattern, *more]
    if kept.get("job") != job:
        kept.clear()
        kept["job"] = job
    return kept


def _past(kept: MutableMapping[str, Any], found: Copies, failed: bool | None, now: float) -> Past:
    began = min(
        (each for each in (kept.get("began"), *(copy.at for copy in found.good)) if each is not None), default=None
    )
    known = [(int(at), int(size)) for at, size in kept.get("sizes", ())]
    return Past(kept.get("since", now), began, kept.get("last"), history(found, known), failed)


COLLECTOR = Collector("backup", ("backup",), metrics.ABOUT_COPIES, collect)
