"""Database: opening the one SQLite file of the state directory, bringing its schema up, setting a damaged one aside."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from agent.core import ledger, rows, states
from agent.core.incident import Incident

NAME = "shouwang.db"
BUSY_SECONDS = 1.0  # how long a call waits for another process that locks the file
CHECK_BYTES = 32_000_000  # checked at every start below this size (about 0.1 s), above it only after a crash
MIGRATIONS: tuple[tuple[str, ...], ...] = (ledger.SCHEMA + rows.SCHEMA, states.SCHEMA)
TABLES = {"ledger", "incidents", "timeline", "deliveries", "findings", "memory", "states", "witnessed"}

# SQLite's primary result codes (the low byte of the extended ones) that say that the file itself is bad.
DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


class Damaged(Exception):
    """The file is no sound database; the text says what is wrong."""


class Refused(Exception):
    """The disk, or somebody who locks the file, refuses for now; the text says what."""


class Absent(Refused):
    """There is no file yet."""


@contextlib.contextmanager
def understood(path: Path) -> Iterator[None]:
    """SQLite's and the disk's errors as Damaged or Refused."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in DAMAGED:
            raise Damaged(f"{path}: {error}") from error
        raise Refused(f"{path}: {error} ({getattr(error, 'sqlite_errorname', type(error).__name__)})") from error
    except OSError as error:
        raise Refused(f"{path}: {error.strerror}") from error


def connect(path: Path, patience: float = BUSY_SECONDS) -> sqlite3.Connection:
    """A checked connection with the newest schema. Damaged or Refused."""
    with understood(path):
        crashed = _size(path.with_name(NAME + "-wal")) > 0  # a clean end removes it
        _keep_private(path)
        connection = sqlite3.connect(path, timeout=patience, isolation_level=None, check_same_thread=False)
        try:
            # FULL: an acknowledged change survives a power cut, not only a kill. One fsync for each commit.
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "trusted_schema=OFF", "journal_size_limit=16777216"):
                connection.execute(f"PRAGMA {pragma}")
            if crashed or _size(path) < CHECK_BYTES:
                _check(connection, path)
            _upgrade(connection, path)
        except BaseException:
            connection.close()
            raise
    return connection


def _keep_private(path: Path) -> None:
    """SQLite makes a file that everybody may read; what it makes beside one has that one's mode."""
    with contextlib.suppress(FileExistsError):
        # Never on a file that is there: closing it would drop the locks that this process holds on it (POSIX).
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o640))
    for each in (path, path.with_name(NAME + "-wal"), path.with_name(NAME + "-shm")):
        with contextlib.suppress(OSError):  # somebody else's file
            mode = each.stat().st_mode
            if mode & 0o007:
                each.chmod(mode & 0o770)


def make_directory(path: Path) -> None:
    """Refused if it cannot be made."""
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o750)
    except FileExistsError:
        raise Refused(f"{path}: not a directory; move it away, or name another `state:` in agent.yaml") from None
    except OSError as error:
        raise Refused(f"{path}: {error.strerror}") from error


def identity(path: Path) -> tuple[int, int] | None:
    """Tells a file from another of the same name; None where there is none."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def reader(path: Path) -> sqlite3.Connection:
    """A connection that only reads, beside a running agent or after it. Damaged or Refused (also: no file)."""
    with understood(path):
        if not path.exists():
            raise Absent(f"{path}: no such file; no agent has worked in this state directory yet")
        try:
            return _read_only(path, "")
        except sqlite3.OperationalError:
            if _size(path.with_name(path.name + "-wal")):
                raise
            # Where no -shm can be made (a full or read-only disk): without a WAL the file alone is the whole truth.
            return _read_only(path, "&immutable=1")


@contextlib.contextmanager
def looking(path: Path) -> Iterator[sqlite3.Connection]:
    """Such a connection for one look. Damaged or Refused."""
    with understood(path), contextlib.closing(reader(path)) as connection:
        yield connection


def _read_only(path: Path, options: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro{options}",
        uri=True,
        timeout=BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        connection.execute("SELECT count(*) FROM sqlite_master")
    except BaseException:
        connection.close()
        raise
    return connection


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # SQLite rolls back by itself after some errors of the disk
            connection.execute("ROLLBACK")
        raise


def migrate(connection: sqlite3.Connection, migrations: tuple[tuple[str, ...], ...] = MIGRATIONS) -> None:
    """Applies what is missing, each step in a transaction. A file of a later version is used as it is: steps add."""
    connection.execute("CREATE TABLE IF NOT EXISTS migrations (version INTEGER PRIMARY KEY, at TEXT NOT NULL)")
    known = version(connection)
    for number, statements in enumerate(migrations, 1):
        if number <= known:
            continue
        with transaction(connection):
            for statement in statements:
                connection.execute(statement)
            connection.execute("INSERT INTO migrations VALUES (?, ?)", (number, datetime.now(UTC).isoformat()))


def version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT coalesce(max(version), 0) FROM migrations").fetchone()[0])


def _check(connection: sqlite3.Connection, path: Path) -> None:
    found = [str(text) for (text,) in connection.execute("PRAGMA quick_check(3)")]
    if found != ["ok"]:
        raise Damaged(f"{path}: {'; '.join(found)}")


def _upgrade(connection: sqlite3.Connection, path: Path) -> None:
    """Damaged where the schema is not what its own version says."""
    try:
        migrate(connection)
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_ERROR:
            raise
        raise Damaged(f"{path}: {error}") from error
    found = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if missing := TABLES - found:
        raise Damaged(f"{path}: not a database of this agent, or cut: no table {', '.join(sorted(missing))}")


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


@dataclass(frozen=True, slots=True)
class Salvage:
    """What could still be read of a damaged file: open incidents, and the head of its ledger."""

    name: str
    incidents: tuple[Incident, ...]
    head: str | None


def set_aside(path: Path) -> Salvage:
    """Renames the file with its WAL, for people to look at, and reads what can be read. Refused if it cannot."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
    aside = path.with_name(f"{NAME}.damaged-{stamp}")
    with understood(path):
        for suffix in ("-wal", ""):  # the WAL first: beside a new database an old one would be taken for its own
            with contextlib.suppress(FileNotFoundError):
                path.with_name(NAME + suffix).rename(aside.with_name(aside.name + suffix))
        path.with_name(NAME + "-shm").unlink(missing_ok=True)
    return _salvage(aside)


def _salvage(aside: Path) -> Salvage:
    incidents: list[Incident] = []
    head: str | None = None
    unreadable = contextlib.suppress(sqlite3.Error, Damaged, Refused)
    with unreadable, contextlib.closing(reader(aside)) as connection:
        with contextlib.suppress(sqlite3.Error):
            head = ledger.head(connection)
        for (body,) in connection.execute("SELECT body FROM incidents WHERE closed IS NULL"):
            with contextlib.suppress(ValueError, TypeError, KeyError):
                incidents.append(rows.read_incident(body))
    return Salvage(aside.name, tuple(incidents), head)
