"""What hostile stands in agent.yaml: each text of its schema is known, and those that reach a host execute nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

import pytest

from tests.collectors.hostile_fields import DATABASE, ELSEWHERE, NONE, QUERIES, REACH, texts
from tests.collectors.test_backup_ssh import in_rounds
from tests.hostile_pieces import marks
from tests.sshd import Sshd, sshd


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    with sshd(tmp_path_factory.mktemp("sshd")) as running:
        yield running


def test_each_text_of_the_schema_is_known_to_reach_a_command_or_not() -> None:
    known = [*REACH, *ELSEWHERE, *DATABASE, *QUERIES, *chain.from_iterable(NONE.values())]
    assert len(known) == len(set(known))
    assert set(known) == set(texts())


@pytest.mark.parametrize("field", REACH)
def test_hostile_values_reach_a_real_host_and_none_is_executed(field: str, server: Sshd) -> None:
    values = texts()[field]
    assert len(values) > 60
    made = [
        (value, replace(each, limit=1000, seconds=2, root=False)) for value in values for each in REACH[field](value)
    ]
    put = [command for value, command in made if any(value in word for word in command.argv)]
    assert put, "the field reaches a command"
    before = marks()
    assert len(asyncio.run(in_rounds(server.target(timeout=60), put))) == len(put)
    assert marks() == before
