"""`config:` of a switch: whether and how its configuration is read."""

from __future__ import annotations

from agent.core.console import Family
from agent.options import Duration, Options
from collectors.configuration.pacing import SPACING

LOOK = 6 * 3600.0


class ConfigOptions(Options):
    """`backup`: how often the configuration is read over SSH where nothing tells that it changed. `family`: kind of
    command line; found by SNMP where it is not said. `timeout`: how long a slow device may take to show it.
    `spacing`: the rest between two readings while somebody is at work on the device. `look`: how often it is looked at
    from outside, at its ports and at what SSH offers: devices log each greeting that leads to no login."""

    backup: Duration | None = None
    family: Family | None = None
    timeout: Duration = 60.0
    spacing: Duration = SPACING
    look: Duration = LOOK
