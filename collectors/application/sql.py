"""Queries put to a database by the client program of a host. No secret stands in its arguments, which others of the
host see: it reads its login from standard input. Its session only reads, and the server itself ends what takes too
long: it would go on with a query whose client is gone, one more at each poll."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from agent.core.ssh import Command
from collectors.application.database_options import DatabaseOptions

CONNECTING = 4  # seconds

Settings = tuple[tuple[str, str | None], ...]


def command(options: DatabaseOptions, sql: str, seconds: float) -> Command:
    """Gives rows as lines, columns apart by tabs; with mysql a line of names comes before them. `seconds`: what the
    server may take for it."""
    return CLIENTS[options.kind](options, sql, math.ceil(seconds * 1000))


def _settings(options: DatabaseOptions, database: str | None) -> Settings:
    password = options.password.reveal() if options.password is not None else None
    port = str(options.port) if options.port is not None else None
    address = str(options.address) if options.address is not None else None
    return ((database or "database", options.name), ("host", address), ("port", port), ("user", options.user),
            ("password", password))  # fmt: skip


def _psql(options: DatabaseOptions, sql: str, milliseconds: int) -> Command:
    # libpq's connection service file (PostgreSQL documentation, section 34.17).
    lines = [f"{key}={value}" for key, value in _settings(options, "dbname") if value is not None]
    environment = (
        "PGSERVICEFILE=/dev/stdin",
        "PGSERVICE=shouwang",
        f"PGCONNECT_TIMEOUT={CONNECTING}",
        f"PGOPTIONS=-c default_transaction_read_only=on -c statement_timeout={milliseconds}",
    )
    # Else the client would hold all rows of a careless query in the host's memory.
    by_cursor = ("-v", "FETCH_COUNT=100")
    program = (options.program or "psql", "-X", "-q", "-A", "-t", "-w", *by_cursor, "-F", "\t", "-c", sql)
    return Command(("env", *environment, *program), stdin="\n".join(["[shouwang]", *lines, ""]).encode())


def _mysql(options: DatabaseOptions, sql: str, milliseconds: int) -> Command:
    # An option file (MySQL reference manual, section 6.2.2.2). With a password nothing of the account's own file holds.
    lines = [f'{key}="{_escaped(value)}"' for key, value in _settings(options, None) if value is not None]
    which = "--defaults-file" if options.password is not None else "--defaults-extra-file"
    reading = "--init-command=SET SESSION TRANSACTION READ ONLY"
    # --binary-mode takes the client's own commands out of queries: \! runs a program. No server may ask for files.
    harmless = ("--loose-binary-mode", "--local-infile=0")
    batch = ("--batch", "--quick", f"--connect-timeout={CONNECTING}", *harmless)
    # MariaDB reads /*M! and not 50700 to 50999; MySQL the other way round, and only for queries that read.
    limited = (
        f"SET SESSION wait_timeout=60 /*M!100101 , max_statement_time={milliseconds / 1000:.3f}*/"
        f" /*!50708 , max_execution_time={milliseconds}*/; "
    )
    program = (options.program or "mysql", f"{which}=/dev/stdin", *batch, reading, "-e", limited + sql)
    return Command(program, stdin="\n".join(["[client]", *lines[1:], "[mysql]", lines[0], ""]).encode())


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')


CLIENTS: Mapping[str, Callable[[DatabaseOptions, str, int], Command]] = {"postgresql": _psql, "mysql": _mysql}


@dataclass(frozen=True, slots=True)
class Measures:
    """What is asked of a database of its own; of `delay` the first that can be put counts."""

    connections: str
    delay: Sequence[str]


# A replica that replayed all it received lags nothing while it receives; else by the age of what it replayed last.
POSTGRESQL = Measures(
    connections="SELECT sum(numbackends)::float8 / current_setting('max_connections')::float8 FROM pg_stat_database",
    delay=(
        "SELECT CASE WHEN NOT pg_is_in_recovery() THEN"
        " (SELECT extract(epoch FROM max(replay_lag)) FROM pg_stat_replication)"
        " WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn()"
        " AND EXISTS (SELECT 1 FROM pg_stat_wal_receiver WHERE pid IS NOT NULL) THEN 0"
        " ELSE extract(epoch FROM now() - pg_last_xact_replay_timestamp()) END",
    ),
)
# The newer word is MySQL's from 8.0.22 on and MariaDB's from 10.5 on; the older is gone from MySQL 8.4 on.
MYSQL = Measures(
    connections="SELECT @@max_connections; SHOW GLOBAL STATUS LIKE 'Threads_connected'",
    delay=("SHOW REPLICA STATUS", "SHOW SLAVE STATUS"),
)
MEASURES: Mapping[str, Measures] = {"postgresql": POSTGRESQL, "mysql": MYSQL}
