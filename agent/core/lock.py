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
    """Held from `take` to `release` or to the end of the process, however it ends."""

    def __init__(self, descriptor: int | None) -> None:
        self._descriptor = descriptor

    @classmethod
    def take(cls, directory: Path) -> Lock:
        """StateHeld if another agent holds it. Where the disk refuses even a lock file, the directory is locked."""
        try:
            descriptor = os.open(directory / NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
        except OSError:
            return cls._take_directory(directory)
        _flock(descriptor, directory)
        with contextlib.suppress(OSError):  # a full disk: the lock holds all the same, only the number is missing
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        return cls(descriptor)

    @classmethod
    def _take_directory(cls, directory: Path) -> Lock:
        try:
            descriptor = os.open(directory, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            return cls(None)  # no directory: nothing on disk that two agents could spoil
        _flock(descriptor, directory)
        return cls(descriptor)

    def release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def _flock(descriptor: int, directory: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise StateHeld(_holder(directory), directory) from None
    except OSError:
        pass  # a file system without locks (some network mounts): better an agent without lock than none


def _holder(directory: Path) -> int | None:
    try:
        return int((directory / NAME).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
