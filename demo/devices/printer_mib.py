"""What a printer tells: hrPrinterTable of HOST-RESOURCES-MIB (RFC 2790), and Printer-MIB (RFC 3805)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from demo.devices.device import Objects, Value, row, ticks

if TYPE_CHECKING:
    from demo.devices.printer import Printer

HOST = "1.3.6.1.2.1.25"
DEVICES, PRINTERS = f"{HOST}.3.2.1", f"{HOST}.3.5.1"  # hrDeviceEntry, hrPrinterEntry
PRINTER_TYPE = f"{HOST}.3.1.5"  # hrDevicePrinter
RUNNING, DOWN = 2, 5  # hrDeviceStatus
OTHER, IDLE = 1, 3  # hrPrinterStatus
LOW_PAPER, NO_PAPER, OFFLINE = 0x80, 0x40, 0x02  # bits 0, 1 and 6 of hrPrinterDetectedErrorState

MIB = "1.3.6.1.2.1.43"
GENERAL, INPUT, MARKER = f"{MIB}.5.1.1", f"{MIB}.8.2.1", f"{MIB}.10.2.1"
SUPPLY, ALERT = f"{MIB}.11.1.1", f"{MIB}.18.1.1"
SHEETS, IMPRESSIONS, PERCENT = 8, 7, 19  # PrtCapacityUnitTC, PrtMarkerCounterUnitTC, PrtMarkerSuppliesSupplyUnitTC
AVAILABLE, WARNED, BROKEN = 0, 8, 3 + 16  # PrtSubUnitStatusTC: idle; with an alert; broken, with a critical one
CRITICAL, WARNING, UNTRAINED = 3, 4, 3  # PrtAlertSeverityLevelTC, PrtAlertTrainingLevelTC
INPUTS = 8  # PrtAlertGroupTC
SUPPLY_LOW, SUPPLY_EMPTY = 807, 808  # PrtAlertCodeTC: inputMediaSupplyLow, inputMediaSupplyEmpty


def host_resources(printer: Printer) -> Objects:
    """hrPrinterDetectedErrorState is a string of bits, of which the first is the highest of its first byte."""
    bits = (NO_PAPER | OFFLINE) if printer.empty else LOW_PAPER if printer.low else 0
    device: dict[int, Value] = {
        1: 1,
        2: PRINTER_TYPE,
        3: printer.model.encode(),
        5: DOWN if printer.empty else RUNNING,
        6: 0,
    }
    return {
        f"{HOST}.1.1.0": ticks(printer.uptime),  # hrSystemUptime
        **row(DEVICES, 1, device),
        **row(PRINTERS, 1, {1: OTHER if printer.empty else IDLE, 2: bytes([bits])}),
    }


def printer_mib(printer: Printer) -> Objects:
    tray: dict[int, Value] = {
        8: SHEETS,  # prtInputCapacityUnit
        9: printer.capacity,  # prtInputMaxCapacity
        10: printer.sheets,  # prtInputCurrentLevel
        11: BROKEN if printer.empty else WARNED if printer.low else AVAILABLE,  # prtInputStatus
        13: "纸盒1".encode(),  # prtInputName
    }
    return {
        **row(GENERAL, 1, {16: printer.name.encode(), 17: printer.serial.encode()}),
        **row(INPUT, "1.1", tray),
        **row(MARKER, "1.1", {3: IMPRESSIONS, 4: printer.pages}),  # prtMarkerCounterUnit, prtMarkerLifeCount
        **row(SUPPLY, "1.1", {6: "碳粉".encode(), 7: PERCENT, 8: 100, 9: 68}),
        **_alerts(printer),
    }


def _alerts(printer: Printer) -> Objects:
    """The table has a row for what somebody has to see to, and none for what is well."""
    if not (printer.empty or printer.low):
        return {}
    what = (CRITICAL, SUPPLY_EMPTY, "缺纸") if printer.empty else (WARNING, SUPPLY_LOW, "纸少")
    severity, code, said = what
    return row(ALERT, "1.1", {2: severity, 3: UNTRAINED, 4: INPUTS, 5: 1, 6: -1, 7: code, 8: said.encode()})
