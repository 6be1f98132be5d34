"""Metrics of any managed device, shared by the collectors that read one: switches, machine room."""

from __future__ import annotations

from agent.core.model import Metric

DEVICE_INFO = Metric("device_info", "gauge", "1", ("vendor", "model", "version", "serial"), "What the device is")
DEVICE_UPTIME = Metric(
    "device_uptime_seconds", "gauge", "seconds", (), "snmpEngineTime, else sysUpTime (wraps after 497 days)"
)
RESTARTS = Metric(
    "device_restarts_unapproved",
    "gauge",
    "restarts",
    (),
    "Restarts in the last 24 hours that no approved change covers",
)
