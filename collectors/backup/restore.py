"""Restore tests: what people entered, and, where agent.yaml asks for it, sample restores of the collector's own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, MutableMapping
from typing import Any, NamedTuple

from agent.core.model import Collector, Diagnosis, Sample, Target
from agent.core.reach import Poll
from agent.core.text import Text
from agent.core.units import moment
from collectors.backup import metrics, words
from collectors.backup.job import found_on, kept_of
from collectors.backup.options import BackupOptions
from collectors.backup.place import commands, session
from collectors.backup.sample import sampled

SAMPLED = Text("抽样恢复:{compared} 个文件中 {same} 个一致", "sample restore: {same} of {compared} files identical")


class Proof(NamedTuple):
    at: float
    good: bool


async def collect(target: Target, options: BackupOptions, poll: Poll) -> AsyncIterator[Sample]:
    """The later of what people entered and what the last sample gave; a sample that failed to be made leaves both."""
    kept = kept_of(options, poll.kept)
    kept.setdefault("since", poll.now)
    if options.restore_sample is not None and not 0 <= poll.now - kept.get("tried", 0.0) < options.restore_sample.every:
        await _sample(target, options, options.restore_sample.files, kept, poll)
    entered = poll.registers.restores.last(target.id, "restored")
    proofs = [] if entered is None else [Proof(entered.at, entered.good)]
    proofs += [Proof(*kept["sampled"])] if "sampled" in kept else []
    last = max(proofs, default=None)
    if last is not None:
        yield metrics.RESTORE_OK.sample(last.good)
        yield metrics.RESTORE_AT.sample(last.at)
    # A few files prove that a copy is readable; that everything can be restored, and how long it takes, only people do.
    poll.diagnoses.extend(_said(options, proofs, None if entered is None else entered.at, kept["since"], poll))


async def _sample(
    target: Target, options: BackupOptions, files: int, kept: MutableMapping[str, Any], poll: Poll
) -> None:
    async with session(target, options.host, poll) as host:
        found = await found_on(host, options, kept, poll)
    if not found.good:
        return
    newest, end = found.good[0], asyncio.get_running_loop().time() + options.verify.within
    async with session(target, options.host, poll, apart=True) as host:
        result = await sampled(commands(host, "a sample restore"), options, newest.path, files, end, poll.now)
    kept["tried"] = poll.now
    if result.compared:
        kept["sampled"] = [poll.now, result.same == result.compared]
    poll.remarks.append(SAMPLED.format(same=result.same, compared=result.compared))


def _said(
    options: BackupOptions, proofs: list[Proof], entered: float | None, since: float, poll: Poll
) -> Iterator[Diagnosis]:
    """A new job has time for its first restore."""
    if proofs and not max(proofs).good:
        yield Diagnosis(words.RESTORE_BAD, max(proofs).at)
    due = (since if entered is None else entered) + options.restore_test_every
    if poll.now > due:
        shown = None if entered is None else moment(poll.known.calendar, entered)
        yield Diagnosis(words.RESTORE_DUE.format(last=words.NO_RESTORE if shown is None else shown), due)


COLLECTOR = Collector(
    "backup_restore",
    ("backup",),
    metrics.ABOUT_RESTORES,
    collect,
    patience=lambda target: 2 * target.timeout + target.options.verify.within,
)
