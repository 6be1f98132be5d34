"""What people say to the running agent is theirs, one harmless line, and answered with what became of it."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agent.control import Refused, ask
from agent.core.store import Store
from tests.frame.centre import SILENT, Centre
from tests.frame.test_hanging_disk import hung
from tests.peers import free_port, need_ping, until

PEOPLE = "people: [{id: wang, name: 王工, role: network_administrator}, {id: li, name: 李工, role: director}]\n"


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Centre, str]]:
    """A centre whose agent runs, and its open incident."""
    need_ping()
    centre = Centre(tmp_path_factory.mktemp("verbs"))
    centre.write(PEOPLE + SILENT % free_port())
    with centre.agent():
        until(centre.incidents, why="an incident opens")
        yield centre, centre.incidents()[0]["id"]
    assert "Traceback" not in centre.said()


@pytest.mark.parametrize(
    ("verb", "arguments", "reason"),
    [
        ("acknowledge", {}, "who: missing"),
        ("acknowledge", {"who": None}, "who: missing"),
        ("acknowledge", {"who": ["wang"]}, r"who: \['wang'\]; expected text"),
        ("acknowledge", {"who": "zhang"}, "no such person: zhang; known: li, wang"),
        ("acknowledge", {"who": "\x1b\n\u202e", "login": "root"}, "who: empty"),
        ("acknowledge", {"who": "wang", "incident": 7}, "incident: 7; expected text"),
        ("acknowledge", {"who": "wang", "incident": "20200101-000000-none"}, "no incident 20200101-000000-none"),
        ("note", {"who": "wang"}, "text: missing"),
        ("note", {"who": "wang", "text": " \n "}, "text: empty"),
        ("note", {"who": "wang", "text": 5}, "text: 5; expected text"),
        ("close", {"who": "wang"}, "text: missing"),
    ],
)
def test_an_argument_that_is_missing_or_wrong_is_named(
    told: tuple[Centre, str], verb: str, arguments: dict[str, Any], reason: str
) -> None:
    centre, identity = told
    with pytest.raises(Refused, match=reason):
        ask(centre.state, verb, **{"incident": identity, **arguments})


def test_an_incident_is_shown_as_the_agent_knows_it_now(told: tuple[Centre, str]) -> None:
    centre, identity = told
    shown = ask(centre.state, "show", incident=identity)
    assert "核心交换机" in shown["text"].splitlines()[0]
    assert (shown["document"]["id"], shown["document"]["target"]) == (identity, "core")


def test_a_note_is_one_harmless_line_however_it_was_sent(told: tuple[Centre, str]) -> None:
    centre, identity = told
    forged = "断了\x1b[2J\n2026-11-24 12:00:00 shouwang closed\r\u202e" + "长" * 2000
    for who in ({"who": "wang"}, {"login": "ro\x1bot\n" + "x" * 200}):
        answer = ask(centre.state, "note", incident=identity, text=forged, **who)
        assert answer["recorded"] is True
    looking = Store.peek(centre.state)
    notes = [change for change in looking.timeline(identity) if change.kind == "note"]
    looking.close()
    assert len(notes) == 2
    for change in notes:
        assert change.note.startswith("断了[2J 2026-11-24")
        assert len(change.note) == 500
        assert change.who.isprintable()
        assert len(change.who) <= 60
    assert not {"\x1b", "\r", "\u202e"} & set(centre.command("incident", "show", identity).stdout)


def test_the_register_of_changes_holds_harmless_lines(told: tuple[Centre, str]) -> None:
    centre, _ = told
    hostile = {key: f"{key}\x1b[2J\n\u202e" + "x" * 2000 for key in ("target", "address", "who", "text")}
    assert ask(centre.state, "change", action="onboard", **hostile)["recorded"] is True
    looking = Store.peek(centre.state)
    [known] = looking.recall("changes")
    looking.close()
    assert all(value.isprintable() and len(value) <= 500 for value in known.values() if isinstance(value, str))


def test_who_names_nobody_speaks_under_the_login(told: tuple[Centre, str]) -> None:
    centre, identity = told
    assert centre.command("incident", "note", identity, "看过了").returncode == 0
    assert centre.command("incident", "note", identity, "看过了", "--who", "zhang").returncode == 2


def test_a_command_that_comes_in_the_end_is_answered_with_what_became_of_it(tmp_path: Path) -> None:
    answers: list[Any] = []
    with hung(tmp_path) as seen:
        until(lambda: seen.alerts, why="the agent knows that the disk hangs")
        seen.disk.let_go()
        until(lambda: seen.centre.value("shouwang_storage_writable") == 1, why="the disk takes writes again")
        identity = seen.centre.incidents()[0]["id"]
        seen.disk.hang()
        saying = threading.Thread(
            target=lambda: answers.append(ask(seen.centre.state, "note", incident=identity, who="wang", text="!"))
        )
        saying.start()
        until(lambda: seen.disk.held, why="the note is on its way to the disk")
        seen.process.send_signal(signal.SIGTERM)
        saying.join(30)
        assert seen.process.wait(30) == 0
        assert [each["recorded"] for each in answers] == [False]
        assert "in memory only" in answers[0]["said"]
    assert "Traceback" not in seen.centre.said()
