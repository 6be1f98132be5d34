"""A round of commands, as agent.transports.ssh.posix sends it, and what comes of it.

Of the script only the lines matter that name a command: `shouwang_run END LIMIT SECONDS GRACE STDIN ARGV…`.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from demo.hosts import files, programs, software
from demo.hosts.model import Host

LINE = b"exec /bin/sh -s"
RUN = re.compile("^shouwang_run ", re.MULTILINE)
END = b"\nexit 0\n"  # the last line of a script


class Asked(NamedTuple):
    """`last`: of more than `limit` bytes of output the last ones are wanted."""

    last: bool
    limit: int
    argv: Sequence[str]


class Said(NamedTuple):
    stdout: bytes
    stderr: bytes


def answered(host: Host, script: bytes) -> Said:
    """On both streams each command ends with the boundary, as does what comes before the first."""
    text = script.removesuffix(END).decode("utf-8", "surrogateescape")
    boundary = next((line[2:] for line in text.split("\n") if line.startswith("M=")), "")
    out, errors = [f"\n{boundary} -\n".encode()], [f"\n{boundary}\n".encode()]
    for asked in _commands(text):
        done = software.ran(host, asked.argv) or files.ran(host, asked.argv) or programs.ran(host, asked.argv)
        kept = done.stdout[-asked.limit :] if asked.last else done.stdout[: asked.limit]
        out += [kept, f"\n{boundary} {done.status}\n".encode()]
        errors += [done.stderr, f"\n{boundary}\n".encode()]
    return Said(b"".join(out), b"".join(errors))


def _commands(script: str) -> Iterator[Asked]:
    for each in RUN.split(script)[1:]:
        end, limit, _seconds, _root, _stdin, *argv = shlex.split(each)
        yield Asked(end == "tail", int(limit), argv)
