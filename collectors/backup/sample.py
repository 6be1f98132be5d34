"""Sample restores from a repository of restic: some files of the newest snapshot are restored into a checksum on the
host, and compared with those that they were made of, where nobody has changed these since. Nothing is written anywhere.
"""

from __future__ import annotations

import json
import os
import random
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from agent.core.ssh import Answer, Command, SshSession
from collectors.backup import manifest, restic
from collectors.backup.options import BackupOptions
from collectors.backup.pace import bounded
from collectors.backup.testing import hashing

LIMIT = 2 * 1024 * 1024  # bytes of the list of files that is drawn from
CANDIDATES = 3  # for each file that is to be compared: most of them may have changed since
LARGEST = 64 * 1024 * 1024  # bytes of a file that is restored
DUMPED = '"$@" | sha256sum'


class Node(NamedTuple):
    path: str
    size: int
    mtime: int


class Sampled(NamedTuple):
    """`compared` files, of which `same` were identical."""

    compared: int
    same: int


async def sampled(
    host: SshSession, options: BackupOptions, identity: str, count: int, end: float, seed: float
) -> Sampled:
    """`end` is when it must be over, by the loop's clock; `seed` chooses the files."""
    (listed,) = await host.round(bounded([restic.command(options, "--json", "ls", identity, limit=LIMIT)], end))
    restic.objection(options, listed)
    found = sorted(set(nodes(listed.stdout)))
    chosen = random.Random(seed).sample(found, min(len(found), CANDIDATES * count))  # noqa: S311 - draws, hides nothing
    unchanged = (await _unchanged(host, chosen, end))[:count]
    if not unchanged:
        return Sampled(0, 0)
    asked = [command for node in unchanged for command in commands(options, identity, node)]
    answers = await host.round(bounded(asked, end))
    pairs = [(node, answers[2 * place], answers[2 * place + 1]) for place, node in enumerate(unchanged)]
    ended = [(node, both) for node, *both in pairs if not any(each.late for each in both)]
    same = [node for node, both in ended if _same(both)]
    # One that was written to meanwhile is no proof of anything.
    differ = await _unchanged(host, [node for node, _ in ended if node not in same], end)
    return Sampled(len(same) + len(differ), len(same))


def nodes(output: bytes) -> Iterator[Node]:
    """The files of `restic ls --json`, a line each; the last may be cut off."""
    for line in output.splitlines():
        try:
            row = json.loads(line)
            if row.get("type") != "file" or not 0 < row["size"] <= LARGEST or "\0" in row["path"]:
                continue
            if not os.fsencode(row["path"]).startswith(b"/"):  # what does not is no path, but could be an option
                continue
            at = datetime.fromisoformat(restic.shorter(row["mtime"]))
            yield Node(row["path"], row["size"], int(at.timestamp()))
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
            continue


async def _unchanged(host: SshSession, found: Sequence[Node], end: float) -> list[Node]:
    """Those that are on the host as they were when the snapshot was made."""
    if not found:
        return []
    commands = [Command(("stat", "-c", "%Y %s", "--", node.path), limit=64) for node in found]
    answers = await host.round(bounded(commands, end))
    return [node for node, answer in zip(found, answers, strict=True) if _as_it_was(node, answer)]


def _as_it_was(node: Node, answer: Answer) -> bool:
    match = re.fullmatch(r"(-?\d+) (\d+)\n", answer.text)
    return match is not None and (int(match[1]), int(match[2])) == (node.mtime, node.size)


def commands(options: BackupOptions, identity: str, node: Node) -> tuple[Command, Command]:
    """The checksums of the file as it is restored, and as it is on the host."""
    return _dumped(options, identity, node), hashing(node.path)


def _dumped(options: BackupOptions, identity: str, node: Node) -> Command:
    """restic gives the file to its standard output, and a shell that to the checksum."""
    dump = restic.command(options, "dump", identity, node.path)
    return Command(("sh", "-c", DUMPED, "sh", *dump.argv), limit=256, stdin=dump.stdin)


def _same(answers: Sequence[Answer]) -> bool:
    restored, here = [manifest.told(answer.stdout) for answer in answers]
    return restored is not None and restored == here
