"""What agent.yaml may say of a contact, whether it is read over Modbus or is an input of an SNMP sensor."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field

from agent.options import Duration, Options, Refused

LONGEST_DEBOUNCE = 600.0

Fault = Literal["open", "short", "impedance", "shielded"]
ContactKind = Literal["water", "smoke", "door", "cooling", "cooling_alarm"]
InputKind = Literal["water", "smoke", "door", "cooling", "cooling_alarm", "other"]
CONTACTS = ("water", "smoke", "door", "cooling", "cooling_alarm")


class ContactOptions(Options):
    """`sensor` is what metrics call it, by default its name; the contacts of one cooling unit share it. `inverted`
    turns it round. It flips once it was seen otherwise for `debounce`."""

    sensor: str = Field("", max_length=60)
    inverted: bool = False
    debounce: Annotated[Duration, Field(le=LONGEST_DEBOUNCE)] | None = None


class InputOptions(ContactOptions):
    """What an input of an SNMP sensor watches for; `other`: nothing that the agent has a metric for."""

    measures: InputKind


def told_apart(series: Iterable[tuple[str, ...]]) -> None:
    """Refuses two contacts that would be one series: (measures, sensor, …). Several alarms of one cooling unit are."""
    seen: set[tuple[str, ...]] = set()
    for each in series:
        if each in seen:
            raise Refused(
                f"{each[1]} 有两个 {each[0]};用 sensor 或 place 区分",
                f"{each[1]} has {each[0]} twice; tell them apart by sensor or place",
            )
        if each[0] != "cooling_alarm":
            seen.add(each)
