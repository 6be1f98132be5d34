"""What agent.yaml says about the machine room: UPS, sensors, power strips, cooling, contacts, cameras."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from agent.core.calendar import Span
from agent.core.model import Section
from agent.options import DayHours, DeviceOptions, Identity, Options, Port

DOOR_WINDOW: tuple[Span, ...] = ((450, 1080),)  # 07:30-18:00
ADDRESS_LIMIT = 65535  # Modbus data addresses have 16 bits


class Point(Options):
    """One value of a Modbus device. A number is value * scale + offset; a contact is active when it reads 1.

    `inverted` turns a contact round, for loops that are closed while all is well.
    """

    name: str = Field(min_length=1)
    table: Literal["coil", "discrete", "input", "holding"] = "discrete"
    address: int = Field(ge=0, le=ADDRESS_LIMIT)
    measures: Literal[
        "water", "smoke", "door", "cooling", "mains", "temperature", "humidity", "voltage", "current", "load", "other"
    ]
    type: Literal["uint16", "int16", "uint32", "int32", "float32"] = "uint16"
    scale: float = 1.0
    offset: float = 0.0
    inverted: bool = False


class Modbus(Options):
    unit: int = Field(1, ge=0, le=255)
    port: Port = 502
    points: tuple[Point, ...] = Field(min_length=1)


class MachineRoomOptions(DeviceOptions):
    """`kind` and `device` (a profile) are found out where not said; `place` says where each sensor hangs."""

    kind: Literal["ups", "sensor", "pdu", "cooling", "contacts", "camera"] | None = None
    device: Identity | None = None
    place: dict[str, Literal["inlet", "return", "room", "supply", "surface"]] = Field(default_factory=dict)
    door_window: DayHours = Field(
        DOOR_WINDOW, description="when the door may be open on service days; by default 07:30-18:00"
    )
    modbus: Modbus | None = None

    @property
    def watched(self) -> bool:
        """No collector reads what these devices measure yet; `reach` asks whether they answer."""
        return False


SECTION = Section(key="machine_room", options=MachineRoomOptions, kind="machine_room")
