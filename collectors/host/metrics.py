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
