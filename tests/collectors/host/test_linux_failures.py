"""Hosts that hang, flood, drop the line or refuse: over a real sshd, with programs of ours before the system's."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from collectors.host.linux import SUBJECTS
from tests.apart import peak
from tests.collectors.host.hosts import Host
from tests.collectors.host.test_linux_files import Real
from tests.collectors.host.test_linux_services import SYSTEMD
from tests.hostile_pieces import PIECES
from tests.sshd import Keys, sshd

pytestmark = pytest.mark.long

# Ends the process of sshd that serves this connection.
# What it has not sent yet is lost, so it is given a moment.
DROP = """sleep 0.5
p=$$
while [ "$p" -gt 1 ]; do
  read -r _ name _ < "/proc/$p/stat"
  case "$name" in '(sshd'*) kill -9 "$p"; exit 1;; esac
  p=$(sed -n 's/^PPid:[[:space:]]*//p' "/proc/$p/status")
done"""
FLOOD = "head -c 1073741824 /dev/zero"
DRIP = "trap '' TERM HUP INT\nwhile :; do printf 'half a line'; sleep 1; done"
DENY = "echo 'sudo: a password is required' >&2\nexit 1"


@contextmanager
def host_with(folder: Path, programs: Mapping[str, str], timeout: float = 20.0, **options: object) -> Iterator[Host]:
    """One whose programs of these names are scripts of ours; it speaks another language, too."""
    place = folder / "bin"
    place.mkdir()
    for name, text in {"apt-get": "exit 1", **programs}.items():  # that takes seconds, and is tried elsewhere
        (place / name).write_text(f"#!/bin/sh\n{text}\n")
        (place / name).chmod(0o755)
    path = f"SetEnv PATH={place}:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=de_DE.UTF-8 LANG=zh_CN.GB18030 TZ=Asia/Shanghai"
    with sshd(folder, Keys(options=(path,))) as server:
        yield Host(server, options, timeout)


def test_what_was_read_before_the_line_was_dropped_is_kept(tmp_path: Path) -> None:
    with host_with(tmp_path, {"sha256sum": DROP}, canaries=["/etc/passwd"]) as host:
        began = time.monotonic()
        found = host.poll()
        assert host.failure is not None
        assert host.failure.kind == "refused"
        assert time.monotonic() - began < host.timeout
        assert {"host_memory_usage_ratio", "host_filesystem_usage_ratio"} <= set(found)
        assert "host_canary_touched" not in found


def test_a_host_that_floods_costs_little_memory_and_tells_what_it_can(tmp_path: Path) -> None:
    with host_with(
        tmp_path, dict.fromkeys(("stat", "grep", "date", "sha256sum", "ps"), FLOOD), canaries=["/etc/passwd"]
    ) as host:
        host.poll()  # whatever is loaded or made once is not counted
        gc.collect()
        before = peak(begin=True)
        found = host.poll(7200)
        assert peak() - before < 20
        assert host.failure is None
        assert "host_memory_usage_ratio" in found
        assert "host_canary_touched" not in found


def test_a_program_that_never_ends_is_ended_remarked_and_left_for_a_while(tmp_path: Path) -> None:
    count = tmp_path / "count"
    programs = {"ps": f"echo x >> {count}\n{DRIP}"}
    with host_with(tmp_path, programs) as host:
        began = time.monotonic()
        found = host.poll()
        assert host.failure is None
        assert time.monotonic() - began < host.timeout
        assert any("env LC_ALL=C.UTF-8 ps took longer than 5 s" in str(each) for each in host.remarks)
        assert {"host_memory_usage_ratio", "host_listening_unexpected"} <= set(found)
        assert "host_audit_active" not in found
        host.poll(60)
        assert count.read_text() == "x\n", "it is not asked again so soon"


def test_a_failure_in_what_is_asked_aside_costs_only_that(tmp_path: Path) -> None:
    with host_with(tmp_path, {"ps": DROP}, services=["x"]) as host:
        found = host.poll()
        assert host.failure is None, "the host was read"
        assert "host_memory_usage_ratio" in found
        assert any("services was not read" in str(each) for each in host.remarks)
        again = host.poll()
        assert any("services was not read" in str(each) for each in host.remarks)
        assert "host_listening_unexpected" not in found | again or "host_audit_active" not in again


def test_what_needs_root_and_is_refused_is_remarked_and_gives_no_sample(tmp_path: Path) -> None:
    with host_with(tmp_path, {"id": "echo 1000", "sudo": DENY}) as host:
        found = host.poll()
        assert host.failure is None
        said = " ".join(map(str, host.remarks))
        assert "/usr/sbin/sshd -T" in said
        assert "/usr/bin/sha256sum -- /etc/sudoers" in said
        assert not {("sshd", "warn"), ("accounts", "warn")} & set(found["host_hardening_findings"])
        assert "host_file_changes_unapproved" not in found


def test_a_host_that_lacks_all_but_a_shell_is_read_as_far_as_that_goes(tmp_path: Path) -> None:
    missing = (
        "stat",
        "grep",
        "ps",
        "find",
        "date",
        "sha256sum",
        "tail",
        "apt-get",
        "passwd",
        "lastlog",
        "printenv",
        "ls",
    )
    with host_with(tmp_path, dict.fromkeys(missing, "exit 127")) as host:
        found = host.poll(times=2)
        assert host.failure is None
        assert {"host_info", "host_memory_usage_ratio", "host_cpu_usage_ratio"} <= set(found)
        unknown = {"host_filesystem_usage_ratio", "host_audit_active", "host_antivirus_active", "host_updates_pending"}
        assert not unknown & set(found)


FRAMES = ("{}touch MARK{}", "-{}", "a{}touch MARK #", "';touch MARK;{}", "é{}\u202e")
VALUES = [frame.format(piece, piece) for frame in FRAMES for piece in PIECES]


def everywhere(values: list[str]) -> Iterator[dict[str, object]]:
    """Options of a host with these values wherever one reaches a command, as many as may stand there at once."""
    yield {"services": values}
    for begin in range(0, len(values), 20):
        paths = [f"/nowhere/{each}" for each in values[begin : begin + 20]]
        yield {"canaries": paths, "watch": paths, "antivirus": {"process": values[begin], "signatures": paths[0]}}


def test_a_hundred_hostile_values_in_every_option_are_arguments_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(set(VALUES)) == 100
    monkeypatch.chdir(tmp_path)
    named = [each for each in SUBJECTS if each.name in ("canaries", "watched", "extensions", "services", "antivirus")]
    for options in everywhere(VALUES):
        for subject in named:
            Real(subject, options=options, system=SYSTEMD).poll()
    assert list(tmp_path.iterdir()) == []
