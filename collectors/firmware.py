"""The software of a device against the list that people keep: approved, still maintained, hit by advisories."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

from agent.core.firmware import SEVERITIES, Device, approved, hits, supported
from agent.core.model import Collector, Metric, Sample, Target
from agent.core.reach import Poll
from agent.core.text import Text
from collectors.device_metrics import DEVICE_INFO

SUPPORTED = Metric("device_firmware_supported", "gauge", "0/1", (), "Its maker still maintains the version")
APPROVED = Metric("device_firmware_approved", "gauge", "0/1", (), "The version is in baselines/firmware.yaml")
ADVISORIES = Metric(
    "device_advisory_matches", "gauge", "advisories", ("severity",), "Advisories in baselines/firmware.yaml that hit it"
)
LIST_CHANGED = Metric(
    "device_firmware_list_timestamp_seconds",
    "gauge",
    "Unix seconds",
    (),
    "When baselines/firmware.yaml, with which the version is compared, was last changed",
)
HIT = Text("{id}:版本 {version} 涉及厂商公告 {names}", "{id}: advisories on version {version}: {names}")
MOST_NAMES = 5


async def collect(target: Target, options: Any, poll: Poll) -> AsyncIterator[Sample]:
    """By what the device said of itself; a device that does not say its version is not judged."""
    listed = await poll.registers.firmware.listed()
    reading = poll.known.reading(target.id, DEVICE_INFO.name)
    if listed is None or reading is None:
        return
    if listed.flaw is not None:
        poll.remarks.append(listed.flaw)
        return
    sample = reading.by_metric[DEVICE_INFO.name][0]
    device = Device(*(sample.label(name) or "" for name in ("vendor", "model", "version")))
    if not device.version:
        return
    if listed.changed is not None:
        yield Sample(LIST_CHANGED, listed.changed)
    yield Sample(APPROVED, approved(device, listed))
    if (maintained := supported(device, listed)) is not None:
        yield Sample(SUPPORTED, maintained)
    found = list(hits(device, listed))
    counts = Counter(each.severity for each in found)
    for severity in SEVERITIES:
        yield Sample(ADVISORIES, counts[severity], (severity,))
    if found:
        names = ", ".join(each.id for each in found[:MOST_NAMES])
        poll.remarks.append(HIT.format(id=target.id, version=device.version, names=names))


COLLECTOR = Collector("firmware", ("switch",), (SUPPORTED, APPROVED, ADVISORIES, LIST_CHANGED), collect)
