"""The copies as files: those that the jobs left by now, and what the faults that go on made of the newest.

A host's files stand in a folder of its own, as its file system has them.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from demo.backups.contents import copied
from demo.backups.jobs import EAST, GRACE, Job, Place
from demo.world.active import Active

SUMS = "SHA256SUMS"
OPEN, SHUT, READABLE = 0o777, 0o750, 0o640  # who may write to a folder, and to a copy
CUT = 0.93  # what is left of a copy that was cut off, as a ratio
SURELY = 120.0  # seconds beyond the grace, after which nobody's clock says that a run may still come
LATER = 37.0  # seconds after the first copy that another second one was written


class State(NamedTuple):
    """`first`, `last`: the numbers of the oldest and the newest run whose copy is there, but for `deleted` ones
    before the newest; then faults of that, and whether everybody may write to the folder."""

    first: int
    last: int
    shrunk: bool
    corrupt: bool
    differs: bool
    deleted: int = 0
    writable: bool = False

    @property
    def runs(self) -> list[int]:
        """Those whose copies are there, the oldest first."""
        return [*range(self.first, max(self.first, self.last - self.deleted)), self.last]


class Backups:
    """`tree` holds a folder for each host."""

    def __init__(self, jobs: Iterable[Job], active: Active, wall: Callable[[], float], tree: Path) -> None:
        self.keepers = {job.id: Keeper(job, active, wall, tree) for job in jobs}

    def advance(self, seconds: float) -> None:
        for each in self.keepers.values():
            each.advance()


class Keeper:
    """Keeps the files of one job as they should be now. `missed`: runs that were not made, up to now; `deleted`: copies
    before the newest that somebody deleted; `writable`: whether everybody may write to the folder."""

    def __init__(self, job: Job, active: Active, wall: Callable[[], float], tree: Path) -> None:
        self.missed, self.deleted, self.writable = 0, 0, False
        self._job, self._active, self._wall = job, active, wall
        self._folder = _folder(tree, job.place)
        self._second = None if job.second is None else _folder(tree, job.second)
        self._origin = job.last(wall())
        self._state: State | None = None
        self._sums: dict[str, str] = {}  # of the copies that are there, by name

    def advance(self) -> None:
        state = self._now()
        if state != self._state:
            self._leave(state, self._state)
            self._state = state

    def _now(self) -> State:
        now, job, on = self._wall(), self._job, self._active.on
        first = job.last(now) - job.kept + 1
        if on("backup-stale", job.id):
            now -= job.every + GRACE + SURELY
        last = max(first, job.last(now) - self.missed)
        shrunk, corrupt = on("backup-shrunk", job.id), on("backup-corrupt", job.id)
        return State(first, last, shrunk, corrupt, on("second-copy-differs", job.id), self.deleted, self.writable)

    def _leave(self, state: State, before: State | None) -> None:
        """A list of checksums is there before what it lists, so that nobody finds a copy and not its checksum."""
        self._folder.chmod(OPEN if state.writable else SHUT)
        names = {self._name(run): run for run in state.runs}
        last = self._name(state.last)
        anew = {name for name in names if name not in self._sums} | {last}
        anew |= {self._name(before.last)} & names.keys() if before else set()
        made = {name: self._copy(names[name], state) for name in anew}
        sums = self._sums | {name: hashlib.sha256(content).hexdigest() for name, content in made.items()}
        gone = sums.keys() - names.keys()
        lines = "".join(f"{sums[name]}  {name}\n" for name in sorted(names))
        for place in filter(None, (self._folder, self._second)):
            _write(place / SUMS, lines.encode(), self._wall())
            for name, content in made.items():
                self._write(place, name, names[name], state, content)
            for name in gone:
                (place / name).unlink(missing_ok=True)
        self._sums = {name: sums[name] for name in names}

    def _name(self, run: int) -> str:
        day = time.strftime("%Y%m%d", time.gmtime(self._job.end(run) + EAST))
        return f"{self._job.id}-{day}{self._job.ending}"

    def _copy(self, run: int, state: State) -> bytes:
        return copied(self._job, run, self._origin, whole=not (state.shrunk and run == state.last))

    def _write(self, place: Path, name: str, run: int, state: State, content: bytes) -> None:
        """What is cut off was so when the second copy was made of it."""
        at = self._job.end(run)
        if run == state.last and state.corrupt:
            content = content[: int(len(content) * CUT)]
        if run == state.last and state.differs and place == self._second:
            middle = len(content) // 2
            content, at = content[:middle] + bytes(64) + content[middle + 64 :], at + LATER
        _write(place / name, content, at)


def _folder(tree: Path, place: Place) -> Path:
    found = tree / place.host / place.folder.lstrip("/")
    found.mkdir(parents=True, exist_ok=True)
    return found


def _write(path: Path, content: bytes, at: float) -> None:
    """At once, for who reads meanwhile."""
    part = path.with_name(f".{path.name}.writing")
    part.write_bytes(content)
    part.chmod(READABLE)
    os.utime(part, (at, at))
    part.replace(path)
