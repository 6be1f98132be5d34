"""States: what was up and down from when to when, as SQLite keeps it.

A row is an interval in which one state was seen, so time that nobody witnessed has no row and is unknown, whatever
ended the agent. While an interval goes on, only its last moment is written, to `witnessed`, which is small: one page
holds a hundred targets. Order of rows is order of writing: where a clock was set back, the later has the last word.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

from agent.core.availability import Interval, entered
from agent.core.write import Write

SCHEMA = (
    """CREATE TABLE states (seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, target TEXT NOT NULL, up INTEGER NOT NULL,
       start REAL NOT NULL, until REAL NOT NULL, UNIQUE (kind, target, start))""",
    """CREATE TABLE witnessed (kind TEXT, target TEXT, start REAL NOT NULL, until REAL NOT NULL,
       PRIMARY KEY (kind, target)) WITHOUT ROWID""",
)
KEEP_SECONDS = 3 * 366 * 86_400.0
KEEP_ROWS = 50_000  # of one target, about 6 MB: a line that flaps at every poll for three weeks

Place = tuple[str, str]  # kind and id of a target
Seen = tuple[str, str, Interval]


def of_seen(seen: Sequence[Seen]) -> Write:
    """Intervals that began or were seen for longer."""
    return Write(seen, lambda connection, late: put(connection, seen))


def of_pruning(before: float, most: int = KEEP_ROWS) -> Write:
    """Forget what ended before this moment, and the oldest of what is too much."""
    return Write(before, lambda connection, late: prune(connection, before, most))


def put(connection: sqlite3.Connection, seen: Iterable[Seen]) -> None:
    for kind, target, interval in seen:
        before = connection.execute(
            "SELECT start, until FROM witnessed WHERE kind = ? AND target = ?", (kind, target)
        ).fetchone()
        if before is None or before[0] != interval.start:
            if before is not None:
                _settle(connection, (kind, target), *before)
            connection.execute(
                """INSERT INTO states (kind, target, up, start, until) VALUES (?, ?, ?, ?, ?)
                   ON CONFLICT DO UPDATE SET up = excluded.up, until = max(until, excluded.until)""",
                (kind, target, interval.up, interval.start, interval.end),
            )
        connection.execute(
            "INSERT OR REPLACE INTO witnessed VALUES (?, ?, ?, ?)", (kind, target, interval.start, interval.end)
        )


def history(connection: sqlite3.Connection, since: float = 0.0) -> dict[Place, list[Interval]]:
    """The intervals of every target that did not end before `since`, in order; none in a file of the version before, in
    which no agent has worked since."""
    found: dict[Place, list[Interval]] = {}
    if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'states'").fetchone() is None:
        return found
    rows = connection.execute(
        """SELECT s.kind, s.target, s.start, max(s.until, coalesce(w.until, s.until)) AS seen, s.up FROM states s
           LEFT JOIN witnessed w ON w.kind = s.kind AND w.target = s.target AND w.start = s.start
           WHERE seen >= ? ORDER BY s.seq""",
        (since,),
    )
    for kind, target, start, until, up in rows:
        entered(found.setdefault((kind, target), []), Interval(start, until, bool(up)))
    return found


def prune(connection: sqlite3.Connection, before: float, most: int) -> None:
    connection.execute("DELETE FROM states WHERE until < ?", (before,))
    crowded = connection.execute(
        "SELECT kind, target FROM states GROUP BY kind, target HAVING count(*) > ?", (most,)
    ).fetchall()
    for place in crowded:
        connection.execute(
            """DELETE FROM states WHERE kind = ?1 AND target = ?2 AND seq <=
               (SELECT seq FROM states WHERE kind = ?1 AND target = ?2 ORDER BY seq DESC LIMIT 1 OFFSET ?3)""",
            (*place, most),
        )


def _settle(connection: sqlite3.Connection, place: Place, start: float, until: float) -> None:
    """An interval is over: how long it was seen is kept in its own row."""
    connection.execute(
        "UPDATE states SET until = max(until, ?) WHERE kind = ? AND target = ? AND start = ?", (until, *place, start)
    )
