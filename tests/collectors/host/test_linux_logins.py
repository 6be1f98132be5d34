"""Logins of a Linux host, by recordings of our own making, with users that are named to deceive."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from agent.core.ssh import Answer
from collectors.host import words
from collectors.host.linux import logins, logs
from collectors.host.linux.logins import JOURNAL, by_file, by_lastb, of_sshd
from collectors.host.linux.system import System
from collectors.host.logins import Login
from collectors.host.logins import told as judged
from collectors.host.subject import Turn
from tests.collectors.host.hosts import NOW, Found, Recorded, Says, by_metric, host_options

AT = NOW + 1060  # the first poll: Wednesday 20:44 in Shanghai, outside working hours
NOON = AT - 34 * 3600  # Tuesday 10:44, within them
SYSTEM = System(programs={"systemd": "x", "journalctl": "x", "lastb": "x"}, agent="10.0.0.5")
BAD = "Failed password for {user} from {source} port 22 ssh2"
GOOD = "Accepted publickey for {user} from {source} port 22 ssh2: ED25519 SHA256:abc"
ZONE = "2026 +0800\n"


def entry(message: Any, ago: float, at: float = AT) -> str:
    return json.dumps({"MESSAGE": message, "__REALTIME_TIMESTAMP": str(int((at - ago) * 1e6))})


def bad(ago: float, source: str = "10.9.9.9", user: str = "root", at: float = AT) -> str:
    return entry(BAD.format(user=user, source=source), ago, at)


def good(ago: float, source: str = "10.9.9.9", user: str = "li", at: float = AT) -> str:
    return entry(GOOD.format(user=user, source=source), ago, at)


def told(journal: list[str], at: float = AT, says: Mapping[str, Says] | None = None, **options: Any) -> Found:
    fixed: dict[str, Says] = {"date +": ZONE, "/etc/group": "wheel:x:10:li,wang\nusers:x:100:zhao\n", "lastb": ""}
    host = Recorded(
        logins.SUBJECT, {**fixed, "journalctl": "\n".join(journal), **(says or {})}, options, SYSTEM, epoch=at - 1060
    )
    return host.poll()


def test_failures_are_counted_by_window_and_by_the_worst_source() -> None:
    found = told([bad(10), bad(20), bad(30, "10.8.8.8"), bad(1000), bad(3000), bad(4000)])
    assert found["host_login_failures"] == {
        ("5m", "all"): 3,
        ("5m", "same_source"): 2,
        ("1h", "all"): 5,
        ("1h", "same_source"): 4,
    }
    assert found["host_login_after_failures"] == {(): 0}


def test_a_success_after_five_failures_of_the_same_source_is_taken_for_a_guess() -> None:
    tries = [bad(100 + number) for number in range(5)]
    assert told([*tries, good(10)])["host_login_after_failures"] == {(): 1}
    assert told([*tries, good(10, "10.1.0.1")])["host_login_after_failures"] == {(): 0}
    assert told([*tries, good(500)])["host_login_after_failures"] == {(): 0}, "that was before"
    assert told([*tries[:4], good(10)])["host_login_after_failures"] == {(): 0}


def test_the_agents_own_logins_are_left_out() -> None:
    own = [good(10, "10.0.0.5", "monitor"), *(bad(20, "10.0.0.5", "monitor") for _ in range(9))]
    found = told([*own, good(5, "10.0.0.5", "monitor")])
    assert found["host_login_failures"][("1h", "all")] == 0
    assert found["host_login_after_failures"] == {(): 0}
    assert told([bad(9, "10.0.0.5", "root")])["host_login_failures"][("1h", "all")] == 1, "another on that machine"


@pytest.mark.parametrize(
    ("user", "at", "source", "unusual"),
    [
        ("li", AT, "10.1.0.7", 1),  # in the evening
        ("root", AT, "10.1.0.7", 1),
        ("zhao", AT, "10.9.9.9", 0),  # no administrator
        ("li", NOON, "10.1.0.7", 0),
        ("li", NOON, "10.9.9.9", 1),  # from outside the management network
    ],
)
def test_an_administrator_at_an_odd_time_or_place_is_unusual(user: str, at: float, source: str, unusual: int) -> None:
    found = told([good(60, source, user, at)], at, management=["10.1.0.0/24"])
    assert found["host_login_unusual"] == {(): unusual}


def test_where_no_network_is_named_only_the_time_counts() -> None:
    assert told([good(60, "10.9.9.9", "li", NOON)], NOON)["host_login_unusual"] == {(): 0}


@pytest.mark.parametrize(
    ("message", "user", "source"),
    [
        (BAD.format(user="invalid user x", source="10.2.2.2"), "x", "10.2.2.2"),
        (
            BAD.format(user="invalid user root from 10.0.0.5 port 22 ssh2", source="10.2.2.2"),
            "root from 10.0.0.5 port 22 ssh2",
            "10.2.2.2",
        ),
        (
            BAD.format(user="invalid user a\nAccepted publickey for root", source="::ffff:10.2.2.2"),
            "a\nAccepted publickey for root",
            "10.2.2.2",
        ),
        (BAD.format(user="invalid user $(touch x)", source="fd00::1"), "$(touch x)", "fd00::1"),
        ("Failed publickey for git from 10.2.2.2 port 9 ssh2: RSA SHA256:x", "git", "10.2.2.2"),
    ],
)
def test_whoever_names_a_user_to_deceive_is_told_by_where_it_came_from(message: str, user: str, source: str) -> None:
    assert list(of_sshd(message, 1.0)) == [Login(1.0, False, user, source)]


def test_asking_which_ways_there_are_is_no_failure_and_other_messages_are_none() -> None:
    for message in ("Failed none for x from 10.2.2.2 port 9 ssh2", "Server listening on :: port 22.", "", "x" * 9999):
        assert not list(of_sshd(message, 1.0))


def test_a_message_in_bytes_is_read_and_junk_between_is_left_out() -> None:
    raw = list(BAD.format(user="张", source="10.2.2.2").encode("gb18030"))
    found = told(["", "{", "[]", "null", '{"MESSAGE": null, "__REALTIME_TIMESTAMP": "x"}', entry(raw, 9), "[" * 99999])
    assert found["host_login_failures"][("1h", "all")] == 1


def test_where_the_journal_is_not_allowed_nothing_is_told_until_this_account_may_read_it() -> None:
    host = Recorded(
        logins.SUBJECT, {"date +": ZONE, "journalctl": (1, "", "sudo: a password is required\n")}, system=SYSTEM
    )
    assert not host.poll()
    host.poll()
    assert [each.root for each in host.asked if "journalctl" in each.argv[0]] == [True, False]
    hint: Says = (0, "", "Hint: You are currently not seeing messages from other users and the system.\n")
    assert not host.poll(says={"date +": ZONE, "journalctl": hint}), "an empty journal is no quiet hour"


def test_a_host_without_a_journal_is_read_by_the_log_of_sshd() -> None:
    text = (
        "Nov 18 20:40:00 web sshd[12]: Failed password for root from 10.9.9.9 port 1 ssh2\n"
        "2026-11-18T20:41:00.123456+08:00 web sshd-session[13]: Failed password for root from 10.9.9.9 port 1 ssh2\n"
        "Nov 18 20:42:00 alpine auth.info sshd[14]: Failed password for root from 10.9.9.9 port 1 ssh2\n"
        "Nov 18 20:43:00 web sudo: Failed password for root from 10.9.9.9 port 1 ssh2\n"
    )
    assert [each.at for each in by_file(text, ZONE, AT)] == [1795005600, 1795005660.123456, 1795005720]
    host = Recorded(logins.SUBJECT, {"date +": ZONE, "auth.log.1": 1, "/var/log/auth.log": text})
    assert host.poll()["host_login_failures"][("1h", "all")] == 3
    host = Recorded(logins.SUBJECT, {"date +": ZONE})
    assert not host.poll()
    assert host.remarks


def test_a_log_of_last_year_is_not_taken_for_this_one() -> None:
    (login,) = by_file(
        "Dec 31 23:00:00 web sshd[1]: Failed password for a from 10.9.9.9 port 1 ssh2", "2027 +0800", 1798800000
    )
    assert login.at == 1798729200


def test_failures_at_the_console_come_by_lastb_and_those_of_sshd_only_once() -> None:
    text = (
        "root     tty1                          Wed Nov 18 20:40:00 2026 - Wed Nov 18 20:40:00 2026  (00:00)\n"
        "root     ssh:notty    10.9.9.9         Wed Nov 18 20:41:00 2026 - Wed Nov 18 20:41:00 2026  (00:00)\n"
        "\nbtmp begins Tue Nov 17 00:00:00 2026\n"
    )
    assert list(by_lastb(text, ZONE)) == [Login(1795005600, False, "root", "tty1")]
    assert told([], says={"lastb": text})["host_login_failures"][("1h", "all")] == 1


def test_of_more_logins_than_can_be_read_only_what_is_certain_is_told() -> None:
    failures = [Login(AT - 900 - number, False, "root", "10.9.9.9") for number in range(60)]
    hour = {("1h", "all"): 60, ("1h", "same_source"): 60}
    for since, minutes in ((AT - 100, {}), (AT - 1000, {("5m", "all"): 0, ("5m", "same_source"): 0})):
        found = by_metric(list(judged(failures, AT, lambda login: False, since)))
        assert found == {"host_login_failures": {**minutes, **hour}}, "of a window that is not known whole no 0 is told"


def test_of_a_flood_of_failures_the_latest_are_read_and_so_is_the_success_after_them() -> None:
    tries = [bad(3599.9 - number * 0.4) + " " * 500 for number in range(8999)]  # the journal has more to say of each
    whole = "\n".join([*tries, good(0.05)])
    flood = Answer(JOURNAL, 0, whole.encode()[-JOURNAL.limit :], cut=True)
    assert JOURNAL.last, "else the beginning is what comes"
    assert flood.text.count("\n") < len(tries)
    turn = Turn(host_options(), "monitor", SYSTEM, AT, 1000.0, {}, {})
    clock, groups = Answer(logins.CLOCK, 0, f"{ZONE.strip()} {AT:.0f}\n".encode()), Answer(logins.GROUPS, 0, b"")
    found = by_metric(list(logins.read(turn, [clock, groups, flood])))
    assert found["host_login_failures"][("5m", "same_source")] == 749
    assert 749 < found["host_login_failures"][("1h", "all")] < 8999
    assert found["host_login_after_failures"] == {(): 1}
    assert "host_login_unusual" not in found, "that there was none is not known"
    assert turn.remarks == [words.MORE_LOGINS]


def test_a_log_of_many_other_records_is_not_taken_for_a_flood_of_logins() -> None:
    lines = [
        f"2026-11-18T{9 + number // 600:02}:{number // 10 % 60:02}:00+08:00 web app[1]: {number}"
        for number in range(5000)
    ]
    text = "\n".join(["2026-11-18T20:40:00+08:00 web sshd[1]: " + BAD.format(user="a", source="10.2.2.2"), ""])
    host = Recorded(
        logins.SUBJECT, {"date +": ZONE, "messages.0": 1, "/var/log/messages": "\n".join(lines) + "\n" + text}
    )
    assert host.poll()["host_login_failures"][("5m", "all")] == 1
    assert not host.remarks


def test_logins_are_counted_by_the_clock_of_the_host_that_wrote_them() -> None:
    slow = 7200.0
    late = [bad(10 + slow), bad(20 + slow), bad(1000 + slow)]
    found = told(late, says={"date +": f"{ZONE.strip()} {AT - slow:.0f}\n"})["host_login_failures"]
    assert (found[("5m", "all")], found[("1h", "all")]) == (2, 3)


STARTS = (
    "IDX BOOT ID                          FIRST ENTRY                 LAST ENTRY\n"
    " -1 8a1f Mon 2026-05-11 08:00:00 CST Fri 2026-11-13 17:00:00 CST\n"
    "  0 9b2e Mon 2026-11-16 08:00:00 CST Wed 2026-11-18 20:40:00 CST\n"
)


def test_logs_reach_back_to_the_first_start_that_is_kept() -> None:
    says: dict[str, Says] = {"date +": "+0800\n", "--list-boots": STARTS, "find": f"{NOW - 86400:.0f}\n"}
    journal = System(programs={"journalctl": "x"})
    found = Recorded(logs.SUBJECT, says, system=journal).poll()
    assert found["host_log_oldest_timestamp_seconds"] == {("system",): 1778457600}
    assert found["host_log_newest_timestamp_seconds"] == {("system",): 1795005600}
    old = {**says, "--list-boots": " 0 9b2e Mon 2026-11-16 08:00:00 CST—Wed 2026-11-18 20:40:00 CST\n", "find": 1}
    found = Recorded(logs.SUBJECT, old, system=journal).poll()
    assert found["host_log_oldest_timestamp_seconds"] == {("system",): 1794787200}


def test_logs_that_may_not_be_seen_are_not_dated() -> None:
    journal = System(programs={"journalctl": "x"})
    denied: Says = (1, "", "sudo: a password is required\n")
    host = Recorded(logs.SUBJECT, {"date +": "+0800\n", "--list-boots": denied}, system=journal)
    assert not host.poll()
    assert not host.poll(
        says={"date +": "+0800\n", "--list-boots": (0, STARTS, "Hint: You are currently not seeing messages")}
    )
    files: dict[str, Says] = {"find": f"{NOW - 9e6}\n{NOW - 60}\nx\n"}
    found = Recorded(logs.SUBJECT, files).poll()
    assert found["host_log_oldest_timestamp_seconds"] == {("system",): NOW - 9e6}
