"""The metrics of private lines."""

from __future__ import annotations

from agent.core.model import Metric

PROBE = ("layer", "probe")
LINE_UP = Metric(
    "line_up", "gauge", "0/1", (), "The line serves: every business endpoint among its probes answers (two attempts)"
)
LINE_INFO = Metric("line_info", "gauge", "1", ("business", "carrier", "circuit"), "Facts of the line")
PROBE_UP = Metric("line_probe_up", "gauge", "0/1", PROBE, "This probe answered")
ROUND_TRIP = Metric("line_round_trip_seconds", "gauge", "seconds", PROBE, "Mean round trip of the last burst")
SHORTEST = Metric("line_round_trip_min_seconds", "gauge", "seconds", PROBE, "Shortest round trip of the last burst")
LONGEST = Metric("line_round_trip_max_seconds", "gauge", "seconds", PROBE, "Longest round trip of the last burst")
P95 = Metric(
    "line_round_trip_p95_seconds",
    "gauge",
    "seconds",
    (),
    "95th percentile of the round trips over 5 minutes, farthest answering probe",
)
BASELINE = Metric(
    "line_round_trip_baseline_ratio",
    "gauge",
    "ratio",
    (),
    "p95 divided by the line's own p95 of the same half hour of the last 14 days; absent until 3 days are known",
)
JITTER = Metric(
    "line_jitter_seconds",
    "gauge",
    "seconds",
    PROBE,
    "Jitter as in RFC 3550, 5 minutes; of an nqa probe the mean that the device tells of its latest jitter test",
)
LOSS = Metric(
    "line_loss_ratio",
    "gauge",
    "ratio",
    PROBE,
    "Lost packets of the loss window of at least 600 packets; absent before 600 were sent",
)
DUPLICATES = Metric(
    "line_duplicate_packets_total", "counter", "packets", PROBE, "Answers of an icmp probe that came more than once"
)
REORDERED = Metric(
    "line_reordered_packets_total", "counter", "packets", PROBE, "Answers of an icmp probe that came after a later one"
)
PATH_MTU = Metric(
    "line_path_mtu_bytes",
    "gauge",
    "bytes",
    PROBE,
    "Largest packet that goes on, as a router on the way told a probe with dont_fragment; absent where none told it",
)
FAULT_SEGMENT = Metric(
    "line_fault_segment",
    "gauge",
    "0/1",
    ("segment",),
    "1 on the segment judged broken: port, gateway, carrier, far_gateway, application; on several where the probes "
    "cannot tell them apart, absent where nothing can be said",
)
UTILIZATION = Metric(
    "line_utilization_ratio",
    "gauge",
    "ratio",
    ("direction",),
    "Bytes per second of the port in `via` against the contracted `bandwidth`, 5 minutes",
)
ACTIVE = Metric("line_active", "gauge", "0/1", (), "Of a line and its backups, the one that carries the traffic now")
STANDBY = Metric(
    "line_standby",
    "gauge",
    "0/1",
    (),
    "A backup whose main line serves: while that is so, its own fault cuts off nobody",
)
AFFECTS = Metric(
    "line_affects",
    "gauge",
    "1",
    ("counter", "business"),
    "This counter cannot do this business while the line is down and its backups are as they are",
)
ALL = (
    LINE_UP,
    LINE_INFO,
    PROBE_UP,
    ROUND_TRIP,
    SHORTEST,
    LONGEST,
    P95,
    BASELINE,
    JITTER,
    LOSS,
    DUPLICATES,
    REORDERED,
    PATH_MTU,
    FAULT_SEGMENT,
    UTILIZATION,
    ACTIVE,
    STANDBY,
    AFFECTS,
)
