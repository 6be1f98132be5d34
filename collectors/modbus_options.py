"""What agent.yaml says about a Modbus device: its unit and its points, contacts and measured values."""

from __future__ import annotations

from itertools import combinations
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, PrivateAttr, model_validator

from agent.options import Options, Port, Refused
from collectors.contact_options import CONTACTS, ContactOptions, Fault, told_apart

ADDRESS_LIMIT = 65535  # Modbus data addresses have 16 bits

Table = Literal["coil", "discrete", "input", "holding"]
Place = Literal["inlet", "return", "room", "supply", "surface"]
Address = Annotated[int, Field(ge=0, le=ADDRESS_LIMIT)]
Bit = Annotated[int, Field(ge=0, le=15)]

AIR = ("temperature", "humidity")
NUMBERS = (*AIR, "voltage", "current", "load", "other")
OF_CONTACTS = ("inverted", "bit", "debounce", "levels", "fault")
OF_NUMBERS = ("words", "place")
OF_UPS = ("mains", "voltage", "current", "load")


def _range(ends: tuple[float, float]) -> tuple[float, float]:
    if ends[0] > ends[1]:
        raise Refused(f"范围应从小到大:{list(ends)}", f"a range goes from low to high, not {list(ends)}")
    return ends


Range = Annotated[tuple[float, float], AfterValidator(_range)]


class Levels(Options):
    """What the values of a supervised loop mean, ends included; a value in none of them is the fault `impedance`."""

    normal: Range
    active: Range
    open: Range | None = None
    short: Range | None = None

    @model_validator(mode="after")
    def _apart(self) -> Self:
        ranges = [(name, ends) for name in type(self).model_fields if (ends := getattr(self, name)) is not None]
        for (one, first), (other, second) in combinations(ranges, 2):
            if first[0] <= second[1] and second[0] <= first[1]:
                raise Refused(f"{one} 与 {other} 的范围重叠", f"the ranges of {one} and {other} overlap")
        return self


class FaultContact(Options):
    """A second contact that reads 1 while the loop is broken, or while its alarm is switched off (`shielded`)."""

    table: Table = "discrete"
    address: Address
    bit: Bit | None = None
    inverted: bool = False
    says: Fault = "open"

    @model_validator(mode="after")
    def _whole(self) -> Self:
        _bit_of_register(self)
        return self


class Point(ContactOptions):
    """One value of a Modbus device. A number is value * scale + offset, in degrees Celsius or percent of humidity; a
    contact is active when it reads 1, and what is neither 0 nor 1 is no reading.

    `sensor` is what metrics call it, by default its name: the two values of one probe share it, as do the contacts of
    one cooling unit. `inverted` turns a contact round, for loops that are closed while all is well. `bit` takes one
    bit of a register. A contact flips once it was seen otherwise for `debounce`. `words`: the half of 32 bits that is
    first. Of a UPS, `mains` reads 1 while there is power, a load is in percent, and `at` says where a voltage or a
    current is measured, by default at its output.
    """

    name: str = Field(min_length=1, max_length=60)
    table: Table = "discrete"
    address: Address
    bit: Bit | None = None
    measures: Literal[
        "water",
        "smoke",
        "door",
        "cooling",
        "cooling_alarm",
        "mains",
        "temperature",
        "humidity",
        "voltage",
        "current",
        "load",
        "other",
    ]
    type: Literal["uint16", "int16", "uint32", "int32", "float32"] = "uint16"
    words: Literal["high_first", "low_first"] = "high_first"
    scale: float = 1.0
    offset: float = 0.0
    levels: Levels | None = None
    fault: FaultContact | None = None
    place: Place | None = None
    at: Literal["input", "output", "battery"] | None = None
    _of_ups: bool = PrivateAttr(default=False)

    @property
    def watched(self) -> bool:
        """The others have no metric yet."""
        return self.of_room or self.of_ups

    @property
    def of_room(self) -> bool:
        return self.measures in (*CONTACTS, *AIR)

    @property
    def of_ups(self) -> bool:
        return self._of_ups and self.measures in OF_UPS

    @property
    def label(self) -> str:
        return self.sensor or self.name

    @property
    def registers(self) -> int:
        """How many values it takes: 32 bits are two registers."""
        return 2 if self.type.endswith("32") and self.bit is None and self.table in ("input", "holding") else 1

    @model_validator(mode="after")
    def _whole(self) -> Self:
        number = self.measures in NUMBERS
        strange = [name for name in (OF_CONTACTS if number else OF_NUMBERS) if name in self.model_fields_set]
        if strange and not (self.levels and strange == ["words"]):
            names = ", ".join(strange)
            raise Refused(f"{self.measures} 不用 {names}", f"{self.measures} does not take {names}")
        if self.at and self.measures not in ("voltage", "current"):
            raise Refused(f"{self.measures} 不用 at", f"{self.measures} does not take at")
        on_registers = self.table in ("input", "holding")
        if (number or self.levels) and not on_registers:
            what = "levels" if self.levels else self.measures
            raise Refused(f"{what} 要读寄存器:table 写 input 或 holding", f"{what} needs table: input or holding")
        if self.levels and (self.inverted or self.bit is not None):
            raise Refused("levels 不能与 inverted、bit 同用", "levels goes with neither inverted nor bit")
        if self.levels is None and not number and self.registers > 1:
            raise Refused("开关量占一个寄存器", f"a contact is one register; {self.type} are two")
        if self.address + self.registers - 1 > ADDRESS_LIMIT:
            raise Refused("地址超出 65535", f"{self.type} at {self.address} ends beyond address {ADDRESS_LIMIT}")
        _bit_of_register(self)
        return self


def _bit_of_register(contact: Point | FaultContact) -> None:
    if contact.bit is not None and contact.table not in ("input", "holding"):
        raise Refused("bit 只用于寄存器(input、holding)", "bit belongs to registers: table input or holding")


class Modbus(Options):
    unit: int = Field(1, ge=0, le=255)
    port: Port = 502
    points: tuple[Point, ...] = Field(min_length=1, max_length=500)

    def belongs_to_ups(self) -> None:
        """Called while agent.yaml is read, of a UPS that nothing else tells the same of."""
        for point in self.points:
            point._of_ups = True

    @model_validator(mode="after")
    def _told_apart(self) -> Self:
        names: set[str] = set()
        for point in self.points:
            if point.name in names:
                raise Refused(f"名称 {point.name} 重复", f"two points are named {point.name}")
            names.add(point.name)
        told_apart((point.measures, point.label, str(point.place), str(point.at)) for point in self.points)
        return self
