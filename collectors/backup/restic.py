"""Repositories of restic: its own list of snapshots, and its own check. Nothing is locked, cached or written.

The password goes to its standard input, or is in a file on the host that only restic reads.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from agent.core.reach import CannotAsk, Unanswered
from agent.core.ssh import Answer, Command, SshSession
from agent.core.text import clean
from collectors.backup import words
from collectors.backup.copies import FUTURE, Copies, Copy
from collectors.backup.options import BackupOptions, ResticOptions
from collectors.backup.pace import bounded
from collectors.backup.testing import GOOD, Result

LIMIT = 2 * 1024 * 1024  # bytes of the list of snapshots
WRONG_PASSWORD, NO_REPOSITORY = 12, 10  # exit status since restic 0.17.1
LOCKS = 8  # that are looked at
STALE = 1800.0  # seconds after which restic itself takes a lock for left behind
LOCKED_OUT = (b"wrong password", b"empty password", b"unable to read password", b"password file")


class Snapshot(NamedTuple):
    """`at` by the clock of the machine that was backed up, in Unix seconds; `size` in bytes since restic 0.17."""

    id: str
    at: float
    size: int | None


def command(options: BackupOptions, *words: str, limit: int = 64 * 1024) -> Command:
    restic = options.restic or ResticOptions()
    # Where it reads standard input of its own accord, older releases say so amid their JSON.
    file = restic.password_file or "/dev/stdin"
    argv = ("restic", "-r", options.path, "--password-file", file, "--no-lock", "--no-cache", *words)
    stdin = b"" if restic.password is None else restic.password.reveal().encode() + b"\n"
    return Command(argv, limit=limit, stdin=stdin)


async def snapshots(host: SshSession, options: BackupOptions, sizes: Mapping[int, int] | None, now: float) -> Copies:
    """`sizes` are those known by time; that of the newest is asked for, where it does not stand in the list. None: they
    do not matter."""
    (answer,) = await host.round([command(options, "--json", "snapshots", limit=LIMIT)])
    objection(options, answer)
    if answer.cut:
        raise CannotAsk("missing", f"{clean(options.path)}: more snapshots than can be listed; forget old ones")
    found = sorted(listed(answer.stdout, options), key=lambda each: (each.at, each.id), reverse=True)
    past = [each for each in found if each.at <= now + FUTURE]
    known = [each._replace(size=(sizes or {}).get(int(each.at), each.size)) for each in past]
    if sizes is not None and known and known[0].size is None:
        known[0] = known[0]._replace(size=await _size(host, options, known[0].id))
    whole = tuple(Copy(each.at, each.size, each.id, (int(each.at), each.size or 0)) for each in known)
    return Copies(whole, undated=len(found) - len(past))


def listed(output: bytes, options: BackupOptions) -> Iterable[Snapshot]:
    """Those of the hosts, tags and paths that are asked for."""
    wanted = options.restic or ResticOptions()
    try:
        rows = json.loads(output) or []
        for row in rows:
            if (
                (not wanted.hosts or row["hostname"] in wanted.hosts)
                and set(wanted.tags) <= set(row.get("tags") or ())
                and set(wanted.paths) <= set(row["paths"])
            ):
                yield _snapshot(row)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise Unanswered("protocol", f"restic snapshots: not the JSON that it gives: {clean(str(error), 80)}") from None


def _snapshot(row: Mapping[str, Any]) -> Snapshot:
    size = (row.get("summary") or {}).get("total_bytes_processed")
    at = max(0.0, datetime.fromisoformat(shorter(row["time"])).timestamp())
    identity = str(row["id"])
    if not re.fullmatch(r"[0-9A-Za-z]+", identity):  # it becomes an argument
        raise ValueError("no name of a snapshot")
    return Snapshot(identity, at, _bytes(size))


def _bytes(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def shorter(time: str) -> str:
    """A moment of restic's as datetime takes it: Go writes nanoseconds, and Python reads microseconds."""
    head, dot, rest = time.partition(".")
    zone = rest.lstrip("0123456789")
    return head + dot + rest[: len(rest) - len(zone)][:6].ljust(6 if dot else 0, "0") + zone if dot else time


async def _size(host: SshSession, options: BackupOptions, identity: str) -> int | None:
    """What a restore of it would write; None where that cannot be told."""
    if not identity.isalnum():
        return None
    (answer,) = await host.round([command(options, "--json", "stats", "--mode", "restore-size", identity)])
    try:
        return _bytes(json.loads(answer.stdout)["total_size"]) if answer.ok else None
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def check(options: BackupOptions) -> Command:
    part = [f"--read-data-subset={options.verify.read_data}%"] if options.verify.read_data else []
    return command(options, "check", *part)


async def tested(host: SshSession, options: BackupOptions, end: float, now: float) -> Result:
    """`end` by the loop's clock. A check while somebody writes or prunes finds what is not there yet, or not any more:
    what it finds then says nothing. Locks are read before as well, since who held one may be done meanwhile."""
    before = await _locks(host, options, end)
    (answer,) = await host.round(bounded([check(options)], end))
    if answer.late:
        return Result(None, words.TOOK_TOO_LONG)
    objection(options, answer, False)
    if answer.ok:
        return GOOD
    after = await _locks(host, options, end)
    shown = [command(options, "cat", "lock", each) for each in sorted(after)[:LOCKS]]
    answers = await host.round(bounded(shown, end)) if shown else []
    if before - after or any(each.ok and _held(each.stdout, now) for each in answers):
        return Result(None, words.WRITTEN_TO)
    return Result(False, words.REPOSITORY)


async def _locks(host: SshSession, options: BackupOptions, end: float) -> set[str]:
    (answer,) = await host.round([replace(*bounded([command(options, "list", "locks")], end), limit=8192)])
    return set(re.findall(r"^[0-9a-f]{64}$", answer.text, re.MULTILINE)) if answer.ok else set()


def _held(output: bytes, now: float) -> bool:
    """restic writes a lock anew every five minutes; one that is old was left by who was killed."""
    try:
        return now - datetime.fromisoformat(shorter(json.loads(output)["time"])).timestamp() < STALE
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return False


def objection(options: BackupOptions, answer: Answer, listing: bool = True) -> None:
    """CannotAsk where the repository could not be opened; `listing`: Unanswered where anything else went wrong."""
    place = clean(options.path)
    if answer.absent:
        raise CannotAsk("missing", f"{place}: this host has no restic; install it, or name another `host`")
    if answer.ok:
        return
    if answer.status == WRONG_PASSWORD or any(each in answer.stderr for each in LOCKED_OUT):
        raise CannotAsk("authentication", f"{place}: restic does not take the password; look at `restic.password`")
    if answer.status == NO_REPOSITORY or b"unable to open config file" in answer.stderr:
        raise CannotAsk("missing", f"{place}: no repository of restic there; look whether it is mounted, and at `path`")
    if listing:
        raise Unanswered("protocol", f"{place}: restic: {clean(answer.stderr, 160) or f'status {answer.status}'}")
