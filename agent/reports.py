"""Reports: numbered by the year (2026-0007), kept in a folder each under the state directory, never overwritten. Block.

A report comes into being by the renaming of a folder that holds all of it: a disk that is full, or the end of the
process, leaves none, and its number is given to the next.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from agent.core.ledger import canonical

FOLDER = "reports"  # in the state directory
LOCK = ".lock"
HALF = ".half-"
ROWS = "report.json"
NUMBERED = re.compile(r"(\d{4})-(\d{4,})")
MOST = 16 * 1024 * 1024  # bytes of one report's rows

Made = Mapping[str, bytes]  # contents by file name


def keep(state: Path, year: int, make: Callable[[str], Made]) -> tuple[str, Path]:
    """Gives the next number of the year to `make` and keeps what that made; number and folder. One at a time, whoever
    else is at it. OSError if the disk refuses; whatever `make` raises goes through, and nothing is kept."""
    folder = state / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone(folder):
        _swept(folder)
        number = _next(folder, year)
        made = make(number)
        half = Path(mkdtemp(prefix=HALF, dir=folder))
        try:
            for name, content in made.items():
                _write(half / name, content)
            _sync(half)
            half.rename(folder / number)
            _sync(folder)
        except BaseException:
            shutil.rmtree(half, ignore_errors=True)
            raise
    return number, folder / number


def latest(state: Path, before: str = "") -> tuple[str, Mapping[str, Any]] | None:
    """Number and rows of the last report that can be read, or of the last before that number; None if there is none."""
    for number in sorted(_numbers(state / FOLDER), key=_order, reverse=True):
        if before and _order(number) >= _order(before):
            continue
        rows = _rows(state / FOLDER / number / ROWS)
        if rows is not None:
            return number, rows
    return None


def rows_of(document: Mapping[str, Any]) -> Made:
    """The rows as they are kept, for the comparison with the next report."""
    return {ROWS: canonical(document).encode()}


def _rows(path: Path) -> Mapping[str, Any] | None:
    try:
        with path.open("rb") as file:
            said = json.loads(file.read(MOST))
    except (OSError, ValueError):
        return None
    return said if isinstance(said, dict) else None


def _numbers(folder: Path) -> list[str]:
    try:
        return [each.name for each in folder.iterdir() if NUMBERED.fullmatch(each.name)]
    except FileNotFoundError:
        return []


def _order(number: str) -> tuple[int, int]:
    year, place = number.split("-")
    return int(year), int(place)


def _next(folder: Path, year: int) -> str:
    last = max((_order(each)[1] for each in _numbers(folder) if _order(each)[0] == year), default=0)
    return f"{year:04d}-{last + 1:04d}"


def _swept(folder: Path) -> None:
    """What a process that ended halfway left."""
    for each in folder.glob(HALF + "*"):
        shutil.rmtree(each, ignore_errors=True)


def _write(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with (folder / LOCK).open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
