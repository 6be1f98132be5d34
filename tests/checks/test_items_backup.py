"""The automatic items of information backup, each on what its collectors tell."""

from __future__ import annotations

import pytest

from tests.checks.items import Case, flips_and_back, known, series, tries_every_automatic_item

DAY = 86400.0
RUN = (series("backup_overdue_seconds", -3600), series("backup_last_run_failed", 0), series("backup_overdue_ratio", 0))
SIZE = (series("backup_size_bytes", 4e6), series("backup_size_change_ratio", 0.02))
VERIFIED = (series("backup_verified", 1), series("backup_verified_timestamp_seconds", -DAY))
SPACE = (series("backup_space_free_ratio", 0.6), series("backup_space_time_to_full_seconds", float("inf")))
SECOND = (series("backup_offsite_overdue_ratio", -0.4), series("backup_offsite_match", 1))
ISOLATED = (series("backup_isolated", 1), series("backup_offline_copy_timestamp_seconds", -2 * DAY))
RESTORED = (series("backup_restore_ok", 1), series("backup_restore_timestamp_seconds", -2 * DAY))
COPIES = (series("backup_retention_missing", 0), series("backup_copies", 23))
CONFIG = "device_config_backup_timestamp_seconds"

CASES = (
    Case("BAK-01", RUN, (series("backup_overdue_seconds", 60),), "warn"),
    Case("BAK-01", RUN, (series("backup_last_run_failed", 1),), "warn"),
    Case("BAK-01", RUN, (series("backup_overdue_ratio", 1.2),), "fail"),
    Case("BAK-01", RUN, (series("backup_last_run_failed", 1), series("backup_overdue_seconds", 60)), "fail"),
    Case("BAK-02", SIZE, (series("backup_size_change_ratio", -0.4),), "warn"),
    Case("BAK-02", SIZE, (series("backup_size_change_ratio", -0.9),), "fail"),
    Case("BAK-02", SIZE, (series("backup_size_bytes", 0),), "fail"),
    Case("BAK-03", VERIFIED, (series("backup_verified_timestamp_seconds", -10 * DAY),), "warn"),
    Case("BAK-03", VERIFIED, (series("backup_verified", 0),), "fail"),
    Case("BAK-04", SPACE, (series("backup_space_free_ratio", 0.15),), "warn"),
    Case("BAK-04", SPACE, (series("backup_space_time_to_full_seconds", 3 * DAY),), "fail"),
    Case("BAK-05", SECOND, (series("backup_offsite_overdue_ratio", 0.5),), "warn"),
    Case("BAK-05", SECOND, (series("backup_offsite_overdue_ratio", 1.5),), "fail"),
    Case("BAK-05", SECOND, (series("backup_offsite_match", 0),), "fail"),
    Case("BAK-06", ISOLATED, (series("backup_offline_copy_timestamp_seconds", -10 * DAY),), "warn"),
    Case("BAK-06", ISOLATED, (series("backup_isolated", 0),), "fail"),
    Case("BAK-06", ISOLATED, (series("backup_offline_copy_timestamp_seconds", -40 * DAY),), "fail"),
    Case("BAK-07", (series(CONFIG, -3600),), (series(CONFIG, -2 * DAY),), "warn"),
    Case("BAK-07", (series(CONFIG, -3600),), (series(CONFIG, -5 * DAY),), "fail"),
    Case("BAK-08", COPIES, (series("backup_retention_missing", 1),), "warn"),
    Case("BAK-08", COPIES, (series("backup_retention_missing", 2),), "fail"),
    Case("BAK-09", RESTORED, (series("backup_restore_timestamp_seconds", -10 * DAY),), "warn"),
    Case("BAK-09", RESTORED, (series("backup_restore_ok", 0),), "fail"),
)


@pytest.mark.parametrize("case", known(CASES), ids=str)
def test_an_item_flips_with_what_is_read_and_back(case: Case) -> None:
    flips_and_back(case)


def test_every_automatic_item_is_tried() -> None:
    tries_every_automatic_item("information_backup", CASES)
