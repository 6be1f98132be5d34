"""One look at a log store: its files, what of them was not read yet, in as many rounds as there is time for."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from typing import NamedTuple

from agent.core.ssh import Answer, Broken, Command, SshSession
from collectors.backup.pace import bounded
from collectors.log_store.files import THINNED, Entry, Listing
from collectors.log_store.reading import Held, Steps, reading

TOGETHER = 100  # files that are read beside each other
MOST_COMMANDS = 150  # of a round
AGAIN = ("permission", "missing")  # what may be mended without a change of the file
MARGIN = 2.0  # seconds before the end after which no round is begun


class Read(NamedTuple):
    """What a file held when it was of this size and time; `name` is a hash of its path, 0 if that is not known."""

    size: int
    at: int
    held: Held
    name: int = 0


Memory = MutableMapping[int, Read]  # by inode
Active = MutableMapping[Entry, tuple[Steps, Sequence[Command]]]  # what was begun, and what it asks next


def held(entry: Entry, memory: Mapping[int, Read]) -> Held | None:
    read = memory.get(entry.inode)
    return read.held if read is not None and (read.size, read.at) == (entry.size, entry.at) else None


def in_turn(sources: Mapping[str, Sequence[Entry]]) -> Iterator[Entry]:
    """Of each source the newest file, then of each the oldest, then the rest from new to old."""
    ordered = [sorted(files, key=lambda each: -each.at) for files in sources.values()]
    yield from (files[0] for files in ordered)
    yield from (files[-1] for files in ordered if len(files) > 1)
    yield from (each for files in ordered for each in files[1:-1])


async def look(
    session: SshSession, listing: Listing, sources: Mapping[str, Sequence[Entry]], memory: Memory, end: float
) -> int:
    """Fills `memory`; how many files are left when the time is over. `end` by the loop's clock."""
    there = {entry.inode for files in sources.values() for entry in files}
    for inode in [inode for inode in memory if inode not in there]:
        del memory[inode]
    waiting = [entry for entry in in_turn(sources) if _is_due(held(entry, memory))]
    waiting.reverse()
    active: Active = {}
    begin = asyncio.get_running_loop().time()
    while (waiting or active) and (left := end - MARGIN - asyncio.get_running_loop().time()) > 0:
        while waiting and len(active) < TOGETHER:
            entry = waiting.pop()
            steps = reading(entry, listing.zone, *_before(entry, memory))
            active[entry] = steps, next(steps)
        chosen = _light(active)
        if not chosen and left < (end - MARGIN - begin) / 2:
            break  # in so little time it would seem to take too long
        chosen = chosen or list(active)[:1]
        commands = [command for entry in chosen for command in active[entry][1]]
        try:
            answers = await session.round(bounded(commands, end - MARGIN / 2))
        except Broken as broken:
            if broken.kind != "timeout":
                raise
            _pass_over(active, chosen, broken.answers, memory)
            break
        _advance(active, chosen, answers, memory)
    return len(waiting) + len(active)


def forget_late(memory: Memory) -> None:
    """What took too long is tried again."""
    for inode in [inode for inode, read in memory.items() if read.held.why == "late"]:
        del memory[inode]


def _is_due(known: Held | None) -> bool:
    return known is None or known.why in AGAIN


def _before(entry: Entry, memory: Mapping[int, Read]) -> tuple[int, Held | None]:
    """What is known of the same file where it only grew. The number of one that was deleted is given to a new one."""
    read = memory.get(entry.inode)
    if read is None or read.name != hash(entry.path) or read.size >= entry.size or not read.held.spans:
        return 0, None
    return read.size, read.held


def _light(active: Active) -> list[Entry]:
    """As many as a round takes; what is read through waits until nothing else does."""
    light = [entry for entry, (_, commands) in active.items() if commands[0].limit != THINNED]
    chosen: list[Entry] = []
    count = 0
    for entry in light:
        count += len(active[entry][1])
        if chosen and count > MOST_COMMANDS:
            break
        chosen.append(entry)
    return chosen


def _pass_over(active: Active, chosen: Sequence[Entry], answers: Sequence[Answer], memory: Memory) -> None:
    """One file hangs in its host's kernel, beyond what ends a command: the next look begins with the others."""
    done = len(answers)
    for place, entry in enumerate(chosen):
        done -= len(active[entry][1])
        if done < 0:
            del active[entry]
            memory[entry.inode] = Read(entry.size, entry.at, Held(why="late"))
            return _advance(active, chosen[:place], answers, memory)
    return None


def _advance(active: Active, chosen: Sequence[Entry], answers: Sequence[Answer], memory: Memory) -> None:
    rest = iter(answers)
    for entry in chosen:
        steps, commands = active.pop(entry)
        try:
            active[entry] = steps, steps.send([next(rest) for _ in commands])
        except StopIteration as done:
            memory[entry.inode] = Read(entry.size, entry.at, done.value, hash(entry.path))
