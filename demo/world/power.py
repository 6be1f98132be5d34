"""Mains and two UPS: who has power."""

from __future__ import annotations

import math
from collections.abc import Mapping

from demo.devices.ups import SelfTest, Ups, apc_ups, standard_ups
from demo.world.active import Active

LOW_CHARGE = 0.12
CARD_STARTS_IN = 20.0  # seconds until the network card of a UPS that has power again answers
AUTONOMY = 900.0  # seconds at full load: about an hour at the load of the centre
TESTED, TEST_TAKES = 5 * 86400.0, 2.0  # seconds since the last test while all is well; of one that is begun


class Power:
    def __init__(self, active: Active) -> None:
        self._active = active
        self.ups: Mapping[str, Ups] = {"ups-1": standard_ups("ups-1"), "ups-2": apc_ups("ups-2")}
        self._full: dict[str, float] = {}
        for each in self.ups.values():
            each.full_seconds = AUTONOMY
            each.test = SelfTest(each.uptime - TESTED, "passed")

    def feeds(self, source: str) -> bool:
        """Whether what is fed by this has power."""
        if source == "mains":
            return not self._active.on("mains-off")
        return self.ups[source].source != "none"

    def advance(self, seconds: float) -> None:
        for name, ups in self.ups.items():
            if self._active.on("mains-off") == ups.mains:
                (ups.cut_mains if ups.mains else ups.restore_mains)()
            self._drain(name, ups)
            self._feed_card(ups)
            self._test(name, ups)
            ups.advance(seconds)

    @staticmethod
    def _feed_card(ups: Ups) -> None:
        """Its network card dies with the battery, and starts anew when the mains are back."""
        if ups.source == "none":
            ups.switch_off()
        elif ups.silent_for == math.inf:
            ups.switch_on(CARD_STARTS_IN)

    def _drain(self, name: str, ups: Ups) -> None:
        """A weak battery; healed, it is as before, but for what is only charged from the mains."""
        if self._active.on("ups-battery-low", name):
            self._full.setdefault(name, ups.charge)
            ups.charge = min(ups.charge, LOW_CHARGE)
        elif name in self._full:
            charge = self._full.pop(name)
            ups.charge = charge if ups.mains else ups.charge

    def _test(self, name: str, ups: Ups) -> None:
        """With a bad battery a test fails. One is begun as soon as the battery is bad, and when it is mended."""
        bad = self._active.on("ups-self-test-failed", name)
        if bad == ups.battery_good:
            ups.battery_good = not bad
            ups.run_self_test("failed" if bad else "passed", TEST_TAKES)
