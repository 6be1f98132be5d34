"""Reports: numbered by the year (2026-0007), kept in a folder each under the state directory, never overwritten. Block.

A report comes into being by the renaming of a folder that holds all of it: a disk that is full, or the end of the
process, leaves none, and its number is given to the next. Each is a record of the ledger with the hash of every file.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from agent.core.folder import sync
from agent.core.ledger import canonical
from agent.core.printed import Printed, read
from agent.core.store import Store
from agent.core.text import clean
from agent.core.write import of_record

FOLDER = "reports"  # in the state directory
LOCK = ".lock"
HALF = ".half-"
ROWS = "report.json"
PRINTED = "printed.json"
MADE, RENDERED = "checklist.report.made", "checklist.report.rendered"  # kinds of records
NUMBERED = re.compile(r"(\d{4})-(\d{4,})")
MOST = 16 * 1024 * 1024  # bytes of one report's rows

Made = Mapping[str, bytes]  # contents by file name
Hashes = Mapping[str, str]  # SHA-256 by file name
Enter = Callable[[str, Hashes], Any]


def keep(state: Path, year: int, make: Callable[[str], Made], enter: Enter) -> tuple[str, Path]:
    """Gives the next number of the year to `make`, keeps what that made, and has it entered in the ledger; number and
    folder. One at a time, whoever else is at it. OSError if the disk refuses; whatever `make` or `enter` raises goes
    through, and nothing is kept."""
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
            sync(half)
            half.rename(folder / number)
            half = folder / number
            sync(folder)
            enter(number, _hashes(made))
        except BaseException:
            shutil.rmtree(half, ignore_errors=True)
            raise
    return number, folder / number


def add(state: Path, number: str, name: str, content: bytes, enter: Enter) -> Path:
    """One file more of a kept report. FileExistsError if it has one of this name; else as `keep`."""
    folder = state / FOLDER
    path, half = folder / number / name, folder / number / (HALF + name)
    with _alone(folder):
        if path.exists():
            raise FileExistsError(path)
        try:
            half.unlink(missing_ok=True)  # of a process that ended halfway
            _write(half, content)
            half = half.rename(path)
            sync(path.parent)
            enter(number, _hashes({name: content}))
        except BaseException:
            half.unlink(missing_ok=True)
            raise
    return path


def enter(store: Store, request: Mapping[str, Any], now: float) -> Mapping[str, Any]:
    """A record of the ledger. `request`: number, files (SHA-256 by name), ledger_head (before), by; `rendered`: one
    format more of a report that was made. ValueError where it is of another shape."""
    number, files = str(request.get("number")), request.get("files")
    if not NUMBERED.fullmatch(number) or not isinstance(files, Mapping) or not files:
        raise ValueError(f"not a report: {number}; expected a number as 2026-0007, and files")
    names = re.compile(rf"{number}\.[a-z]{{1,5}}|{re.escape(ROWS)}|{re.escape(PRINTED)}")
    if not all(names.fullmatch(name) and re.fullmatch(r"[0-9a-f]{64}", str(said)) for name, said in files.items()):
        raise ValueError(f"report {number}: files: expected the SHA-256 of each of its own files")
    head, by = clean(str(request.get("ledger_head")), 64), clean(str(request.get("by")), 60)
    body = {"number": number, "files": dict(files), "ledger_head": head, "by": by}
    store.write([of_record(RENDERED if request.get("rendered") else MADE, body, now)])
    return body


def entered(connection: sqlite3.Connection) -> Mapping[str, dict[str, tuple[int, str]]]:
    """Of each report that the ledger knows its files: the record's place, and the file's hash."""
    found: dict[str, dict[str, tuple[int, str]]] = {}
    rows = connection.execute("SELECT seq, body FROM ledger WHERE kind IN (?, ?) ORDER BY seq", (MADE, RENDERED))
    for seq, text in rows:
        body = json.loads(text)
        found.setdefault(body["number"], {}).update({name: (seq, said) for name, said in body["files"].items()})
    return found


def on_disk(state: Path) -> Mapping[str, dict[str, str | None]]:
    """Of each kept report its files: the hash of what they are now, None where that cannot be read."""
    folder = state / FOLDER
    found: dict[str, dict[str, str | None]] = {}
    for number in sorted(_numbers(folder), key=_order):
        with os.scandir(folder / number) if (folder / number).is_dir() else _nothing() as files:
            found[number] = {each.name: _hash(Path(each.path)) for each in files}
    return found


def printed_of(state: Path, number: str) -> Printed:
    """What a kept report says, for one format more. ValueError or OSError if it cannot be read."""
    try:
        return read(json.loads((state / FOLDER / number / PRINTED).read_bytes()[:MOST]))
    except (KeyError, TypeError) as error:
        raise ValueError(f"{PRINTED}: not a report: {error!r}") from None


def made_at(state: Path, number: str) -> float | None:
    """When it was made, as it says itself; Unix seconds."""
    made = (_rows(state / FOLDER / number / ROWS) or {}).get("made")
    return float(made) if isinstance(made, int | float) else None


def numbers(state: Path) -> list[str]:
    """Those that are kept, the newest first."""
    return sorted(_numbers(state / FOLDER), key=_order, reverse=True)


def latest(state: Path, before: str = "") -> tuple[str, Mapping[str, Any]] | None:
    """Number and rows of the last report that can be read, or of the last before that number; None if there is none."""
    for number in numbers(state):
        if before and _order(number) >= _order(before):
            continue
        rows = _rows(state / FOLDER / number / ROWS)
        if rows is not None:
            return number, rows
    return None


def rows_of(document: Mapping[str, Any]) -> Made:
    """The rows as they are kept, for the comparison with the next report."""
    return {ROWS: canonical(document).encode()}


def pages_of(printed: Printed) -> Made:
    """What it says as it is kept, for other formats."""
    return {PRINTED: canonical(asdict(printed)).encode()}


def _hashes(made: Made) -> Hashes:
    return {name: hashlib.sha256(content).hexdigest() for name, content in made.items()}


def _hash(path: Path) -> str | None:
    try:
        with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None


@contextmanager
def _nothing() -> Iterator[tuple[()]]:
    yield ()


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


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with (folder / LOCK).open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
