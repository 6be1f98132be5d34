"""Sample restores from an archive or a dump: one member, drawn at random, is unpacked to its end into a checksum on the
host. Nothing is written anywhere. There is nothing to compare it with but the size that the archive itself gives.
"""

from __future__ import annotations

import io
import random
import re
import struct
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from agent.core.ssh import Answer, Command, SshSession
from agent.core.text import clean
from collectors.backup import manifest, testing, words
from collectors.backup.copies import Copy
from collectors.backup.formats import Format, format_of
from collectors.backup.pace import bounded
from collectors.backup.testing import GOOD, Result

LIMIT = 2 * 1024 * 1024  # bytes of the list that is drawn from
UNIX = 3  # APPNOTE 4.4.2: made by
SHOWN = 120  # characters of a member's name
# The same bytes are counted and hashed, without a file: tee gives them to both.
HASHED = ' | tee /dev/fd/3 | { echo "$(wc -c) bytes" >&2; }; } 3>&1 | sha256sum'
TAR_LIST = '$N tar -tvf - <"$1"'
TAR_READ = '{ { $N tar -xOf - -- "$2" <"$1"; echo "status $?" >&2; }' + HASHED
PACKED_LIST = '$N "$1" -dc $L <"$2" | tar -tvf -'
PACKED_READ = (
    '{ { $N "$1" -dc $L <"$2"; echo "status $?" >&2; } | { $N tar -xOf - -- "$3"; echo "tar $?" >&2; }' + HASHED
)
# In a locale of bytes unzip does not find names that are not ASCII.
ZIP_READ = '{ { LC_ALL=C.UTF-8 $N unzip -p "$1" "$2"; echo "status $?" >&2; }' + HASHED
# Before release 12 `-f -` made a file of that name. The list of what to restore needs the entry's number only.
DUMP_READ = (
    '{ { echo "$2;" | $N pg_restore -f /dev/stdout --data-only -L /dev/stdin "$1"; echo "status $?" >&2; }' + HASHED
)
NO_TEE = re.compile(rb"^(?:sh: .*)?tee: ", re.MULTILINE)  # it is not there, or /dev/fd is not
# GNU's and busybox's: kind and rights, owner, size, day, time, name.
ROW = re.compile(rb"-\S{9,10} +\S+ +(\d+) \d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)? (.+)")
ENTRY = re.compile(rb"(\d{1,10}); \d+ \d+ TABLE DATA (.+)")  # of `pg_restore --list`
OCTAL = re.compile(rb"\\([0-3][0-7]{2})")  # as GNU tar writes the bytes of a name that its locale lacks
UNSAFE = re.compile(r"[\x00-\x1f\x7f\\*?\[\]]|^-|(?:^|/)\.\.(?:/|$)")  # patterns, options, what tar escapes or skips
COUNTED = re.compile(rb"^(\d+) bytes", re.MULTILINE)
NOT_FOUND = re.compile(rb"ot found in archive|filename not matched")


@dataclass(frozen=True, slots=True)
class Member:
    """`key` names it to the program that unpacks it; `size` in bytes, None where no list tells."""

    key: str
    name: str
    size: int | None


@dataclass(frozen=True, slots=True)
class Read:
    """One member that was read, or why none was: then `result.good` is None and the rest is empty."""

    result: Result
    name: str = ""
    size: int = 0
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class _Way:
    """How the members of a format are listed, and how one of them is read."""

    listing: Command
    members: Callable[[bytes], Iterable[Member]]
    read: Callable[[Member], Command]


async def read(host: SshSession, copy: Copy, end: float, seed: float) -> Read:
    """`end` is when it must be over, by the loop's clock; `seed` draws the member."""
    if copy.volumes:
        return Read(Result(None, words.IN_VOLUMES))
    head, *_ = await host.round(bounded(testing.looking(copy.path, None)[:1], end))
    if not head.ok:
        return Read(Result(None, words.NO_RIGHT if b"ermission denied" in head.stderr else words.UNREADABLE))
    format_, packed = format_of(head.stdout), None
    if format_.kind == "packed":
        (inner,) = await host.round(bounded([testing.inner(format_, copy.path)], end))
        packed = format_of(inner.stdout)
    way = _way(copy.path, format_, packed)
    if way is None:
        return Read(Result(None, words.NO_MEMBERS))
    (listed,) = await host.round(bounded([way.listing], end))
    if (stopped := testing.stopped_by(listed)) is not None:
        return Read(stopped)
    found = _once(way.members(_lines(listed)))
    if not found:
        return Read(Result(None, words.NO_MEMBERS))
    chosen = random.Random(seed).choice(found)  # noqa: S311 - draws, hides nothing
    (answer,) = await host.round(bounded([way.read(chosen)], end))
    return _judged(chosen, answer, listed.cut)


def _way(path: str, format_: Format, packed: Format | None) -> _Way | None:
    script, program = testing.script, format_.program
    if packed is not None and packed.kind == "tar":
        listing = script(PACKED_LIST, program, path, limit=LIMIT)
        return _Way(listing, in_tar, lambda one: script(PACKED_READ, program, path, one.key))
    if format_.kind == "tar":
        return _Way(script(TAR_LIST, path, limit=LIMIT), in_tar, lambda one: script(TAR_READ, path, one.key))
    if format_.kind == "zip" and not testing.WILD & set(path):
        directory = Command(("tail", "-c", str(LIMIT), "--", path), limit=LIMIT)
        return _Way(directory, in_zip, lambda one: script(ZIP_READ, path, one.key))
    if format_.kind == "pg_dump":
        listing = script(testing.ALONE, "pg_restore", "--list", path, limit=LIMIT)
        return _Way(listing, in_dump, lambda one: script(DUMP_READ, path, one.key))
    return None


def _lines(listed: Answer) -> bytes:
    """The last line of a list that was cut off is not whole."""
    return listed.stdout.rpartition(b"\n")[0] if listed.cut else listed.stdout


def _once(found: Iterable[Member]) -> list[Member]:
    """Those that can be named without doubt; a name that stands twice means two members."""
    named = list(found)
    times = Counter(each.key for each in named)
    return [each for each in named if times[each.key] == 1 and each.size != 0 and not UNSAFE.search(each.key)]


def in_tar(listed: bytes) -> Iterator[Member]:
    """The files of `tar -tv`, a line each: a newline in a name is escaped."""
    for line in listed.splitlines():
        if match := ROW.fullmatch(line):
            name = OCTAL.sub(lambda byte: bytes([int(byte[1], 8)]), match[2]).decode("utf-8", "surrogateescape")
            yield Member(name, name, int(match[1]))


def in_zip(tail: bytes) -> Iterator[Member]:
    """The files of the directory at the end of a zip, but for encrypted ones and for names in an unknown code page."""
    try:
        with zipfile.ZipFile(io.BytesIO(tail)) as archive:
            found = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error, OSError, OverflowError):
        return
    for each in found:
        name = _name(each)
        if name and not each.flag_bits & 1 and not name.endswith("/"):
            yield Member(name, name, each.file_size)


def _name(info: zipfile.ZipInfo) -> str | None:
    """APPNOTE 4.4.4: bit 11 says UTF-8. Unix's zip writes UTF-8 without it, which Python reads as code page 437."""
    name = info.orig_filename
    if info.flag_bits & 0x800 or name.isascii():
        return name
    try:
        return name.encode("cp437").decode() if info.create_system == UNIX else None
    except UnicodeError:
        return None


def in_dump(listed: bytes) -> Iterator[Member]:
    """The tables of `pg_restore --list` whose rows are in the dump."""
    for line in listed.splitlines():
        if match := ENTRY.fullmatch(line):
            yield Member(match[1].decode(), match[2].decode("utf-8", "replace"), None)


def _judged(chosen: Member, answer: Answer, cut: bool) -> Read:
    name, counted = clean(chosen.name, SHOWN), COUNTED.search(answer.stderr)
    size, sha256 = int(counted[1]) if counted else -1, manifest.told(answer.stdout) or ""
    result = testing.piped(answer)
    if NO_TEE.search(answer.stderr):
        result = Result(None, words.NO_PROGRAM)
    elif result.good is False and NOT_FOUND.search(answer.stderr):
        result = Result(None, words.NOT_NAMED)
    elif result.good and (counted is None or not sha256):
        result = Result(None, words.NO_PROGRAM)
    elif result.good and chosen.size is not None and size != chosen.size:
        # Behind the end of a list that was cut off the same name may stand again.
        result = Result(None, words.NOT_NAMED) if cut and size > chosen.size else Result(False, words.OTHER_SIZE)
    if result.good is None:
        return Read(result)
    return Read(GOOD if result.good else result, name, max(size, 0), sha256)
