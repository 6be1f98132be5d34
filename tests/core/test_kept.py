"""What collectors keep of a target is there again after a restart, and no more than that."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from agent.core.kept import LIMIT, Kept
from agent.core.model import Target
from agent.core.store import Store

UPS = Target("machine_room", "ups-1", "UPS", address="10.0.0.9")
KEY = ("ups", "machine_room", "ups-1")


class Life:
    """One life of an agent on a directory."""

    def __init__(self, directory: Path) -> None:
        self.store = Store.open(directory)
        self.kept = Kept(self.store)
        self.kept.load()

    def ends(self) -> None:
        self.store.write(self.kept.due())
        self.store.close()


def test_what_was_kept_is_there_in_the_next_life(tmp_path: Path) -> None:
    first = Life(tmp_path)
    first.kept.of("ups", UPS)["self_test"] = {"ok": 1.0, "at": [1, 2]}
    first.ends()
    second = Life(tmp_path)
    assert second.kept.of("ups", UPS) == {"self_test": {"ok": 1.0, "at": [1, 2]}}
    assert second.kept.of("device", UPS) == {}
    assert second.kept.due() == []
    second.ends()


def test_another_device_at_another_address_begins_anew(tmp_path: Path) -> None:
    first = Life(tmp_path)
    first.kept.of("ups", UPS)["a"] = 1
    assert first.kept.of("ups", replace(UPS, timeout=3)) == {"a": 1}
    first.ends()
    second = Life(tmp_path)
    other = replace(UPS, address="10.0.0.10")
    assert second.kept.of("ups", other) == {}
    second.kept.of("ups", other)["a"] = 2
    second.ends()
    third = Life(tmp_path)
    assert third.kept.of("ups", other) == {"a": 2}
    third.ends()


def test_only_what_changed_is_written(tmp_path: Path) -> None:
    life = Life(tmp_path)
    life.kept.of("ups", UPS)["a"] = 1
    life.kept.of("device", UPS)["b"] = 1
    assert len(life.kept.due()) == 2
    assert life.kept.due() == []
    life.kept.of("device", UPS)["b"] = 2
    assert len(life.kept.due()) == 1
    life.store.close()


def test_a_target_that_is_gone_leaves_no_row(tmp_path: Path) -> None:
    first = Life(tmp_path)
    first.kept.of("ups", UPS)["a"] = 1
    first.store.write(first.kept.due())
    first.kept.keep({("ups", "machine_room", "other")})
    first.ends()
    with sqlite3.connect(next(tmp_path.glob("*.db"))) as connection:
        assert connection.execute("SELECT count(*) FROM memory WHERE key LIKE 'kept %'").fetchone() == (0,)


@pytest.mark.parametrize("value", ["x" * LIMIT, object()])
def test_what_is_too_much_or_no_json_is_not_kept_and_said_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, value: object
) -> None:
    life = Life(tmp_path)
    life.kept.of("ups", UPS)["a"] = value
    life.kept.of("device", UPS)["b"] = 1
    assert len(life.kept.due()) == 1
    assert life.kept.due() == []
    assert [record.getMessage().partition(":")[0] for record in caplog.records] == [
        "what collector ups would keep of machine_room ups-1 is not kept"
    ]
    life.store.close()


@pytest.mark.parametrize("row", ["[]", "{}", "17", '{"address": "10.0.0.9", "values": 3}', "no json"])
def test_a_row_that_is_not_ours_is_as_none(tmp_path: Path, row: str) -> None:
    first = Life(tmp_path)
    first.kept.of("ups", UPS)["a"] = 1
    first.ends()
    with sqlite3.connect(next(tmp_path.glob("*.db"))) as connection:
        connection.execute("UPDATE memory SET value = ? WHERE key LIKE 'kept %'", (row,))
    second = Life(tmp_path)
    assert second.kept.of("ups", UPS) == {}
    second.ends()


def test_a_single_round_keeps_nothing_and_needs_no_store() -> None:
    kept = Kept()
    kept.load()
    kept.of("ups", UPS)["a"] = 1
    assert kept.of("ups", UPS) == {"a": 1}
