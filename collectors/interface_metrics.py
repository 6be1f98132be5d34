"""Metrics of network interfaces, shared by the collectors that read them: switches over SNMP, hosts by psutil.

Label `interface` is ifName on a switch, the system's own name on a host.
"""

from __future__ import annotations

from agent.core.model import Metric

INTERFACE_UP = Metric("interface_up", "gauge", "0/1", ("interface",), "ifOperStatus is up")
INTERFACE_ADMIN_UP = Metric("interface_admin_up", "gauge", "0/1", ("interface",), "ifAdminStatus is up")
RECEIVE_BYTES = Metric("interface_receive_bytes_total", "counter", "bytes", ("interface",), "ifHCInOctets")
TRANSMIT_BYTES = Metric("interface_transmit_bytes_total", "counter", "bytes", ("interface",), "ifHCOutOctets")
RECEIVE_PACKETS = Metric(
    "interface_receive_packets_total",
    "counter",
    "packets",
    ("interface", "cast"),
    "Received packets; cast unicast, multicast, broadcast",
)
TRANSMIT_PACKETS = Metric(
    "interface_transmit_packets_total",
    "counter",
    "packets",
    ("interface", "cast"),
    "Sent packets; cast unicast, multicast, broadcast",
)
RECEIVE_ERRORS = Metric("interface_receive_errors_total", "counter", "packets", ("interface",), "ifInErrors")
TRANSMIT_ERRORS = Metric("interface_transmit_errors_total", "counter", "packets", ("interface",), "ifOutErrors")
RECEIVE_DISCARDS = Metric("interface_receive_discards_total", "counter", "packets", ("interface",), "ifInDiscards")
TRANSMIT_DISCARDS = Metric("interface_transmit_discards_total", "counter", "packets", ("interface",), "ifOutDiscards")
SPEED = Metric(
    "interface_speed_bytes",
    "gauge",
    "bytes per second",
    ("interface",),
    "ifHighSpeed, else ifSpeed, as bytes per second",
)
INTERFACE_INFO = Metric(
    "interface_info", "gauge", "1", ("interface", "description", "type"), "ifAlias and ifType of the interface"
)
UTILIZATION = Metric(
    "interface_utilization_ratio", "gauge", "ratio", ("interface", "direction"), "Rate over speed, 5 minutes"
)
ERROR_RATIO = Metric(
    "interface_error_ratio",
    "gauge",
    "ratio",
    ("interface",),
    "Errors and discards per packet, 5 minutes; absent below 10,000 packets in the window",
)
BROADCASTS = Metric(
    "interface_broadcast_packets_per_second",
    "gauge",
    "packets per second",
    ("interface",),
    "Received broadcasts, 60 seconds",
)
BROADCAST_RATIO = Metric(
    "interface_broadcast_ratio",
    "gauge",
    "ratio",
    ("interface",),
    "Received broadcasts of all received packets, 60 seconds",
)
FLAPS = Metric(
    "interface_flaps",
    "gauge",
    "changes",
    ("interface", "window"),
    "Changes of ifOperStatus seen by the agent, or told by ifLastChange, in the window 10m, 1h",
)
CRITICAL_UP = Metric(
    "interface_critical_up",
    "gauge",
    "0/1",
    ("interface", "role"),
    "A key port, role uplink, line or server: 1 if up or shut on purpose",
)
BASELINE_MATCH = Metric(
    "interface_baseline_match",
    "gauge",
    "0/1",
    ("interface",),
    "Speed and duplex of a key port are as agent.yaml says, or as it was first seen to work well",
)
BASELINE_DEVIATION = Metric(
    "interface_baseline_deviation_info",
    "gauge",
    "1",
    ("interface", "expected", "observed"),
    "A key port that does not work as in the baseline: speed and duplex there and now",
)
