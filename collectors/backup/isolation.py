"""Whether the account that production runs as could alter or delete copies: by rights, owners, mounts and attributes.

Nothing is tried. Whoever may write to a folder may delete what is in it and rename it away; whoever owns a thing may
give himself the right to; and root may do all of it.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from agent.core.ssh import Answer, Command
from agent.core.text import Text
from collectors.backup import words
from collectors.backup.listing import File

STICKY, OF_OWNER, OF_GROUP, OF_OTHERS = 0o1000, 0o200, 0o020, 0o002  # POSIX.1-2024 sys/stat.h
STAT = "%a %u %g"


@dataclass(frozen=True, slots=True)
class Account:
    uid: int
    groups: frozenset[int]


@dataclass(frozen=True, slots=True)
class Rights:
    """Of a folder. `users` and `groups` are those that a list of access rights lets write, which is `readable` if there
    is one. `fixed`: its attributes forbid to delete anything in it."""

    mode: int
    owner: int
    group: int
    users: frozenset[int] = field(default_factory=frozenset)
    groups: frozenset[int] = field(default_factory=frozenset)
    fixed: bool = False
    readable: bool = True


@dataclass(frozen=True, slots=True)
class Judgement:
    """`isolated` is None where it could not be seen; `why` says what is wrong or in the way."""

    isolated: bool | None
    why: Text | None = None


def asking(account: str, path: str) -> list[Command]:
    """Who the account is, where the folder really is, what is mounted."""
    return [
        Command(("id", "-u", account), limit=64),
        Command(("id", "-G", account), limit=8192),
        Command(("readlink", "-f", path), limit=8192),
        Command(("cat", "/proc/self/mounts"), limit=256 * 1024),
    ]


def looking(path: str) -> list[Command]:
    """Four commands for the folder and for each above it."""
    found = []
    for place in ways(path):
        found += [
            Command(("stat", "-L", "-c", STAT, place), limit=256),
            Command(("getfacl", "-n", "-p", "-c", place), limit=8192),
            Command(("ls", "-ldn", place), limit=8192),
            Command(("lsattr", "-d", place), limit=8192),
        ]
    return found


def ways(path: str) -> list[str]:
    """The folder and each above it."""
    found = [path]
    while found[-1] != "/":
        found.append(posixpath.dirname(found[-1]))
    return found


def account_of(answers: Sequence[Answer]) -> Account | None:
    user, groups = answers[0].text.split(), answers[1].text.split()
    known = answers[0].ok and answers[1].ok and len(user) == 1 and all(each.isdigit() for each in (*user, *groups))
    return Account(int(user[0]), frozenset(map(int, groups))) if known else None


def place_of(answers: Sequence[Answer]) -> str | None:
    place = answers[2].text.removesuffix("\n")
    return place if answers[2].ok and place.startswith("/") else None


def read_only(mounts: bytes, path: str) -> bool:
    """Whether what the folder lies on is mounted so; the last mount on a place is the one that counts."""
    best, options = "", ""
    for line in mounts.decode("utf-8", "surrogateescape").splitlines():
        parts = line.split(" ")
        if len(parts) < 4:
            continue
        # fstab(5): space, tab, newline and backslash are written as octal numbers.
        where = re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), parts[1])
        if (path == where or path.startswith(where.rstrip("/") + "/")) and len(where) >= len(best):
            best, options = where, parts[3]
    return "ro" in options.split(",")


def rights_of(answers: Sequence[Answer]) -> Rights | None:
    """Of the four answers about one folder; None where it cannot be looked at."""
    stat, acl, listed, attributes = answers
    match = re.fullmatch(r"([0-7]{1,5}) (\d+) (\d+)\n?", stat.text)
    if not stat.ok or match is None:
        return None
    mode, more = int(match[1], 8), listed.stdout[10:11] == b"+"
    if acl.ok and b"\nmask::" in acl.stdout and not re.search(rb"^group::.w.", acl.stdout, re.MULTILINE):
        mode &= ~OF_GROUP  # where there is a mask, that stands in the mode instead of the group's own rights
    flags = attributes.stdout.split(b" ", 1)[0] if attributes.ok else b""
    return Rights(
        mode,
        int(match[2]),
        int(match[3]),
        _granted(acl, b"user"),
        _granted(acl, b"group"),
        b"i" in flags or b"a" in flags,
        not more or acl.ok,
    )


def immutable(answer: Answer) -> bool:
    """chattr(1): i may neither be altered nor deleted nor renamed, not even by its owner; only root takes it away."""
    return answer.ok and b"i" in answer.stdout.split(b" ", 1)[0]


def _granted(acl: Answer, who: bytes) -> frozenset[int]:
    """acl(5): what a named entry grants is limited by the mask."""
    mask = re.search(rb"^mask::(...)", acl.stdout, re.MULTILINE)
    if not acl.ok or (mask and b"w" not in mask[1]):
        return frozenset()
    return frozenset(int(each) for each in re.findall(rb"^%b:(\d+):.w." % who, acl.stdout, re.MULTILINE))


def judged(account: Account, read_only: bool, folders: Sequence[Rights | None], files: Sequence[File]) -> Judgement:
    """`folders`: that of the copies first, then those above it."""
    if account.uid == 0:
        return Judgement(False, words.IS_ROOT)
    if read_only:
        return Judgement(True)
    if any(each is None or not each.readable for each in folders):
        return Judgement(None, words.RIGHTS_UNSEEN)
    known = [each for each in folders if each is not None]
    ways_in = (
        (words.FOLDER_OPEN, _could_delete(account, known[0], [file.owner for file in files])),
        (words.ABOVE_OPEN, any(_could_rename(account, above, below) for below, above in pairwise(known))),
        (words.FILE_OPEN, any(_could_write(account, file) for file in files)),
    )
    why = next((word for word, open_ in ways_in if open_), None)
    return Judgement(why is None, why)


def _could_delete(account: Account, folder: Rights, owners: Sequence[int]) -> bool:
    if folder.fixed:
        return False
    if folder.owner == account.uid:
        return True
    return _may_write(account, folder) and (not folder.mode & STICKY or account.uid in owners)


def _could_rename(account: Account, above: Rights, below: Rights) -> bool:
    """The folder itself, away from where it is looked for."""
    if above.fixed:
        return False
    if above.owner == account.uid:
        return True
    return _may_write(account, above) and (not above.mode & STICKY or below.owner == account.uid)


def _may_write(account: Account, folder: Rights) -> bool:
    """POSIX.1-2024 XBD 4.7: the first class that fits decides."""
    if folder.owner == account.uid:
        return bool(folder.mode & OF_OWNER)
    if account.uid in folder.users:
        return True
    if folder.group in account.groups or folder.groups & account.groups:
        return bool(folder.mode & OF_GROUP) or bool(folder.groups & account.groups)
    return bool(folder.mode & OF_OTHERS)


def _could_write(account: Account, file: File) -> bool:
    if file.owner == account.uid:
        return True
    return bool(file.mode & (OF_GROUP if file.group in account.groups else OF_OTHERS))
