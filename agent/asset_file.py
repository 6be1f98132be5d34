"""The list of assets as it is in force. People's programs empty a file before they write it, or take it away for a
moment: the last list that was whole stays in force meanwhile, and that is said."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from agent.assets import read_assets, told
from agent.core.assets import Assets
from agent.core.text import Said, Text, spoken

log = logging.getLogger(__name__)

HELD = 600.0  # seconds that a file must have stood before a list is believed that lost most of its devices
NOT_READ = Text(
    "{failure};仍用上次读到的清单({count} 台)",
    "{failure}; the list as it was read last stays in force ({count} devices)",
)
SHRUNK = Text(
    "{path}:{count} 台设备中一下少了 {lost} 台;仍用上次读到的清单;若确实如此,{minutes} 分钟后生效",
    "{path}: lacks {lost} of {count} devices at once; the list as it was read last stays in force; if this is meant, "
    "it is taken up after {minutes} minutes",
)
EMPTIED = Text(
    "{path}:一台设备也没有了;仍用上次读到的清单({count} 台);若确实如此,请重启守望",
    "{path}: has no device any more; the list as it was read last stays in force ({count} devices); if this is meant, "
    "restart the agent",
)


class Stamp(NamedTuple):
    """Tells one content of a file from another without reading it."""

    modified: int
    changed: int  # also by who may read it
    size: int
    inode: int


class AssetFile:
    """The list, read again when the file changes. `assets` is None where agent.yaml names no file; its `stale` says why
    it is not what the file has now."""

    def __init__(self, path: Path | None, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.path, self._monotonic = path, monotonic
        self.assets: Assets | None = None
        self._stamp: Stamp | None = None
        self._fresh: Assets | None = None  # what the file has now
        self._since = 0.0

    def look(self) -> None:
        """Reads the file if it is not what it was. Takes milliseconds, so not for the event loop; never raises."""
        if self.path is None:
            return
        stamp, now = _stamp(self.path), self._monotonic()
        stands = self._fresh is not None and stamp == self._stamp
        if stands and self._fresh is self.assets:
            return
        if self._fresh is None or not stands:
            self._stamp, self._since, self._fresh = stamp, now, read_assets(self.path)
        self._weigh(self.path, self._fresh, stands, now - self._since)

    def _weigh(self, path: Path, fresh: Assets, stands: bool, age: float) -> None:
        """Takes `fresh` up, or keeps to what is in force. A list that lacks some devices is taken up when the file
        `stands`, unchanged since the look before: it may not be whole yet."""
        held = self.assets
        if held is None or held.failure:
            self._take(fresh)
            return
        known = _devices(held)
        count, lost = len(known), len(known - _devices(fresh))
        if fresh.failure:
            self._keep(held, NOT_READ.format(failure=fresh.failure, count=count))
        elif count and not _devices(fresh):
            self._keep(held, EMPTIED.format(path=path, count=count))
        elif lost * 2 > count and age < HELD:
            self._keep(held, SHRUNK.format(path=path, lost=lost, count=count, minutes=round(HELD / 60)))
        elif stands or not lost:
            self._take(fresh)

    def _take(self, fresh: Assets) -> None:
        self.assets = fresh
        for text in told(fresh):
            log.warning("%s", spoken(text, "en"))

    def _keep(self, held: Assets, why: Said) -> None:
        if held.stale != why:
            self.assets = replace(held, stale=why)
            log.warning("%s", spoken(why, "en"))


def _devices(assets: Assets) -> set[str]:
    """By their hardware addresses, else by what they are called."""
    return {*assets.by_mac, *(each.label for each in assets.listed if not each.macs)}


def _stamp(path: Path) -> Stamp | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return Stamp(status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino)
