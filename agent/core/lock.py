"""Lock: one agent to a state directory. flock, so that a killed agent leaves nothing behind that blocks the next."""

from __future__ import annotations

import contextlib
import fcntl
import os
from pathlib import Path

NAME = "agent.lock"


class StateHeld(Exception):
    """Another agent works in this state directory. `pid` is None where it could not say who it is."""

    def __init__(self, pid: int | None, path: Path) -> None:
        self.pid, self.path = pid, path
        who = "another agent" if pid is None else f"another agent (pid {pid})"
        super().__init__(
            f"{path}: this state directory is in use by {who}; stop it, or give this agent its own `state:` directory"
        )


class Lock:
    """On the directory itself, which a disk that refuses every new file has as well, and on a file in it, which says
    who holds it. Held from `take` to `release` or to the end of the process, however it ends."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._held: tuple[int, ...] = ()  # descriptors: the directory's, the file's

    @classmethod
    def take(cls, directory: Path) -> Lock:
        """StateHeld if another agent holds it. Without a directory nothing is held, and nothing can be spoilt."""
        lock = cls(directory)
        lock.hold()
        return lock

    def hold(self) -> None:
        """Takes the lock where the path leads to another directory by now, or to the first. StateHeld."""
        try:
            descriptor = os.open(self._directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError:
            return
        if self._held and os.path.sameopenfile(descriptor, self._held[0]):
            os.close(descriptor)
            return
        _flock(descriptor, self._directory)
        try:
            file = _named(self._directory)
        except StateHeld:
            os.close(descriptor)
            raise
        self.release()
        self._held = (descriptor, *file)

    def release(self) -> None:
        for descriptor in self._held:
            os.close(descriptor)
        self._held = ()


def _named(directory: Path) -> tuple[int, ...]:
    """The lock file with this process's number in it, or nothing where the disk refuses."""
    try:
        descriptor = os.open(directory / NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    except OSError:
        return ()
    _flock(descriptor, directory)
    with contextlib.suppress(OSError):  # a full disk: the lock holds all the same, only the number is missing
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
    return (descriptor,)


def _flock(descriptor: int, directory: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise StateHeld(_holder(directory), directory) from None
    except OSError:
        pass  # a file system without locks (some network mounts): better an agent without lock than none


def _holder(directory: Path) -> int | None:
    """The number in the file, unless that agent is gone: the holder could not write its own then."""
    try:
        pid = int((directory / NAME).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
    return pid if Path(f"/proc/{pid}").exists() else None
