"""The traffic of an ordinary day, so that the counters of a simulated switch move."""

from __future__ import annotations

from dataclasses import replace

from demo.devices.port import ETHERNET, Flow
from demo.devices.switch import Switch

MEGABIT = 125_000.0  # bytes per second


def busy(switch: Switch, share: float = 1.0) -> None:
    """Every third port that has a cable is free, the others carry a little each, the first uplink all of it."""
    cabled = [port for port in switch.ports.values() if port.type == ETHERNET and port.linked]
    uplink = max(cabled, key=lambda port: port.megabits)
    total_in = total_out = 0.0
    for number, port in enumerate(cabled):
        if port is uplink:
            continue
        if number % 3 == 2:
            port.linked = False
            continue
        sent = (1 + number % 7) * 0.6 * MEGABIT * share
        port.receive, port.transmit = Flow(sent), Flow(sent * 4, frame=900)
        total_in, total_out = total_in + sent, total_out + sent * 4
    uplink.receive, uplink.transmit = replace(uplink.receive, bytes=total_out), replace(uplink.transmit, bytes=total_in)
