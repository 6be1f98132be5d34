"""Tests of a copy: commands that read it through on its host and write nothing, and what they prove.

Where one program's output is the other's input, a shell joins them: its script is one of those below, always the same,
and what is not ours comes as its arguments, which a shell does not read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from agent.core.ssh import NOT_FOUND, SIGNALLED, Answer, Command
from agent.core.text import Text
from collectors.backup import manifest, words
from collectors.backup.formats import HEAD, Format

DIRECTORY = 64 * 1024  # bytes at the end of a zip: the directory of some 500 files
EMPTY = 10240  # bytes: an archive of tar's without a file in it
TAIL = 1024  # bytes at the end of a copy: two blocks of a tar, the last lines of a dump
PIPE = 13  # SIGPIPE
# The host's own work comes first; not every busybox has nice.
# zstd unpacks what was packed with a long memory only when told that it may use so much.
KINDLY = 'N= L=; nice -n 19 true 2>/dev/null && N="nice -n 19"; [ "$1" = zstd ] && L=--long=31; '
ALONE = 'exec $N "$@"'
# Each says the exit status of the program on its left, then of that on its right.
UNPACKED_HEAD = '"$1" -dc $L <"$2" 2>/dev/null | head -c 512'
UNPACKED_TAIL = '{ $N "$1" -dc $L <"$2"; echo "status $?" >&2; } | tail -c 1024'
UNPACKED_TAR = '{ $N "$1" -dc $L <"$2"; echo "status $?" >&2; } | { tar -tf - >/dev/null; echo "tar $?" >&2; }'
UNPACKED_DUMP = (
    '{ $N "$1" -dc $L <"$2"; echo "status $?" >&2; } | { $N pg_restore -f /dev/null; echo "pg_restore $?" >&2; }'
)
TAR = '$N tar -tf - <"$1" >/dev/null'
# pg_restore of an older release than the pg_dump that made it: not the copy's fault.
TOO_NEW = re.compile(rb"^pg_restore: (?:error: |\[\w+\] )?unsupported version", re.MULTILINE)
TOO_LONG = re.compile(rb"--(?:long|memory)=|Window size larger|Incorrect parameter")  # zstd, of a release that cannot
BEHIND = 2  # gzip: it is whole, and something stands behind its end
NO_METHOD, NO_PASSWORD = 81, 82  # unzip: it cannot unpack such; it wants a password
FAULTY = re.compile(rb"bad CRC|error:|cannot find|EOF")  # unzip, of what is damaged
WILD = frozenset("*?[\\")  # unzip takes these for a pattern


@dataclass(frozen=True, slots=True)
class Result:
    """`good` is None where it could not be told; `why` says what is wrong or in the way."""

    good: bool | None
    why: Text | None = None


GOOD = Result(True)


@dataclass(frozen=True)
class Test:
    commands: tuple[Command, ...]
    result: Callable[[Sequence[Answer]], Result]


def looking(path: str, named: str | None) -> list[Command]:
    """The first bytes of a copy, then the lists of checksums that may know it."""
    lists = [_plain("cat", "--", each, limit=manifest.LIMIT) for each in manifest.places(path, named)]
    return [_plain("head", "-c", str(HEAD), "--", path, limit=HEAD), *lists]


def inner(format_: Format, path: str) -> Command:
    """The first bytes of what is packed in it, or the last ones of a zip."""
    if format_.kind == "zip":
        return _plain("tail", "-c", str(DIRECTORY), "--", path, limit=DIRECTORY)
    return script(UNPACKED_HEAD, format_.program, path, limit=HEAD)


def tests(path: str, format_: Format, packed: Format | None, wanted: str | None) -> list[Test]:
    """`packed` is what is inside of what is packed, `wanted` the checksum that a list gives."""
    found = [] if wanted is None else [_checksum(path, wanted)]
    if format_.kind == "packed":
        found.append(_unpacked(path, format_, packed))
    elif format_.kind == "tar":
        found.append(Test((script(TAR, path), _tail(path)), _tar))
    elif format_.kind == "zip" and not WILD & set(path):
        found.append(Test((script(ALONE, "unzip", "-tqq", path),), _unzipped))
    elif format_.kind == "pg_dump":
        listed = script(ALONE, "pg_restore", "--list", path)
        found.append(Test((listed, script(ALONE, "pg_restore", "-f", "/dev/null", path)), _pg_restore))
        if format_.name != "pg_dump":  # pg_restore does not miss the end of its tar
            found.append(Test((script(TAR, path), _tail(path)), _tar))
    elif format_.kind == "sql":
        found.append(Test((_tail(path),), lambda answers: stopped_by(answers[0]) or ended(answers[0].stdout, format_)))
    return found


def _plain(*argv: str, limit: int = 64 * 1024) -> Command:
    return Command(argv, limit=limit)


def script(text: str, *arguments: str, limit: int = TAIL) -> Command:
    return Command(("sh", "-c", KINDLY + text, "sh", *arguments), limit=limit)


def _tail(path: str) -> Command:
    return _plain("tail", "-c", str(TAIL), "--", path, limit=TAIL)


def hashing(path: str, program: str = "sha256sum") -> Command:
    return script(ALONE, program, "--", path, limit=8192)


def _checksum(path: str, wanted: str) -> Test:
    program = manifest.PROGRAMS[len(wanted)]

    def result(answers: Sequence[Answer]) -> Result:
        if (stopped := stopped_by(answers[0])) is not None:
            return stopped
        found = manifest.told(answers[0].stdout)
        return GOOD if found == wanted else Result(False, words.CHECKSUM if found else words.UNREADABLE)

    return Test((hashing(path, program),), result)


def _unpacked(path: str, format_: Format, packed: Format | None) -> Test:
    if packed is not None and packed.kind in ("tar", "pg_dump"):
        joined = UNPACKED_TAR if packed.kind == "tar" else UNPACKED_DUMP
        return Test((script(joined, format_.program, path),), lambda answers: piped(answers[0]))

    def result(answers: Sequence[Answer]) -> Result:
        ends = bool(packed and packed.ends)
        opened = piped(answers[0], ends)
        if not opened.good:
            return opened
        if not answers[0].stdout:
            return Result(False, words.NOTHING_IN_IT)
        return ended(answers[0].stdout, packed) if packed and ends else opened

    return Test((script(UNPACKED_TAIL, format_.program, path),), result)


def piped(answer: Answer, ends_itself: bool = True) -> Result:
    """Of a script of two programs: by what each said of its end. `ends_itself`: what is inside shows whether it is
    whole."""
    if (stopped := stopped_by(answer)) is not None:
        return stopped
    ends = {name: int(status) for name, status in re.findall(rb"^(\w+) (\d+)$", answer.stderr, re.MULTILINE)}
    if NOT_FOUND in ends.values():
        return Result(None, words.NO_PROGRAM)
    if TOO_NEW.search(answer.stderr):
        return Result(None, words.TOO_NEW)
    if ends.get(b"status") == 1 and TOO_LONG.search(answer.stderr):
        return Result(None, words.TOO_LONG)
    if ends.get(b"status") == BEHIND and b"trailing garbage" in answer.stderr:
        if not ends_itself:
            return Result(None, words.SOMETHING_BEHIND)
        ends[b"status"] = 0
    # A reader that knows the end of its archive may leave before the zeros behind it.
    right = [status for name, status in ends.items() if name != b"status"]
    fine = {0, SIGNALLED + PIPE} if right == [0] else {0}
    whole = ends.get(b"status") in fine and all(status == 0 for status in right)
    return GOOD if whole else Result(False, words.DAMAGED)


def _opened(answers: Sequence[Answer]) -> Result:
    return next((found for each in answers if (found := stopped_by(each)) is not None), None) or (
        GOOD if all(each.ok for each in answers) else Result(False, words.DAMAGED)
    )


def _unzipped(answers: Sequence[Answer]) -> Result:
    status, said = answers[0].status, answers[0].stdout + answers[0].stderr
    if status in (NO_METHOD, NO_PASSWORD) or (b"get password" in said and not FAULTY.search(said)):
        return Result(None, words.NO_METHOD if status == NO_METHOD else words.NO_PASSWORD)
    return _opened(answers)


def _tar(answers: Sequence[Answer]) -> Result:
    """POSIX.1-2024 pax: an archive ends with two blocks of zeros; one without them was cut off."""
    opened = _opened(answers)
    if not opened.good:
        return opened
    return GOOD if not any(answers[1].stdout) else Result(False, words.CUT_OFF)


def _pg_restore(answers: Sequence[Answer]) -> Result:
    listed, whole = answers
    if any(TOO_NEW.search(each.stderr) for each in answers):
        return Result(None, words.TOO_NEW)
    return _opened([whole]) if listed.cut else _opened(answers)


def ended(tail: bytes, format_: Format) -> Result:
    """Whether a dump goes as far as its last line."""
    return GOOD if format_.ends in tail else Result(False, words.NO_END)


def filled(head: bytes, size: int | None) -> list[Result]:
    """What is wrong with a copy that holds nothing: nothing but zeros at its beginning, and hardly more behind."""
    return [Result(False, words.NOTHING_IN_IT)] if not any(head) and (size or 0) <= EMPTY else []


def stopped_by(answer: Answer) -> Result | None:
    """It was not the copy that ended the test."""
    if answer.late:
        return Result(None, words.TOOK_TOO_LONG)
    if answer.absent:
        return Result(None, words.NO_PROGRAM)
    return None
