"""The running agent keeps what it saw of its lines, through kill -9, pauses and reloads, and says how much was up."""

from __future__ import annotations

import contextlib
import json
import signal
import socket
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agent.core.availability import Interval
from agent.core.database import NAME
from agent.core.states import history
from agent.core.store import Store
from tests.frame.centre import Centre
from tests.peers import free_port, until

pytestmark = pytest.mark.long

UP = 'line_up{kind="line",target="yibao"}'
ALL_TODAY = 'line_availability_ratio{kind="line",target="yibao",window="today",hours="all"}'
LINE = (
    "people: [{{id: wang, name: 王工, role: network_administrator}}]\n"
    "lines: [{{id: yibao, name: 医保专线, business: medical_insurance, every: 1s, timeout: 1s,"
    ' probes: [{{layer: application, tcp: "127.0.0.1:{port}"}}]}}]'
)


class Bureau:
    """The far end of the line: a port that answers while it is `open`."""

    def __init__(self) -> None:
        self.port = free_port()

    @contextlib.contextmanager
    def open(self) -> Iterator[None]:
        with socket.socket() as listening:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(("127.0.0.1", self.port))
            listening.listen(64)
            yield


@pytest.fixture
def bureau() -> Bureau:
    return Bureau()


@pytest.fixture
def centre(tmp_path: Path, bureau: Bureau) -> Centre:
    centre = Centre(tmp_path)
    centre.write(LINE.format(port=bureau.port))
    return centre


def kept(centre: Centre) -> list[Interval]:
    store = Store.peek(centre.state)
    try:
        nothing: dict[tuple[str, str], list[Interval]] = {}
        return store.ask(history, nothing).get(("line", "yibao"), [])
    finally:
        store.close()


def test_a_kill_leaves_what_was_written_and_the_time_until_the_next_reading_unknown(
    centre: Centre, bureau: Bureau
) -> None:
    with bureau.open():
        with centre.agent() as agent:
            until(lambda: centre.value(UP) == 1, why="the line is read")
            time.sleep(2)
            centre.tell("witness")
            time.sleep(1)
            agent.send_signal(signal.SIGKILL)
            agent.wait(10)
            killed = time.time()
        before = kept(centre)
        assert [each.up for each in before] == [True]
        assert before[0].end <= killed
        time.sleep(2)
        started = time.time()
        with centre.agent():
            until(lambda: centre.value(UP) == 1, why="the line is read again")
            until(lambda: centre.value(ALL_TODAY) == 1, why="of what is known, everything was up")
    first, second = kept(centre)
    assert first == before[0]
    assert second.start >= started
    assert second.up


def test_an_outage_is_as_long_as_it_was_seen_and_is_told_while_the_agent_runs(centre: Centre, bureau: Bureau) -> None:
    with centre.agent():
        with bureau.open():
            until(lambda: centre.value(UP) == 1, why="the line is up")
        until(lambda: centre.value(UP) == 0, why="the line is down")
        with bureau.open():
            until(lambda: centre.value(UP) == 1, why="the line is up again")
            time.sleep(1.5)
            done = centre.command("availability", "--hours", "all", "--format", "json", "--outages")
            (line,) = json.loads(done.stdout)["targets"]
            (outage,) = line["outage_list"]
            assert outage["to"] is not None
            assert 0 < outage["down_seconds"] < 20
            until(lambda: 0 < (centre.value(ALL_TODAY) or 0) < 1, 15, "the ratio follows a change within seconds")
    assert [each.up for each in kept(centre)] == [True, False, True]


def test_a_pause_is_unknown(centre: Centre, bureau: Bureau) -> None:
    with bureau.open(), centre.agent() as agent:
        until(lambda: centre.value(UP) == 1, why="the line is read")
        agent.send_signal(signal.SIGSTOP)
        stopped = time.time()
        time.sleep(7)
        woken = time.time()
        agent.send_signal(signal.SIGCONT)
        until(lambda: centre.tell("witness") and len(kept(centre)) == 2, why="a second interval begins")
        first, second = kept(centre)
    assert first.end <= stopped + 0.1
    assert second.start >= woken


def test_a_reload_that_takes_a_line_out_ends_what_is_known_of_it(centre: Centre, bureau: Bureau) -> None:
    with bureau.open(), centre.agent():
        until(lambda: centre.value(ALL_TODAY) == 1, 90, "it is told")
        centre.write("")
        assert centre.tell("reload") == []
        assert centre.value(ALL_TODAY) is None
        time.sleep(2)
        centre.write(LINE.format(port=bureau.port))
        assert centre.tell("reload") == []
        until(lambda: centre.value(ALL_TODAY) == 1, why="its past is told at once")
        until(lambda: centre.tell("witness") and len(kept(centre)) == 2, why="it is read again")
    first, second = kept(centre)
    assert second.start - first.end >= 2


def test_planned_maintenance_is_shown_counts_apart_and_ends_when_cancelled(centre: Centre, bureau: Bureau) -> None:
    with centre.agent():
        until(lambda: centre.value(UP) == 0, why="the line is down")
        until(lambda: centre.value(ALL_TODAY) == 0, why="which counts")
        done = centre.command(
            "maintenance", "add", "yibao", "--from", "2000-01-01", "--weekly", "周一-周日 00:00-24:00",
            "--reason", "电信割接", "--by", "wang",
        )  # fmt: skip
        assert (done.returncode, "MNT-0001" in done.stderr) == (0, True)
        until(lambda: centre.value(ALL_TODAY) is None, why="nothing is left that counts")
        found: list[dict[str, Any]] = json.loads(centre.get("/api/v1/targets"))["targets"]
        assert [each["state"] for each in found] == ["maintenance"]
        refused = centre.command("maintenance", "cancel", "MNT-0002", "--reason", "x")
        assert (refused.returncode, "没有维护记录 MNT-0002" in refused.stderr) == (1, True)
        assert centre.command("maintenance", "cancel", "MNT-0001", "--reason", "改期").returncode == 0
        found = json.loads(centre.get("/api/v1/targets"))["targets"]
        assert [each["state"] for each in found] == ["fault"]
    assert centre.sound()
    assert centre.recalled("maintenance")[0]["cancelled_reason"] == "改期"


def test_the_first_start_on_a_state_directory_of_the_version_before_keeps_everything(centre: Centre) -> None:
    """The lines that were down are in the file; there is no table of states yet."""
    store = Store.open(centre.state)
    store.remember("x", 1)
    store.close()
    with contextlib.closing(sqlite3.connect(centre.state / NAME)) as file:
        file.executescript("DROP TABLE states; DROP TABLE witnessed; DELETE FROM migrations WHERE version = 2;")
    with centre.agent():
        until(lambda: centre.value(UP) == 0, why="the line is read")
        until(lambda: kept(centre), why="its state is on disk")
    assert centre.recalled("x") == 1
