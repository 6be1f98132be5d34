"""What is told of connections that were tried from a second vantage."""

from __future__ import annotations

from agent.core.model import Metric

REACHABLE = Metric(
    "device_management_reachable",
    "gauge",
    "0/1",
    ("vantage", "port"),
    "A host outside the management network can open this management port (22, 23, 443; 161 by SNMPv3 over UDP)",
)
UNEXPECTED = Metric(
    "center_zone_unexpected_open",
    "gauge",
    "ports",
    ("from", "to", "severity"),
    "Ports open that `isolation` does not allow; severity warn (a service that only answers), fail",
)
