"""Databases asked by psql and mysql on another host: real servers, and what others would say."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from agent.core.model import Reading
from agent.core.reach import CannotAsk
from agent.core.ssh import Answer
from collectors.application import ApplicationOptions
from collectors.application.database_options import DatabaseOptions
from collectors.application.databases import of_database, of_query
from collectors.application.part import Part
from collectors.application.sql import command
from tests.collectors.applications import OTHER_MACHINE, UP, polls, why
from tests.collectors.ways import value, values
from tests.databases import PASSWORD, Database, mariadb, postgresql
from tests.peers import find, free_port
from tests.sshd import Sshd, sshd

CONNECTIONS, SPACE = "application_database_connections_usage_ratio", "application_database_space_usage_ratio"
DELAY, TICKET = "application_database_replication_delay_seconds", "application_ticket_last_timestamp_seconds"
BACKLOG, OLDEST = "application_upload_backlog", "application_upload_oldest_timestamp_seconds"
SUCCESS, FAILURES = "application_upload_last_success_timestamp_seconds", "application_upload_failures"
NINE = 1_795_482_600.0  # 2026-11-24 09:10:00 in Shanghai
KINDS = {"postgresql": postgresql, "mysql": mariadb}
TABLES = (
    "CREATE TABLE ticket (at timestamp NOT NULL)",
    "CREATE TABLE upload (at timestamp NOT NULL, state varchar(10))",
    "INSERT INTO ticket VALUES ('2026-11-24 09:10:00')",
    "INSERT INTO upload VALUES ('2026-11-24 09:10:00', 'waits'), ('2026-11-24 09:20:00', 'waits')",
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    with sshd(tmp_path_factory.mktemp("sshd")) as running:
        yield running


@pytest.fixture(scope="module", params=KINDS)
def database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[dict[str, Any], Database]]:
    """What agent.yaml says of it, and the database itself."""
    kind = str(request.param)
    with KINDS[kind](tmp_path_factory.mktemp("db") / "log") as running:
        for each in TABLES:
            running.run(f"USE q; {each}" if kind == "mysql" else each)
        if kind == "postgresql":
            running.run("GRANT SELECT ON ticket, upload TO monitor")
        yield asked(kind, running.port), running


def asked(kind: str, port: int, **more: Any) -> dict[str, Any]:
    options = {"kind": kind, "name": "q", "user": "monitor", "password": PASSWORD, "address": "127.0.0.1"}
    return {**options, "port": port, "program": find("mariadb") if kind == "mysql" else None, **more}


def ask(server: Sshd, database: Mapping[str, Any], timeout: float = 20.0, **options: Any) -> Reading:
    web = replace(server.target(id_="web"), options=OTHER_MACHINE.options)
    said = {"host": "web", "role": "database", "database": database, **options}
    return asyncio.run(polls(said, 1, timeout, sources={"web": web}))[0]


def test_a_database_that_answers_is_up_and_tells_its_connections_and_the_room_of_its_files(
    server: Sshd, database: tuple[dict[str, Any], Database]
) -> None:
    options, _ = database
    found = ask(server, {**options, "spaces": ["/", "/nonexistent"]})
    assert (found.failure, value(found, UP)) == (None, 1)
    ((labels, used),) = values(found, CONNECTIONS).items()
    assert labels == ("q",)
    assert 0 < used < 0.2
    ((labels, used),) = values(found, SPACE).items()
    assert labels == ("q", "/")
    assert 0 < used <= 1
    assert values(found, DELAY) == {}


def test_ticket_and_uploads_are_told_by_queries(server: Sshd, database: tuple[dict[str, Any], Database]) -> None:
    queries = {
        "waiting": "SELECT count(*) FROM upload WHERE state = 'waits'",
        "oldest": "SELECT min(at) FROM upload;",
        "success": "SELECT max(at) FROM upload WHERE state = 'taken'",
        "failures": "SELECT 3 + 1",
    }
    found = ask(
        server, database[0], role="queue", ticket={"sql": "SELECT max(at) FROM ticket"}, uploads={"queries": queries}
    )
    assert (found.failure, found.remarks, value(found, UP)) == (None, (), 1)
    assert values(found, TICKET) == {("queue",): NINE}
    assert (value(found, BACKLOG), value(found, OLDEST)) == (2, NINE)
    assert (value(found, SUCCESS), value(found, FAILURES)) == (None, 4)


@pytest.mark.parametrize(
    ("sql", "said"), [("SELECT max(at) FROM nothing", "put the query right"), ("SELECT 'A012'", "has no time")]
)
def test_a_query_that_gives_no_value_is_remarked(
    server: Sshd, database: tuple[dict[str, Any], Database], sql: str, said: str
) -> None:
    found = ask(server, database[0], ticket={"sql": sql})
    assert (found.failure, value(found, UP), values(found, TICKET)) == (None, 1, {})
    assert len(found.remarks) == 1
    assert said in found.remarks[0]


def test_a_session_cannot_write(server: Sshd, database: tuple[dict[str, Any], Database]) -> None:
    options, running = database
    if options["kind"] == "postgresql":
        running.run("CREATE SEQUENCE s; GRANT ALL ON SEQUENCE s TO monitor; GRANT ALL ON ticket TO monitor")
        sql = "WITH gone AS (DELETE FROM ticket RETURNING at) SELECT max(at) FROM gone"
    else:
        running.run("GRANT ALL ON q.* TO monitor@'127.0.0.1'")
        sql = "SELECT at FROM ticket FOR UPDATE"
    found = ask(server, options, ticket={"sql": sql})
    assert value(found, UP) == 1
    if options["kind"] == "postgresql":
        assert "read-only transaction" in found.remarks[0]
    assert value(ask(server, options, ticket={"sql": "SELECT max(at) FROM ticket"}), TICKET) == NINE


def test_a_wrong_password_is_a_question_that_could_not_be_put_and_is_told_nowhere(
    server: Sshd, database: tuple[dict[str, Any], Database]
) -> None:
    found = ask(server, {**database[0], "password": "canary-wrong"})
    assert found.failure is not None
    assert (found.failure.kind, values(found, UP)) == ("authentication", {})
    assert "canary" not in found.failure.message


def test_a_database_that_is_not_there_is_to_be_put_right(
    server: Sshd, database: tuple[dict[str, Any], Database]
) -> None:
    found = ask(server, {**database[0], "name": "none"})
    assert found.failure is not None
    assert found.failure.kind in ("missing", "authentication")


def test_a_database_that_does_not_run_is_down(server: Sshd, database: tuple[dict[str, Any], Database]) -> None:
    found = ask(server, {**database[0], "port": free_port()})
    assert (found.failure, value(found, UP)) == (None, 0)
    assert why(found)[0][0] == "{since} 起不可用:连不上数据库,请查它是否在运行。"


def test_a_query_that_takes_too_long_is_ended_and_the_rest_is_told(
    server: Sshd, database: tuple[dict[str, Any], Database]
) -> None:
    sleep = "SELECT pg_sleep(600)" if database[0]["kind"] == "postgresql" else "SELECT sleep(600)"
    began = time.monotonic()
    found = ask(server, database[0], timeout=5.0, ticket={"sql": sleep})
    assert time.monotonic() - began < 5
    assert (found.failure, value(found, UP)) == (None, 1)
    assert "in time" in found.remarks[0]


def test_a_database_that_hangs_is_down_though_the_round_came_to_no_end(server: Sshd, tmp_path: Path) -> None:
    client = tmp_path / "psql"
    client.write_text("#!/bin/sh\nexec sleep 30\n")
    client.chmod(0o755)
    began = time.monotonic()
    found = ask(server, asked("postgresql", 1, program=str(client)), timeout=8.0, process="sshd", spool=str(tmp_path))
    assert time.monotonic() - began < 8
    assert (found.failure, value(found, UP), value(found, BACKLOG)) == (None, 0, 1)
    assert why(found)[0][0] == "{since} 起不可用:数据库没有按时应答。"


def options_of(kind: str) -> DatabaseOptions:
    return DatabaseOptions.model_validate(asked(kind, 5432, program=None))


@pytest.mark.parametrize("kind", KINDS)
def test_no_secret_stands_among_arguments(kind: str) -> None:
    made = command(options_of(kind), "SELECT 1", 5)
    assert not any("canary" in each for each in made.argv)
    assert b"canary" in made.stdin
    assert "canary" not in repr(options_of(kind))


def told(kind: str, *given: tuple[int, str, str]) -> Part:
    """What is made of these exit statuses, outputs and errors; what is not given fails."""
    question = of_database(options_of(kind), "q", 5)
    filled = (*given, *[(1, "", "ERROR")] * (len(question.commands) - len(given)))
    return question.told(
        [
            Answer(replace(each, seconds=5.0), status, out.encode(), err.encode())
            for each, (status, out, err) in zip(question.commands, filled, strict=True)
        ]
    )


@pytest.mark.parametrize(
    ("kind", "status", "stderr", "reason"),
    [
        ("postgresql", 2, "psql: error: FATAL:  sorry, too many clients already", "连接数已满"),
        ("postgresql", 2, "FATAL:  对不起, 已经有太多的客户", "连接数已满"),
        ("postgresql", 2, "FATAL:  the database system is starting up", "正在启动"),
        ("postgresql", 2, "psql: error: connection to server on socket failed: No such file", "连不上数据库"),
        ("postgresql", 124, "", "没有按时应答"),
        ("mysql", 1, "ERROR 1040 (HY000): Too many connections", "连接数已满"),
        ("mysql", 1, "ERROR 2002 (HY000): Can't connect", "连不上数据库"),
        ("mysql", 1, "ERROR 2013 (HY000): Lost connection to server", "连不上数据库"),
    ],
)
def test_why_a_database_gives_no_session_is_told_in_our_words(kind: str, status: int, stderr: str, reason: str) -> None:
    part = told(kind, (status, "", stderr))
    assert part.up is False
    assert part.fault is not None
    assert reason in part.fault.said.zh


@pytest.mark.parametrize(
    ("kind", "status", "stderr", "failure"),
    [
        ("postgresql", 2, 'FATAL:  用户 "monitor" Password 认证失败', "authentication"),
        ("postgresql", 2, 'FATAL:  no pg_hba.conf entry for host "10.0.0.1"', "authentication"),
        ("postgresql", 2, 'FATAL:  database "q" does not exist', "missing"),
        ("postgresql", 127, "env: 'psql': No such file or directory", "missing"),
        ("postgresql", 3, "something \x1b[2J new", "protocol"),
        ("mysql", 1, "ERROR 1045 (28000): Access denied for user", "authentication"),
        ("mysql", 1, "ERROR 1049 (42000): Unknown database 'q'", "missing"),
        ("mysql", 127, "sh: 1: mysql: not found", "missing"),
    ],
)
def test_what_is_for_us_to_put_right_is_not_held_against_the_database(
    kind: str, status: int, stderr: str, failure: str
) -> None:
    with pytest.raises(CannotAsk) as raised:
        told(kind, (status, "", stderr))
    assert raised.value.kind == failure
    assert "\x1b" not in str(raised.value)


REPLICA = "Replica_IO_State\tMaster_Host\tSeconds_Behind_Master\tLast_Error\n"


@pytest.mark.parametrize(
    ("kind", "answers", "delay"),
    [
        ("postgresql", [(0, "12.5\n", "")], 12.5),
        ("postgresql", [(0, "\n", "")], None),
        ("mysql", [(0, REPLICA + "Waiting\t10.0.0.1\t42\t\n", "")], 42),
        ("mysql", [(0, REPLICA + "Waiting\t10.0.0.1\tNULL\tSeconds_Behind_Master\\n7\n", "")], None),
        ("mysql", [(0, "", "")], None),
        ("mysql", [(1, "", "ERROR 1064"), (0, REPLICA.replace("Replica", "Slave") + "Waiting\tx\t7\t\n", "")], 7),
        ("mysql", [(1, "", "ERROR 1227"), (1, "", "ERROR 1227")], None),
    ],
)
def test_the_delay_of_a_replica_is_told_by_what_its_server_says(
    kind: str, answers: list[tuple[int, str, str]], delay: float | None
) -> None:
    part = told(kind, (0, "1\n", ""), (1, "", ""), *answers)
    assert [each.value for each in part.samples if each.metric.name == DELAY] == ([] if delay is None else [delay])


def test_the_room_of_a_directory_is_told_by_the_last_numbers_of_df() -> None:
    options = DatabaseOptions.model_validate({**asked("postgresql", 1, program=None), "spaces": ["/data"]})
    question = of_database(options, "q", 5)
    df = "Filesystem 1024-blocks Used Available Capacity Mounted on\n//nas/a 1 2 3 4% b 1000 600 200 75% /data\n"
    answers = [Answer(each, 0, b"1\n") for each in question.commands[1:]]
    part = question.told([Answer(question.commands[0], 0, df.encode()), *answers])
    assert [each.value for each in part.samples if each.metric.name == SPACE] == [0.75]


def test_null_says_nothing() -> None:
    for kind, output in (("postgresql", "\n"), ("mysql", "max(at)\nNULL\n"), ("mysql", "")):
        question = of_query(options_of(kind), "SELECT 1", 5, "ticket", pytest.fail)
        assert question.told([Answer(question.commands[0], 0, output.encode())]) == Part()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"ticket": {"sql": "DELETE FROM ticket"}}, "not one SQL statement that reads"),
        ({"ticket": {"sql": "SELECT 1; DROP TABLE ticket"}}, "not one SQL statement that reads"),
        ({"ticket": {"sql": "\\! id"}}, "not one SQL statement that reads"),
        ({"ticket": {"sql": "SELECT 1 \\! id"}}, "not one SQL statement that reads"),
        ({"ticket": {"sql": "SELECT 1\n\\. /etc/passwd"}}, "not one SQL statement that reads"),
        ({"ticket": {"sql": "SELECT 1 -- '\n\\! id '"}}, "not one SQL statement that reads"),
        ({"ticket": {"sql": "SELECT '\\\\' \\! id '"}}, "not one SQL statement that reads"),
        ({"ticket": {"sql": "SELECT 1 INTO  OUTFILE '/tmp/x'"}}, "not one SQL statement that reads"),
        ({"ticket": {"sql": "SELECT 1", "pattern": "x"}}, "sql gives the value itself"),
        ({"database": asked("mysql", 1, name="a\nb")}, "not a name for a database"),
        ({"database": asked("oracle", 1)}, "'postgresql' or 'mysql'"),
        ({"database": asked("mysql", 1, password="a\nb")}, "cannot be handed over"),
        ({"database": asked("mysql", 1, program="mysql")}, "not an absolute path"),
        ({"database": None, "process": "x", "ticket": {"sql": "SELECT 1"}}, "needs `database`"),
        ({"spool": "/s", "uploads": {"queries": {"waiting": "SELECT 1"}}}, "only one of them"),
        ({"uploads": {"log": "/l"}}, "log needs success"),
        ({"host": None}, "needs `host`"),
    ],
)
def test_what_cannot_be_meant_is_refused(options: Mapping[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        ApplicationOptions.model_validate({"id": "a", "host": "web", "database": asked("mysql", 1), **options})


def test_a_database_of_this_machine_is_told_how_it_is_asked() -> None:
    found = asyncio.run(polls({"host": "self", "database": asked("mysql", 1)}))[0]
    assert found.failure is not None
    assert "by: ssh" in found.failure.message
