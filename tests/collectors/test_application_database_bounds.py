"""What a query to a database may cost, and what it can never do: real servers, real clients, a real sshd."""

from __future__ import annotations

import asyncio
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from collectors.application.database_options import DatabaseOptions
from collectors.application.sql import command
from tests.collectors.applications import OTHER_MACHINE, UP, polls
from tests.collectors.test_application_database import KINDS, asked
from tests.collectors.ways import value
from tests.databases import Database
from tests.peers import until
from tests.sshd import Sshd, sshd
from tests.transports.test_ssh_round import answered

SLEEP = {"postgresql": "SELECT pg_sleep(600)", "mysql": "SELECT sleep(600)"}
ASLEEP = {"postgresql": "wait_event = 'PgSleep'", "mysql": "state = 'User sleep'"}
ROWS = {"postgresql": "SELECT generate_series(1, 1000000000)", "mysql": "SELECT seq FROM seq_1_to_1000000000"}
RUNNING = {
    "postgresql": "SELECT count(*) FROM pg_stat_activity WHERE usename = 'monitor' AND state = 'active' AND {}",
    "mysql": "SELECT count(*) FROM information_schema.processlist WHERE user = 'monitor' AND command = 'Query' AND {}",
}
Asked = tuple[dict[str, Any], Database]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    with sshd(tmp_path_factory.mktemp("sshd")) as running:
        yield running


@pytest.fixture(scope="module", params=KINDS)
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    with KINDS[request.param](tmp_path_factory.mktemp("db") / "log") as running:
        yield asked(request.param, running.port), running


def at_work(database: Asked, which: str = "true") -> int:
    """Queries of ours that the server works on."""
    options, running = database
    done = subprocess.run(
        (*running.admin, RUNNING[options["kind"]].format(which)), capture_output=True, text=True, timeout=30, check=True
    )
    return int(next(line for line in done.stdout.split() if line.isdecimal()))


def poll(server: Sshd, options: dict[str, Any], sql: str, timeout: float) -> Any:
    web = replace(server.target(id_="web"), options=OTHER_MACHINE.options)
    said = {"host": "web", "role": "database", "database": options, "ticket": {"sql": sql}}
    return asyncio.run(polls(said, 1, timeout, sources={"web": web}))[0]


def test_a_query_without_end_is_ended_by_the_server_too_and_its_password_is_seen_by_nobody(
    server: Sshd, database: Asked
) -> None:
    options, _ = database
    readings: list[Any] = []
    asking = threading.Thread(target=lambda: readings.append(poll(server, options, SLEEP[options["kind"]], 5.0)))
    asking.start()
    until(lambda: at_work(database, ASLEEP[options["kind"]]) == 1, why="the query has begun")
    seen = b"".join(_told(each) for each in Path("/proc").glob("[0-9]*"))
    asking.join()
    assert b"sleep(600)" in seen
    assert b"canary" not in seen
    assert "canary" not in server.log
    (found,) = readings
    assert (found.failure, value(found, UP)) == (None, 1)
    assert "in time" in found.remarks[0]
    until(lambda: at_work(database) == 0, why="the server goes on with a query that nobody waits for")


def _told(process: Path) -> bytes:
    """What a process shows to others, and its environment, which it shows to its own user."""
    try:
        return (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
    except OSError:
        return b""


def test_of_a_thousand_million_rows_the_first_is_taken_and_the_server_is_left_alone(
    server: Sshd, database: Asked
) -> None:
    options, _ = database
    found = poll(server, options, ROWS[options["kind"]], 10.0)
    assert (found.failure, value(found, UP)) == (None, 1)
    until(lambda: at_work(database) == 0, why="the server goes on with rows that nobody reads")


@pytest.mark.parametrize("sql", ["SELECT 1 \\! touch mark", "SELECT 1\n\\! touch mark", "SELECT 1 \\. /etc/passwd"])
def test_no_command_of_the_client_is_taken_out_of_a_query(database: Asked, tmp_path: Path, sql: str) -> None:
    """Even where it came past the check of agent.yaml."""
    options = DatabaseOptions.model_validate(database[0])
    (answer,) = answered([replace(command(options, sql, 5), limit=1000)], folder=tmp_path)
    assert answer.status != 0
    assert b"root:" not in answer.stdout + answer.stderr
    assert list(tmp_path.iterdir()) == []
