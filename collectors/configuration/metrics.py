"""Metrics of configurations."""

from __future__ import annotations

from agent.core.model import Metric

CHANGED = Metric(
    "device_config_changed_timestamp_seconds",
    "gauge",
    "Unix seconds",
    (),
    "When the normalised configuration's hash last changed",
)
UNAPPROVED = Metric(
    "device_config_unapproved",
    "gauge",
    "0/1",
    (),
    "The normalised configuration differs from the baseline and no approved change covers it",
)
RENEWAL_DUE = Metric(
    "device_config_renewal_due",
    "gauge",
    "0/1",
    (),
    "The normalised configuration differs from the baseline by approved changes only: the baseline is to be renewed",
)
SAVED = Metric("device_config_saved", "gauge", "0/1", (), "The running configuration equals the saved one")
BACKED_UP = Metric(
    "device_config_backup_timestamp_seconds",
    "gauge",
    "Unix seconds",
    (),
    "When the newest stored configuration was last found to be as the device has it",
)
