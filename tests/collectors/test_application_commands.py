"""The commands that applications put to a host: what agent.yaml says arrives in them as it is, on busybox too."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.core.reach import CannotAsk, Poll, Reach
from agent.core.ssh import Answer, Command
from collectors.application import ApplicationOptions
from collectors.application.database_options import DatabaseOptions
from collectors.application.databases import of_database
from collectors.application.on_other_host import of_process, of_spool
from collectors.application.questions import questions
from collectors.application.sql import command
from tests.collectors.applications import target
from tests.collectors.test_application_elsewhere import LOG
from tests.peers import need
from tests.transports.test_ssh_round import HOSTILE, answered, script

NOBODY: Any = None


def of_place(value: str) -> Sequence[Command]:
    return of_spool(f"/{value}", "*", "upload").commands


def of_pattern(value: str) -> Sequence[Command]:
    return of_spool("/nonexistent", value, "upload").commands


def of_log(value: str) -> Sequence[Command]:
    options = ApplicationOptions.model_validate({
        "id": "a", "host": "web", "uploads": {"log": f"/{value}", "success": "x"}, "ticket": {"file": f"/{value}-"},
    })  # fmt: skip
    context = Poll(Reach(NOBODY, NOBODY, NOBODY), 0.0, 0.0, {})
    return [each for _, asked in questions(target({"host": "web", "process": "x"}), options, context)
            for each in asked.commands]  # fmt: skip


def of_query_text(value: str) -> Sequence[Command]:
    options = {"name": "q", "user": "monitor", "password": "secret"}
    return [
        command(DatabaseOptions.model_validate({**options, "kind": kind}), f"SELECT {value}", 5)
        for kind in ("postgresql", "mysql")
    ]


@pytest.mark.parametrize("commands", [of_place, of_pattern, of_log, of_query_text], ids=lambda each: each.__name__)
def test_a_hundred_hostile_values_of_agent_yaml_reach_commands_and_none_is_executed(
    commands: Callable[[str], Sequence[Command]], tmp_path: Path
) -> None:
    clients, empty = tmp_path / "clients", tmp_path / "empty"
    for each in (clients, empty):
        each.mkdir()
    for client in ("psql", "mysql"):
        script(clients / client, ":")
    put = [replace(each, limit=1000) for value in HOSTILE for each in commands(value)]
    assert len(put) in (200, 300)
    for start in range(0, len(put), 100):
        answers = answered(put[start : start + 100], folder=empty, PATH=f"{clients}:{os.environ['PATH']}")
        assert len(answers) == 100
    assert list(empty.iterdir()) == []


def test_a_host_with_busybox_alone_is_asked_as_others_are(tmp_path: Path) -> None:
    applets, place = tmp_path / "applets", tmp_path / "spool"
    for each in (applets, place):
        each.mkdir()
    for applet in ("find", "stat", "ps", "tail", "test", "df", "env", "head", "timeout", "true", "id", "cat"):
        (applets / applet).symlink_to(need("busybox"))
    for name in ("a.xml", ".b.xml", "c.txt"):
        (place / name).write_text("x")
        os.utime(place / name, (0, 1_700_000_000))
    log = tmp_path / "log"
    log.write_text("x" * 100_000 + LOG)
    database = of_database(DatabaseOptions.model_validate({"kind": "mysql", "name": "q", "spaces": ["/"]}), "q", 5)
    asked = [of_process("no-such-process"), of_spool(str(place), "*.xml", "upload"), database]
    commands = [*(command for each in asked for command in each.commands), *of_log(str(log)[1:])]
    answers = answered(commands, [need("busybox"), "sh"], PATH=f"{applets}:{tmp_path}/none")
    found = []
    for each in asked[:2]:
        mine, answers = answers[: len(each.commands)], answers[len(each.commands) :]
        found.append(each.told(mine))
    assert found[0].up is False
    assert [each.value for each in found[1].samples] == [1, 1_700_000_000]
    assert re.search(rb" \d+ +\d+ +\d+ +\d+% ", answers[0].stdout)
    assert answers[-2].text.endswith(LOG)


ENTRY = {
    "id": "a", "host": "web", "process": "java", "spool": "/s",
    "uploads": {"log": "/l", "success": "ok (.*)", "failure": "failed"},
    "ticket": {"file": "/t", "pattern": "x(.*)"}, "lag": {"sql": "SELECT 1"},
    "database": {"kind": "postgresql", "name": "q", "spaces": ["/"]},
}  # fmt: skip
BY_MYSQL = {
    **ENTRY, "database": {"kind": "mysql", "name": "q"}, "ticket": {"file": "/t"},
    "uploads": {"queries": dict.fromkeys(("waiting", "oldest", "success", "failures"), "SELECT 1")}, "spool": None,
}  # fmt: skip
SAID = st.one_of(
    st.binary(max_size=60),
    st.sampled_from((
        b"", b"1\n", b"NULL\n", b"-1", b"1e999", b"nan", b"1" * 400, b"1 S java\n", b"ok 25:99:99\n",
        b"x9999-99-99 1:1\n",
        "ok 2026-11-24 ٠٩:10\n".encode(), "²\n".encode(), b"@@max_connections\n0\nThreads_connected\t1\n",
        b"a b c\n1 2 3 4% /", b" 0 0 0 0% ", b"\tSeconds_Behind_Master\n\t\n", b"ERROR 1045 (28000): \x1b[2J",
    )),
)  # fmt: skip


def test_a_time_of_400_digits_is_no_time() -> None:
    options = ApplicationOptions.model_validate(ENTRY)
    parts = dict(questions(target(ENTRY), options, Poll(Reach(NOBODY, NOBODY, NOBODY), 1.8e9, 0.0, {})))
    backlog = next(asked for asked in parts.values() if any("find" in each.argv for each in asked.commands))
    answers = [Answer(each, 0, b"1" * 400 if "find" in each.argv else b"") for each in backlog.commands]
    with pytest.raises(CannotAsk, match="instead of times"):
        list(backlog.told(answers).samples)


@settings(max_examples=150, deadline=None)
@given(st.data(), st.sampled_from((ENTRY, BY_MYSQL)))
def test_whatever_a_host_says_is_a_part_or_says_why_not(data: st.DataObject, entry: Mapping[str, Any]) -> None:
    options = ApplicationOptions.model_validate(entry)
    context = Poll(Reach(NOBODY, NOBODY, NOBODY), 1.8e9, 0.0, {})
    for name, asked in questions(target(entry), options, context):
        answers = [
            Answer(
                replace(each, seconds=5.0), data.draw(st.sampled_from((0, 0, 0, 1, 2, 124, 126, 127, 137, 255))),
                data.draw(SAID), data.draw(SAID), data.draw(st.booleans()),
            )
            for each in asked.commands
        ]  # fmt: skip
        with suppress(CannotAsk):
            for sample in asked.told(answers).samples:
                assert math.isfinite(sample.value), name
                assert len(sample.labels) == len(sample.metric.labels)
