"""The automatic items of host management, each on what its collectors tell."""

from __future__ import annotations

import pytest

from tests.checks.items import Case, Series, flips, flips_and_back, known, series, tries_every_automatic_item

DAY = 86400.0
MEMORY = (series("host_memory_usage_ratio", 0.5), series("host_out_of_memory_kills", 0, window="24h"))
ROOT = {"mountpoint": "/"}
DISKS = (
    series("host_filesystem_usage_ratio", 0.4, **ROOT),
    series("host_filesystem_inodes_usage_ratio", 0.1, **ROOT),
    series("host_filesystem_time_to_full_seconds", float("inf"), **ROOT),
)
DRIVES = (
    series("host_disk_state", 0, disk="sda", state="warning"),
    series("host_disk_state", 0, disk="sda", state="failed"),
    series("host_array_state", 0, array="md0", state="degraded"),
)
UPDATES = (
    series("host_update_last_timestamp_seconds", -5 * DAY),
    series("host_security_update_oldest_timestamp_seconds", -2 * DAY),
)
PORTS = tuple(series("host_listening_unexpected", 0, scope=scope) for scope in ("local", "remote", "dangerous"))
AUDIT = (
    series("host_audit_active", 1),
    series("host_audit_rules", 12),
    series("host_audit_log_timestamp_seconds", -60),
)
LOGS = (
    series("host_log_oldest_timestamp_seconds", -200 * DAY, source="central"),
    series("host_log_newest_timestamp_seconds", -600, source="central"),
    series("host_log_longest_gap_seconds", 3600, source="central"),
)
OWN_LOGS = (
    series("host_log_oldest_timestamp_seconds", -200 * DAY, source="system"),
    series("host_log_newest_timestamp_seconds", -600, source="system"),
)
LOGINS = (
    series("host_login_failures", 0, window="1h", scope="all"),
    series("host_login_failures", 0, window="5m", scope="same_source"),
    series("host_login_after_failures", 0),
)
VIRUS = (series("host_antivirus_active", 1), series("host_antivirus_signature_timestamp_seconds", -DAY))
CLOCK = (
    series("host_clock_offset_seconds", 0.01),
    series("host_clock_synchronized", 1),
    series("host_clock_source_difference_seconds", 0.01),
)
FILES = (
    series("host_file_changes_unapproved", 0),
    series("host_file_changes_approved", 0),
    series("host_canary_touched", 0),
    series("host_new_extension_files", 0),
    series("host_ransom_note_found", 0),
)
HARDENED = tuple(
    series("host_hardening_findings", 0, topic=topic, result=result)
    for topic in ("sshd", "password", "accounts", "terminal")
    for result in ("warn", "fail")
)


def deviating(topic: str, result: str, count: float) -> tuple[Series, ...]:
    return (series("host_hardening_findings", count, topic=topic, result=result),)


CASES = (
    Case("HOST-01", (series("host_up", 1, role="server"),), (series("host_up", 0, role="server"),), "fail", 2),
    Case("HOST-02", (series("host_cpu_usage_ratio", 0.2),), (series("host_cpu_usage_ratio", 0.9),), "warn", 15),
    Case("HOST-02", (series("host_cpu_usage_ratio", 0.2),), (series("host_cpu_usage_ratio", 0.97),), "fail", 15),
    Case("HOST-03", MEMORY, (series("host_memory_usage_ratio", 0.9),), "warn", 15),
    Case("HOST-03", MEMORY, (series("host_memory_usage_ratio", 0.96),), "fail", 5),
    Case("HOST-03", MEMORY, (series("host_out_of_memory_kills", 1, window="24h"),), "fail"),
    Case("HOST-04", DISKS, (series("host_filesystem_usage_ratio", 0.85, **ROOT),), "warn"),
    Case("HOST-04", DISKS, (series("host_filesystem_usage_ratio", 0.95, **ROOT),), "fail"),
    Case("HOST-04", DISKS, (series("host_filesystem_time_to_full_seconds", 3600, **ROOT),), "fail"),
    Case("HOST-05", DRIVES, (series("host_disk_state", 1, disk="sda", state="warning"),), "warn"),
    Case("HOST-05", DRIVES, (series("host_disk_state", 1, disk="sda", state="failed"),), "fail"),
    Case("HOST-05", DRIVES, (series("host_array_state", 1, array="md0", state="degraded"),), "fail"),
    Case("HOST-06", UPDATES, (series("host_update_last_timestamp_seconds", -40 * DAY),), "warn"),
    Case("HOST-06", UPDATES, (series("host_update_last_timestamp_seconds", -100 * DAY),), "fail"),
    Case("HOST-06", UPDATES, (series("host_security_update_oldest_timestamp_seconds", -20 * DAY),), "fail"),
    Case("HOST-07", HARDENED, deviating("sshd", "warn", 2), "warn"),
    Case("HOST-07", HARDENED, deviating("sshd", "fail", 1), "fail"),
    Case("HOST-08", HARDENED, deviating("password", "warn", 1), "warn"),
    Case("HOST-08", HARDENED, deviating("password", "warn", 2), "fail"),
    Case("HOST-09", HARDENED, deviating("accounts", "warn", 3), "warn"),
    Case("HOST-09", HARDENED, deviating("accounts", "warn", 4), "fail"),
    Case("HOST-10", PORTS, (series("host_listening_unexpected", 1, scope="local"),), "warn"),
    Case("HOST-10", PORTS, (series("host_listening_unexpected", 1, scope="dangerous"),), "fail"),
    Case("HOST-11", AUDIT, (series("host_audit_active", 0),), "fail", 5),
    Case("HOST-11", AUDIT, (series("host_audit_rules", 0),), "fail"),
    Case("HOST-11", AUDIT, (series("host_audit_log_timestamp_seconds", -7200),), "fail"),
    Case("HOST-12", LOGS, (series("host_log_oldest_timestamp_seconds", -90 * DAY, source="central"),), "warn"),
    Case("HOST-12", LOGS, (series("host_log_longest_gap_seconds", 2 * DAY, source="central"),), "fail"),
    Case("HOST-12", LOGS, (series("host_log_retention_seconds", 28 * DAY, source="central"),), "fail"),
    Case("HOST-12", OWN_LOGS, (series("host_log_retention_seconds", 28 * DAY, source="system"),), "fail"),
    Case("HOST-12", LOGS, (series("host_log_newest_timestamp_seconds", -2 * DAY, source="central"),), "fail"),
    Case("HOST-13", LOGINS, (series("host_login_failures", 20, window="1h", scope="all"),), "warn"),
    Case("HOST-13", LOGINS, (series("host_login_failures", 60, window="1h", scope="all"),), "fail"),
    Case("HOST-13", LOGINS, (series("host_login_after_failures", 1),), "fail"),
    Case("HOST-14", VIRUS, (series("host_antivirus_signature_timestamp_seconds", -10 * DAY),), "warn"),
    Case("HOST-14", VIRUS, (series("host_antivirus_active", 0),), "fail", 5),
    Case("HOST-15", CLOCK, (series("host_clock_offset_seconds", -1),), "warn", 5),
    Case("HOST-15", CLOCK, (series("host_clock_offset_seconds", 95),), "fail", 5),
    Case("HOST-15", CLOCK, (series("host_clock_synchronized", 0),), "fail", 60),
    Case("HOST-15", CLOCK, (series("host_clock_source_difference_seconds", 2),), "fail", 10),
    Case("HOST-16", FILES, (series("host_canary_touched", 1),), "fail"),
    Case("HOST-16", FILES, (series("host_file_changes_unapproved", 1),), "fail"),
    Case("HOST-16", FILES, (series("host_file_changes_approved", 3),), "warn"),
    Case("HOST-16", FILES, (series("host_new_extension_files", 51),), "fail"),
    Case("HOST-16", FILES, (series("host_ransom_note_found", 1),), "fail"),
    Case("HOST-17", HARDENED, deviating("terminal", "warn", 1), "warn"),
    Case("HOST-17", HARDENED, deviating("terminal", "fail", 1), "fail"),
)


@pytest.mark.parametrize("case", known(CASES), ids=str)
def test_an_item_flips_with_what_is_read_and_back(case: Case) -> None:
    flips_and_back(case)


@pytest.mark.parametrize(("kept", "source"), [(184, "central"), (28, "system")])
def test_logs_are_kept_long_enough_where_the_central_store_keeps_them(kept: float, source: str) -> None:
    said = (*LOGS, series("host_log_retention_seconds", kept * DAY, source=source))
    before, then, _ = flips(Case("HOST-12", LOGS, said, "pass"))
    assert (before.verdict.result, then.verdict.result) == ("pass", "pass")


def test_every_automatic_item_is_tried() -> None:
    tries_every_automatic_item("host_management", CASES)
