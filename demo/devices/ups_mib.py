"""UPS-MIB (RFC 1628), 1.3.6.1.2.1.33.1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.core.smi import Counter32, Gauge32, TimeTicks
from demo.devices.device import Objects

if TYPE_CHECKING:
    from demo.devices.ups import Alarm, Source, TestResult, Ups

UPS = "1.3.6.1.2.1.33.1"
SOURCES: dict[Source, int] = {"none": 2, "normal": 3, "bypass": 4, "battery": 5}  # upsOutputSource
NORMAL, LOW, DEPLETED = 2, 3, 4  # upsBatteryStatus
IN_PROGRESS, NO_TEST = 5, 6
TESTS: dict[TestResult, int] = {"passed": 1, "warning": 2, "failed": 3, "aborted": 4}  # upsTestResultsSummary
# upsWellKnownAlarms, …33.1.6.3.
ALARMS: dict[Alarm, int] = {
    "battery bad": 1,
    "on battery": 2,
    "low battery": 3,
    "depleted": 4,
    "input bad": 6,
    "overload": 8,
    "bypass": 9,
    "test failed": 19,
}
OUTPUT_VOLTS, POWER_FACTOR = 220.0, 0.9
BATTERY_VOLTS = (192.0, 218.4)  # empty, and full


def rfc1628(ups: Ups) -> Objects:
    return {**_identity(ups), **_battery(ups), **_input(ups), **_output(ups), **_alarms(ups), **_test(ups)}


def battery_volts(ups: Ups) -> float:
    empty, full = BATTERY_VOLTS
    return empty + (full - empty) * ups.charge


def output_volts(ups: Ups) -> float:
    """In bypass the load sees the mains as they are."""
    return {"none": 0.0, "bypass": ups.volts}.get(ups.source, OUTPUT_VOLTS)


def _identity(ups: Ups) -> Objects:
    return {
        f"{UPS}.1.1.0": b"Shouwang demo",  # upsIdentManufacturer
        f"{UPS}.1.2.0": ups.model.encode(),  # upsIdentModel
        f"{UPS}.1.3.0": ups.version.encode(),  # upsIdentUPSSoftwareVersion
        f"{UPS}.1.4.0": ups.version.encode(),  # upsIdentAgentSoftwareVersion
        f"{UPS}.1.5.0": ups.name.encode(),  # upsIdentName
        f"{UPS}.1.6.0": b"",  # upsIdentAttachedDevices
    }


def _battery(ups: Ups) -> Objects:
    drawn = ups.load * ups.watts / battery_volts(ups) if ups.source == "battery" else 0.0
    return {
        f"{UPS}.2.1.0": DEPLETED if ups.charge <= 0 else LOW if ups.low else NORMAL,
        f"{UPS}.2.2.0": int(ups.battery_seconds),  # upsSecondsOnBattery
        f"{UPS}.2.3.0": int(ups.runtime / 60),  # upsEstimatedMinutesRemaining
        f"{UPS}.2.4.0": round(ups.charge * 100),  # upsEstimatedChargeRemaining
        f"{UPS}.2.5.0": round(battery_volts(ups) * 10),  # upsBatteryVoltage
        f"{UPS}.2.6.0": round(drawn * 10),  # upsBatteryCurrent
        f"{UPS}.2.7.0": round(ups.battery_celsius),  # upsBatteryTemperature
    }


def _input(ups: Ups) -> Objects:
    volts, hertz = (ups.volts, ups.hertz) if ups.mains else (0.0, 0.0)
    watts = ups.load * ups.watts / ups.phases if ups.mains else 0.0
    found: Objects = {f"{UPS}.3.1.0": Counter32(ups.input_failures), f"{UPS}.3.2.0": ups.phases}
    for line in range(1, ups.phases + 1):
        found[f"{UPS}.3.3.1.2.{line}"] = round(hertz * 10)  # upsInputFrequency
        found[f"{UPS}.3.3.1.3.{line}"] = round(volts)  # upsInputVoltage
        found[f"{UPS}.3.3.1.4.{line}"] = round(watts / volts * 10) if volts else 0  # upsInputCurrent
        found[f"{UPS}.3.3.1.5.{line}"] = round(watts)  # upsInputTruePower
    return found


def _output(ups: Ups) -> Objects:
    volts = output_volts(ups)
    watts = ups.load * ups.watts / ups.phases if volts else 0.0
    found: Objects = {
        f"{UPS}.4.1.0": SOURCES[ups.source],
        f"{UPS}.4.2.0": round(ups.hertz * 10) if volts else 0,  # upsOutputFrequency
        f"{UPS}.4.3.0": ups.phases,  # upsOutputNumLines
        f"{UPS}.5.1.0": round(ups.hertz * 10) if ups.mains else 0,  # upsBypassFrequency
        f"{UPS}.5.2.0": ups.phases,  # upsBypassNumLines
        f"{UPS}.9.5.0": round(ups.watts / POWER_FACTOR),  # upsConfigOutputVA
        f"{UPS}.9.6.0": round(ups.watts),  # upsConfigOutputPower
    }
    for line in range(1, ups.phases + 1):
        found[f"{UPS}.4.4.1.2.{line}"] = round(volts)  # upsOutputVoltage
        found[f"{UPS}.4.4.1.3.{line}"] = round(watts / volts * 10) if volts else 0  # upsOutputCurrent
        found[f"{UPS}.4.4.1.4.{line}"] = round(watts)  # upsOutputPower
        found[f"{UPS}.4.4.1.5.{line}"] = round(ups.load * 100) if volts else 0  # upsOutputPercentLoad
        found[f"{UPS}.5.3.1.2.{line}"] = round(ups.volts) if ups.mains else 0  # upsBypassVoltage
    return found


def _alarms(ups: Ups) -> Objects:
    alarms = ups.alarms()
    found: Objects = {f"{UPS}.6.1.0": Gauge32(len(alarms))}  # upsAlarmsPresent
    for alarm in alarms:
        number = ALARMS[alarm]
        found[f"{UPS}.6.2.1.2.{number}"] = f"{UPS}.6.3.{number}"  # upsAlarmDescr
        found[f"{UPS}.6.2.1.3.{number}"] = TimeTicks(int(ups.raised.get(alarm, ups.uptime) * 100) % 2**32)
    return found


def _test(ups: Ups) -> Objects:
    test = ups.test
    if test is None:
        return {f"{UPS}.7.3.0": NO_TEST, f"{UPS}.7.5.0": TimeTicks(0)}
    return {
        f"{UPS}.7.3.0": IN_PROGRESS if test.result is None else TESTS[test.result],
        f"{UPS}.7.5.0": TimeTicks(int(test.began * 100) % 2**32),  # upsTestStartTime
    }
