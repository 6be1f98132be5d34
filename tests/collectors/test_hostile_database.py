"""Hostile names, accounts, passwords, programs, directories and queries of databases, put by a real sshd to the real
clients of real servers: they arrive as they are written, nothing of them is executed, no password is an argument."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import ValidationError

from agent.core.ssh import Answer, Command
from collectors.application.database_options import DatabaseOptions
from collectors.application.databases import of_database
from collectors.application.sql import command
from tests.collectors.hostile_fields import DATABASE, QUERIES, texts
from tests.collectors.test_backup_ssh import in_rounds
from tests.databases import PASSWORD, Database, mariadb, postgresql, program
from tests.hostile_pieces import marks
from tests.peers import find, need
from tests.sshd import Sshd, sshd

KINDS = {"postgresql": postgresql, "mysql": mariadb}
ACCOUNT = {"postgresql": "CREATE USER \"{}\" PASSWORD '{}'", "mysql": "CREATE USER `{}`@'127.0.0.1' IDENTIFIED BY '{}'"}
# Leaves the arguments of itself and of all that it was started by, and is the client then.
LEAVING = """#!/bin/sh
of=$$
while [ "$of" -gt 1 ]; do
    cat "/proc/$of/cmdline"
    of=$(sed -n 's/^PPid:\t//p' "/proc/$of/status")
done >>{seen} 2>/dev/null
exec {client} "$@"
"""


@dataclass(frozen=True)
class Place:
    """A host with a client, and the database that it asks."""

    server: Sshd
    kind: str
    database: Database
    folder: Path

    def options(self, **more: object) -> DatabaseOptions:
        plain = {"kind": self.kind, "name": "q", "user": "monitor", "password": PASSWORD, "address": "127.0.0.1"}
        own = {"port": self.database.port, "program": str(self.folder / "client")}
        return DatabaseOptions.model_validate({**plain, **own, **more})

    def account(self, user: str, password: str) -> str:
        if self.kind == "mysql":
            user, password = user.replace("`", "``"), password.replace("\\", "\\\\")
        else:
            user = user.replace('"', '""')
        return ACCOUNT[self.kind].format(user, password.replace("'", "''"))

    def put(self, asked: Sequence[Command]) -> Sequence[Answer]:
        before = marks()
        answers = asyncio.run(in_rounds(self.server.target(timeout=60), asked))
        assert marks() == before
        assert len(answers) == len(asked) > 20
        return answers


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    with sshd(tmp_path_factory.mktemp("sshd")) as running:
        yield running


@pytest.fixture(scope="module", params=KINDS)
def place(request: pytest.FixtureRequest, server: Sshd, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    kind, folder = str(request.param), tmp_path_factory.mktemp("host")
    client = program("psql") if kind == "postgresql" else find("mariadb") or need("mysql")
    os.symlink(client, folder / "client")
    (folder / "leaving").write_text(LEAVING.format(seen=folder / "seen", client=client))
    (folder / "leaving").chmod(0o755)
    with KINDS[kind](folder / "log") as running:
        yield Place(server, kind, running, folder)


def accepted(place: Place, field: str) -> list[tuple[str, DatabaseOptions]]:
    """The hostile values that agent.yaml takes for the field, and what it says then."""
    found = []
    for taken in texts()[f"applications.database.{field}"]:
        text = f"{place.folder}/{field}{taken}" if field in ("program", "spaces") else taken
        # By itself "-)" stands in arguments of programs that have nothing to do with us.
        text = f"{taken}unmistakable{taken}" if field == "password" else text
        try:
            found.append((text, place.options(**{field: [text] if field == "spaces" else text})))
        except ValidationError:
            continue
    return found


def test_each_text_of_a_database_is_tried_here() -> None:
    fields = {f"applications.database.{each}" for each in DatabaseOptions.model_fields}
    assert fields - DATABASE == {f"applications.database.{each}" for each in ("kind", "address", "port")}


def test_a_hostile_name_is_the_name_that_the_server_misses(place: Place) -> None:
    tried = accepted(place, "name")
    for (name, _), answer in zip(tried, place.put([command(each, "SELECT 1", 2) for _, each in tried]), strict=True):
        assert not answer.ok
        # Who may see no database is told so by MariaDB, with the name as well.
        assert name in answer.stderr.decode(), answer.stderr


def test_accounts_with_hostile_names_log_in(place: Place) -> None:
    tried = accepted(place, "user")
    place.database.run(";".join(place.account(user, PASSWORD) for user, _ in tried))
    asked = [command(each.model_copy(update={"name": own(place)}), "SELECT 1", 2) for _, each in tried]
    assert [each.stderr for each in place.put(asked) if not each.ok] == []


def own(place: Place) -> str:
    """A database that everybody may log in to."""
    return "q" if place.kind == "postgresql" else "information_schema"


def test_hostile_passwords_log_in_and_stand_in_no_programs_arguments(place: Place) -> None:
    tried = accepted(place, "password")
    place.database.run(";".join(place.account(f"u{number}", word) for number, (word, _) in enumerate(tried)))
    asked = [
        command(
            each.model_copy(
                update={"name": own(place), "user": f"u{number}", "program": str(place.folder / "leaving")}
            ),
            "SELECT 1",
            2,
        )
        for number, (_, each) in enumerate(tried)
    ]
    (place.folder / "seen").unlink(missing_ok=True)
    assert [each.stderr for each in place.put(asked) if not each.ok] == []
    seen = (place.folder / "seen").read_bytes()
    assert b"SELECT 1" in seen
    assert [word for word, _ in tried if word.encode() in seen] == []


def test_clients_with_hostile_paths_are_the_ones_that_run(place: Place) -> None:
    tried = accepted(place, "program")
    (place.folder / "program").mkdir()
    for path, _ in tried:
        os.symlink(place.folder / "client", path)
    asked = [command(each.model_copy(update={"name": own(place)}), "SELECT 1", 2) for _, each in tried]
    assert [each.stderr for each in place.put(asked) if not each.ok] == []


def test_directories_with_hostile_names_tell_their_room(place: Place) -> None:
    tried = accepted(place, "spaces")
    for path, _ in tried:
        os.makedirs(path, exist_ok=True)
    answers = place.put([of_database(each, "q", 2).commands[0] for _, each in tried])
    assert [each.stderr for each in answers if not each.ok] == []


def test_hostile_queries_that_are_taken_execute_nothing(place: Place) -> None:
    (queries,) = {tuple(texts()[field]) for field in QUERIES}
    place.put([command(place.options(name=own(place)), sql, 2) for sql in queries])
