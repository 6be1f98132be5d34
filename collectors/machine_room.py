"""What agent.yaml says about the machine room: UPS, sensors, power strips, cooling, contacts, cameras."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from agent.core.calendar import Span
from agent.core.model import Section
from agent.options import DayHours, DeviceOptions, Identity, NotYet
from collectors.modbus_options import Modbus, Place

DOOR_WINDOW: tuple[Span, ...] = ((450, 1080),)  # 07:30-18:00


class MachineRoomOptions(DeviceOptions):
    """`kind` and `device` (a profile) are found out where not said; `place` says where each sensor hangs."""

    kind: Literal["ups", "sensor", "pdu", "cooling", "contacts", "camera"] | None = None
    device: Identity | None = None
    place: dict[str, Place] = Field(default_factory=dict)
    door_window: Annotated[DayHours, NotYet()] = Field(
        DOOR_WINDOW, description="when the door may be open on service days; by default 07:30-18:00"
    )
    modbus: Modbus | None = None

    @property
    def watched(self) -> bool:
        """What has neither credentials nor Modbus points is only asked whether it answers."""
        return self.modbus is not None or self.credentials is not None


SECTION = Section(key="machine_room", options=MachineRoomOptions, kind="machine_room")
