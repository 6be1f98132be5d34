"""The metrics that a profile may give, by name.

Two are raw there: `ups_input_deviations` only grows, `ups_self_test_timestamp_seconds` is sysUpTime
at the test's start; collectors/ups.py makes the metrics of them.
"""

from __future__ import annotations

from agent.core.model import Metric
from collectors import device_metrics, room_metrics, ups_metrics

GIVEN: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        *device_metrics.MEASURED,
        *ups_metrics.METRICS,
        *room_metrics.MEASURED,
    )
}
