"""APC's PowerNet-MIB, 1.3.6.1.4.1.318.1.1.1 (upsBasic and upsAdv groups of a single-phase UPS)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.core.smi import Gauge32, TimeTicks
from demo.devices.device import Objects
from demo.devices.ups_mib import battery_volts, output_volts

if TYPE_CHECKING:
    from demo.devices.ups import Source, TestResult, Ups

APC = "1.3.6.1.4.1.318.1.1.1"
STATUS: dict[Source, int] = {"none": 7, "normal": 2, "bypass": 9, "battery": 3}  # upsBasicOutputStatus
NORMAL, LOW = 2, 3  # upsBasicBatteryStatus
TESTS: dict[TestResult, int] = {"passed": 1, "warning": 1, "failed": 2, "aborted": 3}  # upsAdvTestDiagnosticsResults
IN_PROGRESS = 4
BLACKOUT, NO_TRANSFER = 3, 1  # upsAdvInputLineFailCause


def powernet(ups: Ups) -> Objects:
    return {**_identity(ups), **_battery(ups), **_power(ups), **_test(ups)}


def _identity(ups: Ups) -> Objects:
    return {
        f"{APC}.1.1.1.0": ups.model.encode(),  # upsBasicIdentModel
        f"{APC}.1.1.2.0": ups.name.encode(),  # upsBasicIdentName
        f"{APC}.1.2.1.0": ups.version.encode(),  # upsAdvIdentFirmwareRevision
        f"{APC}.1.2.3.0": ups.serial.encode(),  # upsAdvIdentSerialNumber
    }


def _battery(ups: Ups) -> Objects:
    return {
        f"{APC}.2.1.1.0": LOW if ups.low else NORMAL,
        f"{APC}.2.1.2.0": TimeTicks(int(ups.battery_seconds * 100)),  # upsBasicBatteryTimeOnBattery
        f"{APC}.2.2.1.0": Gauge32(round(ups.charge * 100)),  # upsAdvBatteryCapacity
        f"{APC}.2.2.2.0": Gauge32(round(ups.battery_celsius)),  # upsAdvBatteryTemperature
        f"{APC}.2.2.3.0": TimeTicks(int(ups.runtime * 100)),  # upsAdvBatteryRunTimeRemaining
        f"{APC}.2.2.4.0": 1 if ups.battery_good else 2,  # upsAdvBatteryReplaceIndicator
        f"{APC}.2.2.8.0": round(battery_volts(ups)),  # upsAdvBatteryActualVoltage
        f"{APC}.2.3.1.0": Gauge32(round(ups.charge * 1000)),  # upsHighPrecBatteryCapacity
        f"{APC}.2.3.2.0": Gauge32(round(ups.battery_celsius * 10)),  # upsHighPrecBatteryTemperature
        f"{APC}.2.3.4.0": round(battery_volts(ups) * 10),  # upsHighPrecBatteryActualVoltage
    }


def _power(ups: Ups) -> Objects:
    in_volts, in_hertz = (ups.volts, ups.hertz) if ups.mains else (0.0, 0.0)
    volts = output_volts(ups)
    load = ups.load if volts else 0.0
    drawn = load * ups.watts / volts if volts else 0.0
    return {
        f"{APC}.3.2.1.0": Gauge32(round(in_volts)),  # upsAdvInputLineVoltage
        f"{APC}.3.2.4.0": Gauge32(round(in_hertz)),  # upsAdvInputFrequency
        f"{APC}.3.2.5.0": NO_TRANSFER if ups.mains else BLACKOUT,
        f"{APC}.3.3.1.0": Gauge32(round(in_volts * 10)),  # upsHighPrecInputLineVoltage
        f"{APC}.3.3.4.0": Gauge32(round(in_hertz * 10)),  # upsHighPrecInputFrequency
        f"{APC}.4.1.1.0": STATUS[ups.source],
        f"{APC}.4.2.1.0": Gauge32(round(volts)),  # upsAdvOutputVoltage
        f"{APC}.4.2.2.0": Gauge32(round(ups.hertz if volts else 0)),  # upsAdvOutputFrequency
        f"{APC}.4.2.3.0": Gauge32(round(load * 100)),  # upsAdvOutputLoad
        f"{APC}.4.2.4.0": Gauge32(round(drawn)),  # upsAdvOutputCurrent
        f"{APC}.4.3.1.0": Gauge32(round(volts * 10)),  # upsHighPrecOutputVoltage
        f"{APC}.4.3.2.0": Gauge32(round(ups.hertz * 10 if volts else 0)),  # upsHighPrecOutputFrequency
        f"{APC}.4.3.3.0": Gauge32(round(load * 1000)),  # upsHighPrecOutputLoad
        f"{APC}.4.3.4.0": Gauge32(round(drawn * 10)),  # upsHighPrecOutputCurrent
    }


def _test(ups: Ups) -> Objects:
    """Without a test both objects are absent: the card has no word for none."""
    if ups.test is None:
        return {}
    return {f"{APC}.7.2.3.0": IN_PROGRESS if ups.test.result is None else TESTS[ups.test.result]}
