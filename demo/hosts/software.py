"""What the software on a host says: its processes, free space where files lie, the database's client."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping, Sequence
from itertools import dropwhile

from demo.hosts.model import FileSystem, Host
from demo.hosts.programs import Ran

CONNECTIONS = 0.14  # of those that the database allows, as a ratio
NO_SERVER = (
    b'psql: error: connection to server on socket "/var/run/postgresql/.s.PGSQL.5432" failed: Connection refused\n'
    b"\tIs the server running locally and accepting connections on that socket?\n"
)
# What a statement holds, and what comes of it; the first counts.
STATEMENTS = (("numbackends", f"{CONNECTIONS}\n"), ("replay_lag", "\n"), ("SELECT 1", "1\n"))

Program = Callable[[Host, Sequence[str]], Ran | None]


def ran(host: Host, argv: Sequence[str]) -> Ran | None:
    """None where the model of the host answers."""
    if argv[0] == "env":
        return ran(host, list(dropwhile(lambda each: "=" in each, argv[1:])))
    return PROGRAMS[argv[0]](host, argv) if argv[0] in PROGRAMS else None


def ps(host: Host, argv: Sequence[str]) -> Ran | None:
    """ps -e -o pid= -o stat= -o comm=, or args=."""
    if "pid=" not in argv:
        return None
    lines = [each for each in host.processes if not (each == DATABASE and _down(host))]
    if argv[-1] == "comm=":
        lines = [posixpath.basename(each.split()[0]) for each in lines]
    return Ran(0, "".join(f"{number:5} S {each}\n" for number, each in enumerate(lines, 1)).encode())


def df(host: Host, argv: Sequence[str]) -> Ran:
    """df -P -k PATH, POSIX.1-2024."""
    each = holding(host, argv[-1])
    size = each.size // 1024
    used = int(size * each.used)
    head = "Filesystem 1024-blocks Used Available Capacity Mounted on\n"
    return Ran(0, f"{head}{each.device} {size} {used} {size - used} {each.used:.0%} {each.mountpoint}\n".encode())


def holding(host: Host, path: str) -> FileSystem:
    """The file system on which this path lies."""
    below = f"{posixpath.normpath(path)}/"
    found = (each for each in host.file_systems if below.startswith(each.mountpoint.rstrip("/") + "/"))
    return max(found, key=lambda each: len(each.mountpoint))


def psql(host: Host, argv: Sequence[str]) -> Ran | None:
    """One statement, by -c."""
    if DATABASE not in host.role.services.values():
        return None
    if _down(host):
        return Ran(2, stderr=NO_SERVER)
    sql = argv[argv.index("-c") + 1]
    for held, told in STATEMENTS:
        if held in sql:
            return Ran(0, told.encode())
    return Ran(1, stderr=b"ERROR:  permission denied\n")


def _down(host: Host) -> bool:
    return host.on("database-down")


DATABASE = "postgres"
PROGRAMS: Mapping[str, Program] = {"df": df, "ps": ps, "psql": psql, "true": lambda host, argv: Ran(0)}
