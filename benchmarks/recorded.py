"""Recorded devices: their values as tests/snmp_agent.py serves them, and the facts that a correct poller reports."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tests.snmp_agent import Typed, Value, counter32, counter64, numbers, object_id

# By class of fact: the unit that samples are in, and what one of the fact is in it.
CLASSES = {
    "temperature": ("celsius", 1.0),
    "humidity": ("ratio", 0.01),
    "charge": ("ratio", 0.01),
    "load": ("ratio", 0.01),
    "runtime": ("seconds", 60.0),
    "voltage": ("volts", 1.0),
    "current": ("amperes", 1.0),
    "frequency": ("hertz", 1.0),
    "power": ("watts", 1.0),
    "fanspeed": ("revolutions per minute", 1.0),
}

UPS_MIB = "1.3.6.1.2.1.33.1."
# Columns of UPS-MIB (RFC 1628) by class and factor, for recordings without any other expectation.
RAW_UPS = {
    "2.3": ("runtime", 1.0),
    "2.4": ("charge", 1.0),
    "2.5": ("voltage", 0.1),
    "2.6": ("current", 0.1),
    "2.7": ("temperature", 1.0),
    "3.3.1.2": ("frequency", 0.1),
    "3.3.1.3": ("voltage", 1.0),
    "3.3.1.4": ("current", 0.1),
    "3.3.1.5": ("power", 1.0),
    "4.2": ("frequency", 0.1),
    "4.4.1.2": ("voltage", 1.0),
    "4.4.1.3": ("current", 0.1),
    "4.4.1.4": ("power", 1.0),
    "4.4.1.5": ("load", 1.0),
    "5.1": ("frequency", 0.1),
    "5.3.1.2": ("voltage", 1.0),
    "5.3.1.3": ("current", 0.1),
    "5.3.1.4": ("power", 1.0),
}


@dataclass(frozen=True)
class Fact:
    """`value` and `slack` are in the samples' unit; a port's name stands in `name`. `odd`: one that no poller can
    report, since its object is not in the recording, or should not, since it is a negative percentage or time."""

    kind: str
    name: str
    unit: str = ""
    value: float = 0.0
    slack: float = 0.0
    oid: str = ""
    odd: bool = False

    def strictly(self) -> Fact:
        """Within 1 %, also where it was rounded to whole percentages."""
        return replace(self, slack=max(1e-9, abs(self.value) * 0.01), odd=False)


def objects(path: Path) -> dict[str, Value]:
    """The values of a recording; lines that say nothing that SNMP can carry are left out."""
    found: dict[str, Value] = {}
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        oid, _, rest = line.partition("|")
        tag, _, said = rest.partition("|")
        try:
            found[oid] = _value(tag, said)
        except (ValueError, OverflowError):
            continue
    return found


def _value(tag: str, said: str) -> Value:
    if tag.endswith("x"):
        return Typed(int(tag[:-1]) if tag != "4x" else 4, bytes.fromhex(said))
    if tag.endswith("e"):
        return Typed(int(tag[:-1]), said.encode().decode("unicode_escape").encode("latin-1"))
    match int(tag):
        case 2:
            return int(said)
        case 4:
            return said.encode()
        case 5:
            return Typed(5, b"")
        case 6:
            return object_id(said.strip().lstrip("."))
        case 64:
            return Typed(0x40, bytes(numbers(said)))
        case 65:
            return counter32(int(said))
        case 66 | 67:
            return Typed(0x42 if tag == "66" else 0x43, counter32(int(said)).content)
        case 70:
            return counter64(int(said))
    return Typed(0x44, said.encode())


def facts(expected: dict[str, Any]) -> Iterator[Fact]:
    """Odd ones too."""
    if (said := expected.get("librenms_expected")) is None:
        yield from _raw_facts(expected["facts_from_recording"])
        return
    for port in said.get("ports", ()):
        if name := port.get("ifName") or port.get("ifDescr"):
            yield Fact("port", name)
    for each in said.get("sensors", ()):
        if each["class"] not in CLASSES:
            continue
        fact = _fact(each["class"], float(each["value"]), f"{each['descr']} {each['value']}", each.get("oid", ""))
        below = fact.unit in ("ratio", "seconds") and fact.value < 0
        yield replace(fact, odd=below or not each.get("oid_in_recording", True))
    for each in said.get("processors", ()):
        yield Fact("cpu", f"{each.get('descr')} {each['usage']}", "ratio", each["usage"] / 100, 0.0051, each["oid"])
    for each in said.get("mempools", ()):
        used, total = each.get("used"), each.get("total")
        exact = used / total if used and total else each["perc"] / 100
        yield Fact("memory", f"{each.get('descr')} {each['perc']}", "ratio", exact, 0.0051, str(each.get("perc_oid")))


def _fact(kind: str, value: float, name: str, oid: str = "") -> Fact:
    unit, factor = CLASSES[kind]
    slack = 0.0051 if unit == "ratio" and value == int(value) else 1e-9
    return Fact(kind, name, unit, value * factor, max(slack, abs(value * factor) * 0.01), oid)


def _raw_facts(said: dict[str, Any]) -> Iterator[Fact]:
    for number, load in enumerate(said.get("hrProcessorLoad", ())):
        if isinstance(load, int) and 0 <= load <= 100:
            yield Fact("cpu", f"hrProcessorLoad {number} {load}", "ratio", load / 100, 0.0051)
    for oid, raw in said.get("ups_mib_raw", {}).items():
        column = oid.removeprefix(UPS_MIB).rpartition(".")[0]
        if column in RAW_UPS and re.fullmatch(r"\d+", raw) and int(raw) < 2**31 - 1:
            kind, factor = RAW_UPS[column]
            # Cards that send tenths where the MIB says volts say nothing that can be.
            if int(raw) * factor <= {"voltage": 1000, "frequency": 120}.get(kind, float("inf")):
                yield _fact(kind, int(raw) * factor, f"{oid} {raw}", oid)
