"""The printers of the kiosks: whether they have power, and paper."""

from __future__ import annotations

from collections.abc import Mapping

from demo.centre.plan import Centre
from demo.devices.printer import Printer, kiosk_printer
from demo.world.active import Active
from demo.world.power import Power

STARTS_IN = 15.0  # seconds until a printer that has power again answers


class Printing:
    def __init__(self, centre: Centre, active: Active, power: Power) -> None:
        self._centre, self._active, self._power = centre, active, power
        self.printers: Mapping[str, Printer] = {
            node.id: kiosk_printer(node.id, number) for number, node in enumerate(centre.of("printer"), 1)
        }

    def advance(self, seconds: float) -> None:
        for name, printer in self.printers.items():
            if not self._power.feeds(self._centre.nodes[name].fed_by):
                printer.switch_off()
            elif printer.silent_for == float("inf"):
                printer.switch_on(STARTS_IN)
            printer.run_out(self._active.on("kiosk-paper-out", name))
            printer.advance(seconds)
