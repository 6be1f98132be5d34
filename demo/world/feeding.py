"""Which hosts have power: each of its UPS, unless its plug is drawn."""

from __future__ import annotations

from collections.abc import Mapping

from demo.hosts.model import Host
from demo.world.active import Active
from demo.world.power import Power


class Feeding:
    def __init__(self, hosts: Mapping[str, Host], active: Active, power: Power) -> None:
        self._hosts, self._active, self._power = hosts, active, power

    def advance(self, seconds: float) -> None:
        for name, host in self._hosts.items():
            host.feed(self._power.feeds(host.node.fed_by) and not self._active.on("host-down", name))
