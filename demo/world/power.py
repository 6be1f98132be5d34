"""Mains and two UPS: who has power."""

from __future__ import annotations

from collections.abc import Mapping

from demo.devices.ups import Ups, apc_ups, standard_ups
from demo.world.active import Active

LOW_CHARGE = 0.12
AUTONOMY = 900.0  # seconds at full load: about an hour at the load of the centre


class Power:
    def __init__(self, active: Active) -> None:
        self._active = active
        self.ups: Mapping[str, Ups] = {"ups-1": standard_ups("ups-1"), "ups-2": apc_ups("ups-2")}
        for each in self.ups.values():
            each.full_seconds = AUTONOMY

    def feeds(self, source: str) -> bool:
        """Whether what is fed by this has power."""
        if source == "mains":
            return not self._active.on("mains-off")
        return self.ups[source].source != "none"

    def advance(self, seconds: float) -> None:
        for name, ups in self.ups.items():
            if self._active.on("mains-off") == ups.mains:
                (ups.cut_mains if ups.mains else ups.restore_mains)()
            low = self._active.on("ups-battery-low", name)
            if low:
                ups.charge = min(ups.charge, LOW_CHARGE)
            ups.advance(seconds)
