"""What real programs say where there is nothing to be had, and what is told of it.

`ntpq` of ntpsec 1.2.2, `timedatectl` of systemd 252 and `auditctl` of audit 3.0.9 are recorded from the real ones: the
first cannot be installed beside chrony, and what the others say depends on how the machine was started.
"""

from __future__ import annotations

import os
import socket
import subprocess

from collectors.host.linux import audit, clock, disks
from collectors.host.linux.system import System
from tests.collectors.host.hosts import NOW, Recorded, Says
from tests.peers import free_port, need

AT = f"{NOW + 1060:.0f}.000000000\n"


def said(*argv: str) -> tuple[int, str, str]:
    """Status and output of a program of this machine."""
    done = subprocess.run(
        [need(argv[0]), *argv[1:]], capture_output=True, text=True, check=False, timeout=20,
        env={**os.environ, "LC_ALL": "C"},
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


def test_a_disk_that_smartctl_cannot_open_is_told_with_its_own_reason() -> None:
    answer = said("smartctl", "-H", "-A", "-j", "/dev/sdzz")
    assert answer[0] & disks.UNASKED
    host = Recorded(
        disks.SUBJECT, {"smartctl": answer}, system=System(programs={"smartctl": "/sbin/smartctl"}, disks=("sdzz",))
    )
    assert not host.poll()
    (remark,) = host.remarks
    assert remark == "the disks could not be read: Smartctl open device: /dev/sdzz failed: No such device"


def of_clock(program: str, answer: Says) -> Recorded:
    system = System(programs={program: program, "systemd": "/run/systemd/system"})
    names = {"chronyc": "tracking", "timedatectl": "timedatectl", "ntpq": "ntpq"}
    host = Recorded(clock.SUBJECT, {"date +": AT, names[program]: answer}, system=system)
    found = host.poll()
    assert found["host_clock_offset_seconds"] == {(): 0}, "against the agent's clock, since nobody else tells"
    return host


def test_a_chronyc_whose_daemon_is_not_there_is_told() -> None:
    port = str(free_port(socket.SOCK_DGRAM))
    host = of_clock("chronyc", said("chronyc", "-h", "127.0.0.1", "-p", port, "-n", "-c", "tracking"))
    assert host.remarks == ["the time service could not be read: 506 Cannot talk to daemon"]


def test_a_timedatectl_without_a_bus_is_told() -> None:
    (remark,) = of_clock("timedatectl", (1, "", "Failed to connect to bus: Host is down\n")).remarks
    assert "could not be read: Failed to connect to bus: Host is down" in remark


def test_an_ntpq_whose_daemon_is_not_there_ends_well_and_is_told_all_the_same() -> None:
    line = "***Socket error; probably ntpd is not running\n\n"
    (remark,) = of_clock("ntpq", (0, "", line)).remarks
    assert remark == "the time service could not be read: ***Socket error; probably ntpd is not running"


def test_a_host_that_has_none_of_the_programs_is_told_which_are_meant() -> None:
    host = Recorded(clock.SUBJECT, {"date +": AT})
    host.poll()
    assert host.remarks == ["the time service could not be read: chronyc, ntpq, timedatectl"]


def test_an_ntpd_that_has_found_no_server_yet_is_not_synchronised() -> None:
    assert clock.by_ntp("leap=11, stratum=16, offset=0.0\n") == (0, False)


def rights(status: Says, rules: Says) -> tuple[dict[str, dict[tuple[str, ...], float]], list[str]]:
    system = System(programs={"auditctl": "/usr/sbin/auditctl"})
    host = Recorded(
        audit.SUBJECT, {"ps -e": "COMMAND\n/sbin/auditd\n", "auditctl -s": status, "auditctl -l": rules}, system=system
    )
    return host.poll(), host.remarks


def test_an_auditctl_without_rights_is_told_and_its_rules_are_not_none() -> None:
    refused = (4, "", "You must be root to run this program.\n")
    found, remarks = rights(refused, refused)
    assert found == {"host_audit_active": {(): 1}}
    assert remarks == ["the audit could not be read: You must be root to run this program."]


def test_an_audit_that_the_kernel_was_told_to_stop_has_no_rules() -> None:
    off = "enabled 0\nfailure 1\npid 0\nrate_limit 0\nbacklog_limit 64\nlost 0\nloginuid_immutable 0 unlocked\n"
    found, remarks = rights(off, "No rules\n")
    assert found == {"host_audit_active": {(): 0}, "host_audit_rules": {(): 0}}
    assert not remarks
