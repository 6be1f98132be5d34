"""What turns the automatic items of host management."""

from __future__ import annotations

from tests.demo.flips import Fault, Flip, Set, Shortened, Sooner, for_

# fmt: off
ROWS = (
    Flip("HOST-01", "log-host", Fault("host-down", "log-host"), "does not answer", value=0.0, gone=80,
         why="a server that has power again starts for 30 seconds"),
    Flip("HOST-02", "queue-host", Set("queue-host", "cpu", "1"), "CPU 100%"),
    Flip("HOST-03", "queue-host", Set("queue-host", "memory", "0.97"), "97% of the memory used", value=0.97),
    Flip("HOST-04", "acceptance-host", Set("acceptance-host", "used./", "0.93"), "/ is 93% full"),
    Flip("HOST-05", "file-host", Fault("disk-degraded", "file-host"), "array md0 degraded: yes", value=1.0),
    Flip("HOST-06", "database-host", Set("database-host", "patched", "100"), "last updated 100 d ago"),
    Flip("HOST-07", "backup-host", Set("backup-host", "root_login", "on"), "1 deviations of the SSH server", value=1.0),
    Flip("HOST-08", "backup-host", Set("backup-host", "locks_out", "off"), "1 deviations of passwords", value=1.0),
    Flip("HOST-09", "backup-host", Set("backup-host", "second_root", "on"), "1 deviations of accounts", value=1.0),
    Flip("HOST-10", "backup-host", Set("backup-host", "opened", "3389"), "1 unexpected ports listening", value=1.0),
    Flip("HOST-11", "backup-host", Set("backup-host", "service.auditd", "stopped"), "service is stopped", value=0.0),
    Flip("HOST-12", "queue-host", Set("queue-host", "quiet", "3"), "logs end 3 d ago"),
    Flip("HOST-13", "file-host", Fault("brute-force", "file-host"), "failed logins within 1 h"),
    Flip("HOST-14", "database-host", Set("database-host", "signatures", "40"), "40 d"),
    Flip("HOST-15", "database-host", Fault("clock-drift", "database-host"), "the clock is off by 95 s"),
    Flip("HOST-16", "file-host", Fault("canary-file-changed", "file-host"), "canary files were touched", value=1.0),
    Flip("HOST-17", "pc-5", Set("pc-5", "storage", "on"), "1 deviations of terminal control", value=1.0),
)
# fmt: on
SHORTENED: Shortened = {
    "HOST-01": [for_(metric="host_up", result="fail"), for_(metric="host_up", result="warn")],
    "HOST-02": [for_(instead_of=0.8), for_(instead_of=0.95)],
    "HOST-03": [for_(instead_of=0.85), for_(instead_of=0.95)],
    "HOST-11": [for_(metric="host_audit_active", result="fail")],
    "HOST-14": [for_(metric="host_antivirus_active", result="fail")],
    "HOST-15": [for_(metric="host_clock_offset_seconds", instead_of=limit) for limit in (0.5, -0.5, 5, -5)],
}
SERVERS = ("acceptance-host", "database-host", "queue-host", "file-host", "backup-host")
COUNTERS = ("pc-1", "pc-2", "pc-4", "pc-5", "pc-7")
SOONER: Sooner = {("hosts", name): {"every": "5s", "ask_within": "5s"} for name in (*SERVERS, *COUNTERS)}
