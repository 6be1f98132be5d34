"""An uninterruptible power supply: mains, a battery that drains and charges, bypass, self-tests, alarms."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from demo.devices import powernet_mib, ups_mib
from demo.devices.device import Device, Objects, system

Source = Literal["none", "normal", "bypass", "battery"]
TestResult = Literal["passed", "warning", "failed", "aborted"]
Alarm = Literal[
    "battery bad", "on battery", "low battery", "depleted", "input bad", "overload", "bypass", "test failed"
]

LOW_SECONDS, LOW_CHARGE = 300.0, 0.2
TEST_TAKES = 10.0
# A lead battery gives less of its charge the faster it is emptied (Peukert's exponent).
PEUKERT = 1.15


@dataclass(frozen=True, slots=True)
class SelfTest:
    """`began`: uptime at its start. `result` is None while it runs."""

    began: float
    result: TestResult | None
    takes: float = TEST_TAKES


@dataclass(kw_only=True)
class Ups(Device):
    """`load` is a ratio of `watts`, the rated power; `charge` a ratio. On battery a full charge lasts `full_seconds` at
    full load; an empty one is charged in `charging_seconds`. `phases` is 1 or 3. Cut and restore the mains by the two
    methods, since the device counts both."""

    model: str
    version: str
    serial: str
    mib: Callable[[Ups], Objects]
    watts: float = 9000.0
    phases: int = 1
    volts: float = 228.0
    hertz: float = 50.0
    load: float = 0.36
    charge: float = 1.0
    full_seconds: float = 480.0
    charging_seconds: float = 6 * 3600.0
    mains: bool = True
    bypass: bool = False
    battery_good: bool = True
    battery_celsius: float = 25.0
    battery_seconds: float = 0.0
    input_failures: int = 2
    test: SelfTest | None = None
    raised: dict[Alarm, float] = field(default_factory=dict)
    _ends: TestResult = "passed"

    @property
    def source(self) -> Source:
        """What feeds the load."""
        if self.mains:
            return "bypass" if self.bypass else "normal"
        return "battery" if self.charge > 0 and not self.bypass else "none"

    @property
    def runtime(self) -> float:
        """Seconds that the battery would last at this load."""
        return self.charge * self._lasts

    @property
    def low(self) -> bool:
        return self.runtime < LOW_SECONDS or self.charge < LOW_CHARGE

    def cut_mains(self) -> None:
        if self.mains:
            self.mains, self.input_failures = False, self.input_failures + 1
            self._note()

    def restore_mains(self) -> None:
        self.mains = True
        self._note()

    def run_self_test(self, result: TestResult = "passed", takes: float = TEST_TAKES) -> None:
        """Begins a test that will end so, in so many seconds."""
        self._ends = result
        self.test = SelfTest(self.uptime, None, takes)

    def alarms(self) -> list[Alarm]:
        """Those that hold now, in the order of the MIB's list."""
        held: dict[Alarm, bool] = {
            "battery bad": not self.battery_good,
            "on battery": self.source == "battery",
            "low battery": self.low and self.charge > 0,
            "depleted": self.charge <= 0,
            "input bad": not self.mains,
            "overload": self.load > 1,
            "bypass": self.source == "bypass",
            "test failed": self.test is not None and self.test.result == "failed",
        }
        return [alarm for alarm, holds in held.items() if holds]

    def objects(self) -> Objects:
        return {**system(self), **self.mib(self)}

    @property
    def _lasts(self) -> float:
        """Seconds that a full battery lasts at this load."""
        return self.full_seconds / math.pow(max(self.load, 0.02), PEUKERT)

    def _run(self, seconds: float) -> None:
        if self.source == "battery":
            self.battery_seconds += min(seconds, self.runtime)
            self.charge = max(0.0, self.charge - seconds / self._lasts)
        elif self.mains:
            self.battery_seconds = 0.0
            self.charge = min(1.0, self.charge + seconds / self.charging_seconds)
        if self.test and self.test.result is None and self.uptime - self.test.began >= self.test.takes:
            self.test = SelfTest(self.test.began, self._ends, self.test.takes)
        self._note()

    def _start(self) -> None:
        """The card forgets; battery and mains are as they were."""
        self.test, self.raised, self.input_failures = None, {}, 0
        self._note()

    def _note(self) -> None:
        """Keeps the uptime at which each alarm was raised."""
        self.raised = {alarm: self.raised.get(alarm, self.uptime) for alarm in self.alarms()}


def standard_ups(name: str = "ups-1", number: int = 1, phases: int = 1) -> Ups:
    """One that speaks UPS-MIB (RFC 1628) and nothing else, as the cards of many makers do."""
    return Ups(
        name=name,
        title=f"UPS {name}",
        descr="UPS SNMP card, UPS-MIB",
        object_id="1.3.6.1.2.1.33",
        model="C10KS",
        version="2.14",
        serial=f"DEM{number:09d}",
        mib=ups_mib.rfc1628,
        phases=phases,
    )


def apc_ups(name: str = "ups-2", number: int = 1) -> Ups:
    """An APC Smart-UPS with a network card."""
    return Ups(
        name=name,
        title=f"UPS {name}",
        descr="APC Web/SNMP Management Card (MB:v4.1.0 PF:v6.9.6 PN:apc_hw05_aos_696.bin AF1:v6.9.6 MN:AP9631 HR:05)",
        object_id="1.3.6.1.4.1.318.1.3.27",
        model="Smart-UPS RT 5000 XL",
        version="UPS 09.8",
        serial=f"DEMAS{number:07d}",
        mib=powernet_mib.powernet,
        watts=4000.0,
        full_seconds=600.0,
    )
