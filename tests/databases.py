"""PostgreSQL and MariaDB as peers: each on a loopback port, empty but for what the tests put in."""

from __future__ import annotations

import contextlib
import glob
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.peers import PACKAGES, find, free_port, need, running, until

NOBODY = 65534
PASSWORD = "canary \\ # of 'databases'\""  # with all that option files and shells could trip over


@dataclass(frozen=True)
class Database:
    port: int
    admin: tuple[str, ...]  # the client program, logged in as who may do everything

    def run(self, sql: str) -> None:
        done = subprocess.run((*self.admin, sql), capture_output=True, text=True, timeout=30, check=False)
        assert done.returncode == 0, done.stderr


def _unprivileged(argv: list[str]) -> list[str]:
    """Database servers refuse to run as root."""
    drop = [need("setpriv"), f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    return [*drop, *argv] if os.geteuid() == 0 else argv


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    """Not pytest's, which nobody else may look into."""
    made = Path(tempfile.mkdtemp(prefix="db"))
    if os.geteuid() == 0:
        os.chown(made, NOBODY, NOBODY)
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def program(name: str) -> str:
    """Debian keeps those of each version apart; its own psql is a script that chooses one of them."""
    found = next(iter(sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"), reverse=True)), None) or find(name)
    if found is None:
        pytest.skip(f"needs {name} (apt-get install {PACKAGES['postgres']})")
    return found


@contextlib.contextmanager
def postgresql(log: Path) -> Iterator[Database]:
    """User `monitor` with PASSWORD reads the database `q`."""
    server, initialise, port = program("postgres"), program("initdb"), free_port()
    with _folder() as folder:
        made = [initialise, "-D", f"{folder}/data", "-U", "admin", "-A", "trust", "-E", "UTF8", "--no-sync"]
        subprocess.run(_unprivileged(made), check=True, capture_output=True, timeout=60, cwd="/")
        rules = "local all admin trust\nhost all all 127.0.0.1/32 scram-sha-256\n"
        (folder / "data" / "pg_hba.conf").write_text(rules)
        argv = [server, "-D", f"{folder}/data", "-p", str(port), "-k", str(folder), "-c", "fsync=off"]
        with running(_unprivileged(argv), log):
            admin = (need("psql"), "-X", "-q", "-h", str(folder), "-p", str(port), "-U", "admin", "-d")
            database = Database(port, (*admin, "q", "-c"))
            made = [*admin, "postgres", "-c", "CREATE DATABASE q"]
            until(
                lambda: subprocess.run(made, capture_output=True, timeout=30, check=False).returncode == 0,
                why=f"{server} answers; {log}",
            )
            quoted = PASSWORD.replace("'", "''")
            database.run(f"CREATE USER monitor PASSWORD '{quoted}'")
            yield database


@contextlib.contextmanager
def mariadb(log: Path) -> Iterator[Database]:
    """The same by MariaDB."""
    server, client, initialise, port = need("mariadbd"), need("mariadb"), need("mariadb-install-db"), free_port()
    with _folder() as folder:
        made = [initialise, "--no-defaults", f"--datadir={folder}/data", "--auth-root-authentication-method=normal"]
        subprocess.run(_unprivileged(made), check=True, capture_output=True, timeout=60, cwd="/")
        argv = [server, "--no-defaults", f"--datadir={folder}/data", f"--port={port}", "--bind-address=127.0.0.1",
                f"--socket={folder}/s", f"--pid-file={folder}/pid"]  # fmt: skip
        with running(_unprivileged(argv), log):
            database = Database(port, (client, "--no-defaults", "-u", "root", f"--socket={folder}/s", "-e"))
            until((folder / "s").exists, why=f"{server} answers; {log}")
            quoted = PASSWORD.replace("\\", "\\\\").replace("'", "\\'")
            database.run(f"CREATE DATABASE q; CREATE USER monitor@'127.0.0.1' IDENTIFIED BY '{quoted}'")
            database.run(
                "GRANT SELECT ON q.* TO monitor@'127.0.0.1'; GRANT SLAVE MONITOR ON *.* TO monitor@'127.0.0.1'"
            )
            yield database
