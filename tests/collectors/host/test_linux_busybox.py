"""A host of busybox alone, with ash as the login shell, over a real sshd: the whole round as an ordinary user."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from collectors.host.linux import SUBJECTS
from tests.collectors.host.hosts import Found, Host
from tests.collectors.host.roots import ORDINARY, logged_in, need_unshare, run
from tests.collectors.host.test_linux_roots import busybox
from tests.peers import need

FOLDERS = ("host", "root", "var/lib", "var/log", "run", "lib", "home/li", "srv/w")
SYSLOG = (
    "{0} host auth.info sshd[7]: Failed password for root from 10.0.0.7 port 5022 ssh2\n"
    "{0} host auth.info sshd[8]: Failed password for invalid user 李 from 10.0.0.7 port 5022 ssh2\n"
)
OPTIONS = {
    "canaries": ["/srv/w/a.txt"],
    "watch": ["/srv/w"],
    "services": ["sshd", "no such"],
    "listen": ["1-65535"],
    "role": "terminal",
    "peripherals": ["printer"],
}
# By subject the metrics of which there is nothing to say on such a host, and why that is so.
NOTHING = {
    "proc": {"host_swap_usage_ratio", "host_out_of_memory_kills"},  # no swap; a day is not over
    "space": {"host_filesystem_time_to_full_seconds"},  # a day is not over
    "network": {"interface_speed_bytes"},  # of virtual interfaces
    "services": {"host_service_restarts"},  # nothing supervises
    "arrays": {"host_array_state"},
    "controllers": {"host_array_state"},
    "audit": {"host_audit_rules", "host_audit_log_timestamp_seconds"},
    "antivirus": {"host_antivirus_signature_timestamp_seconds"},
    "disks": {"host_disk_state"},  # where smartctl is there
    "logs": {"host_log_retention_seconds"},  # nothing rotates, nothing was thrown away
    "software": {"host_software_info"},  # no file is named
}
# By subject what an operator is told of what could not be read.
SAID = {
    "sessions": "who is logged in could not be read",
    "updates": "pending updates could not be read",
    "peripherals": "USB devices were not seen",
}


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    need("busybox")
    need_unshare()
    folder = tmp_path_factory.mktemp("busybox")
    root = folder / "root"
    busybox(root, "busybox")
    for name in FOLDERS:
        (root / name).mkdir(parents=True, exist_ok=True)
    (root / "etc" / "passwd").write_text("root:x:0:0:root:/root:/bin/ash\nli:x:1000:1000::/home/li:/bin/ash\n")
    (root / "srv" / "w" / "a.txt").write_text("a")
    moment = run(root, "date '+%b %d %H:%M:%S'").strip()
    (root / "var" / "log" / "messages").write_text(SYSLOG.format(moment))
    with logged_in(folder / "sshd", root, ORDINARY, "/bin/ash -c") as server:
        yield Host(server, OPTIONS)


def polled(host: Host, times: int = 1, **changed: object) -> tuple[Found, list[str]]:
    asking = Host(host.server, {**host.options, **changed}, epoch=time.time() - 1000)
    found = asking.poll(0.0, times)
    assert asking.failure is None
    return found, asking.remarks


def test_each_subject_reads_or_says_what_it_could_not(host: Host) -> None:
    found, remarks = polled(host, 2)
    for subject in SUBJECTS:
        silent = {each.name for each in subject.metrics} - set(found) - NOTHING.get(subject.name, set())
        said = SAID.get(subject.name)
        assert not silent or (said and any(said in each for each in remarks)), (subject.name, silent, remarks)
    assert found["host_service_up"] == {("sshd",): 1, ("no such",): 0}
    assert found["host_login_failures"]["1h", "all"] == 2


def test_what_only_root_sees_is_said_of_a_host_that_has_no_sudo(host: Host) -> None:
    _, remarks = polled(host)
    (said,) = [each for each in remarks if "for want of root" in each]
    assert "/bin/sha256sum -- /etc/sudoers" in said


def test_a_canary_and_files_that_were_encrypted_are_seen(host: Host) -> None:
    asking = Host(host.server, host.options, epoch=time.time() - 2000)
    asking.poll(0.0)
    folder = host.server.folder.parent / "root" / "srv" / "w"
    for number in range(3):
        (folder / f"{number}.locked").write_text("x")
    (folder / "_readme.txt").write_text("pay")
    (folder / "a.txt").write_text("x")
    found = asking.poll(400.0)
    assert found["host_canary_touched"] == {(): 1}
    assert found["host_new_extension_files"] == {(): 3}
    assert found["host_ransom_note_found"] == {(): 1}
