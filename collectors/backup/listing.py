"""The files of a folder as its host tells them: commands that any POSIX system has, and what their output means."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from typing import NamedTuple

from agent.core.reach import CannotAsk, Unanswered
from agent.core.ssh import Answer, Command, SshSession
from agent.core.text import clean

PATIENCE = 10.0  # seconds that a folder has to answer: disks that have to spin up first
LIMIT = 1024 * 1024  # bytes of one listing: some 10,000 files
# Ages, in minutes, that are asked for one after the other where a folder holds more files than a listing takes.
AGES = (None, 400 * 1440, 100 * 1440, 25 * 1440, 6 * 1440, 36 * 60, 9 * 60, 120)
# What programs call a copy that is not whole yet, behind its later name.
UNFINISHED = (".part", ".partial", ".tmp", ".temp", ".filepart", ".incomplete", ".inprogress", ".writing")
# A path below a folder never holds two slashes in a row, whatever the names are: so these end it.
FORMAT = "%Y %s %a %u %g //%n//"
RECORD = re.compile(rb"(-?\d{1,20}) (\d{1,20}) ([0-7]{1,6}) (\d{1,10}) (\d{1,10}) //(/.*?)//\n", re.DOTALL)


class File(NamedTuple):
    """`at` is when it was last written, by the host's clock; `mode`, `owner`, `group` as stat(1) has them. One in
    `volumes` is called as the first; `missing` are those that are not there between the others."""

    path: str
    size: int
    at: int
    mode: int = 0o600
    owner: int = 0
    group: int = 0
    volumes: tuple[str, ...] = ()
    missing: int = 0

    @property
    def name(self) -> str:
        return posixpath.basename(self.path)


class Listing(NamedTuple):
    """`clock` is the host's, at the time of the listing; None where it is not told, and counts as right. `whole` is
    False where there are more files than are told: these are the newest then. `unseen` folders below could not be
    looked into."""

    clock: int | None
    files: tuple[File, ...]
    whole: bool = True
    unseen: int = 0


def looking(path: str) -> list[Command]:
    """What time it is, and whether the folder can be looked into. Where its disk or its server is gone, this hangs."""
    place = inside(path)
    return [
        Command(("date", "+%s"), limit=64),
        Command(("stat", "-c", "%F", place), limit=64, seconds=PATIENCE),
        Command(("test", "-r", place, "-a", "-x", place), limit=64, seconds=PATIENCE),
    ]


def finding(path: str, pattern: str, depth: int = 1, age: int | None = None) -> Command:
    """`age`: only files written in the last so many minutes."""
    names: list[str] = []
    for name in (pattern, *(pattern + end for end in UNFINISHED), f".{pattern}.??????"):  # the last: rsync's
        names += ["-o", "-name", name]
    recent = [] if age is None else ["-mmin", f"-{age}"]
    found = ["-type", "f", *recent, "(", *names[1:], ")", "-exec", "stat", "-c", FORMAT, "{}", "+"]
    return Command(("find", inside(path), "-maxdepth", str(depth), *found), limit=LIMIT)


def inside(path: str) -> str:
    """The folder itself, also where its name is a link to it."""
    return posixpath.join("/" + posixpath.normpath(path).lstrip("/"), ".")


async def listed(session: SshSession, path: str, pattern: str, depth: int = 1) -> Listing:
    """The newest files, as many as a listing takes. CannotAsk: no such folder, or not to be read; more files of one age
    than can be told apart."""
    answers = await session.round(looking(path))
    clock = _clock(answers)
    _objection(path, answers)
    for age in AGES:
        (found,) = await session.round([finding(path, pattern, depth, age)])
        if found.absent:
            raise CannotAsk("missing", f"{clean(path)}: this host has no find; install findutils")
        unseen = _unseen(found)
        if not found.ok and not found.stdout and found.stderr and not unseen:
            raise Unanswered("protocol", f"{clean(path)}: find: {clean(found.stderr, 160)}")
        if not found.cut:
            files = files_of(found.stdout)
            if files or age is None:
                return Listing(clock, files, age is None, unseen)
            break
    raise CannotAsk("missing", f"{clean(path)}: too many files match {clean(pattern)}; name the pattern more narrowly")


def files_of(stdout: bytes) -> tuple[File, ...]:
    return tuple(
        File(path.decode("utf-8", "surrogateescape"), int(size), max(0, int(at)), int(mode, 8), int(owner), int(group))
        for at, size, mode, owner, group, path in RECORD.findall(stdout)
    )


def _clock(answers: Sequence[Answer]) -> int:
    said = answers[0].text.strip()
    if not re.fullmatch(r"\d{1,10}", said):  # to the year 2286
        raise Unanswered("protocol", f"`date +%s` said {clean(said, 60)!r}; expected Unix seconds")
    return int(said)


def _objection(path: str, answers: Sequence[Answer]) -> None:
    _, there, open_ = answers
    if there.late or open_.late:
        why = f"no answer in {PATIENCE:g} s; is the server it is mounted from away, or its disk failing?"
        raise Unanswered("timeout", f"{clean(path)}: {why}")
    if b"ermission denied" in there.stderr:
        why = "this login may not go through a folder above it; give it search rights (x) there"
        raise CannotAsk("permission", f"{clean(path)}: {why}")
    if b"Not a directory" in there.stderr:
        raise CannotAsk(
            "missing", f"{clean(path)}: a file, or below one; `path` is the folder, `pattern` the file's name"
        )
    if not there.ok:
        raise CannotAsk("missing", f"{clean(path)}: no such folder; look whether it is mounted, and at `path`")
    if not open_.ok:
        raise CannotAsk("permission", f"{clean(path)} cannot be read by this login; give it read and search rights")


def _unseen(found: Answer) -> int:
    """Folders that find was not let into; that which a file system keeps for its repair holds no copies."""
    lines = found.stderr.splitlines()
    return sum(b"ermission denied" in line and b"lost+found" not in line for line in lines)
