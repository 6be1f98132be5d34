"""The metrics of applications."""

from __future__ import annotations

from agent.core.model import Metric
from collectors.device_metrics import PRINTER_STATES

UP = Metric("application_up", "gauge", "0/1", ("role",), "Answers as expected")
INFO = Metric("application_info", "gauge", "1", ("role", "version"), "Version that the server shows")
RESPONSE = Metric(
    "application_response_seconds",
    "gauge",
    "seconds",
    ("role", "phase"),
    "Of the last answer; phase resolve, connect, tls, processing, transfer as blackbox_exporter counts them, and total",
)
P95 = Metric(
    "application_response_p95_seconds",
    "gauge",
    "seconds",
    ("role",),
    "95th percentile of total, 10 minutes or `slow_window`; what did not come in time counts as the time waited",
)
CONTENT_CHANGED = Metric(
    "application_content_changed",
    "gauge",
    "0/1",
    ("role",),
    "Content hash or key word differs from the published version; absent without a good answer",
)
BACKLOG = Metric("application_upload_backlog", "gauge", "files", ("role",), "Items waiting for upload")
OLDEST = Metric(
    "application_upload_oldest_timestamp_seconds",
    "gauge",
    "Unix seconds",
    ("role",),
    "Oldest waiting item; absent if none",
)
LAST_SUCCESS = Metric(
    "application_upload_last_success_timestamp_seconds",
    "gauge",
    "Unix seconds",
    ("role",),
    "When the last upload was taken by the city platform",
)
FAILURES = Metric("application_upload_failures", "gauge", "failures", ("role",), "Uploads that failed in a row")
SPACE = Metric(
    "application_database_space_usage_ratio",
    "gauge",
    "ratio",
    ("database", "space"),
    "Used of what the file system of a directory of the database holds",
)
CONNECTIONS = Metric(
    "application_database_connections_usage_ratio", "gauge", "ratio", ("database",), "Connections of the maximum"
)
DELAY = Metric(
    "application_database_replication_delay_seconds",
    "gauge",
    "seconds",
    ("database",),
    "Delay of the replica; of a server with replicas, of the slowest",
)
TICKET = Metric(
    "application_ticket_last_timestamp_seconds",
    "gauge",
    "Unix seconds",
    ("role",),
    "When the queue system drew its last ticket, as it says itself",
)
LAG = Metric("application_display_lag_seconds", "gauge", "seconds", (), "Ticket called but not shown for so long")
PRINTER = Metric(
    "application_printer_state",
    "gauge",
    "state set",
    ("printer", "state"),
    "State of the application's printer: ok, low_paper, no_paper, jammed, offline; 0 everywhere if it is none of these",
    states=PRINTER_STATES,
)
WEAK = Metric("application_tls_weak", "gauge", "0/1", (), "Endpoint offers only TLS 1.1 or older")
EXPIRY = Metric(
    "certificate_expiry_timestamp_seconds", "gauge", "Unix seconds", ("subject",), "notAfter, the earliest of the chain"
)
CHAIN_VALID = Metric(
    "certificate_chain_valid",
    "gauge",
    "0/1",
    ("subject",),
    "Chain complete to a trusted authority, and every certificate of it within its time",
)
NAME_VALID = Metric("certificate_name_valid", "gauge", "0/1", ("subject",), "The name asked for is in the certificate")
OF_TLS = (WEAK, EXPIRY, CHAIN_VALID, NAME_VALID)
OF_DATABASE = (SPACE, CONNECTIONS, DELAY)
OF_UPLOAD = (BACKLOG, OLDEST, LAST_SUCCESS, FAILURES)
ALL = (UP, INFO, RESPONSE, P95, CONTENT_CHANGED, *OF_UPLOAD, TICKET, LAG, PRINTER, *OF_DATABASE, *OF_TLS)
