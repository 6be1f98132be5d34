"""A disk that hangs under the running agent stops neither its alerts, nor its answers, nor its end."""

from __future__ import annotations

import contextlib
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.control import Refused
from tests.exporters.alertmanagers import Fake, fake
from tests.frame.centre import SELF, SILENT, Centre
from tests.hanging_disk import HangingDisk, on_a_disk_that_may_hang
from tests.peers import free_port, need_ping, until

WRITABLE = "shouwang_storage_writable"


class Hung:
    """An agent whose disk hangs, with an incident that opened since."""

    def __init__(self, centre: Centre, process: subprocess.Popen[str], disk: HangingDisk, receiver: Fake) -> None:
        self.centre, self.process, self.disk, self.receiver = centre, process, disk, receiver

    @property
    def alerts(self) -> list[dict[str, str]]:
        return [alert["annotations"] for post in self.receiver.posts for alert in post]


@contextlib.contextmanager
def hung(place: Path) -> Iterator[Hung]:
    centre = Centre(place)
    need_ping()
    with fake() as receiver, centre.log.open("ab") as log:
        notify = f"notify: {{alertmanagers: ['{receiver.url}']}}\nhosts: [{SELF}]\n"
        centre.write(notify)
        with on_a_disk_that_may_hang(centre.run, place, stdout=log, stderr=log) as (process, disk):
            centre.healthy(process)
            until(lambda: centre.value(WRITABLE) == 1, why="the disk takes writes")
            disk.hang()
            centre.write(notify + SILENT % free_port())
            process.send_signal(signal.SIGHUP)
            until(centre.incidents, why="an incident opens")
            yield Hung(centre, process, disk, receiver)


def test_an_alert_goes_out_marked_and_everything_answers(tmp_path: Path) -> None:
    with hung(tmp_path) as seen:
        centre = seen.centre
        until(lambda: seen.alerts, why="the alert goes out from memory")
        assert {each.get("unrecorded") for each in seen.alerts} == {"true"}
        until(lambda: centre.value(WRITABLE) == 0, why="the metric says that the disk takes nothing")
        [incident] = centre.incidents()
        assert incident["recorded"] is False
        assert incident["id"] in centre.get(f"/incidents/{incident['id']}")
        assert "hash" in centre.get("/api/v1/ledger/head")
        told = centre.tell("note", incident=incident["id"], who="wang", text="磁盘坏了")
        assert told is not None
        assert told["recorded"] is False
        assert "in memory only" in told["said"]
        with pytest.raises(Refused, match="no incident 20200101-000000-none"):
            centre.tell("acknowledge", incident="20200101-000000-none", who="wang")
        seen.disk.let_go()
        until(lambda: centre.value(WRITABLE) == 1, why="the disk takes writes again")
        assert [each["recorded"] for each in centre.incidents()] == [True]
        kinds = centre.timeline(incident["id"])
        assert kinds[0] == "opened"
        assert kinds.count("opened") == kinds.count("note") == 1
        assert centre.sound()
        assert "Traceback" not in centre.said()


def test_it_ends_when_told_although_the_disk_never_answers(tmp_path: Path) -> None:
    with hung(tmp_path) as seen:
        seen.process.send_signal(signal.SIGTERM)
        assert seen.process.wait(30) == 0
        assert seen.disk.held == 1
        assert {each.get("unrecorded") for each in seen.alerts} == {"true"}  # said before it ended
        assert "Traceback" not in seen.centre.said()
