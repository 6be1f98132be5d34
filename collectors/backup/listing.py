"""The files of a folder as its host tells them: commands that any POSIX system has, and what their output means."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from typing import NamedTuple

from agent.core.reach import CannotAsk, Unanswered
from agent.core.ssh import Answer, Command, SshSession
from agent.core.text import clean

LIMIT = 1024 * 1024  # bytes of one listing: some 10,000 files
# Ages, in minutes, that are asked for one after the other where a folder holds more files than a listing takes.
AGES = (None, 400 * 1440, 100 * 1440, 25 * 1440, 6 * 1440, 36 * 60, 9 * 60, 120)
# What programs call a copy that is not whole yet, behind its later name.
UNFINISHED = (".part", ".partial", ".tmp", ".temp", ".filepart", ".incomplete", ".inprogress", ".writing")
# A path below a folder never holds two slashes in a row, whatever the names are: so these end it.
FORMAT = "%Y %s %a %u %g //%n//"
RECORD = re.compile(rb"(-?\d{1,20}) (\d{1,20}) ([0-7]{1,6}) (\d{1,10}) (\d{1,10}) //(/.*?)//\n", re.DOTALL)


class File(NamedTuple):
    """`at` is when it was last written, by the host's clock; `mode`, `owner`, `group` as stat(1) has them."""

    path: str
    size: int
    at: int
    mode: int = 0o600
    owner: int = 0
    group: int = 0

    @property
    def name(self) -> str:
        return posixpath.basename(self.path)


class Listing(NamedTuple):
    """`clock` is the host's, at the time of the listing. `whole` is False where there are more files than are told:
    these are the newest then."""

    clock: int
    files: tuple[File, ...]
    whole: bool = True


def commands(path: str, pattern: str, depth: int = 1, age: int | None = None) -> list[Command]:
    """`age`: only files written in the last so many minutes."""
    place = inside(path)
    names: list[str] = []
    for name in (pattern, *(pattern + end for end in UNFINISHED), f".{pattern}.??????"):  # the last: rsync's
        names += ["-o", "-name", name]
    recent = [] if age is None else ["-mmin", f"-{age}"]
    found = ["-type", "f", *recent, "(", *names[1:], ")", "-exec", "stat", "-c", FORMAT, "{}", "+"]
    return [
        Command(("date", "+%s"), limit=64),
        Command(("test", "-d", place), limit=64),
        Command(("test", "-r", place, "-a", "-x", place), limit=64),
        Command(("find", place, "-maxdepth", str(depth), *found), limit=LIMIT),
    ]


def inside(path: str) -> str:
    """The folder itself, also where its name is a link to it."""
    return posixpath.join("/" + posixpath.normpath(path).lstrip("/"), ".")


async def listed(session: SshSession, path: str, pattern: str, depth: int = 1) -> Listing:
    """The newest files, as many as a listing takes. CannotAsk: no such folder, or not to be read; more files of one age
    than can be told apart."""
    for age in AGES:
        answers = await session.round(commands(path, pattern, depth, age))
        clock, found = _clock(answers), answers[3]
        _objection(path, answers)
        if not found.cut:
            files = files_of(found.stdout)
            if files or age is None:
                return Listing(clock, files, age is None)
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
    _, there, open_, found = answers
    if not there.ok:
        raise CannotAsk("missing", f"{clean(path)}: no such folder; look whether it is mounted, and at `path`")
    if not open_.ok:
        raise CannotAsk("permission", f"{clean(path)} cannot be read by this login; give it read and search rights")
    if found.absent:
        raise CannotAsk("missing", f"{clean(path)}: this host has no find; install findutils")
    if not found.ok and not found.stdout and found.stderr:
        raise Unanswered("protocol", f"{clean(path)}: find: {clean(found.stderr, 160)}")
