"""Watched files and folders, by SHA-256, against what they were when first seen or last approved.

Those of the table WATCHED_FILES are watched on every host, as root; what agent.yaml names, as the account may.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from agent.core.model import Sample
from agent.core.ssh import Answer, Command
from agent.core.text import Text, clean
from agent.core.unchanged import MISSING
from collectors.as_root import WATCHED_FILES
from collectors.host import words
from collectors.host.files import few, unapproved, watched
from collectors.host.metrics import FILE_CHANGES, FILE_RENEWALS
from collectors.host.subject import HOUR, Subject, Turn

LARGEST = "20480k"  # of find(1): larger files are no configuration, and take long to hash
MOST, TOGETHER = 512 * 1024, 6 * 1024 * 1024  # bytes of hashes and names: of one path, of all
LONG = 8.0  # seconds
SYSTEM = Command(("/usr/bin/sha256sum", "--", *WATCHED_FILES), limit=64 * 1024, seconds=LONG, root=True)
LINE = re.compile(r"\\?([0-9a-f]{64}) [ *](.*)", re.DOTALL)


def ask(turn: Turn) -> Sequence[Command]:
    limit = min(MOST, TOGETHER // max(1, len(turn.options.watch)))
    return SYSTEM, *(_within(path, limit) for path in turn.options.watch)


def _within(path: str, limit: int) -> Command:
    """A path that is a file is found by itself; find(1) takes what follows for a test unless it begins with a slash."""
    argv = ("find", path, "-xdev", "-type", "f", "-size", f"-{LARGEST}", "-exec", "sha256sum", "--", "{}", "+")
    return Command(argv, limit=limit, seconds=LONG)


def read(turn: Turn, answers: Sequence[Answer]) -> Iterator[Sample]:
    """A folder that could not be read to its end is not compared. Of one in which some files may not be read the others
    are, and none is called missing."""
    changed: list[str] = []
    told = False
    for name, answer in zip(("", *turn.options.watch), answers, strict=False):
        whole = answer.ok and not answer.cut
        gone = b"No such file" in answer.stderr and not answer.stdout
        partly = bool(answer.stdout) and not answer.cut and (not name or _denied(answer.stderr))
        if name and not (whole or gone):
            turn.remarks.append(words.NOT_WHOLE.format(path=clean(name, 80), why=_why(answer)))
        if answer.forbidden or answer.absent or not (whole or gone or partly):
            continue
        told = True
        found: Mapping[str, str] = hashes(answer.text)
        if not name:
            found = {path: found.get(path, MISSING) for path in WATCHED_FILES}
        else:
            found = few(name, found, len(turn.options.watch))
        changed += unapproved(turn, turn.kept.setdefault(name, {}), found, missing=whole or gone or not name)
    yield from watched(turn, changed, told)


def _denied(errors: bytes) -> bool:
    """Whether nothing else went wrong than that some may not be read."""
    return all(b"ermission denied" in line for line in errors.splitlines())


def _why(answer: Answer) -> Text | str:
    return clean(answer.stderr, 120) if answer.stderr else words.TOO_MUCH


def hashes(text: str) -> dict[str, str]:
    """By path. A name may hold newlines, which busybox writes as they are: then the line goes on; a path that is told
    twice is not to be believed, and counts as changed."""
    found: dict[str, str] = {}
    for line in text.split("\n"):
        match = LINE.fullmatch(line)
        if match is None:
            continue
        path = match[2]
        found[path] = match[1] if path not in found else "told twice"
    return found


SUBJECT = Subject("watched", (FILE_CHANGES, FILE_RENEWALS), ask, read, every=HOUR, heavy=True)
