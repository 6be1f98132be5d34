"""Who is logged in: by real tools where they tell it, and by recordings of our own making."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.core.ssh import Answer
from collectors.host.linux import sessions
from collectors.host.linux.system import System
from collectors.host.subject import Turn
from tests.collectors.host.hosts import Recorded, host_options

UTMP, LOGIND = System(programs={"utmp": "x", "loginctl": "x", "systemd": "x"}), {"loginctl": "x", "systemd": "x"}
WHO = "li       pts/0        2026-11-18 20:40 (10.1.0.5)\nroot     tty1         2026-11-18 08:00\n"
BUSYBOX = "USER\t\tTTY\t\tIDLE\tTIME\t\t HOST\nli\t\tpts/0\t\t.\tNov 18 20:40\t 10.1.0.5\n"
# systemd 245 and 252: a desktop, a shell over SSH, the agent's commands, a display manager that waits for somebody.
OLD = (
    "      2 1000 li               seat0            tty2\n      7 1001 wang                              pts/1\n"
    "      9 1002 monitor\n     c1  113 gdm              seat0            tty1\n"
)
NEW = (
    "2 1000 li seat0 1423 user tty2 no -\n7 0 root - 1500 user pts/1 yes 5min ago\n"
    "9 1002 monitor - 1600 user - no -\nc1 113 gdm seat0 900 greeter tty1 no -\n"
)


@pytest.mark.parametrize(
    ("system", "program", "says", "count"),
    [
        (UTMP, "who", WHO, 2),
        (UTMP, "who", BUSYBOX, 1),
        (UTMP, "who", "", 0),
        (System(programs=LOGIND), "loginctl", OLD, 2),
        (System(programs=LOGIND), "loginctl", NEW, 2),
        (System(programs=LOGIND), "loginctl", "", 0),
    ],
)
def test_sessions_of_people_are_counted_and_the_agents_own_are_none(
    system: System, program: str, says: str, count: int
) -> None:
    assert Recorded(sessions.SUBJECT, {program: says}, system=system).poll() == {"host_login_sessions": {(): count}}


def test_a_host_that_keeps_no_list_of_sessions_is_not_said_to_have_none() -> None:
    host = Recorded(sessions.SUBJECT, {"who": ""}, system=System())
    assert not host.poll()
    assert not host.asked
    host = Recorded(sessions.SUBJECT, {"loginctl": (1, "", "Failed to connect to bus")}, system=System(programs=LOGIND))
    assert not host.poll()
    assert host.remarks == ["who is logged in could not be read: loginctl"]


def test_an_answer_is_known_by_its_arguments_whatever_time_it_was_given() -> None:
    bounded = Answer(replace(sessions.WHO, seconds=5.0), 0, WHO.encode())
    turn = Turn(host_options(), "monitor", UTMP, 1.0, 1.0, {}, {})
    assert [each.value for each in sessions.read(turn, [bounded])] == [2]
