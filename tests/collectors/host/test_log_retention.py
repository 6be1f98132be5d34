"""How long logs are kept: by logrotate's settings, and by what is seen to be thrown away."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from agent.core.model import Sample
from agent.core.others import Told
from collectors.host.linux import logs
from collectors.host.linux.system import System
from collectors.host.metrics import LOG_OLDEST, LOG_RETENTION
from collectors.host.retention import DAY, rotation, seen
from collectors.log_store.files import Entry
from collectors.log_store.sources import kept_for
from tests.collectors.host.hosts import NOW, Recorded, Says
from tests.collectors.log_store.store import NOW as TODAY
from tests.collectors.log_store.store import Store, lines, write

SETTINGS = """# see "man logrotate" {
weekly
rotate 4
include /etc/logrotate.d
/var/log/wtmp {
    monthly
    create 0664 root utmp
    rotate 1
}
/var/log/remote/*/*.log
"/var/log/other.log"
{
    daily
    rotate 200
    postrotate
        /usr/lib/rsyslog/rsyslog-rotate || { daily; rotate 3; }
    endscript
}
/var/log/sized { rotate 7
    size 100M
}
/var/log/usual { }
/var/log/sized-and-old { maxage 30
    size=1k
}
/var/log/years { yearly
rotate 2
maxage 100 }
/var/log/without { rotate -1 }
"""


@pytest.mark.parametrize(
    ("path", "days"),
    [
        ("/var/log/wtmp", 31),
        ("/var/log/remote/10.0.0.1/messages.log", 200),
        ("/var/log/other.log", 200),
        ("/var/log/remote/messages.log", None),
        ("/var/log/sized", None),
        ("/var/log/usual", 28),
        ("/var/log/sized-and-old", 30),
        ("/var/log/years", 100),
        ("/var/log/without", None),
        ("/var/log/nobody", None),
    ],
)
def test_what_logrotate_is_set_to(path: str, days: float | None) -> None:
    assert rotation(SETTINGS, path) == (None if days is None else days * DAY)


def test_damaged_settings_of_logrotate_say_nothing() -> None:
    for end in range(len(SETTINGS)):
        rotation(SETTINGS[:end], "/var/log/years")
    assert rotation("}\n{\n}\n/a {", "/a") is None


def test_what_is_thrown_away_says_how_long_the_rest_is_kept() -> None:
    kept: dict[str, Any] = {}
    begun = NOW - 20 * DAY
    assert [seen(kept, "a", begun, NOW + day * DAY) for day in range(0, 15, 7)] == [None] * 3
    later = NOW + 15 * DAY
    assert seen(kept, "a", begun + 7 * DAY, later) == 28 * DAY
    assert seen(kept, "a", begun + 7 * DAY, later + 3 * DAY) == 28 * DAY
    assert seen(kept, "a", begun + 7 * DAY, later + 70 * DAY) is None, "nothing more was: they are kept longer now"
    assert seen(kept, "a", begun, later + 71 * DAY) is None, "an archive came back"


STARTS = "IDX BOOT ID FIRST ENTRY LAST ENTRY\n 0 9b2e Mon {} 08:00:00 CST Wed 2026-11-18 20:40:00 CST\n"


def test_a_host_that_throws_its_own_logs_away_is_told() -> None:
    journal = System(programs={"journalctl": "x"})
    says: dict[str, Says] = {"date +": "+0800\n", "--list-boots": STARTS.format("2026-10-01"), "find": f"{NOW:.0f}\n"}
    host = Recorded(logs.SUBJECT, says, system=journal)
    assert "host_log_retention_seconds" not in host.poll()
    again = {**says, "--list-boots": STARTS.format("2026-10-19"), "find": f"{NOW:.0f}\n{NOW - 2 * DAY:.0f}\n"}
    assert "host_log_retention_seconds" not in Recorded(logs.SUBJECT, again, system=journal, kept=host.kept).poll(), (
        "its files may reach further back than its journal"
    )
    host = Recorded(logs.SUBJECT, says, system=journal)
    host.poll()
    again = {**says, "--list-boots": STARTS.format("2026-10-19")}
    told = Recorded(logs.SUBJECT, again, system=journal, kept=host.kept).poll()["host_log_retention_seconds"]
    assert 30 * DAY < told["system",] < 31 * DAY
    denied: dict[str, Says] = {**again, "--list-boots": (1, "", "sudo: a password is required\n")}
    told = Recorded(logs.SUBJECT, denied, system=journal, kept=host.kept).poll()
    assert "host_log_retention_seconds" not in told


@pytest.mark.parametrize(
    ("settings", "days"),
    [
        ("MaxRetentionSec=4week\n/var/log/syslog /var/log/messages {\nweekly\nrotate 4\n}\n", 28),
        ("MaxRetentionSec=1month 2w\n/var/log/syslog {\nweekly\nrotate 4\n}\n", 44.44),
        ("#MaxRetentionSec=4week\n/var/log/syslog {\nweekly\nrotate 4\n}\n", None),
        ("MaxRetentionSec=0\n/var/log/syslog {\nweekly\nrotate 4\n}\n", None),
        ("MaxRetentionSec=4week\n", None),
        ("MaxRetentionSec=soon\n/var/log/syslog {\nweekly\nrotate 4\n}\n", None),
    ],
)
def test_what_a_host_is_set_to_keep_of_its_own_logs(settings: str, days: float | None) -> None:
    """The longer of the two, where both have an end."""
    says: dict[str, Says] = {
        "date +": "+0800\n",
        "--list-boots": STARTS.format("2026-11-01"),
        "find": f"{NOW:.0f}\n",
        "journald.conf": settings,
    }
    told = Recorded(logs.SUBJECT, says, system=System(programs={"journalctl": "x"})).poll()
    assert told.get("host_log_retention_seconds", {}).get(("system",)) == (None if days is None else days * DAY)
    alone = {**says, "find": 1}
    told = Recorded(logs.SUBJECT, alone, system=System(programs={"journalctl": "x"})).poll()
    journal = {28: 28, 44.44: 44.44}.get(days or 0) or (28 if settings == "MaxRetentionSec=4week\n" else None)
    assert told.get("host_log_retention_seconds", {}).get(("system",)) == (None if journal is None else journal * DAY)


def test_a_store_that_throws_logs_away_is_told_and_one_that_only_grows_is_not(tmp_path: Path) -> None:
    for day in range(30):
        start = TODAY - (day + 1) * DAY
        text = lines(start, start + DAY - 60, 3600)
        write(tmp_path / "core" / f"messages{f'.{day}' if day else ''}", text, start + DAY - 3600)
        write(tmp_path / "web" / f"messages{f'.{day}' if day else ''}", text, start + DAY - 3600)
    store = Store(f"{tmp_path}/{{source}}/messages*")
    assert "retention" not in store.look()["core"]
    for day in range(25, 30):
        (tmp_path / "core" / f"messages.{day}").unlink()
    found = store.look()
    assert 24 * DAY < found["core"]["retention"] < 26 * DAY
    assert "retention" not in found["web"]
    assert "retention" not in Store(store.path).look()["core"], "who has just begun to look saw nothing thrown away"


@pytest.mark.parametrize(
    ("oldest", "days"),
    [
        (10, 28),
        (40, 28),
        (200, None),  # put aside elsewhere, where this rotation has no say
    ],
)
def test_the_rotation_of_a_store_says_how_long_a_source_is_kept(oldest: float, days: float | None) -> None:
    rules = "weekly\nrotate 4\n/var/log/remote/*/*.log {\n}\n"
    names = ("messages.log", "messages.log.1", "auth.log")
    files = [Entry(place, int(NOW), 1, f"/var/log/remote/core/{name}") for place, name in enumerate(names)]
    source = Told([Sample(LOG_OLDEST, NOW - oldest * DAY, ("central",))])
    told = list(kept_for("core", source, files, rules, {}, NOW))
    assert told == ([] if days is None else [Sample(LOG_RETENTION, days * DAY, ("central",))])
    elsewhere = [*files, Entry(9, int(NOW), 1, "/var/log/remote/core/more/cron.log")]
    assert not list(kept_for("core", source, elsewhere, rules, {}, NOW)), "a file that nobody rotates is kept"
