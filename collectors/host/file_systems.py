"""File systems: which ones count, how full they are, when they will be full."""

from __future__ import annotations

import asyncio
import errno
import os
from collections import deque
from collections.abc import Iterable, Iterator, MutableMapping
from dataclasses import dataclass, field
from typing import Protocol

from agent.core.aside import aside
from agent.core.model import Sample
from agent.core.text import clean
from collectors.host.metrics import INODES, SPACE, TIME_TO_FULL

# Network file systems are left out: their space is their server's matter, and a dead server hangs whoever asks.
# squashfs, iso9660 and the like are always full and cannot get fuller; tmpfs is memory.
OWN_TYPES = ("ext2", "ext3", "ext4", "xfs", "btrfs", "zfs", "f2fs", "jfs", "reiserfs", "bcachefs", "nilfs2", "overlay")
FOREIGN_TYPES = ("vfat", "msdos", "exfat", "ntfs", "ntfs3", "fuseblk")
LOCAL_TYPES = frozenset((*OWN_TYPES, *FOREIGN_TYPES))
GONE = (errno.ENOENT, errno.ENOTDIR, errno.EACCES, errno.EPERM)  # unmounted meanwhile, or not for our eyes
STEP = 600.0  # seconds between two points of the history that the forecast is made from
HISTORY = 7 * 86400.0
ENOUGH = 86400.0  # seconds that must be known before a forecast is made


class Mount(Protocol):
    """A line of /proc/mounts, as psutil gives it."""

    @property
    def device(self) -> str: ...
    @property
    def mountpoint(self) -> str: ...
    @property
    def fstype(self) -> str: ...
    @property
    def opts(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Usage:
    """`used` and `free` bytes as df counts them: what is kept for root is in neither. `inodes` a ratio."""

    used: int
    free: int
    inodes: float | None

    @property
    def ratio(self) -> float | None:
        return self.used / (self.used + self.free) if self.used + self.free else None


def relevant(mounts: Iterable[Mount]) -> list[str]:
    """The mountpoints of local, writable media, one for each device: the shortest, so that bind mounts fall away."""
    shortest: dict[str, str] = {}
    for mount in mounts:
        if mount.fstype not in LOCAL_TYPES or (mount.fstype == "overlay" and mount.mountpoint != "/"):
            continue
        if mount.device.startswith(("/dev/loop", "/dev/sr")) and "ro" in mount.opts.split(","):
            continue
        known = shortest.get(mount.device)
        if known is None or len(mount.mountpoint) < len(known):
            shortest[mount.device] = mount.mountpoint
    return sorted(shortest.values())


Pending = MutableMapping[str, "asyncio.Future[Usage | None]"]


async def usages(mountpoints: list[str], pending: Pending, timeout: float) -> tuple[dict[str, Usage], dict[str, str]]:
    """Usage by mountpoint, and for those that did not answer within `timeout` seconds, or with an error, why.

    A dying disk hangs its asker in the kernel; `pending` remembers who hangs, so that it is asked by one thread only.
    """
    for mountpoint in [each for each, future in pending.items() if future.done()]:
        del pending[mountpoint]
    for mountpoint in mountpoints:
        if mountpoint not in pending:
            pending[mountpoint] = aside(lambda at=mountpoint: usage(at))  # type: ignore[misc]  # binds the loop's value
    asked = {mountpoint: pending[mountpoint] for mountpoint in mountpoints}
    if asked:
        await asyncio.wait(asked.values(), timeout=timeout)
    found: dict[str, Usage] = {}
    silent: dict[str, str] = {}
    for mountpoint, future in asked.items():
        if not future.done():
            silent[mountpoint] = f"no answer within {timeout:g} s"
        elif (error := future.exception()) is not None:
            silent[mountpoint] = (error.strerror if isinstance(error, OSError) else None) or type(error).__name__
        elif (answer := future.result()) is not None:
            found[mountpoint] = answer
    return found, silent


def usage(mountpoint: str) -> Usage | None:
    """Blocks as long as the file system does. None if it is not there, or a single file mounted into a container."""
    try:
        if not os.path.isdir(mountpoint):
            return None
        stat = os.statvfs(mountpoint)
    except OSError as error:
        if error.errno in GONE:
            return None
        raise
    return Usage(
        used=(stat.f_blocks - stat.f_bfree) * stat.f_frsize,
        free=stat.f_bavail * stat.f_frsize,
        inodes=(stat.f_files - stat.f_ffree) / stat.f_files if stat.f_files else None,
    )


@dataclass
class Growth:
    """Used bytes over the last 7 days, a point each 10 minutes, and the slope of the line through them."""

    _points: deque[tuple[float, int]] = field(default_factory=deque)
    _slope: float = 0.0

    def add(self, at: float, used: int) -> None:
        """`at` in seconds of a clock that never steps."""
        if self._points and at - self._points[-1][0] < STEP:
            return
        self._points.append((at, used))
        while self._points[0][0] < at - HISTORY:
            self._points.popleft()
        self._slope = slope(self._points)

    def time_to_full(self, free: int) -> float | None:
        """Seconds until `free` bytes are used up; infinite if it does not grow, None before a day is known."""
        if not self._points or self._points[-1][0] - self._points[0][0] < ENOUGH:
            return None
        return free / self._slope if self._slope > 0 else float("inf")


def samples(mountpoint: str, usage: Usage, growth: Growth, at: float) -> Iterator[Sample]:
    """How full it is, and when it will be full; `at` as for `Growth.add`."""
    label = (clean(mountpoint),)
    if usage.ratio is not None:
        yield Sample(SPACE, usage.ratio, label)
    if usage.inodes is not None:
        yield Sample(INODES, usage.inodes, label)
    growth.add(at, usage.used)
    if (seconds := growth.time_to_full(usage.free)) is not None:
        yield Sample(TIME_TO_FULL, seconds, label)


def slope(points: Iterable[tuple[float, float]]) -> float:
    """Of the least-squares line through the points; 0 if they do not make one."""
    known = list(points)
    middle = sum(x for x, _ in known) / len(known)
    mean = sum(y for _, y in known) / len(known)
    width = sum((x - middle) ** 2 for x, _ in known)
    return sum((x - middle) * (y - mean) for x, y in known) / width if width else 0.0
