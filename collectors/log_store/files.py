"""The files of a log store as its host tells them, and the commands that read pieces of them."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Sequence
from typing import NamedTuple

from agent.core.reach import CannotAsk, Unanswered
from agent.core.ssh import Answer, Command, SshSession
from agent.core.text import Said, clean
from collectors.backup.listing import inside
from collectors.log_store import words
from collectors.log_store.stamps import zone_of

LIMIT = 1280 * 1024  # bytes of a listing: some 13,000 files
DAYS = (None, 400, 200, 100, 30, 10, 3)  # ages that are asked for one after the other where there are more
FORMAT = "%d:%i %Y %s //%n//"
RECORD = re.compile(rb"(\d{1,20}):(\d{1,20}) (-?\d{1,20}) (\d{1,20}) //(/.*?)//\n", re.DOTALL)
CLOCK = re.compile(r"(\d{1,10}) ([+-]\d{4})\s*", re.ASCII)

STEP = 4096  # bytes between two pieces that are read next to each other; a piece is twice as long, so that they overlap
HEAD = 8192
THINNED = 512 * 1024
# The host's own work comes first; not every busybox has nice. A line of a gigabyte must not take its memory.
KINDLY = 'ulimit -v 262144 2>/dev/null; N=; nice -n 19 true 2>/dev/null && N="nice -n 19"; '
UNPACKED_HEAD = KINDLY + f'$N "$1" -dc <"$2" 2>/dev/null | head -c {HEAD}'
# Of each day the first and the last record: a time longer than a day without one shows between these.
THINNING = r"""
{ s = substr($0, 1, 160); b = s; sub(/^<[0-9]+>(1 )?/, "", b); k = "" }
b ~ /^[12][0-9][0-9][0-9][-\/][01][0-9][-\/]/ { k = substr(b, 1, 10) }
b ~ /^[A-Z][a-z][a-z]  ?[0-9]/ { k = substr(b, 1, 6) }
k != "" { if (k != p) { if (l != "") print l; print s } p = k; l = s }
END { if (l != "") print l }
"""
# What a crash left unwritten reads as zeros, a line of gigabytes without an end.
UNPACKED_THIN = KINDLY + """$N "$1" -dc <"$2" | $N tr -s '\\000' '\\n' | $N awk "$3\""""
STRETCH_THIN = (
    KINDLY + f"""$N dd if="$1" bs={STEP} skip="$2" count="$3" 2>/dev/null | $N tr -s '\\000' '\\n' | $N awk "$4\""""
)


class Entry(NamedTuple):
    """`inode` is that of its device too; `at` is when it was last written, by the store's clock."""

    inode: int
    at: int
    size: int
    path: str


class Listing(NamedTuple):
    """`clock` is the store's, `zone` its seconds east of UTC. `days` is None where these are all files, else only those
    written in so many days are told."""

    clock: int
    zone: int
    files: tuple[Entry, ...]
    days: int | None
    remarks: tuple[Said, ...] = ()


async def listed(session: SshSession, folder: str, depth: int) -> Listing:
    """CannotAsk: no such folder, or not to be read, or more files of three days than a listing takes."""
    for days in DAYS:
        answers = await session.round(_commands(folder, depth, days))
        clock, zone = _clock(answers[0])
        _objection(folder, answers)
        if not answers[3].cut:
            errors = answers[3].stderr
            unseen = (words.UNSEEN.format(why=clean(errors.split(b"\n")[0], 160)),) if errors.strip() else ()
            return Listing(clock, zone, _entries(answers[3].stdout), days, unseen)
    raise CannotAsk("missing", f"{clean(folder)}: more files than can be listed; name `log_store.path` more narrowly")


def _commands(folder: str, depth: int, days: int | None) -> list[Command]:
    place = inside(folder)
    recent = [] if days is None else ["-mtime", f"-{days}"]
    found = ["-type", "f", *recent, "-size", "+0", "-exec", "stat", "-c", FORMAT, "{}", "+"]
    return [
        Command(("date", "+%s %z"), limit=64),
        Command(("test", "-d", place), limit=64),
        Command(("test", "-r", place, "-a", "-x", place), limit=64),
        Command(("find", place, "-maxdepth", str(depth), *found), limit=LIMIT),
    ]


def _entries(stdout: bytes) -> tuple[Entry, ...]:
    return tuple(
        Entry(int(device) << 64 | int(inode), max(0, int(at)), int(size), os.fsdecode(posixpath.normpath(path)))
        for device, inode, at, size, path in map(re.Match.groups, RECORD.finditer(stdout))
    )


def _clock(answer: Answer) -> tuple[int, int]:
    match = CLOCK.fullmatch(answer.text)
    if match is None:
        raise Unanswered("protocol", f"`date '+%s %z'` said {clean(answer.text, 60)!r}; expected like 1700000000 +0800")
    return int(match[1]), zone_of(match[2].encode())


def _objection(folder: str, answers: Sequence[Answer]) -> None:
    _, there, open_, found = answers
    if not there.ok:
        raise CannotAsk("missing", f"{clean(folder)}: no such folder; is it mounted, is `log_store.path` right?")
    if not open_.ok:
        raise CannotAsk("permission", f"{clean(folder)} cannot be read by this login; give it read and search rights")
    if found.absent:
        raise CannotAsk("missing", f"{clean(folder)}: this host has no find; install findutils")


def piece(entry: Entry, offset: int) -> Command:
    """The bytes of a file from an offset on, which is a multiple of STEP."""
    argv = ("dd", f"if={entry.path}", f"bs={STEP}", f"skip={offset // STEP}", "count=2")
    return Command(argv, limit=2 * STEP)


def unpacked_head(entry: Entry, program: str) -> Command:
    return Command(("sh", "-c", UNPACKED_HEAD, "sh", program, entry.path), limit=HEAD)


def thinned(entry: Entry, program: str) -> Command:
    """Reads the file through, on its host."""
    return Command(("sh", "-c", UNPACKED_THIN, "sh", program, entry.path, THINNING), limit=THINNED)


def stretch(entry: Entry, first: int, last: int) -> Command:
    """Reads through what lies between two pieces and these themselves, on its host."""
    skip, count = str(first // STEP), str((last - first) // STEP + 2)
    return Command(("sh", "-c", STRETCH_THIN, "sh", entry.path, skip, count, THINNING), limit=THINNED)
