"""Tests the newest copy at a pace of its own: against a list of checksums, by unpacking it, by the end of a dump."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, MutableMapping, Sequence
from typing import Any

from agent.core.model import Collector, Diagnosis, Sample, Target
from agent.core.reach import Poll
from agent.core.sftp import Sftp
from agent.core.ssh import Answer, SshSession
from agent.core.text import Text
from collectors.backup import manifest, metrics, over_sftp, restic, testing, words
from collectors.backup.copies import Copy
from collectors.backup.formats import OTHER, format_of, zip_of
from collectors.backup.job import found_on, kept_of
from collectors.backup.options import BackupOptions
from collectors.backup.pace import bounded
from collectors.backup.place import session
from collectors.backup.tested import Tested, expected, joined
from collectors.backup.testing import Result

UNTESTED = Text("最新的备份没能测试:{why}", "the newest copy could not be tested: {why}")


async def collect(target: Target, options: BackupOptions, poll: Poll) -> AsyncIterator[Sample]:
    """A test that cannot be made says why, and leaves what the last one found."""
    kept = kept_of(options, poll.kept)
    async with session(target, options.host, poll) as host:
        found = await found_on(host, options, kept, poll)
    newest = found.good[0] if found.good else None
    if newest is not None and _due(options, kept, newest, poll.now):
        end = asyncio.get_running_loop().time() + options.verify.within
        async with session(target, options.host, poll, apart=True) as host:
            if newest.volumes:
                result = Tested(Result(None, words.IN_VOLUMES), "volumes", None)
            elif isinstance(host, Sftp):
                result = await over_sftp.tested(host, options, newest)
            else:
                result = await tested(host, options, newest, end, poll.now)
        _remember(kept, newest, result, poll.now)
    for sample in _samples(kept):
        yield sample
    _tell(kept, poll)


def _due(options: BackupOptions, kept: MutableMapping[str, Any], newest: Copy, now: float) -> bool:
    return kept.get("key") != list(newest.key) or not 0 <= now - kept["tried"] < options.verify.every


async def tested(host: SshSession, options: BackupOptions, copy: Copy, end: float, now: float) -> Tested:
    """`end` is when the tests must be over, by the loop's clock."""
    if options.kind == "restic":
        return Tested(await restic.tested(host, options, end, now), "restic", True)
    head, *lists = await host.round(bounded(testing.looking(copy.path, options.verify.manifest), end))
    wanted = next((found for each in lists if (found := manifest.checksum(each.stdout, copy.path))), None)
    if not head.ok:
        denied = b"ermission denied" in head.stderr
        return Tested(Result(None, words.NO_RIGHT) if denied else Result(False, words.UNREADABLE), "unknown", None)
    format_, packed, first = format_of(head.stdout), None, head.stdout
    if format_.kind in ("packed", "zip"):
        (answer,) = await host.round(bounded([testing.inner(format_, copy.path)], end))
        first = answer.stdout
        format_, packed = (zip_of(first), None) if format_.kind == "zip" else (format_, format_of(first))
    made = testing.tests(copy.path, format_, packed, wanted)
    answers = await _answers(host, made, end)
    results = [test.result(each) for test, each in zip(made, answers, strict=True)]
    name = format_.name if packed is None or packed == OTHER else f"{packed.name} in {format_.name}"
    results += testing.filled(first, copy.size)
    encrypted = (packed or format_).encrypted
    return Tested(joined([*expected(options, format_, packed, wanted), *results]), name, encrypted)


async def _answers(host: SshSession, made: Sequence[testing.Test], end: float) -> list[Sequence[Answer]]:
    commands = [command for test in made for command in test.commands]
    left = list(await host.round(bounded(commands, end))) if commands else []
    found: list[Sequence[Answer]] = []
    for test in made:
        found.append(left[: len(test.commands)])
        left = left[len(test.commands) :]
    return found


def _remember(kept: MutableMapping[str, Any], copy: Copy, tested: Tested, now: float) -> None:
    why = tested.result.why
    kept.update(key=list(copy.key), tried=now, format=tested.format, encrypted=tested.encrypted)
    kept["obstacle"] = [why.zh, why.en] if why and tested.result.good is None else None
    if tested.result.good is not None:
        kept.update(good=tested.result.good, at=now, made=copy.at, why=[why.zh, why.en] if why else None)


def _samples(kept: MutableMapping[str, Any]) -> list[Sample]:
    found = []
    if "at" in kept:
        found += [metrics.VERIFIED.sample(kept["good"]), metrics.VERIFIED_AT.sample(kept["at"])]
    if "format" in kept:
        encrypted = "unknown" if kept["encrypted"] is None else "yes" if kept["encrypted"] else "no"
        found.append(metrics.INFO.sample(1, format=kept["format"], encrypted=encrypted))
    return found


def _tell(kept: MutableMapping[str, Any], poll: Poll) -> None:
    if kept.get("obstacle"):
        poll.remarks.append(UNTESTED.format(why=Text(*kept["obstacle"])))
    if kept.get("good") is False and kept.get("why"):
        poll.diagnoses.append(Diagnosis(words.UNVERIFIED.format(why=Text(*kept["why"])), kept["made"]))


COLLECTOR = Collector(
    "backup_check",
    ("backup",),
    metrics.ABOUT_TESTS,
    collect,
    patience=lambda target: 2 * target.timeout + target.options.verify.within,
    lasting=True,
)
