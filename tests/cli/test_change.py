"""`shouwang change` where no agent runs: straight into the store, with everything that is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from agent.changes import REGISTER, begin, enter, finish, planned
from agent.cli.main import application
from agent.core.store import Store
from agent.core.write import of_fact

HEAD = (
    "language: en\nstate: var\npeople: [{id: wang, name: 王工, role: network_administrator}]\n"
    "hosts: [{id: web, address: 10.0.0.5}, {id: db, address: 10.0.0.6}]\n"
)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "agent.yaml"
    path.write_text(HEAD, encoding="utf-8")
    return path


def change(config: Path, *words: str) -> Result:
    return CliRunner().invoke(application(), ["change", *words, "-c", str(config)])


def test_a_change_is_opened_listed_and_closed(config: Path) -> None:
    done = change(config, "open", "web", "db", "--reason", "patches", "--by", "wang", "--to", "2099-01-01")
    assert (done.exit_code, "31 days at most" in done.stderr) == (1, True)
    done = change(config, "open", "web", "db", "--reason", "patches", "--by", "wang")
    assert (done.exit_code, "opened: CHG-0001  web、db" in done.stderr) == (0, True), done.stderr
    (listed,) = json.loads(change(config, "list", "--format", "json").stdout)
    assert (listed["state"], listed["targets"], listed["end"] - listed["start"]) == ("now", ["web", "db"], 4 * 3600)
    done = change(config, "close", "CHG-0001", "--result", "works", "--by", "wang")
    assert done.exit_code == 0, done.stderr
    assert change(config, "list").stdout == "no change is open\n"
    assert change(config, "list", "--all").stdout.startswith("closed  CHG-0001")
    assert CliRunner().invoke(application(), ["ledger", "verify", "-c", str(config)]).exit_code == 0


@pytest.mark.parametrize(
    ("words", "code", "reason"),
    [
        (("open", "nothing", "--reason", "x"), 1, "no target nothing; known: web, db"),
        (("open", "web", "--reason", "  "), 1, "a reason is needed"),
        (("open", "web", "--reason", "x", "--by", "li"), 2, "no such person; known: wang"),
        (
            ("open", "web", "--reason", "x", "--from", "2026-11-02 10:00", "--to", "2026-11-02 09:00"),
            1,
            "must be later",
        ),
        (("open", "web", "--reason", "x", "--from", "yesterday"), 2, "yesterday"),
        (("close", "CHG-0009"), 2, "no open change CHG-0009"),
    ],
    ids=lambda words: " ".join(words[:4]) if isinstance(words, tuple) else "",
)
def test_what_does_not_fit_is_refused(config: Path, words: tuple[str, ...], code: int, reason: str) -> None:
    change(config, "open", "web", "--reason", "the first")
    done = change(config, *words)
    assert (done.exit_code, reason in done.stderr) == (code, True), done.stderr
    assert len(json.loads(change(config, "list", "--all", "--format", "json").stdout)) == 1


def test_what_was_done_before_is_entered_afterwards(config: Path) -> None:
    done = change(config, "open", "web", "--reason", "补登", "--from", "2026-11-02 09:30", "--to", "2026-11-02 10:30")
    assert done.exit_code == 0, done.stderr
    assert change(config, "list").stdout.startswith("to be closed  CHG-0001")


def test_an_open_change_is_never_dropped_from_the_register(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    try:
        request = {"targets": ["web"], "start": 0.0, "end": 10.0, "reason": "why", "by": "wang"}
        first = begin(store, request, ["web"], 1.0)
        many = [{"id": f"CHG-{number:04d}", "opened": 2.0, "closed": 2.0} for number in range(2, REGISTER.most + 2)]
        store.write([of_fact(REGISTER.key, [*REGISTER.entries(store), *many])])
        last = enter(store, {"action": "onboard", "target": "sw", "who": "wang", "text": ""}, 2.0)
        found = REGISTER.entries(store)
        assert len(found) == REGISTER.most + 1
        assert (found[0]["id"], found[-1]["id"]) == (first.id, last)
        assert planned(found) == (first,)
        assert begin(store, request, ["web"], 3.0).id == f"CHG-{REGISTER.most + 3:04d}"
        finish(store, {"id": first.id, "by": "wang", "kept": True}, 4.0)
        assert [each.closed for each in planned(REGISTER.entries(store)) if each.id == first.id] in ([4.0], [])
    finally:
        store.close()


def test_a_hostile_text_is_one_harmless_line(config: Path) -> None:
    done = change(config, "open", "web", "--reason", "a\x1b[2Jb\nc\u202ed")
    assert done.exit_code == 0
    shown = change(config, "list").stdout
    assert shown.count("\n") == 1
    assert "a[2Jb cd" in shown
