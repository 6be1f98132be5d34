"""Restore tests: what people entered, and, where agent.yaml asks for it, sample restores of the collector's own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, MutableMapping
from typing import Any, NamedTuple

from agent.core.model import Collector, Diagnosis, Sample, Target
from agent.core.reach import Poll
from agent.core.text import Text, clean
from agent.core.units import moment
from collectors.backup import member, metrics, words
from collectors.backup.copies import Copy
from collectors.backup.job import found_on, kept_of
from collectors.backup.options import BackupOptions
from collectors.backup.place import commands, session
from collectors.backup.sample import sampled

SAMPLED = Text("抽样恢复:{compared} 个文件中 {same} 个一致", "sample restore: {same} of {compared} files identical")


READ = Text(
    "抽样恢复 {at}:{copy} 里随机抽中的 {name} 读到了底,{size} 字节,SHA-256 {sha256}。只证明这一个取得出来,"
    "不证明它与源数据相同,也不证明整份能恢复",
    "sample restore of {at}: {name}, drawn from {copy}, was read to its end, {size} bytes, SHA-256 {sha256}; this "
    "proves that this one can be taken out, not that it is what it was made of, nor that all can be restored",
)
NOT_READ = Text(
    "抽样恢复 {at}:{copy} 里随机抽中的 {name} 没能读到底,只得到 {size} 字节",
    "sample restore of {at}: {name}, drawn from {copy}, could not be read to its end; {size} bytes came",
)
NOT_SAMPLED = Text("没能抽样恢复:{why}", "no sample could be restored: {why}")


class Proof(NamedTuple):
    at: float
    good: bool


async def collect(target: Target, options: BackupOptions, poll: Poll) -> AsyncIterator[Sample]:
    """The later of what people entered and what the last sample gave; a sample that failed to be made leaves both."""
    kept = kept_of(options, poll.kept)
    kept.setdefault("since", poll.now)
    if options.restore_sample is not None and not 0 <= poll.now - kept.get("tried", 0.0) < options.restore_sample.every:
        await _sample(target, options, options.restore_sample.files, kept, poll)
    if "evidence" in kept:
        poll.remarks.append(Text(*kept["evidence"]))
    entered = poll.registers.restores.last(target.id, "restored")
    proofs = [] if entered is None else [Proof(entered.at, entered.good)]
    proofs += [Proof(*kept["sampled"])] if "sampled" in kept else []
    last = max(proofs, default=None)
    if last is not None:
        yield metrics.RESTORE_OK.sample(last.good)
        yield metrics.RESTORE_AT.sample(last.at)
    # A few files prove that a copy is readable; that everything can be restored, and how long it takes, only people do.
    why = Text(*kept["why"]) if kept.get("why") else None
    poll.diagnoses.extend(_said(options, proofs, None if entered is None else entered.at, kept["since"], why, poll))


async def _sample(
    target: Target, options: BackupOptions, files: int, kept: MutableMapping[str, Any], poll: Poll
) -> None:
    async with session(target, options.host, poll) as host:
        found = await found_on(host, options, kept, poll)
    if not found.good:
        return
    newest, end = found.good[0], asyncio.get_running_loop().time() + options.verify.within
    async with session(target, options.host, poll, apart=True) as host:
        shell = commands(host, "a sample restore")
        if options.kind != "restic":
            _keep(await member.read(shell, newest, end, poll.now), newest, kept, poll)
            return
        result = await sampled(shell, options, newest.path, files, end, poll.now)
    kept["tried"] = poll.now
    if result.compared:
        kept["sampled"] = [poll.now, result.same == result.compared]
    poll.remarks.append(SAMPLED.format(same=result.same, compared=result.compared))


def _keep(found: member.Read, copy: Copy, kept: MutableMapping[str, Any], poll: Poll) -> None:
    """What stood before stays where none could be read."""
    kept["tried"], why = poll.now, found.result.why
    if found.result.good is None:
        poll.remarks.append(NOT_SAMPLED.format(why=why or words.NO_TEST))
        return
    kept["sampled"] = [poll.now, found.result.good]
    kept["why"] = [why.zh, why.en] if why else None
    evidence = (READ if found.result.good else NOT_READ).format(
        at=moment(poll.known.calendar, poll.now),
        copy=clean(copy.name, member.SHOWN),
        name=found.name,
        size=found.size,
        sha256=found.sha256,
    )
    kept["evidence"] = [evidence.zh, evidence.en]


def _said(
    options: BackupOptions, proofs: list[Proof], entered: float | None, since: float, why: Text | None, poll: Poll
) -> Iterator[Diagnosis]:
    """A new job has time for its first restore."""
    if proofs and not (last := max(proofs)).good:
        unread = why if entered is None or last.at > entered else None
        yield Diagnosis(words.SAMPLE_BAD.format(why=unread) if unread else words.RESTORE_BAD, last.at)
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
    lasting=True,
)
