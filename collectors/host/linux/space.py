"""File systems: how full they are, in bytes and inodes, and when they will be full.

Each is asked by a command of its own, so that one whose disk hangs holds up only itself; network file systems are not
asked at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from agent.core.model import Sample
from agent.core.ssh import Answer, Command
from agent.core.text import Text, clean
from collectors.host import words
from collectors.host.file_systems import Growth, Usage, relevant, samples
from collectors.host.linux.figures import number
from collectors.host.metrics import INODES, SPACE, TIME_TO_FULL
from collectors.host.subject import Subject, Turn

MOST = 64  # file systems that are asked
SECONDS = 2.0
SHOWN = 5  # file systems that a remark names
GONE = b"No such file"  # unmounted meanwhile
# Size of a block, blocks, those free, those free for all; inodes, those free. As coreutils and busybox spell it.
FORMAT = "%S %b %f %a %c %d"


def ask(turn: Turn) -> Sequence[Command]:
    return [command(each) for each in relevant(turn.system.mounts)[:MOST]]


def command(mountpoint: str) -> Command:
    return Command(("stat", "-f", "-c", FORMAT, "--", mountpoint), limit=256, seconds=SECONDS)


def read(turn: Turn, answers: Sequence[Answer]) -> Iterator[Sample]:
    growths: dict[str, Growth] = turn.memory.setdefault("growth", {})
    mountpoints = relevant(turn.system.mounts)
    for gone in growths.keys() - set(mountpoints):
        del growths[gone]
    unseen: dict[str, str] = {}
    for mountpoint, answer in zip(mountpoints, answers, strict=False):
        usage = told(answer.text) if answer.ok else None
        if usage is not None:
            yield from samples(mountpoint, usage, growths.setdefault(mountpoint, Growth()), turn.monotonic)
        elif answer.late:
            turn.remarks.append(words.NO_ANSWER.format(mountpoint=clean(mountpoint, 80)))
        elif not answer.absent and GONE not in answer.stderr:
            unseen[clean(mountpoint, 80)] = clean(answer.stderr.rpartition(b": ")[2], 80)
    turn.remarks.extend(_unseen(unseen, turn.user))
    if len(mountpoints) > MOST:
        turn.remarks.append(words.TOO_MANY.format(most=MOST, found=len(mountpoints)))


def _unseen(why: Mapping[str, str], user: str) -> Iterator[Text]:
    """One remark for each reason."""
    for reason in dict.fromkeys(why.values()):
        names = [name for name, each in why.items() if each == reason]
        shown = ", ".join(names[:SHOWN])
        more = words.more(len(names) - SHOWN)
        if "ermission denied" in reason:
            yield words.NO_WAY_TO.format(mountpoints=shown, more=more, why=reason, user=clean(user, 40))
        else:
            yield words.NO_USAGE.format(mountpoints=shown, more=more, why=reason or "stat -f")


def told(text: str) -> Usage | None:
    """By the line of FORMAT."""
    values = [number(word) for word in text.split()]
    if len(values) != len(FORMAT.split()) or any(value is None or value < 0 for value in values):
        return None
    size, blocks, free, available, inodes, inodes_free = (int(value or 0) for value in values)
    if not free <= blocks or not inodes_free <= max(inodes, inodes_free * (not inodes)):
        return None
    return Usage((blocks - free) * size, available * size, (inodes - inodes_free) / inodes if inodes else None)


SUBJECT = Subject("space", (SPACE, INODES, TIME_TO_FULL), ask, read)
