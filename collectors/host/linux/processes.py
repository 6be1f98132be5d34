"""Which processes run, by ps(1), which procps and busybox have alike."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from posixpath import basename

from agent.core.ssh import Command

# In the locale C the ps of procps writes a question mark for each byte that is not ASCII.
UTF8 = ("env", "LC_ALL=C.UTF-8")
PROCESSES = Command((*UTF8, "ps", "-e", "-o", "args"), limit=1024 * 1024)
BEYOND_ASCII = re.compile(rb"[\x80-\xff]")
# What runs others' programs: then the file that it was given counts, not an editor's or a viewer's.
INTERPRETERS = re.compile(
    r"(?:javaw?|python[\d.]*|node|perl[\d.]*|php[\d.]*|ruby[\d.]*|dotnet|mono|bash|sh|dash)(?:\.exe)?"
)


def running(text: str) -> frozenset[str]:
    """Names of programs, and of scripts and archives that an interpreter was given."""
    return frozenset(name for line in text.split("\n")[1:] for name in names(line.split()))


def blurred(name: str) -> str | None:
    """As a host without that locale lists a process of this name, and any whose name is as long; None where its ASCII
    says it all."""
    known = name.encode("utf-8", "surrogateescape")
    return None if known.isascii() else BEYOND_ASCII.sub(b"?", known).decode()


def names(words: Sequence[str]) -> Iterator[str]:
    """Of the process that was started with these arguments."""
    if not words:
        return
    program = basename(words[0].strip("[]-:"))
    yield program
    if INTERPRETERS.fullmatch(program):
        yield from (basename(word) for word in words[1:])
