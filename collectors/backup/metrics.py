"""The metrics of backups."""

from __future__ import annotations

from agent.core.model import Metric


def _gauge(name: str, unit: str, meaning: str, *labels: str) -> Metric:
    return Metric(f"backup_{name}", "gauge", unit, labels, meaning)


LAST_SUCCESS = _gauge("last_success_timestamp_seconds", "Unix seconds", "End of the last good backup")
INTERVAL = _gauge("interval_seconds", "seconds", "The job's own interval (expect_every)")
OVERDUE = _gauge(
    "overdue_seconds",
    "seconds",
    "Now minus (last success + interval + grace), weekends and holidays as the schedule says; negative while in time",
)
OVERDUE_RATIO = _gauge(
    "overdue_ratio",
    "ratio",
    "How late it is, in the job's own intervals as its schedule has them; 1: a whole further interval was missed",
)
FAILED = _gauge("last_run_failed", "0/1", "The last run ended with an error, left half a copy, or an empty one")
SIZE = _gauge("size_bytes", "bytes", "Size of the newest backup")
SIZE_CHANGE = _gauge("size_change_ratio", "ratio", "Newest size over the median of the last 7, minus 1")
COPIES = _gauge("copies", "copies", "Backups kept")
MISSING = _gauge("retention_missing", "copies", "Copies missing from those that are to be kept by day, week and month")
ABOUT_COPIES = (LAST_SUCCESS, INTERVAL, OVERDUE, OVERDUE_RATIO, FAILED, SIZE, SIZE_CHANGE, COPIES, MISSING)

VERIFIED = _gauge("verified", "0/1", "Newest verification succeeded: checksum, archive opens, dump is whole")
VERIFIED_AT = _gauge("verified_timestamp_seconds", "Unix seconds", "Time of that verification")
INFO = _gauge("info", "1", "What the newest copy is: its format, and whether it is encrypted", "format", "encrypted")
ABOUT_TESTS = (VERIFIED, VERIFIED_AT, INFO)

OFFSITE_AT = _gauge("offsite_timestamp_seconds", "Unix seconds", "Newest copy at the second place")
OFFSITE_OVERDUE = _gauge(
    "offsite_overdue_ratio", "ratio", "Age of the second copy beyond interval and 24 hours, in the job's own intervals"
)
OFFSITE_MATCH = _gauge("offsite_match", "0/1", "That copy has the same hash as the one here")
ABOUT_SECOND = (OFFSITE_AT, OFFSITE_OVERDUE, OFFSITE_MATCH)

FREE = _gauge("space_free_ratio", "ratio", "Free space where backups lie")
TO_FULL = _gauge(
    "space_time_to_full_seconds",
    "seconds",
    "Forecast by average growth; +Inf if not growing, absent before a day is known",
)
ISOLATED = _gauge("isolated", "0/1", "The production account can neither write nor delete backups; no write is tried")
OFFLINE_AT = _gauge("offline_copy_timestamp_seconds", "Unix seconds", "Newest off-line or immutable copy")
ABOUT_STORE = (FREE, TO_FULL, ISOLATED, OFFLINE_AT)

RESTORE_OK = _gauge("restore_ok", "0/1", "Last restore was identical, or, of a sample from an archive, read to its end")
RESTORE_AT = _gauge("restore_timestamp_seconds", "Unix seconds", "Time of that restore")
ABOUT_RESTORES = (RESTORE_OK, RESTORE_AT)
