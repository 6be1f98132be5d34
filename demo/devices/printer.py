"""A printer of one tray: a kiosk's."""

from __future__ import annotations

from dataclasses import dataclass

from demo.devices.device import Device, Objects, system
from demo.devices.printer_mib import host_resources, printer_mib

LOW = 25  # sheets
A_SHEET = 90.0  # seconds from one to the next, while people come
FULL_AGAIN = 40  # sheets: then somebody fills the tray


@dataclass(kw_only=True)
class Printer(Device):
    """`sheets` in the tray, of which it has `capacity`; `empty`: there is none left, whoever should have filled it."""

    model: str = "HP LaserJet M404dn"
    serial: str = ""
    capacity: int = 250
    sheets: int = 210
    pages: int = 18_400
    empty: bool = False
    _since: float = 0.0

    @property
    def low(self) -> bool:
        return self.sheets <= LOW

    def run_out(self, empty: bool) -> None:
        """Whether there is no paper from now on; where there is again, somebody filled the tray."""
        if empty != self.empty:
            self.empty, self.sheets = empty, 0 if empty else self.capacity

    def objects(self) -> Objects:
        return {**system(self), **host_resources(self), **printer_mib(self)}

    def _run(self, seconds: float) -> None:
        """It prints now and then, and is filled before it runs out."""
        self._since += seconds
        printed = 0 if self.empty else int(self._since // A_SHEET)
        self._since %= A_SHEET
        self.pages += printed
        self.sheets -= printed
        if not self.empty and self.sheets < FULL_AGAIN:
            self.sheets = self.capacity


def kiosk_printer(name: str, number: int) -> Printer:
    return Printer(
        name=name,
        title=f"打印机 {name}",
        descr="HP ETHERNET MULTI-ENVIRONMENT,ROM none,JETDIRECT,JD153,EEPROM JSI24260012",
        object_id="1.3.6.1.4.1.11.2.3.9.1",
        location="大厅",
        serial=f"PHBLK{41_000 + number}",
        sheets=210 - 30 * number,
        tells_engine=False,
    )
