"""What is told of a host, whichever way it is read."""

from __future__ import annotations

from agent.core.model import Metric

INFO = Metric("host_info", "gauge", "1", ("system", "version", "role"), "What the host is")
CPU = Metric("host_cpu_usage_ratio", "gauge", "ratio", (), "CPU in use since the last reading")
LOAD1 = Metric("host_load1", "gauge", "processes", (), "Load average, 1 minute")
MEMORY = Metric("host_memory_usage_ratio", "gauge", "ratio", (), "1 - available memory / total memory")
SWAP = Metric("host_swap_usage_ratio", "gauge", "ratio", (), "Swap in use")
SPACE = Metric("host_filesystem_usage_ratio", "gauge", "ratio", ("mountpoint",), "Space in use, as df counts it")
INODES = Metric("host_filesystem_inodes_usage_ratio", "gauge", "ratio", ("mountpoint",), "Inodes in use")
TIME_TO_FULL = Metric(
    "host_filesystem_time_to_full_seconds",
    "gauge",
    "seconds",
    ("mountpoint",),
    "Linear forecast over 7 days; +Inf if not growing, absent before a day is known",
)
BOOT = Metric("host_boot_timestamp_seconds", "gauge", "Unix seconds", (), "Last start")
OFFSET = Metric("host_clock_offset_seconds", "gauge", "seconds", (), "The host's clock minus that of the time servers")
SYNCHRONIZED = Metric("host_clock_synchronized", "gauge", "0/1", (), "The time service says that it is synchronised")
DIFFERENCE = Metric(
    "host_clock_source_difference_seconds",
    "gauge",
    "seconds",
    (),
    "Greatest difference between time servers; absent with less than two that answer",
)
OUT_OF_MEMORY = Metric(
    "host_out_of_memory_kills",
    "gauge",
    "events",
    ("window",),
    "Processes that the kernel killed for want of memory in window 24h",
)
DISK = Metric(
    "host_disk_state",
    "gauge",
    "state set",
    ("disk", "state"),
    "What SMART says: warning is reallocated or pending sectors, or a predicted failure",
    ("ok", "warning", "failed"),
)
ARRAY = Metric(
    "host_array_state",
    "gauge",
    "state set",
    ("array", "state"),
    "Software or hardware RAID; no_spare: a configured spare is missing",
    ("ok", "rebuilding", "no_spare", "degraded", "failed"),
)
UPDATES = Metric(
    "host_updates_pending",
    "gauge",
    "packages",
    ("security",),
    "Updates not installed; security yes, no, unknown where the source does not tell",
)
UPDATED = Metric("host_update_last_timestamp_seconds", "gauge", "Unix seconds", (), "Last installed update")
SECURITY_OLDEST = Metric(
    "host_security_update_oldest_timestamp_seconds",
    "gauge",
    "Unix seconds",
    (),
    "Release of the oldest pending security update, or when it was first seen; absent if none",
)
HARDENING = Metric(
    "host_hardening_findings",
    "gauge",
    "findings",
    ("topic", "result"),
    "Deviations; topic sshd, password, accounts, system (Windows), terminal, result warn, fail",
)
LISTENING = Metric(
    "host_listening_unexpected",
    "gauge",
    "ports",
    ("scope",),
    "Listening ports that are not allowed; scope local, remote (both absent without a list), dangerous",
)
AUDIT = Metric("host_audit_active", "gauge", "0/1", (), "The audit service runs")
AUDIT_RULES = Metric("host_audit_rules", "gauge", "rules", (), "Audit rules loaded")
AUDIT_LOG = Metric("host_audit_log_timestamp_seconds", "gauge", "Unix seconds", (), "Last audit record")
LOGIN_FAILURES = Metric(
    "host_login_failures",
    "gauge",
    "events",
    ("window", "scope"),
    "Failed logins in window 5m, 1h; scope all, same_source (the worst); without the agent's own",
)
LOGIN_AFTER_FAILURES = Metric(
    "host_login_after_failures",
    "gauge",
    "0/1",
    (),
    "In the last hour a login succeeded after at least 5 failures of the same source",
)
LOGIN_UNUSUAL = Metric(
    "host_login_unusual",
    "gauge",
    "0/1",
    (),
    "In the last hour an administrator logged in outside working hours or from outside the management network",
)
SESSIONS = Metric(
    "host_login_sessions",
    "gauge",
    "sessions",
    (),
    "Open sessions of logged-in users: at a terminal, a desktop, by SSH; the agent's own are none",
)
ANTIVIRUS = Metric("host_antivirus_active", "gauge", "0/1", (), "Protection from malware runs")
SIGNATURES = Metric(
    "host_antivirus_signature_timestamp_seconds", "gauge", "Unix seconds", (), "Date of the signature data base"
)
FILE_CHANGES = Metric(
    "host_file_changes_unapproved",
    "gauge",
    "files",
    (),
    "Watched files that are not as they were when they were first read or last approved",
)
FILE_RENEWALS = Metric(
    "host_file_changes_approved",
    "gauge",
    "files",
    (),
    "Watched files that were changed during a planned change which is not over: as they are now they count as approved",
)
SOFTWARE = Metric(
    "host_software_info",
    "gauge",
    "1",
    ("path", "sha256", "version"),
    "A program file that agent.yaml names under `software`; sha256 missing: it is not there; version where it has one",
)
CANARY = Metric("host_canary_touched", "gauge", "0/1", (), "A canary file is changed, renamed or missing")
NEW_EXTENSIONS = Metric(
    "host_new_extension_files",
    "gauge",
    "files",
    (),
    "Files in watched folders with an extension that was first seen within the last 24 hours",
)
RANSOM_NOTE = Metric(
    "host_ransom_note_found", "gauge", "0/1", (), "A file in a watched folder is named like a ransom note"
)
SERVICE = Metric("host_service_up", "gauge", "0/1", ("service",), "The service runs")
RESTARTS = Metric("host_service_restarts", "gauge", "restarts", ("service",), "Restarts in the last 24 hours")
PERIPHERAL = Metric(
    "host_peripheral_up", "gauge", "0/1", ("peripheral",), "The device at the counter is there and without fault"
)
LOG_NEWEST = Metric(
    "host_log_newest_timestamp_seconds",
    "gauge",
    "Unix seconds",
    ("source",),
    "Newest record that is kept; source: system, central",
)
LOG_OLDEST = Metric(
    "host_log_oldest_timestamp_seconds", "gauge", "Unix seconds", ("source",), "Oldest record that is kept, likewise"
)
LOG_RETENTION = Metric(
    "host_log_retention_seconds",
    "gauge",
    "seconds",
    ("source",),
    "How long records are kept, by how they are rotated or by what was thrown away; absent where neither says",
)
LOG_GAP = Metric(
    "host_log_longest_gap_seconds",
    "gauge",
    "seconds",
    ("source",),
    "Longest time without a record in what is kept, likewise: exact where it is more than a day, else at least so long",
)
