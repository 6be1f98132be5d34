"""Memory of a card or device with Linux: what is used, and what caches hold, which is given back when needed."""

from __future__ import annotations

from typing import Any

import pytest

from collectors import device
from tests.collectors.polled import Polled
from tests.snmp_agent import SnmpAgent, object_id

UCD, STORAGE = "1.3.6.1.4.1.2021.4.", "1.3.6.1.2.1.25.2.3.1."
RAM, OTHER = object_id("1.3.6.1.2.1.25.2.1.2"), object_id("1.3.6.1.2.1.25.2.1.1")
BY_UCD: dict[str, Any] = {f"{UCD}{number}.0": value for number, value in ((5, 1000), (6, 200), (14, 70), (15, 240))}
ROWS = {1: ("Physical memory", RAM, 800), 6: ("Memory buffers", OTHER, 70), 7: ("Cached memory", OTHER, 240)}
BY_STORAGE: dict[str, Any] = {
    f"{STORAGE}{column}.{row}": value
    for row, (name, kind, used) in ROWS.items()
    for column, value in ((2, kind), (3, name), (5, 1000), (6, used))
}


@pytest.mark.parametrize(
    ("objects", "usage", "cache"),
    [
        (BY_UCD, {("memory",): 0.49}, {("buffers",): 0.07, ("cached",): 0.24}),
        (BY_STORAGE, {("Physical memory",): 0.8}, {("Memory buffers",): 0.07, ("Cached memory",): 0.24}),
        (BY_UCD | BY_STORAGE, {("memory",): 0.49}, {("buffers",): 0.07, ("cached",): 0.24}),
    ],
    ids=["UCD-SNMP-MIB", "HOST-RESOURCES-MIB", "both"],
)
def test_caches_are_told_beside_what_is_used(objects: dict[str, Any], usage: Any, cache: Any) -> None:
    with SnmpAgent({"1.3.6.1.2.1.1.2.0": object_id("1.3.6.1.4.1.8072.3.2.10"), **objects}) as agent:
        found = Polled(agent, device.COLLECTOR).poll()
    assert found["device_memory_usage_ratio"] == pytest.approx(usage)
    assert found["device_memory_cache_ratio"] == pytest.approx(cache)
