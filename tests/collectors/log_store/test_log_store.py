"""The central log store: whose logs reach how far back, how new they are, without what gap, and who writes none."""

from __future__ import annotations

import gzip
import os
import subprocess
from pathlib import Path

import pytest

from tests.collectors.log_store.store import DAY, HOUR, MINUTE, NOW, Store, bsd, iso, lines, server, switch, write
from tests.peers import need


def test_each_source_has_its_oldest_and_newest_record_and_its_longest_gap(tmp_path: Path) -> None:
    write(tmp_path / "10.0.0.1" / "syslog.log", lines(NOW - 10 * DAY, NOW - MINUTE, HOUR), NOW - MINUTE)
    text = lines(NOW - 9 * DAY, NOW - 6 * DAY, HOUR) + lines(NOW - 3 * DAY, NOW - HOUR, HOUR)
    write(tmp_path / "access-2" / "syslog.log", text, NOW - HOUR)
    store = Store(f"{tmp_path}/{{source}}/*.log")
    found = store.look()
    assert found["core"] == {"oldest": NOW - 10 * DAY, "newest": NOW - HOUR, "longest": HOUR}
    assert found["access-2"] == {"oldest": NOW - 9 * DAY, "newest": NOW - HOUR, "longest": 3 * DAY}
    assert store.remarks == "no logs in the log store of: web"
    assert store.remarks_on("web") == "the log store (store) has no log of it"


@pytest.mark.parametrize(
    ("pattern", "files"),
    [
        ("", ["10.0.0.1.log", "access-2.log", "web.example.gov.cn"]),
        ("", ["10.0.0.1", "10.0.0.1.1", "10.0.0.1.2.gz", "10.0.0.2-20261101.gz", "WEB/auth.log.3"]),
        ("", ["核心交换机/2026/11/all", "10.0.0.2/messages", "10.30.1.10/cron.log"]),
        ("/{source}/*.log*", ["10.0.0.1/a.log", "10.0.0.2/a.log.1.gz", "web/a.log-20261101", "web/x.txt"]),
        ("/{source}.log*", ["10.0.0.1.log", "10.0.0.2.log.1.gz", "web.log-20261101.zst", "web.log.xz"]),
        ("/*/{source}.log", ["2026/10.0.0.1.log", "2025/core.log", "2026/access-2.log", "2026/web.log"]),
        ("/{source}/**", ["10.0.0.1/2026/11/sshd", "access-2/x", "web/a/b/c"]),
        ("/**/syslog-{source}.log", ["a/b/syslog-::ffff:10.0.0.1.log", "syslog-access-2.log", "a/syslog-WEB.log"]),
        ("/{source}", ["10.0.0.1", "10.0.0.2.1", "web"]),
    ],
)
def test_the_usual_layouts_are_understood(tmp_path: Path, pattern: str, files: list[str]) -> None:
    for name in files:
        content = lines(NOW - 5 * HOUR, NOW - HOUR, HOUR)
        packed = (
            subprocess.run([need(unpacker), "-c"], input=content.encode(), stdout=-1, check=True).stdout
            if (unpacker := {"gz": "gzip", "xz": "xz", "zst": "zstd"}.get(name.rpartition(".")[2], ""))
            else content.encode()
        )
        write(tmp_path / name, packed, NOW - HOUR)
    found = Store(f"{tmp_path}{pattern}").look()
    assert set(found) == {"core", "access-2", "web"}
    assert all(each["newest"] == NOW - HOUR and each["oldest"] == NOW - 5 * HOUR for each in found.values())


def test_rotated_files_are_one_history(tmp_path: Path) -> None:
    for day in range(200):
        start = NOW - day * DAY - DAY
        content = lines(start, start + DAY - MINUTE, 10 * MINUTE, bsd).encode()
        name = "messages" if day == 0 else f"messages.{day}" if day == 1 else f"messages.{day}.gz"
        write(tmp_path / "core" / name, gzip.compress(content) if day > 1 else content, start + DAY - 10 * MINUTE)
    found = Store(f"{tmp_path}/{{source}}/messages*").look()["core"]
    assert found["oldest"] == NOW - 200 * DAY
    assert found["newest"] == NOW - 10 * MINUTE
    assert found["longest"] == 10 * MINUTE


def test_a_rotated_file_that_is_missing_is_a_gap(tmp_path: Path) -> None:
    for day in (0, 1, 2, 5, 6):
        start = NOW - (day + 1) * DAY
        write(
            tmp_path / f"core.log.{day}.gz",
            gzip.compress(lines(start, start + DAY - HOUR, HOUR).encode()),
            start + DAY - HOUR,
        )
    assert Store(f"{tmp_path}/{{source}}.log*").look()["core"]["longest"] == 2 * DAY + HOUR


@pytest.mark.parametrize("line", [iso, bsd])
def test_a_gap_inside_a_packed_file_of_many_days_is_found(tmp_path: Path, line: object) -> None:
    text = lines(NOW - 60 * DAY, NOW - 40 * DAY, MINUTE, line) + lines(NOW - 37 * DAY, NOW - 30 * DAY, MINUTE, line)  # type: ignore[arg-type]
    write(tmp_path / "core.log.2.gz", gzip.compress(text.encode()), NOW - 30 * DAY)
    write(tmp_path / "core.log", lines(NOW - 30 * DAY, NOW - 5, HOUR, line), NOW)  # type: ignore[arg-type]
    found = Store(f"{tmp_path}/{{source}}.log*").look()["core"]
    assert (found["longest"], found["oldest"]) == (3 * DAY, NOW - 60 * DAY)


def test_a_file_over_new_year_needs_no_year(tmp_path: Path) -> None:
    new_year = 1_798_761_600  # 2027-01-01 UTC
    write(tmp_path / "core.log", lines(new_year - 20 * DAY, new_year + 3 * DAY, HOUR, bsd), new_year + 3 * DAY)
    found = Store(f"{tmp_path}/{{source}}.log*", now=new_year + 3 * DAY).look()["core"]
    assert found == {"oldest": new_year - 20 * DAY, "newest": new_year + 3 * DAY, "longest": HOUR}


def test_a_reboot_to_january_makes_no_gap_and_no_old_record(tmp_path: Path) -> None:
    boot = "Jan  1 00:00:12 core boot\nJan  1 2000 00:00:40 core up\n2000-01-01T00:01:00 core ntp\n"
    text = lines(NOW - 20 * DAY, NOW - 10 * DAY, HOUR, bsd) + boot * 3 + lines(NOW - 10 * DAY, NOW - 1, HOUR, bsd)
    write(tmp_path / "core.log", text, NOW - HOUR)
    found = Store(f"{tmp_path}/{{source}}.log*").look()["core"]
    assert (found["oldest"], found["longest"]) == (NOW - 20 * DAY, HOUR)


@pytest.mark.parametrize("stamp", ["Jan  3 2000 02:00:00", "2000-01-03T02:00:00Z", "Jan  3 02:00:00"])
def test_a_clock_that_was_never_set_is_said_and_the_files_time_counts(tmp_path: Path, stamp: str) -> None:
    write(tmp_path / "core.log", f"{stamp} core a\n" * 50, NOW - HOUR)
    store = Store(f"{tmp_path}/{{source}}.log*")
    found = store.look()["core"]
    assert (found["newest"], "longest" in found) == (NOW - HOUR, False)
    assert "core.log cannot be right" in store.remarks_on("core")


def test_the_stamp_of_the_store_beside_that_of_the_device_counts(tmp_path: Path) -> None:
    rows = "".join(f"<189>Jan  3 2000 02:00:00 {iso(at)}" for at in range(NOW - 5 * DAY, NOW, HOUR))
    write(tmp_path / "core.log", rows, NOW - HOUR)
    found = Store(f"{tmp_path}/{{source}}.log*").look()["core"]
    assert found == {"oldest": NOW - 5 * DAY, "newest": NOW - HOUR, "longest": HOUR}


@pytest.mark.parametrize(
    "junk", [b"\xd6\xd0\xce\xc4\xc8\xd5\xd6\xbe\n", bytes(range(256)) * 40, b"x" * 40_000 + b"\n", b"\0" * 9000 + b"\n"]
)
def test_junk_among_the_records_hides_none(tmp_path: Path, junk: bytes) -> None:
    first, second = lines(NOW - 9 * DAY, NOW - 5 * DAY, HOUR), lines(NOW - 5 * DAY, NOW - HOUR, HOUR)
    write(tmp_path / "core.log", junk + first.encode() + junk + second.encode() + junk, NOW - HOUR)
    found = Store(f"{tmp_path}/{{source}}.log*").look()["core"]
    assert found["oldest"] == pytest.approx(NOW - 9 * DAY, abs=2 * HOUR)
    assert found["newest"] == pytest.approx(NOW - HOUR, abs=2 * HOUR)
    assert found["longest"] <= DAY


def test_what_cannot_be_read_or_has_no_stamps_gives_no_gap_and_is_named(tmp_path: Path) -> None:
    write(tmp_path / "core.log", lines(NOW - 9 * DAY, NOW - HOUR, HOUR), NOW - HOUR)
    write(tmp_path / "core.log.1.gz", b"this is no gzip", NOW - 9 * DAY)
    write(tmp_path / "access-2.log", "no stamps at all\n" * 1000, NOW - DAY)
    write(tmp_path / "web.log", "", NOW)
    store = Store(f"{tmp_path}/{{source}}.log*")
    found = store.look()
    assert found["core"] == {"newest": NOW - HOUR}
    assert "core.log.1.gz cannot be read" in store.remarks_on("core")
    assert found["access-2"] == {"newest": NOW - DAY}
    assert found["web"] == {}
    assert store.remarks == "no logs in the log store of: web"


def test_sources_that_nobody_knows_are_told_and_can_be_named(tmp_path: Path) -> None:
    for name in ("HQ-SW-01", "10.9.9.9", "\x1b[31mred\n"):
        write(tmp_path / name / "a.log", lines(NOW - DAY, NOW, HOUR), NOW)
    store = Store(str(tmp_path), {"names": {"hq-sw-01": "core"}, "not_logging": ["web"]})
    assert set(store.look()) == {"core", "access-2"}
    assert "agent.yaml does not know: [31mred, 10.9.9.9;" in store.remarks
    assert "no logs in the log store of: access-2" in store.remarks


@pytest.mark.parametrize(
    ("setting", "kind"),
    [({"path": "/proc/self/missing"}, "missing"), ({"on": server("store", "10.0.0.9", system="windows")}, "missing")],
)
def test_a_store_that_cannot_be_read_tells_nothing(tmp_path: Path, setting: dict[str, object], kind: str) -> None:
    store = Store(**{"path": str(tmp_path), **setting})  # type: ignore[arg-type]
    assert store.look() == {}
    assert store.reading is not None
    assert store.reading.failure is not None
    assert store.reading.failure.kind == kind


def test_a_file_that_grows_is_read_from_where_it_ended(tmp_path: Path) -> None:
    path = write(tmp_path / "core.log", lines(NOW - 9 * DAY, NOW - 5 * HOUR, HOUR), NOW - 5 * HOUR)
    store = Store(f"{tmp_path}/{{source}}.log", runs=2)

    def grow() -> None:
        with path.open("a") as file:
            file.write(lines(NOW - 2 * HOUR, NOW - HOUR, HOUR))
        os.utime(path, (NOW - HOUR, NOW - HOUR))

    assert store.look(grow)["core"] == {"oldest": NOW - 9 * DAY, "newest": NOW - HOUR, "longest": 3 * HOUR}


def test_two_targets_of_one_address_are_not_mixed_with_others(tmp_path: Path) -> None:
    write(tmp_path / "10.0.0.10.log", lines(NOW - DAY, NOW, HOUR), NOW)
    targets = [switch("a", "10.0.0.1"), switch("b", "10.0.0.10")]
    store = Store(str(tmp_path), targets=targets)
    assert {name: bool(told) for name, told in store.look().items()} == {"a": False, "b": True}


def test_a_clock_that_was_never_set_is_known_also_when_the_file_was_just_put_aside(tmp_path: Path) -> None:
    write(tmp_path / "core.log.1", bsd(NOW - 200 * DAY) * 50, NOW - HOUR)
    write(tmp_path / "web.log.1", bsd(NOW - 25 * DAY) * 50, NOW - HOUR)  # a copy that logrotate made
    found = Store(f"{tmp_path}/{{source}}.log*").look()
    assert (found["core"]["newest"], found["web"]["newest"]) == (NOW - HOUR, NOW - 25 * DAY)


def test_a_new_file_with_the_number_of_one_that_was_deleted_is_read_from_its_start(tmp_path: Path) -> None:
    write(tmp_path / "web.log", lines(NOW - 9 * DAY, NOW, HOUR), NOW)
    old = write(tmp_path / "web.log.9", lines(NOW - 180 * DAY, NOW - 180 * DAY + HOUR, MINUTE), NOW - 180 * DAY + HOUR)

    def turn() -> None:  # as if the number of the deleted file was given to the new one
        old.rename(tmp_path / "core.log")
        with (tmp_path / "core.log").open("r+") as file:
            file.write(lines(NOW - 9 * DAY, NOW, HOUR))
        os.utime(tmp_path / "core.log", (NOW, NOW))

    found = Store(f"{tmp_path}/{{source}}.log*", runs=2).look(turn)
    assert found["core"] == {"oldest": NOW - 9 * DAY, "newest": NOW, "longest": HOUR}
