"""The faults that can be caused, one table an area; each says what an operator should see of it."""

from __future__ import annotations

from collections.abc import Mapping

from demo.centre.plan import Centre
from demo.faults import applications, data, hosts, lines, room, switches
from demo.faults.fault import Fault

FAULTS: Mapping[str, Fault] = {
    fault.name: fault for area in (room, switches, lines, hosts, applications, data) for fault in area.FAULTS
}


def missing(centre: Centre) -> frozenset[str]:
    """Names of those that cannot be caused in this centre."""
    return frozenset(name for name, fault in FAULTS.items() if fault.missing(centre))
